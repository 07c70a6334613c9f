"""Named reads of the desk, and the lock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.desk.models import MemberNote, StaffAction, StaffApproval


def add_action(
    brand_id: UUID, key: str, member_id: UUID, kind: str, *, actor: str, now: datetime
) -> bool:
    """Write down that a form does something; False if it has done it before."""
    row = insert(StaffAction).values(
        brand_id=brand_id,
        key=key,
        member_id=member_id,
        kind=kind,
        actor=actor,
        points=0,
        done_at=now,
    )
    done = db.session.execute(row.on_conflict_do_nothing().returning(StaffAction.key))
    return done.first() is not None


def count_points(brand_id: UUID, key: str, points: int) -> None:
    db.session.execute(
        update(StaffAction)
        .where(StaffAction.brand_id == brand_id, StaffAction.key == key)
        .values(points=points)
    )


def sum_points(brand_id: UUID, member_id: UUID, actor: str, *, since: datetime) -> int:
    """Return how many points somebody moved for a customer by themselves, either way."""
    statement = select(func.coalesce(func.sum(func.abs(StaffAction.points)), 0)).where(
        StaffAction.brand_id == brand_id,
        StaffAction.member_id == member_id,
        StaffAction.actor == actor,
        StaffAction.done_at > since,
    )
    return int(db.session.scalars(statement).one())


def list_notes(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[MemberNote]:
    """Return notes about a customer, the newest first."""
    statement = (
        select(MemberNote)
        .where(MemberNote.brand_id == brand_id, MemberNote.member_id == member_id)
        .order_by(MemberNote.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(MemberNote.id < before)
    return list(db.session.scalars(statement))


def find_approval(brand_id: UUID, approval_id: UUID, *, lock: bool = False) -> StaffApproval | None:
    statement = select(StaffApproval).where(
        StaffApproval.brand_id == brand_id, StaffApproval.id == approval_id
    )
    if lock:
        statement = statement.with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def list_approvals(brand_id: UUID, *, is_open: bool, limit: int) -> list[StaffApproval]:
    """Return requests: open ones the oldest first, decided ones the newest first."""
    statement = select(StaffApproval).where(StaffApproval.brand_id == brand_id).limit(limit)
    if is_open:
        statement = statement.where(StaffApproval.state == "open").order_by(StaffApproval.id)
    else:
        statement = statement.where(StaffApproval.state != "open").order_by(StaffApproval.id.desc())
    return list(db.session.scalars(statement))


def sum_waiting(brand_id: UUID, member_id: UUID) -> int | None:
    """Return how many points wait for approval; None if nothing does."""
    return db.session.scalar(
        select(func.sum(StaffApproval.points)).where(
            StaffApproval.brand_id == brand_id,
            StaffApproval.member_id == member_id,
            StaffApproval.state == "open",
        )
    )


def move_to(brand_id: UUID, member_id: UUID, into_id: UUID) -> None:
    """Give notes, requests and what was done to another customer."""
    for model in (MemberNote, StaffApproval, StaffAction):
        db.session.execute(
            update(model)
            .where(model.brand_id == brand_id, model.member_id == member_id)
            .values(member_id=into_id)
        )


def forget(brand_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Delete notes about a customer, refuse what waits, and forget why it was asked."""
    db.session.execute(
        delete(MemberNote).where(MemberNote.brand_id == brand_id, MemberNote.member_id == member_id)
    )
    db.session.execute(
        update(StaffApproval)
        .where(StaffApproval.brand_id == brand_id, StaffApproval.member_id == member_id)
        .values(reason_sealed=None)
    )
    db.session.execute(
        update(StaffApproval)
        .where(
            StaffApproval.brand_id == brand_id,
            StaffApproval.member_id == member_id,
            StaffApproval.state == "open",
        )
        .values(state="refused", decided_at=now)
    )
