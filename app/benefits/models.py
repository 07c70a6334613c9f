"""What members were given, and how much of each limited source is used up.

A *grant* is what one source (``rule:BIRTHDAY``, ``tier:LV2``, ``stamps:COFFEE``) gave
a member on one occasion (``birthday/2026``, ``order/<id>``). Source, member and
occasion are unique among the grants in force, so that no retry, job or edit grants
twice; a grant taken back wholly frees its occasion. ``terms`` hold what a refund
needs to tell how much of it is still deserved. A *counter* counts the grants in
force of a source that is limited.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class BenefitGrant(Model):
    __tablename__ = "benefit_grants"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        CheckConstraint(
            "points >= 0 AND points_taken_back >= 0 AND points_taken_back <= points",
            name="points",
        ),
        Index(
            "uq_benefit_grants_occasion",
            "brand_id",
            "member_id",
            "source",
            "occasion",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
        Index(
            "ix_benefit_grants_order",
            "brand_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index("ix_benefit_grants_source", "brand_id", "source", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(Text)
    source_version: Mapped[int]
    occasion: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID | None]
    points: Mapped[int] = mapped_column(BigInteger)
    points_taken_back: Mapped[int] = mapped_column(BigInteger)
    lot_no: Mapped[int | None] = mapped_column(BigInteger)
    counted: Mapped[bool]
    gave: Mapped[dict[str, Any]] = mapped_column(JSONB)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason_ko: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]


class BenefitCounter(Model):
    __tablename__ = "benefit_counters"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("grants >= 0 AND points >= 0", name="counters"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    grants: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int] = mapped_column(BigInteger)
