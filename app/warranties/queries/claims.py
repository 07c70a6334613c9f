"""Named reads of registrations and extensions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.db import db
from app.warranties.models import (
    Warranty,
    WarrantyBatch,
    WarrantyExtension,
    WarrantyReceipt,
    WarrantyUnit,
)


def find_warranty(brand_id: UUID, warranty_id: UUID) -> Warranty | None:
    return db.session.get(Warranty, (brand_id, warranty_id), populate_existing=True)


def find_current(brand_id: UUID, unit_id: UUID) -> Warranty | None:
    """Return the registration that is in force; lock the unit first."""
    return db.session.scalar(
        select(Warranty)
        .where(
            Warranty.brand_id == brand_id, Warranty.unit_id == unit_id, Warranty.ended_at.is_(None)
        )
        .execution_options(populate_existing=True)
    )


def count_of_unit(brand_id: UUID, unit_id: UUID) -> int:
    """Return how often a unit was registered."""
    return (
        db.session.scalar(
            select(func.count()).where(Warranty.brand_id == brand_id, Warranty.unit_id == unit_id)
        )
        or 0
    )


def count_of_order(brand_id: UUID, order_index: bytes) -> int:
    """Return how many units were registered under one order."""
    return (
        db.session.scalar(
            select(func.count(Warranty.unit_id.distinct())).where(
                Warranty.brand_id == brand_id, Warranty.order_index == order_index
            )
        )
        or 0
    )


def list_warranties(
    brand_id: UUID,
    *,
    member_id: UUID | None,
    unit_id: UUID | None,
    sku: str | None,
    channel: str | None,
    proof: str | None,
    ended: bool | None,
    has_receipt: bool,
    after: UUID | None,
    limit: int,
) -> list[tuple[Warranty, WarrantyUnit, WarrantyBatch]]:
    """Return registrations with their units, the newest first."""
    statement = (
        select(Warranty, WarrantyUnit, WarrantyBatch)
        .join(
            WarrantyUnit,
            (WarrantyUnit.brand_id == Warranty.brand_id) & (WarrantyUnit.id == Warranty.unit_id),
        )
        .join(
            WarrantyBatch,
            (WarrantyBatch.brand_id == WarrantyUnit.brand_id)
            & (WarrantyBatch.id == WarrantyUnit.batch_id),
        )
        .where(Warranty.brand_id == brand_id)
    )
    for column, value in (
        (Warranty.member_id, member_id),
        (Warranty.unit_id, unit_id),
        (WarrantyBatch.sku, sku),
        (Warranty.channel, channel),
        (Warranty.proof, proof),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if ended is not None:
        statement = statement.where(Warranty.ended_at.is_not(None) == ended)
    if has_receipt:
        kept = select(WarrantyReceipt.id).where(
            WarrantyReceipt.brand_id == Warranty.brand_id,
            WarrantyReceipt.warranty_id == Warranty.id,
            WarrantyReceipt.content_sealed.is_not(None),
        )
        statement = statement.where(kept.exists())
    if after is not None:
        statement = statement.where(Warranty.id < after)
    rows = db.session.execute(statement.order_by(Warranty.id.desc()).limit(limit))
    return [(warranty, unit, batch) for warranty, unit, batch in rows]


def list_units_of_member(brand_id: UUID, member_id: UUID) -> list[UUID]:
    """Return the units a member owns, in one order for all who lock them."""
    return list(
        db.session.scalars(
            select(Warranty.unit_id)
            .where(
                Warranty.brand_id == brand_id,
                Warranty.member_id == member_id,
                Warranty.ended_at.is_(None),
            )
            .order_by(Warranty.unit_id)
        )
    )


def move_warranties(brand_id: UUID, member_id: UUID, into_id: UUID, now: datetime) -> None:
    """Give all registrations of a member, ended ones too, to another."""
    db.session.execute(
        update(Warranty)
        .where(Warranty.brand_id == brand_id, Warranty.member_id == member_id)
        .values(member_id=into_id, changed_at=now)
    )


def forget_orders(brand_id: UUID, member_id: UUID) -> None:
    """Delete what a member's order numbers are found by."""
    db.session.execute(
        update(Warranty)
        .where(Warranty.brand_id == brand_id, Warranty.member_id == member_id)
        .values(order_index=None)
    )


def list_extensions(brand_id: UUID, unit_id: UUID) -> list[WarrantyExtension]:
    """Return the months on top of a unit, in the order in which they were given."""
    return list(
        db.session.scalars(
            select(WarrantyExtension)
            .where(WarrantyExtension.brand_id == brand_id, WarrantyExtension.unit_id == unit_id)
            .order_by(WarrantyExtension.id)
        )
    )
