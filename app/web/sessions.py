"""Who a shopper is, once a code sent to the phone was answered: a signed cookie.

The cookie is a JWT with every claim pinned (RFC 8725): one algorithm, issuer, audience,
brand, and how long it may live. It says which member; whether that member still is one,
with the same number, is asked of the database each time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app import ids

IDLE = timedelta(hours=2)
AT_MOST = timedelta(hours=12)
# From here on a cookie that is used is given anew.
RENEWED_AFTER = timedelta(minutes=10)

_ALGORITHM = "HS256"
_ISSUER = "dangol"
_AUDIENCE = "shopper"
_CLAIMS = ["exp", "iat", "iss", "aud", "sub", "brand", "auth_time", "phone"]


@dataclass(frozen=True)
class Session:
    """A member of a brand, by a phone number proved at ``proved_at``.

    ``phone`` tells one number from another without being one.
    """

    brand_id: UUID
    member_id: UUID
    phone: str
    proved_at: datetime
    issued_at: datetime


def issue(session: Session, *, now: datetime) -> str:
    """Return the cookie of a session, good for two hours, or less at its end."""
    ends_at = min(now + IDLE, session.proved_at + AT_MOST)
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": ids.show("mem", session.member_id),
        "brand": ids.show("brd", session.brand_id),
        "phone": session.phone,
        "auth_time": int(session.proved_at.timestamp()),
        "iat": int(now.timestamp()),
        "exp": int(ends_at.timestamp()),
    }
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def read(cookie: str, brand_id: UUID, *, now: datetime) -> Session | None:
    """Return the session of a cookie, or None if it is not a good one for this brand."""
    try:
        claims = _claims(cookie)
        issued_at = datetime.fromtimestamp(claims["iat"], now.tzinfo)
        ends_at = datetime.fromtimestamp(claims["exp"], now.tzinfo)
        proved_at = datetime.fromtimestamp(claims["auth_time"], now.tzinfo)
    except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError):
        return None
    lives = issued_at <= now + timedelta(seconds=30) and now < ends_at <= issued_at + IDLE
    if not lives or now >= proved_at + AT_MOST:
        return None
    member_id = ids.read("mem", str(claims["sub"]))
    if member_id is None or claims["brand"] != ids.show("brd", brand_id):
        return None
    return Session(brand_id, member_id, str(claims["phone"]), proved_at, issued_at)


def is_signed(cookie: str) -> bool:
    """Whether a cookie was ever given by us: enough to go on and look, not to let anybody in."""
    try:
        return bool(_claims(cookie))
    except jwt.InvalidTokenError:
        return False


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether the cookie of a session should be given anew."""
    return now >= session.issued_at + RENEWED_AFTER


def _claims(cookie: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        cookie,
        _key(),
        algorithms=[_ALGORITHM],
        audience=_AUDIENCE,
        issuer=_ISSUER,
        # Times are held against ``now``, which is an argument everywhere.
        options={
            "require": _CLAIMS,
            "strict_aud": True,
            "verify_exp": False,
            "verify_iat": False,
        },
    )
    return claims


def _key() -> bytes:
    master: bytes = current_app.config["INDEX_KEY"]
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dangol shopper session").derive(
        master
    )
