"""Named reads and writes of photos of receipts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update

from app.db import db
from app.warranties.models import Warranty, WarrantyReceipt

_UNCLAIMED = text("""
    WITH past AS MATERIALIZED (
        SELECT id FROM warranty_receipts
         WHERE brand_id = :brand_id AND warranty_id IS NULL AND created_at < :before
         LIMIT :limit FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM warranty_receipts r USING past p
         WHERE r.brand_id = :brand_id AND r.id = p.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")
_FORGET = text("""
    WITH past AS MATERIALIZED (
        SELECT r.id FROM warranty_receipts r
          JOIN warranties w ON w.brand_id = r.brand_id AND w.id = r.warranty_id
         WHERE r.brand_id = :brand_id AND r.content_sealed IS NOT NULL
           AND (w.ended_at IS NOT NULL OR (w.proof <> 'told' AND w.changed_at < :before))
         LIMIT :limit FOR UPDATE OF r SKIP LOCKED
    ), gone AS (
        UPDATE warranty_receipts r SET content_sealed = NULL FROM past p
         WHERE r.brand_id = :brand_id AND r.id = p.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")


def find_receipt(brand_id: UUID, receipt_id: UUID) -> WarrantyReceipt | None:
    return db.session.get(WarrantyReceipt, (brand_id, receipt_id), populate_existing=True)


def list_receipts(brand_id: UUID, warranty_id: UUID) -> list[WarrantyReceipt]:
    """Return the receipts of a registration, in the order in which they came."""
    return list(
        db.session.scalars(
            select(WarrantyReceipt)
            .where(WarrantyReceipt.brand_id == brand_id, WarrantyReceipt.warranty_id == warranty_id)
            .order_by(WarrantyReceipt.id)
        )
    )


def count_receipts(brand_id: UUID, warranty_id: UUID) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(
                WarrantyReceipt.brand_id == brand_id, WarrantyReceipt.warranty_id == warranty_id
            )
        )
        or 0
    )


def forget_pictures_of(brand_id: UUID, member_id: UUID) -> None:
    """Forget every photo that a member sent."""
    theirs = select(Warranty.id).where(
        Warranty.brand_id == brand_id, Warranty.member_id == member_id
    )
    db.session.execute(
        update(WarrantyReceipt)
        .where(WarrantyReceipt.brand_id == brand_id, WarrantyReceipt.warranty_id.in_(theirs))
        .values(content_sealed=None)
        .execution_options(synchronize_session=False)
    )


def delete_unclaimed(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_UNCLAIMED, values).one()
    return gone


def forget_pictures(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_FORGET, values).one()
    return gone
