"""Figures of requests: how many of what was shipped, how fast, free or paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.db import db
from app.warranties.services import Shipped

_COUNTS = text("""
    SELECT count(*) FILTER (WHERE over_at IS NULL) AS open,
           count(*) FILTER (WHERE over_at IS NULL AND waiting_since IS NULL
                              AND (repair_due_on < :today
                                   OR (responded_at IS NULL AND response_due_on < :today)))
               AS overdue,
           count(*) FILTER (WHERE asked_on BETWEEN :since AND :until) AS opened,
           count(*) FILTER (WHERE delivered_on BETWEEN :since AND :until) AS delivered,
           count(*) FILTER (WHERE delivered_on BETWEEN :since AND :until
                              AND outcome = 'repair' AND decision = 'paid') AS paid,
           count(*) FILTER (WHERE delivered_on BETWEEN :since AND :until
                              AND outcome = 'repair' AND decision <> 'paid') AS free,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY delivered_on - asked_on)
               FILTER (WHERE delivered_on BETWEEN :since AND :until) AS p50,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY delivered_on - asked_on)
               FILTER (WHERE delivered_on BETWEEN :since AND :until) AS p90
      FROM service_requests WHERE brand_id = :brand_id
""")
_BY_BATCH = text("""
    SELECT u.batch_id, count(*) AS requests
      FROM service_requests r
      JOIN warranty_units u ON u.brand_id = r.brand_id AND u.id = r.unit_id
     WHERE r.brand_id = :brand_id AND r.asked_on BETWEEN :since AND :until
     GROUP BY u.batch_id
""")
_BY_PRODUCT = text("""
    SELECT sku, count(*) AS requests FROM service_requests
     WHERE brand_id = :brand_id AND asked_on BETWEEN :since AND :until GROUP BY sku
""")


@dataclass(frozen=True)
class Rate:
    """Requests about a product or one of its batches; ``shipped`` are its units so far."""

    sku: str
    batch_id: UUID | None
    shipped: int
    requests: int

    @property
    def per_thousand(self) -> float | None:
        return round(self.requests * 1000 / self.shipped, 1) if self.shipped else None


@dataclass(frozen=True)
class Stats:
    """Days are those from asking to giving back, waiting included."""

    open: int
    overdue: int
    opened: int
    delivered: int
    free_repairs: int
    paid_repairs: int
    days_p50: int | None
    days_p90: int | None
    products: list[Rate]
    batches: list[Rate]


def read(
    brand_id: UUID, shipped: Sequence[Shipped], *, since: date, until: date, today: date
) -> Stats:
    """Return the figures of requests asked for in these days."""
    values: dict[str, Any] = {"brand_id": brand_id, "since": since, "until": until}
    row = db.session.execute(_COUNTS, {**values, "today": today}).one()
    by_batch = {each.batch_id: each.requests for each in db.session.execute(_BY_BATCH, values)}
    by_sku = {each.sku: each.requests for each in db.session.execute(_BY_PRODUCT, values)}
    units: dict[str, int] = {}
    for each in shipped:
        units[each.sku] = units.get(each.sku, 0) + each.units
    return Stats(
        open=row.open,
        overdue=row.overdue,
        opened=row.opened,
        delivered=row.delivered,
        free_repairs=row.free,
        paid_repairs=row.paid,
        days_p50=row.p50,
        days_p90=row.p90,
        products=[
            Rate(sku, None, units.get(sku, 0), by_sku.get(sku, 0))
            for sku in sorted(units.keys() | by_sku.keys())
        ],
        batches=[
            Rate(each.sku, each.batch_id, each.units, by_batch.get(each.batch_id, 0))
            for each in shipped
            if each.units or each.batch_id in by_batch
        ],
    )
