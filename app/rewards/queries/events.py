"""Named reads of what the shop told of members."""

from uuid import UUID

from sqlalchemy import select, update

from app.db import db
from app.rewards.models import MemberEvent

_ANEW = {"populate_existing": True}


def find_event(brand_id: UUID, event_type: str, external_id: str) -> MemberEvent | None:
    return db.session.scalar(
        select(MemberEvent).where(
            MemberEvent.brand_id == brand_id,
            MemberEvent.type == event_type,
            MemberEvent.external_id == external_id,
        ),
        execution_options=_ANEW,
    )


def list_events(
    brand_id: UUID, member_id: UUID, *, event_type: str | None, before: UUID | None, limit: int
) -> list[MemberEvent]:
    """Return a member's events, the newest first; of one type, if it is named."""
    statement = select(MemberEvent).where(
        MemberEvent.brand_id == brand_id, MemberEvent.member_id == member_id
    )
    if event_type is not None:
        statement = statement.where(MemberEvent.type == event_type)
    if before is not None:
        statement = statement.where(MemberEvent.id < before)
    statement = statement.order_by(MemberEvent.id.desc()).limit(limit)
    return list(db.session.scalars(statement, execution_options=_ANEW))


def move_events(brand_id: UUID, source: UUID, target: UUID) -> None:
    _change(brand_id, source, {"member_id": target})


def empty_events(brand_id: UUID, member_id: UUID) -> None:
    """Forget what was said of a person; that it happened stays."""
    _change(brand_id, member_id, {"data": {}})


def _change(brand_id: UUID, member_id: UUID, values: dict[str, object]) -> None:
    db.session.execute(
        update(MemberEvent)
        .where(MemberEvent.brand_id == brand_id, MemberEvent.member_id == member_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
