"""Sending codes and taking them back. Neither commits; neither knows about HTTP.

A wrong code has to be counted although the caller is refused. So :func:`answer` refuses
nothing: it returns an outcome, the entry point commits, and only then asks it for its
proof::

    with transaction(brand_id):
        outcome = verifications.answer(brand_id, challenge_id, code, purpose="login", now=now)
    proof = outcome.proof()
"""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from app import crypto
from app.brands import services as brands
from app.db import db
from app.ids import new_id
from app.members import services as members
from app.messages import services as messages
from app.verifications import queries, rules
from app.verifications.errors import (
    VerificationNotFound,
    VerificationPhoneInvalid,
    VerificationRefused,
)
from app.verifications.models import Challenge
from app.verifications.rules import Window
from app.verifications.services.limits import count, forget_limit, is_full, take, too_many

# Whoever runs it sees here that somebody guesses: codes sent, proved and missed.
CODES = Counter("dangol_verification_codes", "Codes sent, proved and missed", ["what"])

TEMPLATE = "verification_code"


@dataclass(frozen=True)
class Started:
    """A code is on its way. ``resend_at``: when another may be asked for."""

    challenge_id: UUID
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A code that was sent, for who has to type it: ``content`` is what waits for it."""

    challenge_id: UUID
    phone: str
    purpose: str
    content: dict[str, Any]
    tries_left: int
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class Proof:
    """Somebody can read what is sent to ``phone`` (E.164), asked for ``purpose``."""

    challenge_id: UUID
    phone: str
    purpose: str
    verified_at: datetime
    content: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of an answer. Commit first, then ask."""

    found: Proof | None

    def proof(self) -> Proof:
        """:raises VerificationRefused: wrong, old, used, replaced, spent or unknown"""
        if self.found is None:
            raise VerificationRefused(pointer="/code")
        return self.found


def begin(
    brand_id: UUID,
    phone: str,
    purpose: str,
    *,
    device_hash: bytes | None = None,
    ip_hash: bytes | None = None,
    content: Mapping[str, Any] | None = None,
    now: datetime,
) -> Started:
    """Send a code to a phone, whoever's it is; the answer does not tell.

    A further code for the same purpose and device takes the place of the one before.
    ``phone`` is as the person typed it; ``purpose`` one of ``rules.PURPOSES``; ``content``
    (JSON) comes back with the proof.

    :raises VerificationPhoneInvalid: it is no Korean mobile number
    :raises VerificationTooMany: too soon or too often, for the phone, the address, the
        brand or all brands; tells after how many seconds to come back
    """
    number = mobile_of(phone)
    if purpose not in rules.PURPOSES:
        raise ValueError(f"no purpose of codes: {purpose}")
    phone_index = _phone_index(brand_id, number)
    is_test = brands.get_brand(brand_id).mode == "test"
    for windows, value in (
        (rules.CODES_OF_PHONE, phone_index),
        (rules.CODES_OF_ADDRESS, ip_hash),
        (rules.CODES_OF_BRAND, b"all"),
        (rules.CODES_OF_ALL, b"all"),
    ):
        if value is not None:
            take(brand_id, windows, value, is_test=is_test, now=now)
    # After the phone's counter, which lets one of two calls wait for the other.
    _refuse_too_soon(brand_id, phone_index, purpose, now)
    queries.replace_open(brand_id, phone_index, purpose, device_hash)
    challenge_id = new_id()
    code = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}}"
    expires_at = now + rules.LIFE
    db.session.add(
        Challenge(
            brand_id=brand_id,
            id=challenge_id,
            purpose=purpose,
            phone_sealed=crypto.seal(number, _cell(brand_id, challenge_id)),
            phone_index=phone_index,
            code_hash=_code_hash(brand_id, challenge_id, phone_index, purpose, code),
            content_sealed=_sealed(brand_id, challenge_id, content or {}),
            device_hash=device_hash,
            state="open",
            failures=0,
            created_at=now,
            expires_at=expires_at,
            used_at=None,
        )
    )
    db.session.flush()  # autoflush is off
    messages.send(
        brand_id,
        TEMPLATE,
        to=messages.Address(phone=number),
        variables={"code": code},
        purpose="verification",
        expires_at=expires_at,
        now=now,
    )
    CODES.labels("sent").inc()
    return Started(challenge_id, expires_at, now + rules.RESEND_AFTER)


def mobile_of(phone: str) -> str:
    """Return a number in E.164.

    :raises VerificationPhoneInvalid: it is no Korean mobile one
    """
    number = members.phone_of(phone)
    if number is None or not rules.is_mobile(number):
        raise VerificationPhoneInvalid(pointer="/phone")
    return number


def begin_again(
    brand_id: UUID,
    challenge_id: UUID,
    *,
    device_hash: bytes,
    ip_hash: bytes | None = None,
    now: datetime,
) -> Started:
    """Send a further code for what waits already.

    :raises VerificationNotFound: nothing waits on this device
    :raises VerificationTooMany: too soon or too often
    """
    waiting = get_waiting(brand_id, challenge_id, device_hash=device_hash, now=now)
    return begin(
        brand_id,
        waiting.phone,
        waiting.purpose,
        device_hash=device_hash,
        ip_hash=ip_hash,
        content=waiting.content,
        now=now,
    )


