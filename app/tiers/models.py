"""Ladders, what counts for them, who stands where, and how they came there.

A *ladder* is a brand's tiers with their thresholds: one row for each version, never
changed. A *posting* is an order, a refund or an adjustment that counts, with all that
any ladder may measure: won paid (``net``), won ordered (``gross``, which only a
cancellation lowers), orders and points. ``counted_on`` is its own day, ``order_on`` the
day of the order it belongs to; a ladder says which of them its period looks at.

A member's *tier* is what it earned and still holds. It is *grounded* on the last day
on which it was known to be earned: the day it was reached (``grounded_on``), or the
last day of a later assessment that confirmed it. A tier that is held without being
earned says since which assessment (``unearned_on``); in its grace it also says until
when (``grace_until``). A tier given by hand stands beside it (``manual_tier``) and
counts if it is the higher one. What the member is seen to have changes only with a
row of ``tier_changes``, numbered gaplessly per member. Both are written together, a million
at a time when a ladder is put in force, so they have no foreign keys; the audit looks
for strays.

An *assessment* is one day of judgement, or one ladder put into force, worked through
member by member. It is recorded, so that it never happens twice.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model

MEASURES = ("order_on", "counted_on", "net", "gross", "orders", "points")


class TierLadder(Model):
    __tablename__ = "tier_ladders"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Whether this version may lower tiers at once; else that is for assessments.
    lowers: Mapped[bool]
    starts_on: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class TierPosting(Model):
    """An order is posted under its own id, a refund under its own: each counts once."""

    __tablename__ = "tier_postings"
    __table_args__ = (
        # An assessment sums everything of every member from this index alone.
        PrimaryKeyConstraint("brand_id", "member_id", "id", postgresql_include=MEASURES),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        CheckConstraint("kind IN ('order', 'refund', 'adjustment')", name="kind"),
        CheckConstraint("(kind = 'adjustment') = (order_id IS NULL)", name="order_id"),
        Index(
            "uq_tier_postings_external_id",
            "brand_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID]
    member_id: Mapped[UUID]
    id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID | None]
    counted_on: Mapped[date] = mapped_column(Date)
    order_on: Mapped[date] = mapped_column(Date)
    net: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    orders: Mapped[int]
    points: Mapped[int] = mapped_column(BigInteger)
    external_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime]


class MemberTier(Model):
    __tablename__ = "member_tiers"
    __table_args__ = (
        Index(
            "ix_member_tiers_grace_until",
            "brand_id",
            "grace_until",
            postgresql_where=text("grace_until IS NOT NULL"),
        ),
        Index(
            "ix_member_tiers_manual_until",
            "brand_id",
            "manual_until",
            postgresql_where=text("manual_until IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    tier: Mapped[str | None] = mapped_column(Text)
    grounded_on: Mapped[date | None] = mapped_column(Date)
    ladder_version: Mapped[int | None]  # of the ladder by which it is grounded
    unearned_on: Mapped[date | None] = mapped_column(Date)
    grace_until: Mapped[date | None] = mapped_column(Date)
    manual_tier: Mapped[str | None] = mapped_column(Text)
    manual_until: Mapped[date | None] = mapped_column(Date)
    since: Mapped[datetime]
    changes: Mapped[int]


class TierChange(Model):
    __tablename__ = "tier_changes"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('order', 'refund', 'adjustment', 'assessment', 'ladder', 'manual',"
            " 'manual_ended', 'merged')",
            name="kind",
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_tier: Mapped[str | None] = mapped_column(Text)
    to_tier: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    posting_id: Mapped[UUID | None]
    ladder_version: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]


class TierAssessment(Model):
    __tablename__ = "tier_assessments"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)  # scheduled/<day>, ladder/<version>
    due_on: Mapped[date] = mapped_column(Date)
    ladder_version: Mapped[int]
    cursor: Mapped[UUID | None]  # the last member done
    assessed: Mapped[int] = mapped_column(BigInteger)
    raised: Mapped[int] = mapped_column(BigInteger)
    lowered: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def last_day(self) -> date:
        """The day whose evening an assessment looks at: that before it falls due."""
        return self.due_on - timedelta(days=1)
