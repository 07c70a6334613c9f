"""Who calls, and what they may do: API keys of storefronts.

``requires("orders:write")`` puts the scope on the view, where tests read it.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import current_app, g, request

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.errors import Forbidden, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")

CACHE_SECONDS = 5.0
CACHE_SIZE = 10_000


class CredentialMissing(Unauthenticated):
    code = "credential_missing"
    ko = "API 키가 없어요. Authorization: Bearer sk_… 헤더를 보내 주세요."
    en = "No API key was sent. Send it as Authorization: Bearer sk_…"


class CredentialRefused(Unauthenticated):
    code = "credential_refused"
    ko = "이 API 키로는 들어올 수 없어요. 키가 맞는지, 폐기되지 않았는지 확인해 주세요."
    en = "This API key is not accepted. Check that it is complete and not revoked."


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
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            principal = authenticate()
            if scope not in principal.scopes:
                raise ScopeMissing(scope=scope)
            return view(*args, **kwargs)

        guarded.scope = scope  # type: ignore[attr-defined]
        return guarded

    return decorate


def authenticate() -> Principal:
    """Return the caller, or refuse. Looked up at most every few seconds per key.

    :raises Unauthenticated: no key, or one that is not accepted
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise CredentialMissing
    principal = _cached(token)
    if principal is None:
        raise CredentialRefused
    g.principal = principal
    return principal


def current_principal() -> Principal:
    principal: Principal = g.principal
    return principal


def _cached(token: str) -> Principal | None:
    cache: dict[bytes, tuple[float, Principal]] = current_app.extensions["credentials"]
    digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
    known = cache.get(digest)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    cache.pop(digest, None)
    with transaction():
        credential = brands.find_credential(token, now=clock.now())
    if credential is None:
        return None
    if len(cache) >= CACHE_SIZE:
        cache.clear()
    principal = Principal(
        credential.brand_id, credential.key_id, credential.mode, credential.scopes
    )
    cache[digest] = (time.monotonic() + CACHE_SECONDS, principal)
    return principal


def init_app(app: Any) -> None:
    app.extensions["credentials"] = {}
