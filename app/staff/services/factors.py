"""The second factor: an authenticator app, and codes on paper for when it is lost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import crypto
from app.db import db
from app.staff import queries
from app.staff.models import Person, RecoveryCode
from app.staff.rules.factors import (
    address_of,
    new_recovery_codes,
    new_secret,
    recovery_code_of,
    step_of,
)
from app.staff.services.people import NO_BRAND, account_of, cell
from app.staff.services.sessions import Browser, Visit, renew


@dataclass(frozen=True)
class Enrolment:
    """What an app is to scan, or have typed into it."""

    secret: str
    address: str


@dataclass(frozen=True)
class Enrolled:
    """``token`` is the id of the session from now on; the codes are shown once."""

    token: str
    recovery_codes: tuple[str, ...]


def secret_of(person: Person) -> str | None:
    """Return the secret of a person's authenticator, None if there is none."""
    if person.totp_sealed is None:
        return None
    return crypto.unseal(person.totp_sealed, cell(person.id, "totp"))


def begin_enrolment(person_id: UUID, *, label: str = "") -> Enrolment:
    """Return a secret for a new app; the same one until it is proved."""
    person = queries.lock_person(person_id)
    if person.totp_new_sealed is None:
        secret = new_secret()
        person.totp_new_sealed = crypto.seal(secret, cell(person.id, "totp_new"))
        db.session.flush()  # autoflush is off
    else:
        secret = crypto.unseal(person.totp_new_sealed, cell(person.id, "totp_new"))
    return Enrolment(secret, address_of(secret, account_of(person).email, label))


def complete_enrolment(
    visit: Visit, code: str, browser: Browser, *, now: datetime
) -> Enrolled | None:
    """Take the new app into use if it shows this code, in the place of any other.

    Every other session ends, and earlier recovery codes are worthless.
    """
    person = queries.lock_person(visit.account.person_id)
    if person.totp_new_sealed is None:
        return None
    secret = crypto.unseal(person.totp_new_sealed, cell(person.id, "totp_new"))
    step = step_of(secret, code, after=0, now=now)
    if step is None:
        return None
    person.totp_sealed = crypto.seal(secret, cell(person.id, "totp"))
    person.totp_new_sealed = None
    person.totp_step = step
    db.session.flush()  # autoflush is off
    codes = replace_recovery_codes(person.id, now=now)
    queries.end_sessions(person.id, but=visit.session_id)
    return Enrolled(renew(visit, browser, factor="totp", now=now), codes)


def replace_recovery_codes(person_id: UUID, *, now: datetime) -> tuple[str, ...]:
    """Return new recovery codes; those from before are worthless."""
    queries.forget_recovery_codes(person_id)
    codes = tuple(new_recovery_codes())
    db.session.add_all(
        RecoveryCode(
            person_id=person_id,
            code_hash=hash_of_code(person_id, recovery_code_of(code)),
            created_at=now,
            used_at=None,
        )
        for code in codes
    )
    db.session.flush()  # autoflush is off
    return codes


def count_recovery_codes(person_id: UUID) -> int:
    """Return how many recovery codes a person has left."""
    return queries.count_recovery_codes(person_id)


def hash_of_code(person_id: UUID, code: str) -> bytes:
    return crypto.blind_index(NO_BRAND, "staff_recovery_codes", "code", f"{person_id.hex}:{code}")
