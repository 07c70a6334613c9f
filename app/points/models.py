"""The point ledger: accounts, lots, entries, allocations and holds.

- An *account* is a member's points: four counters (available, pending, held, debt),
  the number of entries (``seq``) and of lots, and the moment something falls due.
  It is the lock: whoever moves points locks this row first.
- An *entry* is one immutable movement, numbered gaplessly per member. It carries
  what changed (``d_…``) and the counters after it, so that any edit, loss or
  insertion breaks the chain.
- A *lot* is points earned together that expire together. ``remaining`` can be
  spent, ``pending`` cannot yet, ``lapsed`` came to its date unspent (less what a
  refund has counted as taken back since).
- An *allocation* says what an entry took from a lot or put into it. ``source_seq``
  names the entry whose taking it gives back.
- A *hold* is points reserved: taken from lots, not yet spent.

Three equalities tie them together: an account's counters are the sums of its
entries; a lot's ``remaining`` and ``pending`` are the sums of its allocations; an
entry's ``d_available`` and ``d_pending`` are the sums of its own. ``flask points
audit`` proves them.

Only the functions in ``sql/`` write these five tables; the application's role may
read them. Entries and allocations therefore need no foreign keys to each other:
one function writes both, and the audit looks for strays.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


def _account_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "member_id"], ["point_accounts.brand_id", "point_accounts.member_id"]
    )


class Account(Model):
    __tablename__ = "point_accounts"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        CheckConstraint(
            "available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0", name="counters"
        ),
        CheckConstraint("debt = 0 OR available = 0", name="debt_or_available"),
        # What jobs look for. It moves only when something falls due earlier or is
        # settled, so that most updates of an account stay off it.
        Index("ix_point_accounts_due", "brand_id", "next_due_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    available: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    debt: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    lots: Mapped[int] = mapped_column(BigInteger)
    next_due_at: Mapped[datetime]


class Lot(Model):
    __tablename__ = "point_lots"
    __table_args__ = (
        _account_key(),
        CheckConstraint("original > 0", name="original"),
        CheckConstraint(
            "remaining >= 0 AND pending >= 0 AND remaining + pending <= original", name="remaining"
        ),
        CheckConstraint("lapsed >= 0 AND lapsed <= original", name="lapsed"),
        Index(
            "ix_point_lots_open",
            "brand_id",
            "member_id",
            "expires_at",
            "lot_no",
            postgresql_where=text("remaining > 0"),
        ),
        Index(
            "ix_point_lots_pending",
            "brand_id",
            "member_id",
            "confirms_at",
            postgresql_where=text("pending > 0"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_no: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry_seq: Mapped[int] = mapped_column(BigInteger)
    original: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[int] = mapped_column(BigInteger)
    lapsed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    expires_at: Mapped[datetime]  # infinity: never
    confirms_at: Mapped[datetime | None]
    order_id: Mapped[UUID | None]
    renewed_from: Mapped[int | None] = mapped_column(BigInteger)


class Entry(Model):
    __tablename__ = "point_entries"
    __table_args__ = (
        _account_key(),
        Index(
            "uq_point_entries_cause",
            "brand_id",
            "cause",
            unique=True,
            postgresql_where=text("cause IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    d_available: Mapped[int] = mapped_column(BigInteger)
    d_pending: Mapped[int] = mapped_column(BigInteger)
    d_held: Mapped[int] = mapped_column(BigInteger)
    d_debt: Mapped[int] = mapped_column(BigInteger)
    available_after: Mapped[int] = mapped_column(BigInteger)
    pending_after: Mapped[int] = mapped_column(BigInteger)
    held_after: Mapped[int] = mapped_column(BigInteger)
    debt_after: Mapped[int] = mapped_column(BigInteger)
    ref_seq: Mapped[int | None] = mapped_column(BigInteger)
    order_id: Mapped[UUID | None]
    refund_id: Mapped[UUID | None]
    hold_id: Mapped[UUID | None]
    group_id: Mapped[UUID | None]
    origin: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(Text)
    rule_version: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Allocation(Model):
    __tablename__ = "point_allocations"
    __table_args__ = (
        CheckConstraint("d_remaining <> 0 OR d_pending <> 0", name="moves"),
        Index("ix_point_allocations_lot", "brand_id", "member_id", "lot_no"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    lot_no: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    d_remaining: Mapped[int] = mapped_column(BigInteger)
    d_pending: Mapped[int] = mapped_column(BigInteger)
    source_seq: Mapped[int | None] = mapped_column(BigInteger)


class Hold(Model):
    __tablename__ = "point_holds"
    __table_args__ = (
        _account_key(),
        CheckConstraint("state IN ('open', 'captured', 'voided', 'expired')", name="state"),
        CheckConstraint("captured >= 0 AND captured <= amount", name="captured"),
        Index(
            "ix_point_holds_open",
            "brand_id",
            "member_id",
            "expires_at",
            postgresql_where=text("state = 'open'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    entry_seq: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    captured: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ExpiryNotice(Model):
    """What a member is told of points that lapse on a day, so many days before it."""

    __tablename__ = "point_expiry_notices"
    __table_args__ = (
        _account_key(),
        CheckConstraint("days_before > 0 AND points > 0", name="points"),
        CheckConstraint("state IN ('due', 'cancelled', 'sent')", name="state"),
        Index(
            "ix_point_expiry_notices_due",
            "brand_id",
            "expires_on",
            postgresql_where=text("state = 'due'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime]
