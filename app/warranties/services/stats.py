"""Registration rates: registered of shipped, by where and when it was shipped."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.warranties.queries import stats as queries

GROUPS = ("channel", "product", "batch", "days")
DAYS = (7, 14, 30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Rate:
    """Units under one key (None: no channel) that were shipped, and registered at least once.

    ``registered_unshipped`` are registered although nobody said that they were shipped;
    they are no part of the rate.
    """

    key: str | None
    shipped: int
    registered: int
    registered_unshipped: int

    @property
    def batch_id(self) -> UUID | None:
        """The batch that a key names, if it was counted by batch."""
        return UUID(self.key) if self.key else None

    @property
    def rate_basis_points(self) -> int | None:
        """Registered of shipped, 100 = 1 %; None if nothing was shipped."""
        return self.registered * 10_000 // self.shipped if self.shipped else None


def count_registered(
    brand_id: UUID,
    by: str,
    *,
    sku: str | None = None,
    channel: str | None = None,
    after: str | None = None,
    limit: int,
    now: datetime,
) -> list[Rate]:
    """Return registration rates in the order of their keys.

    By ``days`` (7, 14, 30, …) each rate is of the units that have been out that long, and
    of the registrations within that time: later cohorts do not make it look worse.
    """
    if by == "days":  # few enough for one page
        if after is not None:
            return []
        rows = queries.count_registered_within(brand_id, DAYS, sku=sku, channel=channel, now=now)
        found = {row.key: row for row in rows}
        return [
            Rate(str(days), row.shipped, row.registered, 0)
            if (row := found.get(str(days)))
            else Rate(str(days), 0, 0, 0)
            for days in DAYS
        ]
    counted = queries.count_registered(
        brand_id, by, sku=sku, channel=channel, after=after, limit=limit
    )
    return [
        Rate(row.key or None, row.shipped, row.registered, row.registered_unshipped)
        for row in counted
    ]
