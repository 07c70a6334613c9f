"""Sessions are forgotten, in chunks: each its own transaction, safe to run twice."""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.staff import services

CHUNK = 5000


def forget_sessions(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Delete sessions of staff that began a day ago: none lives longer than twelve hours.

    Sessions belong to no brand; whichever brand's job comes first deletes them.

    :returns: how many were deleted
    """
    return in_chunks(brand_id, partial(services.forget_chunk, chunk, now=now), report)
