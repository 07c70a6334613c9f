"""Notes about customers, requests for a second person, and what each form did.

A form carries a key of its own. What it did is a row under that key, so that a second click
finds it and does nothing.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


def _member_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"])


class MemberNote(Model):
    """What staff noted about a customer; it goes when the customer is erased."""

    __tablename__ = "member_notes"
    __table_args__ = (
        _member_key(),
        Index("ix_member_notes_member_id", "brand_id", "member_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class StaffApproval(Model):
    """Points that are corrected once somebody else agrees; ``reason_sealed`` until erasure."""

    __tablename__ = "staff_approvals"
    __table_args__ = (
        _member_key(),
        CheckConstraint("state IN ('open', 'approved', 'refused')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by <> actor", name="other_person"),
        CheckConstraint("points <> 0", name="points"),
        Index("ix_staff_approvals_member_id", "brand_id", "member_id", "id"),
        Index("ix_staff_approvals_open", "brand_id", "id", postgresql_where=text("state = 'open'")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    points: Mapped[int] = mapped_column(BigInteger)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]


class StaffAction(Model):
    """What the form of a key did; ``points`` that it moved without a second person."""

    __tablename__ = "staff_actions"
    __table_args__ = (
        _member_key(),
        Index("ix_staff_actions_member_id", "brand_id", "member_id", "done_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[datetime]
