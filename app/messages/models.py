"""Templates, messages, and each try to hand one over.

A *message* is to reach one person by the first of its ``channels`` that works. What it says
is rendered when it is asked for and sealed together with the address; both are emptied some
time after it is over. ``next_at`` is when a worker has to look at it, none once it is over.

An *attempt* is one hand-over to one provider. It is written down **before** the provider is
called, and its id goes along: should the worker die in between, the provider can be asked
whether it knows that id, and nobody is told the same thing twice.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class MessageTemplate(Model):
    """A brand's own wording of one message; a published version never changes."""

    __tablename__ = "message_templates"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint(
            "CASE status WHEN 'draft' THEN published_at IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL ELSE false END",
            name="status",
        ),
        Index(
            "uq_message_templates_draft",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=text("status = 'draft'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Message(Model):
    """``version`` is that of the brand's template; none if the built-in one was used."""

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        UniqueConstraint("brand_id", "key"),
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'failed')", name="state"
        ),
        CheckConstraint(
            "CASE WHEN state IN ('queued', 'sending') THEN finished_at IS NULL"
            " WHEN state = 'sent' THEN true ELSE finished_at IS NOT NULL END",
            name="finished",
        ),
        CheckConstraint("finished_at IS NULL OR next_at IS NULL", name="next_at"),
        CheckConstraint("(purged_at IS NULL) = (content_sealed IS NOT NULL)", name="purged"),
        Index(
            "ix_messages_due", "brand_id", "next_at", postgresql_where=text("next_at IS NOT NULL")
        ),
        Index(
            "ix_messages_kept",
            "brand_id",
            "finished_at",
            postgresql_where=text("finished_at IS NOT NULL AND purged_at IS NULL"),
        ),
        Index("ix_messages_member_id", "brand_id", "member_id", "id"),
        Index("ix_messages_recipient", "brand_id", "recipient_index", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    version: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID | None]
    key: Mapped[str | None] = mapped_column(Text)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channel: Mapped[str | None] = mapped_column(Text)
    recipient_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]


class MessageAttempt(Model):
    """``code`` is the provider's own word for how it went; ``reference`` its own id."""

    __tablename__ = "message_attempts"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "message_id"], ["messages.brand_id", "messages.id"]),
        UniqueConstraint("brand_id", "message_id", "seq"),
        CheckConstraint("state IN ('sending', 'accepted', 'delivered', 'failed')", name="state"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID]
    seq: Mapped[int]
    channel: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
