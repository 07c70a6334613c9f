"""Codes are forgotten, in chunks: each its own transaction, safe to run twice."""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks, report_sum
from app.verifications import services

CHUNK = 5000


def forget(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Delete challenges a month after they ended and counters whose time is over.

    What was typed and waited for a code goes half an hour after it, or when this runs next.

    :returns: how many were deleted or emptied
    """
    contents = partial(services.forget_contents_chunk, brand_id, chunk, now=now)
    emptied = in_chunks(brand_id, contents, report)
    challenges = partial(services.forget_chunk, brand_id, chunk, now=now)
    done = emptied + in_chunks(brand_id, challenges, partial(report_sum, report, emptied))
    limits = partial(services.forget_limits, chunk, now=now)
    return done + in_chunks(brand_id, limits, partial(report_sum, report, done))
