"""Named reads and writes of offers to take a unit over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from app.db import db
from app.warranties.models import WarrantyTransfer

_EXPIRE = text("""
    WITH past AS MATERIALIZED (
        SELECT id FROM warranty_transfers
         WHERE brand_id = :brand_id AND state = 'offered' AND expires_at <= :now
         LIMIT :limit FOR UPDATE SKIP LOCKED
    ), gone AS (
        UPDATE warranty_transfers t
           SET state = 'expired', ended_at = :now, phone_sealed = NULL FROM past p
         WHERE t.brand_id = :brand_id AND t.id = p.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")


def find_by_token(brand_id: UUID, token_hash: bytes) -> WarrantyTransfer | None:
    return db.session.scalar(
        select(WarrantyTransfer)
        .where(WarrantyTransfer.brand_id == brand_id, WarrantyTransfer.token_hash == token_hash)
        .execution_options(populate_existing=True)
    )


def find_offer(brand_id: UUID, warranty_id: UUID) -> WarrantyTransfer | None:
    """Return the offer of an owner that waits to be accepted."""
    return db.session.scalar(
        select(WarrantyTransfer).where(
            WarrantyTransfer.brand_id == brand_id,
            WarrantyTransfer.warranty_id == warranty_id,
            WarrantyTransfer.state == "offered",
        )
    )


def end_offers(brand_id: UUID, unit_id: UUID, state: str, now: datetime) -> int:
    """End the offer of a unit, which is locked, if there is one; forget to whom it was."""
    ended = db.session.scalars(
        update(WarrantyTransfer)
        .where(
            WarrantyTransfer.brand_id == brand_id,
            WarrantyTransfer.unit_id == unit_id,
            WarrantyTransfer.state == "offered",
        )
        .values(state=state, ended_at=now, phone_sealed=None)
        .returning(WarrantyTransfer.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def expire_offers(brand_id: UUID, limit: int, now: datetime) -> int:
    values = {"brand_id": brand_id, "limit": limit, "now": now}
    gone: int = db.session.scalars(_EXPIRE, values).one()
    return gone
