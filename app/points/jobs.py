"""What falls due by itself, in chunks: each its own transaction, safe to run twice.

A chunk that was committed has nothing left to do; a chunk that was not leaves no
trace. Reads never depend on this job: they settle an account on sight.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from app.brands import services as brands
from app.db import transact
from app.points import services

CHUNK = 2000  # accounts; larger chunks hold locks longer and are hardly faster

Report = Callable[[int], None]


def settle_points(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Expire lots, confirm pending points and release holds that are due.

    :returns: how many accounts had something due
    """
    done = 0
    while step := transact(brand_id, partial(_one_chunk, brand_id, now, chunk)):
        done += step
        report(done)
    return done


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.settle_chunk(brand_id, chunk, now=brands.brand_now(brand_id, now))
