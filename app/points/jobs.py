"""What falls due by itself, in chunks: each its own transaction, safe to run twice.

A chunk that was committed has nothing left to do; a chunk that was not leaves no
trace. Reads never depend on this job: they settle an account on sight.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.db import transact
from app.points import services

CHUNK = 2000  # accounts; larger chunks hold locks longer and are hardly faster
TELL_CHUNK = 200
NOTICES_CHUNK = 20_000  # members; nobody waits for these rows


def settle_points(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Expire lots, confirm pending points and release holds that are due.

    :returns: how many accounts had something due
    """
    return in_chunks(brand_id, partial(_one_chunk, brand_id, now, chunk), report)


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.settle_chunk(brand_id, chunk, now=now)


def tell_points(
    brand_id: UUID,
    now: datetime,
    *,
    chunk: int = TELL_CHUNK,
    report: Report = lambda done: None,
) -> int:
    """Tell members of points that lapse soon, by day.

    :returns: how many notices were sent, or cancelled because nobody can be reached
    """
    return in_chunks(
        brand_id, partial(services.tell_notices_chunk, brand_id, chunk, now=now), report
    )


def prepare_notices(
    brand_id: UUID,
    now: datetime,
    *,
    chunk: int = NOTICES_CHUNK,
    report: Report = lambda done: None,
) -> int:
    """Prepare the notices of points that lapse some days from today, and close old ones.

    It goes through all members, so that a repeat costs as much but adds nothing.

    :returns: how many were prepared or closed
    """
    close = partial(services.close_notices_chunk, brand_id, NOTICES_CHUNK, now=now)
    done = in_chunks(brand_id, close, report)
    after: UUID | None = services.NOBODY
    while after is not None:
        step = partial(services.prepare_notices_chunk, brand_id, chunk, after=after, now=now)
        prepared = transact(brand_id, step)
        done += prepared.count
        report(done)
        after = prepared.last
    return done
