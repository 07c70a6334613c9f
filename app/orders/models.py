"""Orders, their lines, what they caused, and what was given back.

Amounts are integers in the currency's minor unit. ``points_share`` is the part of
the points used that a line bears; with it every refund is arithmetic on the line's
own columns. Every consequence of an order is an *effect*, stored with the version
of the rule it came from: a refund reverses the effects the order really had. Rows
of ``refunds`` and ``order_effects`` are never changed; ``orders`` keeps running
totals of what was refunded, so that any number of partial refunds adds up exactly.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


def _order_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", "order_id"], ["orders.brand_id", "orders.id"])


class Order(Model):
    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("brand_id", "external_id"),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        CheckConstraint(
            "status IN ('paid', 'partially_refunded', 'refunded', 'cancelled')", name="status"
        ),
        CheckConstraint(
            "due = goods - discounts - member_discount - coupon_discount"
            " + shipping_fee - shipping_discount - points_used",
            name="due",
        ),
        Index("ix_orders_member", "brand_id", "member_id", "id"),
        Index(
            "ix_orders_address",
            "brand_id",
            "address_index",
            postgresql_where=text("address_index IS NOT NULL"),
        ),
        Index(
            "ix_orders_confirm_due",
            "brand_id",
            "confirm_due_at",
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    member_id: Mapped[UUID | None]
    channel: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime]
    goods: Mapped[int] = mapped_column(BigInteger)
    discounts: Mapped[int] = mapped_column(BigInteger)
    member_discount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    coupon_discount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    shipping_fee: Mapped[int] = mapped_column(BigInteger)
    shipping_discount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    points_used: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[int] = mapped_column(BigInteger)
    earned: Mapped[int] = mapped_column(BigInteger)
    earned_pending: Mapped[bool]
    accrual_rate: Mapped[int | None]  # in basis points; None: the settings' own
    tier: Mapped[str | None] = mapped_column(Text)
    settings_version: Mapped[int]
    programme_version: Mapped[int] = mapped_column(server_default="0")
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    hold_id: Mapped[UUID | None]
    redemption_seq: Mapped[int | None] = mapped_column(BigInteger)
    accrual_lot: Mapped[int | None] = mapped_column(BigInteger)
    confirm_due_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    shipping_refunded: Mapped[bool]
    cash_refunded: Mapped[int] = mapped_column(BigInteger)
    points_restored: Mapped[int] = mapped_column(BigInteger)
    points_taken_back: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class OrderLine(Model):
    __tablename__ = "order_lines"
    __table_args__ = (
        _order_key(),
        CheckConstraint(
            "refunded_quantity >= 0 AND refunded_quantity <= quantity", name="refunded"
        ),
        # What a member bought before: repurchase rules ask for it.
        Index(
            "ix_order_lines_purchases",
            "brand_id",
            "member_id",
            "sku",
            postgresql_where=text("member_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID | None]
    sku: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_price: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(BigInteger)
    member_discount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    coupon_discount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    points_share: Mapped[int] = mapped_column(BigInteger)
    accrues: Mapped[bool]
    refunded_quantity: Mapped[int] = mapped_column(BigInteger)


class OrderEffect(Model):
    __tablename__ = "order_effects"
    __table_args__ = (_order_key(),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    effect_no: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int]
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class Refund(Model):
    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("brand_id", "order_id", "external_id"),
        _order_key(),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    external_id: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    refunded_at: Mapped[datetime]
    cash: Mapped[int] = mapped_column(BigInteger)
    # What a coupon that no longer fits takes off the cash of the lines (or adds to it).
    coupon_adjustment: Mapped[int] = mapped_column(BigInteger, server_default="0")
    shipping: Mapped[int] = mapped_column(BigInteger)
    restored: Mapped[int] = mapped_column(BigInteger)
    restored_expired: Mapped[int] = mapped_column(BigInteger)
    clawed_back: Mapped[int] = mapped_column(BigInteger)
    debt_added: Mapped[int] = mapped_column(BigInteger)
    waived: Mapped[int] = mapped_column(BigInteger)
    lapsed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime]


class RefundLine(Model):
    __tablename__ = "refund_lines"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "refund_id"], ["refunds.brand_id", "refunds.id"]),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    cash: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int] = mapped_column(BigInteger)
