"""Named reads and writes of scans, reports and reviews."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from app.db import db
from app.warranties.models import WarrantyReport, WarrantyReview, WarrantyUnit
from app.warranties.rules.evidence import ALIKE, Facts

_FACTS = text("""
    SELECT s.devices_unshipped, s.devices_before, s.devices_after,
           u.state = 'claimed' AND u.shipped_at IS NULL AS claimed_unshipped,
           coalesce(w.channel <> u.channel AND w.channel NOT IN ('gift', 'other'), false)
               AS other_channel,
           CASE WHEN w.order_index IS NULL THEN 0 ELSE
               (SELECT count(DISTINCT o.unit_id) FROM warranties o
                 WHERE o.brand_id = u.brand_id AND o.order_index = w.order_index) END
               AS units_of_order,
           r.doubtful AS doubtful_reports, r.mine AS owner_disputes, r.again AS claims_refused
      FROM warranty_units u
      LEFT JOIN warranties w
        ON w.brand_id = u.brand_id AND w.unit_id = u.id AND w.ended_at IS NULL
     CROSS JOIN LATERAL (
           SELECT count(DISTINCT device_hash)
                      FILTER (WHERE state IN ('generated', 'printed')) AS devices_unshipped,
                  count(DISTINCT device_hash)
                      FILTER (WHERE state <> 'claimed') AS devices_before,
                  count(DISTINCT device_hash) FILTER (WHERE state = 'claimed') AS devices_after
             FROM warranty_scans
            WHERE brand_id = u.brand_id AND unit_id = u.id AND NOT by_owner) s
     CROSS JOIN LATERAL (
           SELECT count(DISTINCT device_hash) FILTER (WHERE kind = 'doubtful') AS doubtful,
                  count(DISTINCT device_hash) FILTER (WHERE kind = 'mine') AS mine,
                  count(DISTINCT device_hash) FILTER (WHERE kind = 'claimed_again') AS again
             FROM warranty_reports
            WHERE brand_id = u.brand_id AND unit_id = u.id) r
     WHERE u.brand_id = :brand_id AND u.id = :unit_id
