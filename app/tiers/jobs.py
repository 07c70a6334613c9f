"""Assessments, in chunks: each its own transaction, safe to run twice; see ``app.points.jobs``."""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.tiers import services

CHUNK = 5000


def assess(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Judge everyone for every day that is due, in the order of the days.

    :returns: how many judgements were made
    """
    return in_chunks(brand_id, partial(_one_chunk, brand_id, now, chunk), report)


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.assess_chunk(brand_id, chunk, now=now)
