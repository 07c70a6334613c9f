"""What falls due by itself: reservations that time out. Expiry needs no job.

Reads never depend on it either: a reservation is over once its time is.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.coupons import services

CHUNK = 2000  # coupons


def tidy_coupons(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """End reservations whose checkout was left behind.

    :returns: how many there were
    """
    return in_chunks(brand_id, partial(_one_chunk, brand_id, now, chunk), report)


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.tidy_chunk(brand_id, chunk, now=now)
