"""The application as it is served: gunicorn, its workers, and callers who keep a journal."""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def kill_a_worker(self) -> None:
        if workers := self.workers():
            with suppress(psutil.NoSuchProcess):
                random.choice(workers).kill()


@contextmanager
def serve(environment: dict[str, str], var: Path) -> Iterator[Server]:
    """Serve with two workers on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    var.mkdir(parents=True, exist_ok=True)
    settings = {"DANGOL_PORT": str(port), "DANGOL_VAR": str(var), "WEB_CONCURRENCY": "2"}
    with (var / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
            cwd=ROOT,
            env={**os.environ, **environment, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(port, process, var / "server.log")
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            if call(port, "GET", "/healthz", None, {})[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up:\n{log.read_text()[-3000:]}")


def call(
    port: int, method: str, path: str, body: Any, headers: dict[str, str]
) -> tuple[int, dict[str, str], str]:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


@dataclass
class Attempt:
    """One line of the journal: written before the call, acknowledged after it."""

    key: str
    path: str
    body: Any
    status: int | None = None  # None: no answer came
    answer: str = ""
    replayed: bool = False

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and self.status < 300


@dataclass
class Storefront:
    """Callers of one brand, each a thread, that buy, give, spend and refund."""

    port: int
    token: str
    members: list[str]
    journal: list[Attempt] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def send(self, attempt: Attempt) -> Attempt:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": attempt.key}
        with suppress(OSError, http.client.HTTPException):
            attempt.status, got, attempt.answer = call(
                self.port, "POST", attempt.path, attempt.body, headers
            )
            attempt.replayed = got.get("Idempotency-Replayed") == "true"
        return attempt

    @contextmanager
    def busy(self, callers: int) -> Iterator[None]:
        """Send without pause until the block ends."""
        threads = [threading.Thread(target=self._call, args=(n,)) for n in range(callers)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join(60)

    def send_all_again(self) -> list[tuple[Attempt, Attempt]]:
        """Repeat the journal; return each line with its repetition."""
        return [(line, self.send(Attempt(line.key, line.path, line.body))) for line in self.journal]

    def _call(self, caller: int) -> None:
        chance = random.Random(caller)
        placed: list[str] = []
        number = 0
        while not self.stopping.is_set():
            number += 1
            name = f"{caller}-{number}"
            path, body = self._choose(chance, name, placed)
            line = Attempt(f"key-{name}", path, body)
            self.journal.append(line)
            if self.send(line).acknowledged and path == "/v1/orders":
                placed.append(body["external_id"])
            elif not line.acknowledged:
                time.sleep(0.02)

    def _choose(self, chance: random.Random, name: str, placed: list[str]) -> tuple[str, Any]:
        member = chance.choice(self.members)
        kind = chance.choice(["order", "order", "accrual", "redemption", "refund"])
        if kind == "refund" and placed:
            refund = {"external_id": f"R-{name}", "lines": [{"line": 1, "quantity": 1}]}
            return f"/v1/orders/ext:{chance.choice(placed)}/refunds", refund
        if kind == "accrual":
            return f"/v1/members/ext:{member}/points/accruals", {"points": chance.randint(1, 500)}
        if kind == "redemption":
            spent = {"points": chance.randint(1, 300)}
            return f"/v1/members/ext:{member}/points/redemptions", spent
        lines = [{"sku": "a", "quantity": 3, "unit_price": chance.randint(0, 20_000)}]
        order = {
            "external_id": f"M-{name}",
            "member": f"ext:{member}",
            "lines": lines,
            "redeem_points": chance.choice([None, min(150, 3 * lines[0]["unit_price"])]),
        }
        return "/v1/orders", order
