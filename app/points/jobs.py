"""What falls due by itself, in chunks: each its own transaction, safe to run twice.

A chunk that was committed has nothing left to do; a chunk that was not leaves no
trace. Reads never depend on these jobs: they settle an account on sight.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from app.brands import services as brands
from app.db import transact
from app.points import services

CHUNK = 5000  # lots; larger chunks hold locks longer and are hardly faster

Report = Callable[[int], None]


def expire_points(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Expire every lot of a brand that is due. Returns how many lots lapsed."""
    return _in_chunks(services.expire_chunk, brand_id, now, chunk, report)


def confirm_points(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Make pending points spendable whose day has come. Returns how many lots."""
    return _in_chunks(services.confirm_chunk, brand_id, now, chunk, report)


def release_holds(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Release holds whose time is over. Returns how many accounts had some."""
    return _in_chunks(services.release_chunk, brand_id, now, chunk, report)


def _in_chunks(
    use_case: Callable[..., int], brand_id: UUID, now: datetime, chunk: int, report: Report
) -> int:
    done = 0
    while True:
        step = transact(brand_id, partial(_one_chunk, use_case, brand_id, now, chunk))
        done += step
        report(done)
        if step == 0:
            return done


def _one_chunk(use_case: Callable[..., int], brand_id: UUID, now: datetime, chunk: int) -> int:
    return use_case(brand_id, chunk, now=brands.brand_now(brand_id, now))
