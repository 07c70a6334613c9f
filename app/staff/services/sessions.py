"""Sessions: a row for each browser, found by the hash of a random id in its cookie.

A session is read at every request, so what ends it (signing out, a new password, another
role, being disabled) ends it at once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.db import db, use_brand
from app.ids import new_id
from app.staff import queries
from app.staff.errors import StaffFactorNeeded, StaffNotFound
from app.staff.models import Person, Session
from app.staff.rules.sessions import AT_MOST, SEEN_EVERY, is_fresh, lives, may_enter
from app.staff.services.access import record_access
from app.staff.services.people import Account, account_of, digest, list_brands

KEPT = AT_MOST + timedelta(hours=12)


@dataclass(frozen=True)
class Visit:
    """A browser whose cookie is good: somebody is signed in, or on the way in (``stage``)."""

    session_id: UUID
    account: Account
    stage: str
    factor: str
    brand_id: UUID | None
    fresh_at: datetime

    def is_fresh(self, *, now: datetime) -> bool:
        """Whether a factor was proved within the last five minutes."""
        return is_fresh(self.fresh_at, now=now)


@dataclass(frozen=True)
class Browser:
    """What is known of a browser: its name and system in two words, and its address."""

    name: str
    ip: str


def find_visit(token: str, *, now: datetime) -> Visit | None:
    """Return who holds the cookie, None if it is not good or its time is over."""
    found = queries.find_session(digest(token)) if token else None
    if found is None:
        return None
    session, person = found
    if not lives(session.stage, session.created_at, session.seen_at, now=now):
        return None
    if now >= session.seen_at + SEEN_EVERY:
        session.seen_at = now
        db.session.flush()  # autoflush is off
    return visit_of(session, person)


def visit_of(session: Session, person: Person) -> Visit:
    return Visit(
        session.id,
        account_of(person),
        session.stage,
        session.factor,
        session.brand_id,
        session.fresh_at,
    )


def open_session(
    person: Person,
    stage: str,
    factor: str,
    browser: Browser,
    *,
    within: UUID | None = None,
    now: datetime,
) -> str:
    """Begin a session and return the id for its cookie, which is not kept.

    A full one begins in the first brand that it may enter, or goes on ``within`` one.
    """
    token = secrets.token_hex(16)
    brand_id = within
    if stage == "full" and within is None:
        brand_id = next(
            (known for known, _, mode in list_brands(person.id) if may_enter(mode, factor)), None
        )
    db.session.add(
        Session(
            id=new_id(),
            person_id=person.id,
            token_hash=digest(token),
            stage=stage,
            factor=factor,
            brand_id=brand_id,
            browser=browser.name,
            created_at=now,
            seen_at=now,
            fresh_at=now,
        )
    )
    db.session.flush()  # autoflush is off
    if brand_id is not None and within is None:
        _record(brand_id, account_of(person), browser, "signed_in", now)
    return token


def renew(visit: Visit, browser: Browser, *, factor: str, now: datetime) -> str:
    """End a session and begin another in the same brand; what was stolen of it is worthless."""
    queries.end_session(visit.session_id, visit.account.person_id)
    person = queries.get_person(visit.account.person_id)
    within = visit.brand_id if visit.stage == "full" else None
    return open_session(person, "full", factor, browser, within=within, now=now)


def enter_brand(visit: Visit, brand_id: UUID, browser: Browser, *, now: datetime) -> None:
    """Go on in another brand of the same person.

    :raises StaffNotFound: the person does not work there
    :raises StaffFactorNeeded: the brand is live, and no second factor was proved
    """
    modes = {known: mode for known, _, mode in list_brands(visit.account.person_id)}
    if brand_id not in modes:
        raise StaffNotFound
    if not may_enter(modes[brand_id], visit.factor):
        raise StaffFactorNeeded
    session = db.session.get_one(Session, visit.session_id, populate_existing=True)
    session.brand_id = brand_id
    db.session.flush()  # autoflush is off
    _record(brand_id, visit.account, browser, "signed_in", now)


def sign_out(visit: Visit, browser: Browser, *, now: datetime) -> None:
    """End a session."""
    queries.end_session(visit.session_id, visit.account.person_id)
    if visit.brand_id is not None and visit.stage == "full":
        _record(visit.brand_id, visit.account, browser, "signed_out", now)


def list_sessions(person_id: UUID, *, now: datetime) -> list[Session]:
    """Return where a person is signed in, seen last first."""
    return [
        each
        for each in queries.list_sessions(person_id)
        if lives(each.stage, each.created_at, each.seen_at, now=now)
    ]


def end_session(visit: Visit, session_id: UUID) -> None:
    """End one of a person's own sessions; one that is not theirs is left alone."""
    queries.end_session(session_id, visit.account.person_id)


def end_other_sessions(visit: Visit) -> None:
    """Sign a person out everywhere but here."""
    queries.end_sessions(visit.account.person_id, but=visit.session_id)


def freshen(visit: Visit, *, now: datetime) -> None:
    """Write down that a factor was proved just now."""
    session = db.session.get_one(Session, visit.session_id, populate_existing=True)
    session.fresh_at = now
    db.session.flush()  # autoflush is off


def forget_chunk(limit: int, *, now: datetime) -> int:
    """Delete sessions whose time is long over; returns how many. ``now`` is the real time."""
    return queries.forget_sessions(limit, before=now - KEPT)


def _record(brand_id: UUID, account: Account, browser: Browser, action: str, now: datetime) -> None:
    use_brand(brand_id)
    record_access(brand_id, actor=account.actor, ip=browser.ip, action=action, count=0, now=now)
