"""Orders that confirm themselves, in chunks; see ``app.points.jobs``."""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.orders import services

CHUNK = 5000


def confirm_due(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Mark every order confirmed whose day has come. Returns how many.

    Its points follow by their own clock (``points.jobs.settle_points``).
    """
    return in_chunks(brand_id, partial(_one_chunk, brand_id, now, chunk), report)


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.confirm_due_orders(brand_id, limit=chunk, now=now)
