"""How often one caller may ask: so many requests in each second.

A fixed window in the memory of each process, for its share of the limit. It keeps
one client's runaway loop from the others; limits that guard secrets belong into
the database.
"""

import time
from threading import Lock

from flask import Flask, Request

from app.errors import TooMany
from app.web import auth
from app.web.observability import LIMIT

WINDOW_SECONDS = 1
_RESET_HEADER = ("RateLimit-Reset", str(WINDOW_SECONDS))


class RateLimited(TooMany):
    code = "rate_limited"
    ko = "요청이 너무 잦아요(1초에 {limit}번까지). Retry-After 뒤에 다시 보내 주세요."
    en = "Too many requests (up to {limit} in a second). Try again after Retry-After."
    headers = {"Retry-After": str(WINDOW_SECONDS)}  # noqa: RUF012 - never changed


class Window:
    """Counts the requests of each caller in the present second."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._second = 0
        self._counts: dict[str, int] = {}
        self._lock = Lock()
        self._limit_header = ("RateLimit-Limit", str(limit))

    def take(self, caller: str) -> int:
        """Count one request and return how many are left, below zero if there were none."""
        second = int(time.monotonic())
        with self._lock:
            if second != self._second:
                self._second = second
                self._counts = {}
            count = self._counts.get(caller, 0) + 1
            self._counts[caller] = count
        return self.limit - count

    def headers(self, left: int) -> list[tuple[str, str]]:
        return [
            self._limit_header,
            ("RateLimit-Remaining", str(max(left, 0))),
            _RESET_HEADER,
        ]


def init_app(app: Flask) -> None:
    share = app.config["RATE_LIMIT_PER_SECOND"] // app.config["WEB_CONCURRENCY"]
    app.extensions["rate_window"] = Window(max(share, 1))


def count_request(window: Window, request: Request) -> None:
    """Count a request of the API: by its key if that is known to be good, else by address.

    :raises RateLimited: the caller has used up its second
    """
    environ = request.environ
    principal = auth.recall(environ)
    # An unknown key does not make a caller of its own: they are free to invent.
    caller = principal.key_id if principal is not None else request.remote_addr or ""
    left = window.take(caller)
    environ[LIMIT] = window.headers(left)
    if left < 0:
        raise RateLimited(limit=window.limit)
