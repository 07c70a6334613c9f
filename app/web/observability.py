"""What surrounds every request: its id, its headers, its log line, its metrics.

It stands outside of Flask, as WSGI middleware, so that no answer escapes it, and
does its work when the answer's head is sent: what a request costs here is a few
microseconds.
"""

import re
from collections.abc import Callable, Iterable
from random import getrandbits
from time import perf_counter
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS = Counter("dangol_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "dangol_http_request_seconds",
    "Time until the answer's head is sent",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

# The names under which the parts of a request leave word for each other.
REQUEST_ID = "dangol.request_id"
PRINCIPAL = "dangol.principal"
PROBLEM = "dangol.problem"
LIMIT = "dangol.limit"
HEADERS = "dangol.headers"

# A content policy that allows nothing.
STRICT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

# On every answer, whatever it is.
COMMON_HEADERS = [
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
# On what is read by programs: nothing in it may be run, framed or kept.
API_HEADERS = [
    *COMMON_HEADERS,
    ("Content-Security-Policy", STRICT),
    ("Cache-Control", "no-store"),
]

UNMATCHED = "unmatched"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked for every few seconds by machines; a line for each would hide the others.
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

_sane_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


class Envelope:
    """Gives each request an id and each answer its headers, and tells what happened."""

    def __init__(self, inner: "WSGIApplication", access: Callable[..., None] | None) -> None:
        self.inner = inner
        self.access = access
        self._children: dict[tuple[str, str, str], tuple[Any, Any]] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        started = perf_counter()
        request_id = environ.get("HTTP_REQUEST_ID")
        if request_id is None or not _sane_id(request_id):
            request_id = f"req_{getrandbits(96):024x}"  # a name, not a secret
        environ[REQUEST_ID] = request_id

        def respond(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Callable[[bytes], object]:
            headers.append(("Request-Id", request_id))
            headers.extend(environ.get(HEADERS, API_HEADERS))
            if limit := environ.get(LIMIT):
                headers.extend(limit)
            self._tell(environ, request_id, status[:3], perf_counter() - started)
            return start_response(status, headers, *exc_info)

        return self.inner(environ, respond)

    def _tell(
        self, environ: "WSGIEnvironment", request_id: str, status: str, seconds: float
    ) -> None:
        request = environ.get("werkzeug.request")
        rule = request.url_rule if request is not None else None
        route = rule.rule if rule is not None else UNMATCHED
        method = environ["REQUEST_METHOD"]
        if method not in METHODS:
            method = "other"
        requests, histogram = self._metrics(method, route, status)
        requests.inc()
        histogram.observe(seconds)
        if self.access is not None and route not in QUIET:
            principal = environ.get(PRINCIPAL)
            self.access(
                method=method,
                route=route,
                status=status,
                ms=seconds * 1000,
                request_id=request_id,
                brand_id=principal.brand_id if principal is not None else None,
                code=environ.get(PROBLEM),
            )

    def _metrics(self, method: str, route: str, status: str) -> tuple[Any, Any]:
        # Kept, because labels() costs more than counting.
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = (REQUESTS.labels(*key), SECONDS.labels(method, route))
            self._children[key] = children
        return children
