"""Named reads of staff, and the locks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.staff.models import (
    Access,
    Directory,
    Invitation,
    Membership,
    Person,
    Presence,
    RecoveryCode,
    SentForm,
    Session,
    View,
)

_FORGET_SESSIONS = text(
    "WITH past AS (SELECT id FROM staff_sessions WHERE created_at < :before LIMIT :limit"
    "  FOR UPDATE SKIP LOCKED),"
    " gone AS (DELETE FROM staff_sessions s USING past p WHERE s.id = p.id RETURNING 1)"
    " SELECT count(*) FROM gone"
)


def find_person(email_index: bytes) -> Person | None:
    return db.session.scalars(select(Person).where(Person.email_index == email_index)).one_or_none()


def get_person(person_id: UUID) -> Person:
    return db.session.get_one(Person, person_id, populate_existing=True)


def lock_person(person_id: UUID) -> Person:
    return db.session.get_one(Person, person_id, populate_existing=True, with_for_update=True)


def list_brand_ids(person_id: UUID) -> list[UUID]:
    """Return the brands that a person works for, or worked for."""
    return list(
        db.session.scalars(
            select(Directory.brand_id)
            .where(Directory.person_id == person_id)
            .order_by(Directory.brand_id)
        )
    )


def find_session(token_hash: bytes) -> tuple[Session, Person] | None:
    row = db.session.execute(
        select(Session, Person)
        .join(Person, Person.id == Session.person_id)
        .where(Session.token_hash == token_hash)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def list_sessions(person_id: UUID) -> list[Session]:
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.person_id == person_id, Session.stage == "full")
            .order_by(Session.seen_at.desc())
        )
    )


def end_session(session_id: UUID, person_id: UUID) -> None:
    db.session.execute(
        delete(Session).where(Session.id == session_id, Session.person_id == person_id)
    )


def end_sessions(person_id: UUID, *, brand_id: UUID | None = None, but: UUID | None = None) -> None:
    """End all sessions of a person, or those in one brand, but one."""
    statement = delete(Session).where(Session.person_id == person_id)
    if brand_id is not None:
        statement = statement.where(Session.brand_id == brand_id)
    if but is not None:
        statement = statement.where(Session.id != but)
    db.session.execute(statement.execution_options(synchronize_session=False))


def forget_sessions(limit: int, *, before: datetime) -> int:
    gone: int = db.session.scalars(_FORGET_SESSIONS, {"before": before, "limit": limit}).one()
    return gone


def find_membership(brand_id: UUID, person_id: UUID) -> Membership | None:
    return db.session.get(Membership, (brand_id, person_id), populate_existing=True)


def lock_memberships(brand_id: UUID) -> list[Membership]:
    """Return everybody who works or worked for the brand, held against other changes."""
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.brand_id == brand_id)
            .order_by(Membership.person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def list_memberships(brand_id: UUID) -> list[tuple[Membership, Person]]:
    rows = db.session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.brand_id == brand_id)
        .order_by(Membership.created_at, Membership.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def use_recovery_code(person_id: UUID, code_hash: bytes, *, now: datetime) -> bool:
    """Use a code up; whether there was one."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.person_id)
        .execution_options(synchronize_session=False)
    ).first()
    return used is not None


def count_recovery_codes(person_id: UUID) -> int:
    """Return how many codes are left."""
    left = db.session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return left or 0


def forget_recovery_codes(person_id: UUID) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def find_open_invitation(brand_id: UUID, email_index: bytes) -> Invitation | None:
    return db.session.scalars(
        select(Invitation).where(
            Invitation.brand_id == brand_id,
            Invitation.email_index == email_index,
            Invitation.state == "open",
        )
    ).one_or_none()


def find_invitation(
    brand_id: UUID, invitation_id: UUID, *, lock: bool = False
) -> Invitation | None:
    return db.session.get(
        Invitation,
        (brand_id, invitation_id),
        populate_existing=True,
        with_for_update=True if lock else None,
    )


def list_open_invitations(brand_id: UUID) -> list[Invitation]:
    return list(
        db.session.scalars(
            select(Invitation)
            .where(Invitation.brand_id == brand_id, Invitation.state == "open")
            .order_by(Invitation.id.desc())
        )
    )


def list_access(
    brand_id: UUID,
    *,
    actor: str | None,
    subject: str | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
    before: UUID | None,
    limit: int,
) -> list[Access]:
    """Return records that fit, the newest first, below ``before`` if it is given."""
    statement = (
        select(Access).where(Access.brand_id == brand_id).order_by(Access.id.desc()).limit(limit)
    )
    for column, value in (
        (Access.actor, actor),
        (Access.subject, subject),
        (Access.action, action),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if since is not None:
        statement = statement.where(Access.occurred_at >= since)
    if until is not None:
        statement = statement.where(Access.occurred_at < until)
    if before is not None:
        statement = statement.where(Access.id < before)
    return list(db.session.scalars(statement))


def find_view(brand_id: UUID, view_id: UUID) -> View | None:
    return db.session.get(View, (brand_id, view_id))


def list_views(brand_id: UUID, person_id: UUID, page: str) -> list[View]:
    """Return the views of somebody and those that others share, by name."""
    return list(
        db.session.scalars(
            select(View)
            .where(
                View.brand_id == brand_id,
                View.page == page,
                or_(View.person_id == person_id, View.shared),
            )
            .order_by(View.name, View.id)
        )
    )


def put_presence(brand_id: UUID, person_id: UUID, subject: str, now: datetime) -> None:
    """Say that somebody looks at something now; what they looked at long ago is forgotten."""
    statement = insert(Presence).values(
        brand_id=brand_id, subject=subject, person_id=person_id, seen_at=now
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["brand_id", "subject", "person_id"], set_={"seen_at": now}
        )
    )
    db.session.execute(
        delete(Presence).where(
            Presence.brand_id == brand_id,
            Presence.person_id == person_id,
            Presence.subject != subject,
        )
    )


def list_present(brand_id: UUID, subject: str, *, apart_from: UUID, since: datetime) -> list[UUID]:
    """Return who else looked at something lately, the last one first."""
    return list(
        db.session.scalars(
            select(Presence.person_id)
            .where(
                Presence.brand_id == brand_id,
                Presence.subject == subject,
                Presence.person_id != apart_from,
                Presence.seen_at >= since,
            )
            .order_by(Presence.seen_at.desc())
        )
    )


def forget_sent(brand_id: UUID, *, before: datetime) -> None:
    """Forget forms that were sent long ago, a few at a time."""
    old = (
        select(SentForm.actor, SentForm.key)
        .where(SentForm.brand_id == brand_id, SentForm.sent_at < before)
        .limit(50)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    db.session.execute(
        delete(SentForm).where(
            SentForm.brand_id == brand_id,
            SentForm.actor == old.c.actor,
            SentForm.key == old.c.key,
        )
    )
