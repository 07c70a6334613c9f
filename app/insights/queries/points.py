"""What was earned, used and lapsed, and what is owed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

_MOVES = text("""
    SELECT CAST(date_trunc('month', occurred_at AT TIME ZONE :zone) AS date) AS month,
           sum(d_available + d_pending) FILTER (WHERE kind = 'accrual') AS earned,
           sum(d_debt - d_available - d_pending)
               FILTER (WHERE kind IN ('clawback', 'cancellation')) AS taken_back,
           sum(CASE kind WHEN 'redemption' THEN -d_available
                         WHEN 'capture' THEN -d_available - d_held END) AS used,
           sum(d_available) FILTER (WHERE kind = 'redemption_reversal') AS given_back,
           sum(-d_available) FILTER (WHERE kind IN ('expiry', 'forfeiture')) AS lapsed,
           sum(d_available + d_pending) FILTER (WHERE kind = 'adjustment') AS adjusted
      FROM point_entries
     WHERE brand_id = :brand_id AND occurred_at <= :until
     GROUP BY 1 ORDER BY 1
""")
_OWED = text("""
    SELECT CASE WHEN isfinite(expires_at)
                THEN CAST(date_trunc('month', expires_at AT TIME ZONE :zone) AS date) END AS month,
           sum(remaining) AS available, sum(pending) AS pending,
           count(DISTINCT member_id) AS members
      FROM point_lots
     WHERE brand_id = :brand_id AND remaining + pending > 0 AND expires_at > :now
     GROUP BY 1 ORDER BY 1 NULLS LAST
""")
_CLOSED = text("""
    SELECT CAST(date_trunc('month', e.occurred_at AT TIME ZONE :zone) AS date) AS month,
           sum(l.original) AS original, sum(l.lapsed) AS lapsed
      FROM point_lots l
      JOIN point_entries e
        ON e.brand_id = l.brand_id AND e.member_id = l.member_id AND e.seq = l.entry_seq
     WHERE l.brand_id = :brand_id AND l.remaining = 0 AND l.pending = 0 AND l.original > 0
     GROUP BY 1 ORDER BY 1
""")


def read_moves(brand_id: UUID, zone: str, until: Any) -> Sequence[Row[Any]]:
    """Return (month, earned, taken_back, used, given_back, lapsed, adjusted) until an instant."""
    return db.session.execute(_MOVES, {"brand_id": brand_id, "zone": zone, "until": until}).all()


def read_owed(brand_id: UUID, zone: str, now: Any) -> Sequence[Row[Any]]:
    """Return (month, available, pending, members) by the month of lapsing; None: never."""
    return db.session.execute(_OWED, {"brand_id": brand_id, "zone": zone, "now": now}).all()


def read_closed(brand_id: UUID, zone: str) -> Sequence[Row[Any]]:
    """Return (month, original, lapsed) of lots that are closed, by the month they came in."""
    return db.session.execute(_CLOSED, {"brand_id": brand_id, "zone": zone}).all()
