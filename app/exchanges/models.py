"""What points buy, how much of it is taken, and who exchanged what.

- An *item* is what a brand offers; what it says is versioned. ``taken`` counts the
  pieces of the exchanges in force. It moves last in an exchange, in one statement
  that also looks at the stock and the version (``sql/``): who was too late begins
  again and reads what is true then.
- An *exchange* points at the version it was made under, at the ledger entry that took
  the points, and at the coupons that were issued for it. ``member_id`` has it today;
  ``payer_id`` is whose account paid, which a merge does not change. ``cause`` is the
  request that asked for it, kept for ever.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class ExchangeItem(Model):
    __tablename__ = "exchange_items"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("taken >= 0", name="taken"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int]
    taken: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ExchangeItemVersion(Model):
    __tablename__ = "exchange_item_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "code"], ["exchange_items.brand_id", "exchange_items.code"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Exchange(Model):
    __tablename__ = "exchanges"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "item", "item_version"],
            [
                "exchange_item_versions.brand_id",
                "exchange_item_versions.code",
                "exchange_item_versions.version",
            ],
        ),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        ForeignKeyConstraint(["brand_id", "payer_id"], ["members.brand_id", "members.id"]),
        UniqueConstraint("brand_id", "cause"),
        CheckConstraint("quantity > 0 AND points > 0", name="quantity"),
        CheckConstraint(
            "(status = 'exchanged' AND cancelled_at IS NULL)"
            " OR (status = 'cancelled' AND cancelled_at IS NOT NULL)",
            name="status",
        ),
        Index("ix_exchanges_member", "brand_id", "member_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    payer_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(Text)
    item_version: Mapped[int]
    quantity: Mapped[int]
    points: Mapped[int] = mapped_column(BigInteger)
    entry_seq: Mapped[int] = mapped_column(BigInteger)
    coupon_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    status: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    exchanged_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