""")
# Reads every receipt of the brand: only when a photo came in.
_UNITS_OF_RECEIPT = text("""
    SELECT count(DISTINCT other.unit_id)
      FROM warranty_receipts mine JOIN warranty_receipts other
        ON other.brand_id = mine.brand_id AND other.unit_id <> mine.unit_id
       AND other.warranty_id IS NOT NULL
       AND (other.sha256 = mine.sha256
            OR bit_count(CAST(other.look # mine.look AS bit(64))) <= :nearly)
     WHERE mine.brand_id = :brand_id AND mine.warranty_id = :warranty_id
""")
# Looks at the newest of the unit: by time alone it would read every scan of a busy hour.
_SCAN = text("""
    INSERT INTO warranty_scans
           (brand_id, id, unit_id, state, by_owner, device_hash, ip_hash, at)
    SELECT :brand_id, :id, :unit_id, :state, :by_owner, :device_hash, :ip_hash, :at
     WHERE (SELECT count(*) FROM (
               SELECT ip_hash, at FROM warranty_scans
                WHERE brand_id = :brand_id AND unit_id = :unit_id
                ORDER BY at DESC LIMIT :among) newest
             WHERE at > :since AND ip_hash = :ip_hash) < :most
    RETURNING true
""")
_FORGET_SCANS = text("""
    WITH past AS MATERIALIZED (
        SELECT id FROM warranty_scans WHERE brand_id = :brand_id AND at < :before LIMIT :limit
    ), gone AS (
        DELETE FROM warranty_scans s USING past p
         WHERE s.brand_id = :brand_id AND s.id = p.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")
_FORGET_NOTES = text("""
    WITH past AS MATERIALIZED (
        SELECT id FROM warranty_reports
         WHERE brand_id = :brand_id AND note_sealed IS NOT NULL AND at < :before
         LIMIT :limit FOR UPDATE SKIP LOCKED
    ), gone AS (
        UPDATE warranty_reports r SET note_sealed = NULL FROM past p
         WHERE r.brand_id = :brand_id AND r.id = p.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")


def insert_scan(scan: Mapping[str, object], *, since: datetime, most: int) -> bool:
    """Write down a look unless its address looked ``most`` times ``since``; return whether."""
    values = {**scan, "since": since, "most": most, "among": 5 * most}
    return bool(db.session.scalar(_SCAN, values))


def load_facts(brand_id: UUID, unit_id: UUID, *, units_of_receipt: int) -> Facts:
    row = db.session.execute(_FACTS, {"brand_id": brand_id, "unit_id": unit_id}).one()
    return Facts(**row._mapping, units_of_receipt=units_of_receipt)


def count_units_of_receipt(brand_id: UUID, warranty_id: UUID) -> int:
    """Return for how many other units the photos of a registration were sent."""
    values = {"brand_id": brand_id, "warranty_id": warranty_id, "nearly": ALIKE}
    units: int = db.session.scalars(_UNITS_OF_RECEIPT, values).one()
    return units


def list_reports(
    brand_id: UUID, unit_id: UUID, *, before: UUID | None, limit: int
) -> list[WarrantyReport]:
    """Return what was reported of a unit, the newest first."""
    statement = select(WarrantyReport).where(
        WarrantyReport.brand_id == brand_id, WarrantyReport.unit_id == unit_id
    )
    if before is not None:
        statement = statement.where(WarrantyReport.id < before)
    return list(db.session.scalars(statement.order_by(WarrantyReport.id.desc()).limit(limit)))


def move_reports(brand_id: UUID, member_id: UUID, into_id: UUID) -> None:
    """Let what a member reported be the report of another."""
    db.session.execute(
        update(WarrantyReport)
        .where(WarrantyReport.brand_id == brand_id, WarrantyReport.member_id == member_id)
        .values(member_id=into_id)
    )


def forget_reporter(brand_id: UUID, member_id: UUID) -> None:
    """Keep that something was reported, and forget by whom and in what words."""
    db.session.execute(
        update(WarrantyReport)
        .where(WarrantyReport.brand_id == brand_id, WarrantyReport.member_id == member_id)
        .values(member_id=None, note_sealed=None)
    )


def newest_review(brand_id: UUID, unit_id: UUID) -> WarrantyReview | None:
    """Return what staff think of a unit, or have to think about; lock the unit first."""
    return db.session.scalar(
        select(WarrantyReview)
        .where(WarrantyReview.brand_id == brand_id, WarrantyReview.unit_id == unit_id)
        .order_by(WarrantyReview.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def find_review(brand_id: UUID, review_id: UUID) -> WarrantyReview | None:
    return db.session.get(WarrantyReview, (brand_id, review_id))


def lock_review(brand_id: UUID, review_id: UUID) -> WarrantyReview:
    return db.session.get_one(
        WarrantyReview, (brand_id, review_id), populate_existing=True, with_for_update=True
    )


def list_reviews(
    brand_id: UUID, *, state: str | None, before: UUID | None, limit: int
) -> list[tuple[WarrantyReview, WarrantyUnit]]:
    """Return reviews with their units, the newest first."""
    statement = (
        select(WarrantyReview, WarrantyUnit)
        .join(
            WarrantyUnit,
            (WarrantyUnit.brand_id == WarrantyReview.brand_id)
            & (WarrantyUnit.id == WarrantyReview.unit_id),
        )
        .where(WarrantyReview.brand_id == brand_id)
    )
    if state is not None:
        statement = statement.where(WarrantyReview.state == state)
    if before is not None:
        statement = statement.where(WarrantyReview.id < before)
    rows = db.session.execute(statement.order_by(WarrantyReview.id.desc()).limit(limit))
    return [(review, unit) for review, unit in rows]


def forget_scans(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_FORGET_SCANS, values).one()
    return gone


def forget_notes(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_FORGET_NOTES, values).one()
    return gone
