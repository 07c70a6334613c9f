"""Who calls, and what they may do: API keys of storefronts.

``requires("orders:write")`` puts the scope on the view, where tests read it.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from uuid import UUID

from flask import Flask, current_app, request

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.errors import Forbidden, Unauthenticated
from app.web.json_input import read_query
from app.web.observability import PRINCIPAL

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

P = ParamSpec("P")
R = TypeVar("R")

CACHE_SECONDS = 5.0
CACHE_SIZE = 10_000


class CredentialMissing(Unauthenticated):
    code = "credential_missing"
    ko = "API 키가 없어요. Authorization: Bearer sk_… 헤더를 보내 주세요."
    en = "No API key was sent. Send it as Authorization: Bearer sk_…"
    headers = {"WWW-Authenticate": "Bearer"}  # noqa: RUF012 - never changed


class CredentialRefused(Unauthenticated):
    code = "credential_refused"
    ko = "이 API 키로는 들어올 수 없어요. 키가 맞는지, 폐기되지 않았는지 확인해 주세요."
    en = "This API key is not accepted. Check that it is complete and not revoked."
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # noqa: RUF012 - never changed


class ScopeMissing(Forbidden):
    code = "scope_missing"
    ko = "이 API 키에는 {scope} 권한이 없어요. 권한이 있는 키를 써 주세요."
    en = "This API key lacks the scope {scope}. Use a key that has it."


@dataclass(frozen=True)
class Principal:
    """The caller of the present request."""

    brand_id: UUID
    key_id: str
    mode: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """How the audit log and ledger entries name the caller."""
        return f"key:{self.key_id}"


def requires(scope: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only callers with ``scope`` reach the view."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        takes_query = "query" in getattr(view, "reads", ())

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            principal = authenticate()
            if scope not in principal.scopes:
                raise ScopeMissing(scope=scope)
            if not takes_query:
                read_query(request, frozenset())
            return view(*args, **kwargs)

        guarded.scope = scope  # type: ignore[attr-defined]
        return guarded

    return decorate


def authenticate() -> Principal:
    """Return the caller, or refuse. Looked up at most every few seconds per key.

    :raises Unauthenticated: no key, or one that is not accepted
    """
    environ = request.environ
    principal: Principal | None = environ.get(PRINCIPAL) or recall(environ)
    if principal is not None:
        return principal
    token = _token(environ)
    if not token:
        raise CredentialMissing
    return _look_up(token, environ)


def current_principal() -> Principal:
    principal: Principal = request.environ[PRINCIPAL]
    return principal


def recall(environ: "WSGIEnvironment") -> Principal | None:
    """Return the caller if the key was found good within the last seconds."""
    cache: dict[bytes, tuple[float, Principal]] = current_app.extensions["credentials"]
    known = cache.get(_digest(_token(environ)))
    if known is None or known[0] <= time.monotonic():
        return None
    environ[PRINCIPAL] = known[1]
    return known[1]


def _look_up(token: str, environ: "WSGIEnvironment") -> Principal:
    with transaction():
        credential = brands.find_credential(token, now=clock.now())
    if credential is None:
        raise CredentialRefused
    cache: dict[bytes, tuple[float, Principal]] = current_app.extensions["credentials"]
    if len(cache) >= CACHE_SIZE:
        cache.clear()
    principal = Principal(
        credential.brand_id, credential.key_id, credential.mode, credential.scopes
    )
    cache[_digest(token)] = (time.monotonic() + CACHE_SECONDS, principal)
    environ[PRINCIPAL] = principal
    return principal


def _token(environ: "WSGIEnvironment") -> str:
    kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _digest(token: str) -> bytes:
    # The memory of the process holds no keys, as the database holds none.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def init_app(app: Flask) -> None:
    app.extensions["credentials"] = {}
