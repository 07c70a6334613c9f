"""How many of the units that were shipped are registered: one pass over units."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

# What a unit is counted under; none is ''. Nobody chose to register what is void, or was
# given in exchange and registered by staff.
KEYS = {
    "channel": "coalesce(u.channel, '')",
    "product": "b.sku",
    "batch": "CAST(u.batch_id AS text)",
}
_UNITS = """
    WITH first AS (
        SELECT unit_id, min(created_at) AS at FROM warranties
         WHERE brand_id = :brand_id GROUP BY unit_id
    ), counted AS (
        SELECT {key} AS key, u.shipped_at, f.at
          FROM warranty_units u
          JOIN warranty_batches b ON b.brand_id = u.brand_id AND b.id = u.batch_id
          LEFT JOIN first f ON f.unit_id = u.id
         WHERE u.brand_id = :brand_id AND u.state <> 'void' AND u.exchanged_on IS NULL
           AND (u.shipped_at IS NOT NULL OR f.at IS NOT NULL)
           AND (CAST(:sku AS text) IS NULL OR b.sku = :sku)
           AND (CAST(:channel AS text) IS NULL OR u.channel = :channel)
    )
"""
_BY_KEY = """
    SELECT key, count(shipped_at) AS shipped,
           count(at) FILTER (WHERE shipped_at IS NOT NULL) AS registered,
           count(at) FILTER (WHERE shipped_at IS NULL) AS registered_unshipped
      FROM counted
     WHERE CAST(:after AS text) IS NULL OR key > :after
     GROUP BY key ORDER BY key LIMIT :limit
"""
# Only units that have been out for so many days can tell how many register within them.
_BY_DAYS = """
    SELECT CAST(days AS text) AS key, count(*) AS shipped,
           count(*) FILTER (WHERE at <= shipped_at + days * interval '1 day') AS registered,
           0 AS registered_unshipped
      FROM counted
      JOIN unnest(CAST(:days AS integer[])) AS days
        ON shipped_at <= CAST(:now AS timestamptz) - days * interval '1 day'
     GROUP BY days ORDER BY days
"""
_STATEMENTS = {by: text(_UNITS.format(key=key) + _BY_KEY) for by, key in KEYS.items()}
_DAYS = text(_UNITS.format(key="''") + _BY_DAYS)


def count_registered(
    brand_id: UUID,
    by: str,
    *,
    sku: str | None,
    channel: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return what was shipped and registered, under each channel, product or batch."""
    values = {"brand_id": brand_id, "sku": sku, "channel": channel, "after": after, "limit": limit}
    return db.session.execute(_STATEMENTS[by], values).all()


def count_registered_within(
    brand_id: UUID,
    days: Sequence[int],
    *,
    sku: str | None,
    channel: str | None,
    now: datetime,
) -> Sequence[Row[Any]]:
    """Return for each number of days the units that old, and those registered by then."""
    values = {
        "brand_id": brand_id,
        "sku": sku,
        "channel": channel,
        "days": list(days),
        "now": now,
    }
    return db.session.execute(_DAYS, values).all()
