"""The Idempotency-Key header: one effect, however often a request is sent.

The key is reserved, the use case executed and its answer stored in **one**
transaction, so an answer exists exactly when its effect does. Refusals roll
everything back and are not stored: the same key may be tried again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, request
from prometheus_client import Counter
from sqlalchemy import text

from app import clock
from app.db import db, transact
from app.errors import BadInput, RuleViolation
from app.web.auth import current_principal
from app.web.responses import dump

KEY_LENGTH_MAX = 255

REPLAYS = Counter("dangol_idempotent_replays", "Answers given again to a repeated request")

V = TypeVar("V", bound=Callable[..., Any])


class IdempotencyKeyRequired(BadInput):
    code = "idempotency_key_required"
    ko = (
        "이 요청에는 Idempotency-Key 헤더가 필요해요."
        " 요청마다 새로 만든 값(UUID 등, 255자 이하)을 보내고, 다시 보낼 때는 같은 값을 써 주세요."
    )
    en = (
        "This request needs an Idempotency-Key header: a value of your own for each request"
        " (a UUID, at most 255 printable ASCII characters), the same one when you retry."
    )


class IdempotencyKeyReused(RuleViolation):
    code = "idempotency_key_reused"
    ko = "이 Idempotency-Key는 내용이 다른 요청에 이미 쓰였어요. 새 요청에는 새 값을 써 주세요."
    en = "This Idempotency-Key was used for a different request. Use a new key for a new request."


@dataclass(frozen=True)
class Attempt:
    """One sending of a request that has an effect."""

    key: str
    fingerprint: bytes  # SHA-256 of method, path and body


@dataclass(frozen=True)
class Answer:
    """What is sent back, and whether it was sent before."""

    status: int
    body: str
    replayed: bool = False

    def response(self) -> Response:
        response = Response(self.body, self.status, mimetype="application/json")
        if self.replayed:
            REPLAYS.inc()
            response.headers["Idempotency-Replayed"] = "true"
        return response


def idempotent(view: V) -> V:
    """Mark a view that needs the Idempotency-Key header; the API document says so."""
    view.idempotent = True  # type: ignore[attr-defined]
    return view


def idempotency_key() -> str:
    """Return the header of the present request.

    :raises IdempotencyKeyRequired: it is missing or not usable
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyRequired
    return key


def fingerprint_of(payload: Any) -> bytes:
    """Return the SHA-256 of the present request's method and path and of its body."""
    return digest_of([request.method, request.path, payload])


def digest_of(payload: Any) -> bytes:
    """Return the SHA-256 of what JSON says, in whatever order and spacing it was sent.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).digest()


def this_attempt(payload: Any) -> Attempt:
    """Return the key and fingerprint of the present request.

    :raises IdempotencyKeyRequired: the header is missing or not usable
    """
    return Attempt(idempotency_key(), fingerprint_of(payload))


def execute_once(payload: Any, use_case: Callable[[], tuple[Any, int]]) -> Response:
    """Run ``use_case`` in one transaction unless its key has an answer already.

    ``use_case`` returns the JSON-ready answer and its status.

    :raises IdempotencyKeyRequired: the header is missing or not usable
    :raises IdempotencyKeyReused: the key belongs to another request
    """
    attempt = this_attempt(payload)
    brand_id = current_principal().brand_id

    def once() -> Answer:
        if earlier := reserve(brand_id, attempt, now=clock.now()):
            return earlier
        body, status = use_case()
        answer = Answer(status, dump(body))
        store(brand_id, attempt, answer)
        return answer

    return transact(brand_id, once).response()


_RESERVE = text(
    "INSERT INTO idempotency_records (brand_id, key, fingerprint, created_at)"
    " VALUES (:brand_id, :key, :fingerprint, :now) ON CONFLICT DO NOTHING RETURNING 1"
)
_FIND = text(
    "SELECT fingerprint, status, body FROM idempotency_records"
    " WHERE brand_id = :brand_id AND key = :key"
)
_STORE = text(
    "UPDATE idempotency_records SET status = :status, body = :body"
    " WHERE brand_id = :brand_id AND key = :key"
)


def reserve(brand_id: UUID, attempt: Attempt, *, now: datetime) -> Answer | None:
    """Claim the key, or return the answer it has. Waits for a request under way."""
    claimed = db.session.execute(
        _RESERVE,
        {
            "brand_id": brand_id,
            "key": attempt.key,
            "fingerprint": attempt.fingerprint,
            "now": now,
        },
    ).first()
    if claimed:
        return None
    earlier = db.session.execute(_FIND, {"brand_id": brand_id, "key": attempt.key}).one()
    return replay(attempt, bytes(earlier.fingerprint), earlier.status, earlier.body)


def replay(attempt: Attempt, fingerprint: bytes, status: int, body: str) -> Answer:
    """:raises IdempotencyKeyReused: the key belongs to another request"""
    if fingerprint != attempt.fingerprint:
        raise IdempotencyKeyReused
    return Answer(status, body, replayed=True)


def store(brand_id: UUID, attempt: Attempt, answer: Answer) -> None:
    db.session.execute(
        _STORE,
        {"brand_id": brand_id, "key": attempt.key, "status": answer.status, "body": answer.body},
    )