def get_waiting(
    brand_id: UUID, challenge_id: UUID | None, *, device_hash: bytes, now: datetime
) -> Waiting:
    """Return what waits for a code on this device, also if the code is too old by now.

    :raises VerificationNotFound: nothing does
    """
    challenge = queries.find_challenge(brand_id, challenge_id) if challenge_id else None
    if (
        challenge is None
        or challenge.device_hash != device_hash
        or challenge.content_sealed is None
        or challenge.created_at + rules.WAITS <= now
    ):
        raise VerificationNotFound
    proof = _proof(challenge)
    left = rules.TRIES - challenge.failures if challenge.state == "open" else 0
    return Waiting(
        challenge.id,
        proof.phone,
        challenge.purpose,
        proof.content,
        left if now < challenge.expires_at else 0,
        challenge.expires_at,
        challenge.created_at + rules.RESEND_AFTER,
    )


def answer(
    brand_id: UUID,
    challenge_id: UUID,
    code: str,
    *,
    purpose: str,
    device_hash: bytes | None = None,
    ip_hash: bytes | None = None,
    now: datetime,
) -> Outcome:
    """Take a code back. What is right is good once; what is wrong is counted.

    ``device_hash``, if given, must be that of :func:`begin`; from that device the right code
    is good for a minute more, so that a second click is no refusal. Commit before you ask
    the outcome for its proof.
    """
    challenge = queries.lock_challenge(brand_id, challenge_id)
    if challenge is not None and _is_same_click(challenge, code, purpose, device_hash, now):
        return Outcome(_proof(challenge))
    if (
        challenge is None
        or challenge.state != "open"
        or challenge.purpose != purpose
        or challenge.expires_at <= now
        or (device_hash is not None and challenge.device_hash != device_hash)
    ):
        return Outcome(None)
    is_test = brands.get_brand(brand_id).mode == "test"
    limits: tuple[tuple[Sequence[Window], bytes | None], ...] = (
        (rules.FAILURES_OF_PHONE, challenge.phone_index),
        (rules.FAILURES_OF_ADDRESS, ip_hash),
        (rules.FAILURES_OF_BRAND, b"all"),
        (rules.FAILURES_OF_ALL, b"all"),
    )
    if any(
        is_full(brand_id, windows, value, is_test=is_test, now=now)
        for windows, value in limits
        if value is not None
    ):
        return Outcome(None)
    if not _is_right(challenge, code):
        challenge.failures += 1
        if challenge.failures >= rules.TRIES:
            challenge.state = "spent"
        for windows, value in limits:
            if value is not None:
                count(brand_id, windows, value, is_test=is_test, now=now)
        db.session.flush()  # autoflush is off
        CODES.labels("missed").inc()
        return Outcome(None)
    challenge.state = "used"
    challenge.used_at = now
    for window in rules.FAILURES_OF_PHONE:
        forget_limit(brand_id, window, challenge.phone_index)
    db.session.flush()  # autoflush is off
    CODES.labels("proved").inc()
    return Outcome(_proof(challenge))


def _is_same_click(
    challenge: Challenge, code: str, purpose: str, device_hash: bytes | None, now: datetime
) -> bool:
    return (
        challenge.state == "used"
        and challenge.used_at is not None
        and now < challenge.used_at + rules.SAME_CLICK
        and challenge.purpose == purpose
        and device_hash is not None
        and challenge.device_hash == device_hash
        and _is_right(challenge, code)
    )


def _is_right(challenge: Challenge, code: str) -> bool:
    expected = _code_hash(
        challenge.brand_id, challenge.id, challenge.phone_index, challenge.purpose, code
    )
    return rules.is_code(code) and hmac.compare_digest(challenge.code_hash, expected)


def _proof(challenge: Challenge) -> Proof:
    brand_id, challenge_id = challenge.brand_id, challenge.id
    content = challenge.content_sealed
    return Proof(
        challenge_id,
        crypto.unseal(challenge.phone_sealed, _cell(brand_id, challenge_id)),
        challenge.purpose,
        challenge.used_at or challenge.created_at,
        json.loads(crypto.unseal(content, _cell(brand_id, challenge_id, "content")))
        if content
        else {},
    )


def forget_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete challenges a month after they ended; returns how many."""
    return queries.forget_challenges(brand_id, limit, before=now - rules.KEPT)


def forget_contents_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Empty what waited for codes and waits no more; returns how many there were."""
    return queries.forget_contents(brand_id, limit, before=now - rules.WAITS)


def forget_limits(limit: int, *, now: datetime) -> int:
    """Delete counters whose time is over; returns how many. ``now`` is the real time."""
    return queries.forget_limits(limit, now=now)


def _refuse_too_soon(brand_id: UUID, phone_index: bytes, purpose: str, now: datetime) -> None:
    last = queries.newest_challenge(brand_id, phone_index, purpose)
    # A test clock may have been put back since then.
    if last is not None and last.created_at <= now < last.created_at + rules.RESEND_AFTER:
        raise too_many(last.created_at + rules.RESEND_AFTER - now)


def _phone_index(brand_id: UUID, phone: str) -> bytes:
    return crypto.blind_index(brand_id, "verification_challenges", "phone", phone)


def _code_hash(
    brand_id: UUID, challenge_id: UUID, phone_index: bytes, purpose: str, code: str
) -> bytes:
    bound = f"{challenge_id.hex}:{phone_index.hex()}:{purpose}:{code}"
    return crypto.blind_index(brand_id, "verification_challenges", "code", bound)


def _sealed(brand_id: UUID, challenge_id: UUID, content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False)
    return crypto.seal(text, _cell(brand_id, challenge_id, "content"))


def _cell(brand_id: UUID, challenge_id: UUID, column: str = "phone") -> crypto.Cell:
    return crypto.Cell(brand_id, "verification_challenges", column, challenge_id)
