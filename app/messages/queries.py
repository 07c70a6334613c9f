"""Named reads of messages and templates, and the locks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update

from app.db import db
from app.messages.models import Message, MessageAttempt, MessageTemplate


def find_published(brand_id: UUID, code: str) -> MessageTemplate | None:
    """Return the version that is sent now."""
    return db.session.scalars(
        select(MessageTemplate)
        .where(
            MessageTemplate.brand_id == brand_id,
            MessageTemplate.code == code,
            MessageTemplate.status == "published",
        )
        .order_by(MessageTemplate.version.desc())
        .limit(1)
    ).one_or_none()


def find_by_key(brand_id: UUID, key: str) -> Message | None:
    return db.session.scalars(
        select(Message).where(Message.brand_id == brand_id, Message.key == key)
    ).one_or_none()


def lock_message(brand_id: UUID, message_id: UUID) -> Message | None:
    """Return a message, held until the transaction ends; None if another holds it."""
    return db.session.scalars(
        select(Message)
        .where(Message.brand_id == brand_id, Message.id == message_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def last_attempt(brand_id: UUID, message_id: UUID) -> MessageAttempt | None:
    return db.session.scalars(
        select(MessageAttempt)
        .where(MessageAttempt.brand_id == brand_id, MessageAttempt.message_id == message_id)
        .order_by(MessageAttempt.seq.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def list_due(brand_id: UUID, limit: int, *, now: datetime) -> Sequence[UUID]:
    """Return messages that a worker has to look at, the longest waiting first."""
    return db.session.scalars(
        select(Message.id)
        .where(Message.brand_id == brand_id, Message.next_at <= now)
        .order_by(Message.next_at)
        .limit(limit)
    ).all()


def list_newest(brand_id: UUID, limit: int) -> Sequence[Message]:
    return db.session.scalars(
        select(Message)
        .where(Message.brand_id == brand_id)
        .order_by(Message.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()


def count_attempts(brand_id: UUID, message_id: UUID, channel: str) -> int:
    """Return how often one channel was tried for a message."""
    return db.session.scalars(
        select(func.count())
        .select_from(MessageAttempt)
        .where(
            MessageAttempt.brand_id == brand_id,
            MessageAttempt.message_id == message_id,
            MessageAttempt.channel == channel,
        )
    ).one()


def list_template_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[MessageTemplate]:
    """Return the brand's versions of a template, the newest first."""
    statement = select(MessageTemplate).where(
        MessageTemplate.brand_id == brand_id, MessageTemplate.code == code
    )
    if before is not None:
        statement = statement.where(MessageTemplate.version < before)
    statement = statement.order_by(MessageTemplate.version.desc()).limit(limit)
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def get_message(brand_id: UUID, message_id: UUID) -> Message | None:
    return db.session.get(Message, (brand_id, message_id), populate_existing=True)


def list_messages(
    brand_id: UUID,
    *,
    member_ids: Sequence[UUID] | None,
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Message]:
    """Return messages, the newest first."""
    statement = select(Message).where(Message.brand_id == brand_id)
    if member_ids is not None:
        statement = statement.where(Message.member_id.in_(member_ids))
    if state is not None:
        statement = statement.where(Message.state == state)
    if before is not None:
        statement = statement.where(Message.id < before)
    return db.session.scalars(statement.order_by(Message.id.desc()).limit(limit)).all()


def list_attempts(brand_id: UUID, message_ids: Sequence[UUID]) -> Sequence[MessageAttempt]:
    return db.session.scalars(
        select(MessageAttempt)
        .where(MessageAttempt.brand_id == brand_id, MessageAttempt.message_id.in_(message_ids))
        .order_by(MessageAttempt.message_id, MessageAttempt.seq)
    ).all()


_EMPTY = text(
    "WITH over AS MATERIALIZED (SELECT id FROM messages"
    "  WHERE brand_id = :brand_id AND purged_at IS NULL AND finished_at IS NOT NULL"
    "    AND finished_at < CASE purpose WHEN 'verification' THEN CAST(:codes AS timestamptz)"
    "                      ELSE CAST(:before AS timestamptz) END"
    "  ORDER BY finished_at LIMIT :limit FOR UPDATE SKIP LOCKED),"
    " emptied AS (UPDATE messages m"
    "  SET content_sealed = NULL, recipient_index = NULL, purged_at = :now"
    "  FROM over WHERE m.brand_id = :brand_id AND m.id = over.id RETURNING 1)"
    " SELECT count(*) FROM emptied"
)
_EMPTY_MEMBER = text(
    "UPDATE messages SET content_sealed = NULL, recipient_index = NULL, purged_at = :now,"
    "  next_at = NULL,"
    "  state = CASE WHEN state IN ('queued', 'sending') THEN 'failed' ELSE state END,"
    "  reason = CASE WHEN state IN ('queued', 'sending') THEN 'member_gone' ELSE reason END,"
    "  finished_at = coalesce(finished_at, :now)"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND purged_at IS NULL"
)


def empty(brand_id: UUID, limit: int, *, before: datetime, codes: datetime, now: datetime) -> int:
    """Forget what messages said that were over ``before``, codes before ``codes``."""
    values = {"brand_id": brand_id, "limit": limit, "before": before, "codes": codes, "now": now}
    count: int = db.session.scalars(_EMPTY, values).one()
    return count


def empty_member(brand_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Forget what a member was told, and end what is on its way."""
    values = {"brand_id": brand_id, "member_id": member_id, "now": now}
    db.session.execute(_EMPTY_MEMBER, values)


def move_messages(brand_id: UUID, source: UUID, target: UUID) -> None:
    db.session.execute(
        update(Message)
        .where(Message.brand_id == brand_id, Message.member_id == source)
        .values(member_id=target)
        .execution_options(synchronize_session=False)
    )
