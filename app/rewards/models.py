"""Reward rules and their versions; referrals, events and the runs of occasions.

A *rule* is named by its code and is at one state of its life: ``draft`` (being
written), ``live`` (in force, or waiting for the start of its schedule), ``paused``,
``ended`` (for good). What it says is a *version*, which never changes; what was
granted names the version, so that it can be explained and taken back for ever.

A *referral* is one member invited by another: one for each invited member. It is
``pending`` until an order qualifies it, in ``review`` when it looks wrong and staff are
to decide, ``refused``, ``qualified`` (both were rewarded), ``reversed`` (the order was
given back, and so were the rewards). ``order_id`` is the order that qualifies it, kept
also while it waits for review or for an event.

An *event* is something the shop tells of a member: a review written, a quiz passed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
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


class RewardRule(Model):
    __tablename__ = "reward_rules"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("state IN ('draft', 'live', 'paused', 'ended')", name="state"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RewardRuleVersion(Model):
    __tablename__ = "reward_rule_versions"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "code"], ["reward_rules.brand_id", "reward_rules.code"]),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


def _member_key(column: str = "member_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", column], ["members.brand_id", "members.id"])


class ReferralCode(Model):
    """The code a member invites others with. A merged member's leads to the survivor."""

    __tablename__ = "referral_codes"
    __table_args__ = (_member_key(), UniqueConstraint("brand_id", "member_id"))

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    member_id: Mapped[UUID]
    created_at: Mapped[datetime]


class Referral(Model):
    __tablename__ = "referrals"
    __table_args__ = (
        _member_key("inviter_id"),
        _member_key("invitee_id"),
        UniqueConstraint("brand_id", "invitee_id"),
        CheckConstraint(
            "state IN ('pending', 'review', 'refused', 'qualified', 'reversed')", name="state"
        ),
        CheckConstraint(
            "state NOT IN ('qualified', 'reversed')"
            " OR (order_id IS NOT NULL AND qualified_at IS NOT NULL)",
            name="qualified",
        ),
        Index("ix_referrals_inviter", "brand_id", "inviter_id", "state"),
        Index("ix_referrals_state", "brand_id", "state", "id"),
        Index(
            "ix_referrals_order",
            "brand_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    inviter_id: Mapped[UUID]
    invitee_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    approved: Mapped[bool]
    invited_at: Mapped[datetime]
    first_order_id: Mapped[UUID | None]  # the first one confirmed, large enough or not
    order_id: Mapped[UUID | None]
    order_amount: Mapped[int | None] = mapped_column(BigInteger)
    settings_version: Mapped[int | None]  # under which the order was found large enough
    qualified_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)


class ReferralAddress(Model):
    """Where a member has had goods sent, as a blind index: to see who lives together."""

    __tablename__ = "referral_addresses"
    __table_args__ = (
        _member_key(),
        Index("ix_referral_addresses_address", "brand_id", "address_index"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seen_at: Mapped[datetime]


class MemberEvent(Model):
    __tablename__ = "member_events"
    __table_args__ = (
        _member_key(),
        UniqueConstraint("brand_id", "type", "external_id"),
        Index("ix_member_events_member", "brand_id", "member_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    type: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class OccasionRun(Model):
    """A day whose birthdays and anniversaries were looked at; finished when all of them were.

    A day on which the programme changes afterwards is looked at once more.
    """

    __tablename__ = "occasion_runs"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column("run_on", Date, primary_key=True)
    programme_version: Mapped[int]
    members: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
