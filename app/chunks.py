"""A job's work in chunks, each a transaction of its own."""

from collections.abc import Callable
from uuid import UUID

from app.db import transact

Report = Callable[[int], None]


def in_chunks(brand_id: UUID, step: Callable[[], int], report: Report) -> int:
    """Repeat ``step`` until it finds nothing to do, and return how much it did in all.

    ``report`` is called with the sum so far between two transactions. It may raise to
    stop the job there.
    """
    done = 0
    while count := transact(brand_id, step):
        done += count
        report(done)
    return done


def report_sum(report: Report, before: int, done: int) -> None:
    """Report ``done`` of one part of a job, of which ``before`` was done earlier."""
    report(before + done)
