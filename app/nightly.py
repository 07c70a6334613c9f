"""What is done once for each local day of a brand, in this order, day after day.

*Activate what is pending, assess, expire, assess again*: an order confirmed in the
night counts for the night's assessment, and what lapses is looked at once more.

How far a day has come stands in ``job_days``, so that a run that was killed is taken
up after the last step that was done. A day that was missed is made up before later
ones, as of its own midnight: an order confirmed on the 3rd does not weigh on the 1st.
What only clears up whatever is due waits for today, so that it is recorded when it is
really done. Every step is safe to run twice, so two runs at once do no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from procrastinate.exceptions import JobAborted
from sqlalchemy import func, select, text

from app import clock
from app.brands import services as brands
from app.chunks import Report, report_sum
from app.db import db, transact, transaction
from app.job_records import JobDay, add_failure, add_successes

KIND = "jobs.nightly"
# Further back, nobody waits for what a day brought; each feature makes up its own.
DAYS_MAX = 366
DAY = timedelta(days=1)

# Runs the job of a kind as of an instant, and returns how much it did.
Runner = Callable[[str, datetime, Report], int]

log = structlog.get_logger()


@dataclass(frozen=True)
class Step:
    """One job of the night. ``judges_day``: a day that was missed needs one of its own."""

    name: str
    kind: str
    judges_day: bool = False


STEPS = (
    Step("activate", "orders.confirm_due", judges_day=True),
    Step("assess", "tiers.assess", judges_day=True),
    Step("expire", "points.settle"),
    Step("reassess", "tiers.assess", judges_day=True),
    Step("coupons", "coupons.tidy"),
    Step("stamps", "stamps.expire_cards"),
    Step("occasions", "rewards.occasions"),
    Step("consents", "consents.tidy"),
    Step("notices", "points.notices", judges_day=True),
)


@dataclass(frozen=True)
class Position:
    """Which step of which day is next; ``after`` is what stands there as done last."""

    day: date
    step: Step
    after: str | None


def run_nights(
    brand_id: UUID, now: datetime, run: Runner, *, report: Report = lambda done: None
) -> int:
    """Do what is left of the days up to today, in order. Returns how much was done.

    ``now`` is the brand's own time.
    """
    zone = transact(brand_id, lambda: ZoneInfo(brands.current_settings(brand_id).timezone))
    today = now.astimezone(zone).date()
    done = 0
    position = transact(brand_id, partial(_next, brand_id, today))
    while position is not None:
        step = position.step
        missed = position.day < today
        as_of = datetime.combine(position.day, time(), zone) if missed else now
        try:
            more = run(step.kind, as_of, partial(report_sum, report, done))
        except JobAborted:
            raise
        except Exception as error:
            log.warning("night_step_failed", day=str(position.day), step=step.name)
            with transaction(brand_id):
                add_failure(brand_id, step.kind, type(error).__name__, clock.now())
            raise
        if more:
            log.info("night_step_done", day=str(position.day), step=step.name, processed=more)
        done += more
        position = transact(brand_id, partial(_advance, brand_id, position, more, today))
    return done


def _next(brand_id: UUID, today: date) -> Position | None:
    """Return what is to be done next, None if every day up to today is finished."""
    while (day := _first_unfinished(brand_id, today)) is not None:
        values = {"brand_id": brand_id, "kind": KIND, "day": day, "now": clock.now()}
        db.session.execute(_BEGIN, values)
        after = db.session.scalars(_STEP, values).one()
        if remaining := _remaining(after, missed=day < today):
            return Position(day, remaining[0], after)
        db.session.execute(_FINISH, values)
    return None


def _remaining(after: str | None, *, missed: bool) -> list[Step]:
    """Return the steps of a day that come after one.

    After one that this version does not know, all of the day is done again.
    """
    names = [step.name for step in STEPS]
    start = names.index(after) + 1 if after in names else 0
    return [step for step in STEPS[start:] if step.judges_day or not missed]


def _first_unfinished(brand_id: UUID, today: date) -> date | None:
    """Return the day to go on with. A brand begins with the day on which it is first seen.

    Days beyond today are those of a test clock that has been set back; they stay done.
    """
    finished, begun = db.session.execute(
        select(
            func.max(JobDay.day).filter(JobDay.finished_at.is_not(None)),
            func.min(JobDay.day).filter(JobDay.finished_at.is_(None)),
        ).where(JobDay.brand_id == brand_id, JobDay.kind == KIND, JobDay.day <= today)
    ).one()
    first = finished + DAY if finished else begun or today
    day: date = max(first, today - (DAYS_MAX - 1) * DAY)
    return day if day <= today else None


def _advance(brand_id: UUID, position: Position, done: int, today: date) -> Position | None:
    """Write down that a step is done, unless another run has, and return what is next."""
    now = clock.now()
    remaining = _remaining(position.step.name, missed=position.day < today)
    values = {
        "brand_id": brand_id,
        "kind": KIND,
        "day": position.day,
        "step": position.step.name,
        "after": position.after,
        "processed": done,
        "finished_at": None if remaining else now,
    }
    won = db.session.execute(_ADVANCE, values).first() is not None
    if won and remaining:
        return Position(position.day, remaining[0], position.step.name)
    if won:
        all_steps = _remaining(None, missed=position.day < today)
        add_successes(brand_id, {step.kind for step in all_steps}, now)
    return _next(brand_id, today)


_DAY = " WHERE brand_id = :brand_id AND kind = :kind AND day = :day"
_BEGIN = text(
    "INSERT INTO job_days (brand_id, kind, day, processed, started_at)"
    " VALUES (:brand_id, :kind, :day, 0, :now) ON CONFLICT DO NOTHING"
)
_STEP = text("SELECT step FROM job_days" + _DAY)
_ADVANCE = text(
    "UPDATE job_days"
    "   SET step = :step, processed = processed + :processed, finished_at = :finished_at"
    + _DAY
    + " AND finished_at IS NULL AND step IS NOT DISTINCT FROM :after RETURNING 1"
)
_FINISH = text("UPDATE job_days SET finished_at = :now" + _DAY + " AND finished_at IS NULL")


def find_last_day(brand_id: UUID) -> date | None:
    """Return the latest day of a brand that is finished."""
    return db.session.scalar(
        select(func.max(JobDay.day)).where(
            JobDay.brand_id == brand_id, JobDay.kind == KIND, JobDay.finished_at.is_not(None)
        )
    )
