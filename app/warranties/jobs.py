"""What goes on by itself: large batches step by step, and what is kept no longer."""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks, report_sum
from app.warranties import services

CHUNK = 5000  # units


def work_batches(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Go on with every batch that has something left to do.

    :returns: how many units it looked at
    """
    return in_chunks(brand_id, partial(_work, brand_id, now, chunk), report)


def forget_codes(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Delete the sealed codes of batches whose labels may be printed no longer.

    :returns: how many there were
    """
    return in_chunks(brand_id, partial(_forget, brand_id, now, chunk), report)


def tidy(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """End offers that nobody took in time, and forget scans, notes and receipts in theirs.

    :returns: how many of all these there were
    """
    done = 0
    for step in (
        services.expire_chunk,
        services.forget_scans_chunk,
        services.forget_notes_chunk,
        services.delete_unclaimed_chunk,
        services.forget_pictures_chunk,
    ):
        work = partial(step, brand_id, chunk, now=now)
        done += in_chunks(brand_id, work, partial(report_sum, report, done))
    return done


def _work(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.work_chunk(brand_id, chunk, now=now)


def _forget(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.forget_codes_chunk(brand_id, chunk, now=now)
