"""What is done for every brand again and again: the whole table, and how it is run.

A job is a function ``(brand_id, now, *, report) -> done`` that opens a transaction of
its own for each chunk and calls ``report`` with the sum so far after it. ``now`` is the
brand's own time, its test clock included. A job finds out by itself what is due, so a
run that is killed, late, or doubled does no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.exceptions import JobAborted
from sqlalchemy import TextClause, text

from app import clock, nightly
from app.brands import services as brands
from app.chunks import Report, in_chunks, report_sum
from app.consents.jobs import purge_consents, tidy_consents
from app.coupons.jobs import tidy_coupons
from app.db import db, transaction
from app.ids import new_id
from app.job_records import JobRun, begin_run, end_run, leave_run
from app.members.jobs import watch_erasures
from app.messages.jobs import carry_due, tell_consents
from app.messages.jobs import forget as forget_messages
from app.orders.jobs import confirm_due
from app.points.jobs import prepare_notices, settle_points, tell_points
from app.queue import enqueue, stop_if_asked, tasks
from app.rewards.jobs import run_occasions
from app.service_requests.jobs import forget_requests, move_photos, tidy_requests
from app.staff.jobs import forget_sessions
from app.stamps.jobs import expire_cards
from app.tiers.jobs import assess
from app.verifications.jobs import forget as forget_codes_of_phones
from app.warranties.jobs import forget_codes, tidy, work_batches
from app.web.jobs import purge_idempotency

RUNS_KEPT = timedelta(days=90)
DAYS_KEPT = timedelta(days=400)  # longer than nights are made up

log = structlog.get_logger()


class JobFunction(Protocol):
    def __call__(self, brand_id: UUID, now: datetime, *, report: Report = ...) -> int: ...


_FORGET_RUNS = text(
    "WITH gone AS (DELETE FROM job_runs WHERE (brand_id, id) IN"
    "  (SELECT brand_id, id FROM job_runs WHERE brand_id = :brand_id AND started_at < :before"
    "   LIMIT :chunk) RETURNING 1)"
    " SELECT count(*) FROM gone"
)
_FORGET_DAYS = text(
    "WITH gone AS (DELETE FROM job_days WHERE (brand_id, kind, day) IN"
    "  (SELECT brand_id, kind, day FROM job_days"
    "    WHERE brand_id = :brand_id AND started_at < :before LIMIT :chunk) RETURNING 1)"
    " SELECT count(*) FROM gone"
)


def forget_runs(
    brand_id: UUID, now: datetime, *, chunk: int = 5000, report: Report = lambda done: None
) -> int:
    """Delete the records of runs that began more than 90 days ago, of nights after 400."""
    done = 0
    for statement, kept in ((_FORGET_RUNS, RUNS_KEPT), (_FORGET_DAYS, DAYS_KEPT)):
        values = {"brand_id": brand_id, "before": now - kept, "chunk": chunk}
        done += in_chunks(
            brand_id,
            partial(_count, statement, values),
            partial(report_sum, report, done),
        )
    return done


def _count(statement: TextClause, values: dict[str, Any]) -> int:
    count: int = db.session.scalars(statement, values).one()
    return count


def run_nights(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
    """Do what is to be done once a day, for each local day that is not done yet."""

    def run_step(kind: str, as_of: datetime, report: Report) -> int:
        return PERIODIC[kind].run(brand_id, as_of, report=report)

    return nightly.run_nights(brand_id, now, run_step, report=report)


MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAILY = timedelta(days=1)
NIGHTLY = timedelta(hours=25)  # the longest day, when clocks are put back


@dataclass(frozen=True)
class Periodic:
    """A job, and when it is due for every brand.

    ``cron`` is in UTC; without, the job is a step of the night alone. ``every`` is the
    longest time between two runs if all is well. ``real_time``: it asks for the real
    time, not for that of a brand's test clock.
    """

    run: JobFunction
    cron: str | None
    every: timedelta
    real_time: bool = False


# In this order, when several are due at once: a night that was missed comes first.
PERIODIC: dict[str, Periodic] = {
    nightly.KIND: Periodic(run_nights, "*/5 * * * *", MINUTES),
    "orders.confirm_due": Periodic(confirm_due, "*/5 * * * *", MINUTES),
    "points.settle": Periodic(settle_points, "*/5 * * * *", MINUTES),
    "coupons.tidy": Periodic(tidy_coupons, "*/5 * * * *", MINUTES),
    "stamps.expire_cards": Periodic(expire_cards, "*/5 * * * *", MINUTES),
    "tiers.assess": Periodic(assess, "*/5 * * * *", MINUTES),
    "rewards.occasions": Periodic(run_occasions, "*/5 * * * *", MINUTES),
    "messages.tell_consents": Periodic(tell_consents, "*/5 * * * *", MINUTES),
    "points.tell": Periodic(tell_points, "*/5 * * * *", MINUTES),
    "messages.carry_due": Periodic(carry_due, "*/5 * * * *", MINUTES),
    "warranties.work": Periodic(work_batches, "*/5 * * * *", MINUTES),
    "warranties.forget_codes": Periodic(forget_codes, "*/5 * * * *", MINUTES),
    "warranties.tidy": Periodic(tidy, "17 * * * *", HOUR),
    "members.watch_erasures": Periodic(watch_erasures, "*/5 * * * *", MINUTES),
    "service_requests.tidy": Periodic(tidy_requests, "*/5 * * * *", MINUTES),
    "service_requests.move_photos": Periodic(move_photos, "*/5 * * * *", MINUTES),
    "consents.tidy": Periodic(tidy_consents, None, NIGHTLY),
    "points.notices": Periodic(prepare_notices, None, NIGHTLY),
    "web.purge_idempotency": Periodic(purge_idempotency, "17 * * * *", HOUR, real_time=True),
    "consents.purge": Periodic(purge_consents, "41 3 * * *", DAILY),
    "messages.forget": Periodic(forget_messages, "41 3 * * *", DAILY),
    "verifications.forget": Periodic(forget_codes_of_phones, "17 * * * *", HOUR, real_time=True),
    "staff.forget_sessions": Periodic(forget_sessions, "17 * * * *", HOUR, real_time=True),
    "service_requests.forget": Periodic(forget_requests, "41 3 * * *", DAILY),
    "jobs.forget_runs": Periodic(forget_runs, "41 3 * * *", DAILY, real_time=True),
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
            with transaction(self.brand_id):
                self.record()
        self.check(done)

    def end(self, error: str | None = None) -> None:
        """Write down how it went; a run that found nothing needs no record of its own."""
        finished_at = clock.now()
        with transaction(self.brand_id):
            end_run(self.brand_id, self.kind, self.id, finished_at, error)
            if self.done or error:
                self.record(finished_at=finished_at, error=error)

    def record(self, *, finished_at: datetime | None = None, error: str | None = None) -> None:
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


def run(
    kind: str,
    brand_id: UUID,
    *,
    check: Report = lambda done: None,
) -> int:
    """Run one job for one brand now and return how much it did.

    ``check`` is called with the sum so far after each chunk and may raise to stop the
    run. A run that finds nothing leaves no record but that of its kind's last success.

    :raises BrandNotFound: there is no such brand
    """
    job = PERIODIC[kind]
    started_at = clock.now()
    run_id = new_id()
    with transaction(brand_id):
        brand_time = brands.brand_now(brand_id, started_at)
        now = started_at if job.real_time else brand_time
        begin_run(brand_id, kind, run_id, started_at)
    current = Run(kind, brand_id, now, started_at, check, run_id)
    bound = log.bind(kind=kind, brand_id=str(brand_id), run_id=str(run_id))
    try:
        current.done = job.run(brand_id, now, report=current.report)
    except JobAborted:
        bound.info("job_interrupted", processed=current.done)
        with transaction(brand_id):
            leave_run(brand_id, kind, run_id)
        raise
    except Exception as error:
        # The class alone: a message may quote a person's data, and the log leaves it out.
        bound.error("job_failed", processed=current.done, exc_info=error)
        current.end(type(error).__name__)
        raise
    current.end()
    if current.done:
        seconds = (clock.now() - started_at).total_seconds()
        bound.info("job_finished", processed=current.done, seconds=round(seconds, 3))
    return current.done


@tasks.task(
    name="jobs.run",
    pass_context=True,
    retry=RetryStrategy(max_attempts=3, exponential_wait=4),
)
def run_due(context: JobContext, *, brand_id: str, kinds: Sequence[str]) -> None:
    """Run several kinds of jobs for one brand; one that fails does not keep back the others."""
    failures = []
    for kind in kinds:
        try:
            run(kind, UUID(brand_id), check=lambda done: stop_if_asked(context))
        except JobAborted:
            raise
        except Exception as error:  # recorded and logged by run
            failures.append(error)
    if failures:
        raise failures[0]


@tasks.task(name="jobs.enqueue_due", retry=RetryStrategy(max_attempts=3, wait=5))
def enqueue_due(timestamp: int, *, cron: str) -> None:
    """Put one job for each brand in the queue, to do all that is due at ``cron``."""
    kinds = [kind for kind, job in PERIODIC.items() if job.cron == cron]
    with transaction():
        brand_ids = brands.list_brand_ids()
    for each in brand_ids:
        with transaction():
            enqueue(
                run_due,
                lock=f"jobs:{each}",
                queueing_lock=f"{cron}:{each}",
                brand_id=str(each),
                kinds=kinds,
            )


for _cron in sorted({job.cron for job in PERIODIC.values() if job.cron}):
    tasks.periodic(
        cron=_cron,
        periodic_id=_cron,
        queueing_lock=f"enqueue_due:{_cron}",
        task_kwargs={"cron": _cron},
    )(enqueue_due)
