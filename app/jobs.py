"""What is done for every brand again and again: the whole table, and how it is run.

A job is a function ``(brand_id, now, *, report) -> done`` that opens a transaction of
its own for each chunk and calls ``report`` with the sum so far after it. It finds out
by itself what is due (and what time it is for the brand), so a run that is killed,
late, or doubled does no harm.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.exceptions import JobAborted
from sqlalchemy import BigInteger, ForeignKeyConstraint, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.brands import services as brands
from app.chunks import Report, in_chunks
from app.coupons.jobs import tidy_coupons
from app.db import Model, db, transaction
from app.ids import new_id
from app.orders.jobs import confirm_due
from app.points.jobs import settle_points
from app.queue import enqueue, stop_if_asked, tasks
from app.tiers.jobs import assess
from app.web.jobs import purge_idempotency

RUNS_KEPT = timedelta(days=90)

log = structlog.get_logger()


class JobFunction(Protocol):
    def __call__(self, brand_id: UUID, now: datetime, *, report: Report = ...) -> int: ...


class JobRun(Model):
    """A run that found something to do, or failed; its progress while it goes on."""

    __tablename__ = "job_runs"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    as_of: Mapped[datetime]
    processed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


_FORGET_RUNS = text(
    "WITH gone AS (DELETE FROM job_runs WHERE (brand_id, id) IN"
    "  (SELECT brand_id, id FROM job_runs WHERE brand_id = :brand_id AND started_at < :before"
    "   LIMIT :chunk) RETURNING 1)"
    " SELECT count(*) FROM gone"
)


def forget_runs(
    brand_id: UUID, now: datetime, *, chunk: int = 5000, report: Report = lambda done: None
) -> int:
    """Delete the records of runs that began more than 90 days ago."""
    values = {"brand_id": brand_id, "before": now - RUNS_KEPT, "chunk": chunk}
    return in_chunks(brand_id, lambda: db.session.scalars(_FORGET_RUNS, values).one(), report)


@dataclass(frozen=True)
class Periodic:
    """A job, and when it is due for every brand (cron, in UTC)."""

    run: JobFunction
    cron: str


PERIODIC: dict[str, Periodic] = {
    "points.settle": Periodic(settle_points, "*/5 * * * *"),
    "coupons.tidy": Periodic(tidy_coupons, "*/5 * * * *"),
    "orders.confirm_due": Periodic(confirm_due, "*/5 * * * *"),
    "tiers.assess": Periodic(assess, "*/5 * * * *"),
    "web.purge_idempotency": Periodic(purge_idempotency, "17 * * * *"),
    "jobs.forget_runs": Periodic(forget_runs, "41 3 * * *"),
}


@dataclass
class Run:
    """One run of one job for one brand, and its record."""

    kind: str
    brand_id: UUID
    as_of: datetime
    started_at: datetime
    check: Report
    id: UUID = field(default_factory=new_id)
    done: int = 0

    def report(self, done: int) -> None:
        """Write progress down; called by the job between two transactions."""
        if done > self.done:
            self.done = done
            self.record()
        self.check(done)

    def record(self, *, finished_at: datetime | None = None, error: str | None = None) -> None:
        with transaction(self.brand_id):
            db.session.merge(
                JobRun(
                    brand_id=self.brand_id,
                    id=self.id,
                    kind=self.kind,
                    as_of=self.as_of,
                    processed=self.done,
                    started_at=self.started_at,
                    finished_at=finished_at,
                    error=error,
                )
            )


def run(kind: str, brand_id: UUID, *, check: Report = lambda done: None) -> int:
    """Run one job for one brand now and return how much it did.

    ``check`` is called with the sum so far after each chunk and may raise to stop the
    run. A run that finds nothing leaves no record.

    :raises BrandNotFound: there is no such brand
    """
    started_at = clock.now()
    with transaction(brand_id):
        as_of = brands.brand_now(brand_id, started_at)
    current = Run(kind, brand_id, as_of, started_at, check)
    bound = log.bind(kind=kind, brand_id=str(brand_id), run_id=str(current.id))
    try:
        PERIODIC[kind].run(brand_id, started_at, report=current.report)
    except JobAborted:
        bound.info("job_interrupted", processed=current.done)
        raise
    except Exception as error:
        # The class alone: a message may quote a person's data, and the log leaves it out.
        bound.error("job_failed", processed=current.done, exc_info=error)
        current.record(finished_at=clock.now(), error=type(error).__name__)
        raise
    if current.done:
        finished_at = clock.now()
        current.record(finished_at=finished_at)
        seconds = (finished_at - started_at).total_seconds()
        bound.info("job_finished", processed=current.done, seconds=round(seconds, 3))
    return current.done


def list_runs(brand_id: UUID, *, limit: int = 50) -> list[JobRun]:
    """Return the latest runs of a brand's jobs, newest first."""
    return list(
        db.session.scalars(
            select(JobRun)
            .where(JobRun.brand_id == brand_id)
            .order_by(JobRun.id.desc())
            .limit(limit)
        )
    )


@tasks.task(
    name="jobs.run",
    pass_context=True,
    retry=RetryStrategy(max_attempts=3, exponential_wait=4),
)
def run_periodic(context: JobContext, *, kind: str, brand_id: str) -> None:
    run(kind, UUID(brand_id), check=lambda done: stop_if_asked(context))


@tasks.task(name="jobs.enqueue_due", retry=RetryStrategy(max_attempts=3, wait=5))
def enqueue_due(timestamp: int, *, cron: str) -> None:
    """Put one job for each brand and each kind due at ``cron`` in the queue."""
    kinds = [kind for kind, job in PERIODIC.items() if job.cron == cron]
    with transaction():
        brand_ids = brands.list_brand_ids()
    for brand_id in brand_ids:
        with transaction():
            for kind in kinds:
                key = f"{kind}:{brand_id}"
                enqueue(
                    run_periodic, lock=key, queueing_lock=key, kind=kind, brand_id=str(brand_id)
                )


for _cron in sorted({job.cron for job in PERIODIC.values()}):
    tasks.periodic(
        cron=_cron,
        periodic_id=_cron,
        queueing_lock=f"enqueue_due:{_cron}",
        task_kwargs={"cron": _cron},
    )(enqueue_due)
