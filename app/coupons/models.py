"""Coupon templates, coupons, and how many of a limited template there are.

- A *template* is what a brand offers. What it says is *versioned*: a coupon points at
  the version it was issued under, and is judged by it for ever.
- A *coupon* is one right to a discount. It belongs to a member, or (a code printed on
  a card) to whoever enters its code first. The use of a *generic* code, one that
  everybody enters, is a coupon of its own that begins with the use.
- A *counter* exists exactly while a template is limited. ``issued`` counts its coupons
  that are issued, reserved or redeemed, ``used`` those redeemed.

A coupon's life: issued → reserved (by a hold of a checkout, for minutes) → redeemed.
A refund makes a redeemed one issued again. Revoked ends it; a generic use that is
given back is *released*: nobody owns it, and its place is free. Expiry is no state: it
is what ``valid_until`` says. Whoever changes what a counter counts holds the
template's row (FOR KEY SHARE), so that a new limit can count what there is.
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class CouponTemplate(Model):
    __tablename__ = "coupon_templates"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("kind IN ('fixed', 'percent', 'free_shipping', 'gift')", name="kind"),
        CheckConstraint("status IN ('active', 'paused', 'ended')", name="status"),
        # A code of an ended template may be used again for a new one.
        Index(
            "uq_coupon_templates_generic_code",
            "brand_id",
            "generic_code",
            unique=True,
            postgresql_where=text("status <> 'ended'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    generic_code: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CouponTemplateVersion(Model):
    __tablename__ = "coupon_template_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "template_id"], ["coupon_templates.brand_id", "coupon_templates.id"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class CouponCounter(Model):
    __tablename__ = "coupon_counters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "template_id"], ["coupon_templates.brand_id", "coupon_templates.id"]
        ),
        CheckConstraint("issued >= used AND used >= 0", name="counters"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    total_limit: Mapped[int] = mapped_column(BigInteger)
    issued: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger)


class Coupon(Model):
    __tablename__ = "coupons"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "template_id", "version"],
            [
                "coupon_template_versions.brand_id",
                "coupon_template_versions.template_id",
                "coupon_template_versions.version",
            ],
        ),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        UniqueConstraint("brand_id", "cause"),
        CheckConstraint(
            "status IN ('issued', 'reserved', 'redeemed', 'revoked', 'released')", name="status"
        ),
        CheckConstraint(
            "(status = 'redeemed') = (order_id IS NOT NULL)"
            " AND (status = 'redeemed') = (redeemed_at IS NOT NULL)"
            " AND (status = 'redeemed' OR discount = 0)",
            name="redeemed",
        ),
        CheckConstraint(
            "(status = 'reserved') = (reserved_by IS NOT NULL)"
            " AND (status = 'reserved') = (reserved_until IS NOT NULL)",
            name="reserved",
        ),
        Index(
            "uq_coupons_code",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=text("code IS NOT NULL"),
        ),
        Index("ix_coupons_member", "brand_id", "member_id", "template_id"),
        Index(
            "ix_coupons_usable",
            "brand_id",
            "member_id",
            "valid_until",
            postgresql_where=text("status IN ('issued', 'reserved')"),
        ),
        Index("ix_coupons_template", "brand_id", "template_id", "status"),
        Index(
            "ix_coupons_batch",
            "brand_id",
            "batch_id",
            "id",
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "ix_coupons_order",
            "brand_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index(
            "ix_coupons_reserved",
            "brand_id",
            "reserved_until",
            postgresql_where=text("status = 'reserved'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID]
    version: Mapped[int]
    member_id: Mapped[UUID | None]
    code: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[UUID | None]
    generic: Mapped[bool]
    status: Mapped[str] = mapped_column(Text)
    reserved_by: Mapped[UUID | None]
    reserved_until: Mapped[datetime | None]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    issued_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    order_id: Mapped[UUID | None]
    discount: Mapped[int] = mapped_column(BigInteger)
    source_order_id: Mapped[UUID | None]
    cause: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
