"""Signing in: a password, then a code. None of it tells whether an address is known.

A password is judged between two transactions, because hashing takes long::

    attempt = open_attempt(email, ip_hash, now=now)         # counted, and committed
    judged = judge(attempt, password)                       # no transaction
    token = close_attempt(attempt, judged, browser, now=now)

A try is counted before it is judged, so that many at once are no more than one after the
other. Being let in begins the count anew.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db import db
from app.staff import queries
from app.staff.errors import StaffLocked
from app.staff.models import Person, Session
from app.staff.rules.factors import recovery_code_of, step_of
from app.staff.rules.limits import CODES_OF_PERSON, PASSWORDS_OF_ACCOUNT, PASSWORDS_OF_ADDRESS
from app.staff.services import hashing
from app.staff.services.access import record_everywhere
from app.staff.services.factors import hash_of_code, secret_of
from app.staff.services.people import actor_of, digest, email_index, list_brands
from app.staff.services.sessions import Browser, Visit, open_session, renew
from app.verifications import services as verifications
from app.verifications.errors import VerificationTooMany
from app.verifications.services import Window


@dataclass(frozen=True)
class Attempt:
    """A password is about to be judged, of somebody or of nobody."""

    account: bytes
    person_id: UUID | None
    kept: str | None


@dataclass(frozen=True)
class Judged:
    """``rehashed``: the password under today's parameters, if it was kept under older ones."""

    is_right: bool
    rehashed: str | None = None


def open_attempt(email: str, ip_hash: bytes, *, now: datetime) -> Attempt:
    """Count a try for the address it comes from and the account it is for.

    :raises StaffLocked: too many were wrong already; this one is not judged
    """
    account = email_index(email)
    _take(PASSWORDS_OF_ADDRESS, ip_hash, now)
    _take(PASSWORDS_OF_ACCOUNT, account, now)
    person = queries.find_person(account)
    return Attempt(account, person.id if person else None, person.password_hash if person else None)


def judge(attempt: Attempt, password: str) -> Judged:
    """Say whether it is the password; takes as long for nobody's. Needs no transaction."""
    is_right = hashing.is_password(attempt.kept, password)
    outdated = is_right and attempt.kept is not None and hashing.is_outdated(attempt.kept)
    return Judged(is_right, hashing.hash_password(password) if outdated else None)


def close_attempt(
    attempt: Attempt, judged: Judged, browser: Browser, *, now: datetime
) -> str | None:
    """Return the id of a session, full or on its way there; None if it was wrong.

    Commit first, then refuse: what was wrong is in the access log of the person's brands.
    """
    person = accept(attempt, judged, browser, now=now)
    if person is None or not list_brands(person.id):
        return None
    if person.totp_sealed is not None:
        return open_session(person, "code", "password", browser, now=now)
    stage = "full" if person.totp_waived else "enrol"
    return open_session(person, stage, "password", browser, now=now)


def accept(attempt: Attempt, judged: Judged, browser: Browser, *, now: datetime) -> Person | None:
    """Return the person whose password it was; None, and a record of it, if it was wrong."""
    if attempt.person_id is None:
        return None
    person = queries.lock_person(attempt.person_id)
    if not judged.is_right or person.password_hash != attempt.kept:
        record_everywhere(
            queries.list_brand_ids(person.id),
            actor=actor_of(person.id),
            ip=browser.ip,
            action="refused",
            now=now,
        )
        return None
    if judged.rehashed is not None:
        person.password_hash = judged.rehashed
        db.session.flush()  # autoflush is off
    verifications.forget_over_all(PASSWORDS_OF_ACCOUNT, attempt.account)
    return person


def answer_code(visit: Visit, code: str, browser: Browser, *, now: datetime) -> str | None:
    """Return the id of a full session if the authenticator shows this code; None if not.

    :raises StaffLocked: too many were wrong already; this one is not judged
    """
    if not prove_code(visit, code, browser, now=now):
        return None
    return renew(visit, browser, factor="totp", now=now)


def answer_recovery_code(visit: Visit, code: str, browser: Browser, *, now: datetime) -> str | None:
    """Return the id of a full session for one of the codes that were written down, once.

    :raises StaffLocked: too many were wrong already; this one is not judged
    """
    person = queries.lock_person(visit.account.person_id)
    _take(CODES_OF_PERSON, person.id.bytes, now)
    kept = hash_of_code(person.id, recovery_code_of(code))
    if not queries.use_recovery_code(person.id, kept, now=now):
        _refused(person.id, browser, now)
        return None
    verifications.forget_over_all(CODES_OF_PERSON, person.id.bytes)
    return renew(visit, browser, factor="recovery", now=now)


def prove_code(visit: Visit, code: str, browser: Browser, *, now: datetime) -> bool:
    """Whether the authenticator shows this code now. Each code is good once.

    :raises StaffLocked: too many were wrong already; this one is not judged
    """
    person = queries.lock_person(visit.account.person_id)
    _take(CODES_OF_PERSON, person.id.bytes, now)
    secret = secret_of(person)
    step = step_of(secret, code, after=person.totp_step, now=now) if secret else None
    if step is None:
        _refused(person.id, browser, now)
        return False
    person.totp_step = step
    db.session.flush()  # autoflush is off
    verifications.forget_over_all(CODES_OF_PERSON, person.id.bytes)
    return True


def set_password(visit: Visit, kept: str, browser: Browser, *, now: datetime) -> str:
    """Put a new password in force, end every session, and return the id of a new one."""
    person = queries.lock_person(visit.account.person_id)
    person.password_hash = kept
    person.password_changed_at = now
    db.session.flush()  # autoflush is off
    token = renew(visit, browser, factor=visit.factor, now=now)
    queries.end_sessions(person.id, but=_id_of(token))
    return token


def _id_of(token: str) -> UUID | None:
    found = queries.find_session(digest(token))
    session: Session | None = found[0] if found else None
    return session.id if session else None


def _take(windows: tuple[Window, ...], value: bytes, now: datetime) -> None:
    try:
        verifications.take_over_all(windows, value, now=now)
    except VerificationTooMany as full:
        seconds = int(str(full.details["retry_after"]))
        raise StaffLocked(minutes=-(-seconds // 60)) from full


def _refused(person_id: UUID, browser: Browser, now: datetime) -> None:
    record_everywhere(
        queries.list_brand_ids(person_id),
        actor=actor_of(person_id),
        ip=browser.ip,
        action="refused",
        now=now,
    )
