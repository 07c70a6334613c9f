"""A storefront's client: keep-alive, and the same request again until it is answered."""

import http.client
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60
RETRIED = {429, 502, 503, 504}


class Refused(Exception):
    """The server answered with something that asking again does not change."""


@dataclass
class Answer:
    status: int
    body: Any
    replayed: bool


@dataclass
class Client:
    """One connection with one API key, for one thread; keeps how long requests took."""

    base_url: str
    token: str
    seconds: list[float] = field(default_factory=list)
    retries: int = 0
    replays: int = 0
    _connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Send a request until it is answered; with ``key`` it has its effect only once.

        :raises Refused: it was answered with an error, or not within a minute
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        began = time.monotonic()
        pause = 0.05
        while True:
            try:
                answer = self._once(method, path, data, headers)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                problem = repr(error)
            else:
                if answer.status < 400:
                    self.seconds.append(time.monotonic() - began)
                    self.replays += answer.replayed
                    return answer
                problem = f"{answer.status} {answer.body}"
                if answer.status not in RETRIED:
                    raise Refused(f"{method} {path}: {problem}")
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise Refused(f"{method} {path}: {problem}, for {PATIENCE_SECONDS} seconds")
            self.retries += 1
            time.sleep(random.uniform(0, pause))
            pause = min(2 * pause, 2.0)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            address = urlsplit(self.base_url)
            scheme = (
                http.client.HTTPSConnection
                if address.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = scheme(address.netloc, timeout=30)
        self._connection.request(method, path, data, headers)
        response = self._connection.getresponse()
        text = response.read()
        replayed = response.headers.get("Idempotency-Replayed") == "true"
        return Answer(response.status, json.loads(text) if text else None, replayed)


def percentile(seconds: list[float], part: float) -> float:
    """Return the nearest-rank percentile in milliseconds.

    >>> percentile([0.003, 0.001, 0.002], 0.5)
    2.0
    """
    ranked = sorted(seconds)
    return 1000 * ranked[min(int(part * len(ranked)), len(ranked) - 1)] if ranked else 0.0
