"""Named reads and writes of the days whose birthdays and anniversaries were looked at."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text

from app.db import db
from app.rewards.models import OccasionRun


def last_finished(brand_id: UUID, until: date) -> date | None:
    return db.session.scalar(
        select(func.max(OccasionRun.on)).where(
            OccasionRun.brand_id == brand_id,
            OccasionRun.on <= until,
            OccasionRun.finished_at.is_not(None),
        )
    )


def first_unfinished(brand_id: UUID, until: date) -> date | None:
    return db.session.scalar(
        select(func.min(OccasionRun.on)).where(
            OccasionRun.brand_id == brand_id,
            OccasionRun.on <= until,
            OccasionRun.finished_at.is_(None),
        )
    )


_START = text(
    "INSERT INTO occasion_runs (brand_id, run_on, members, started_at)"
    " VALUES (:brand_id, :day, 0, :now) ON CONFLICT DO NOTHING"
)
_COUNT = text(
    "UPDATE occasion_runs SET members = members + :members"
    " WHERE brand_id = :brand_id AND run_on = :day"
)
_FINISH = text(
    "UPDATE occasion_runs SET finished_at = :now WHERE brand_id = :brand_id AND run_on = :day"
)


def start(brand_id: UUID, day: date, now: datetime) -> None:
    db.session.execute(_START, {"brand_id": brand_id, "day": day, "now": now})


def count(brand_id: UUID, day: date, members: int) -> None:
    db.session.execute(_COUNT, {"brand_id": brand_id, "day": day, "members": members})


def finish(brand_id: UUID, day: date, now: datetime) -> None:
    db.session.execute(_FINISH, {"brand_id": brand_id, "day": day, "now": now})
