"""Named reads of messages and templates, and the locks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

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
