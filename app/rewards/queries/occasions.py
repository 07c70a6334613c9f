"""Named reads and writes of the days whose birthdays and anniversaries were looked at."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text

from app.db import db
from app.rewards.models import OccasionRun


def last_finished(brand_id: UUID, until: date) -> OccasionRun | None:
    return db.session.scalar(
        select(OccasionRun)
        .where(
            OccasionRun.brand_id == brand_id,
            OccasionRun.on <= until,
            OccasionRun.finished_at.is_not(None),
        )
        .order_by(OccasionRun.on.desc())
        .limit(1),
        execution_options={"populate_existing": True},
    )


def first_unfinished(brand_id: UUID, until: date) -> date | None:
    return db.session.scalar(
        select(func.min(OccasionRun.on)).where(
            OccasionRun.brand_id == brand_id,
            OccasionRun.on <= until,
            OccasionRun.finished_at.is_(None),
        )
    )


_RECORD = text(
    "INSERT INTO occasion_runs ("
    "    brand_id, run_on, programme_version, members, started_at, finished_at)"
    " SELECT CAST(:brand_id AS uuid), r.run_on, :programme_version, r.members, :now,"
    "        CASE WHEN r.is_finished THEN CAST(:now AS timestamptz) END"
    "   FROM jsonb_to_recordset(CAST(:days AS jsonb)) AS r ("
    "        run_on date, members bigint, is_finished boolean)"
    " ON CONFLICT (brand_id, run_on) DO UPDATE"
    "    SET programme_version = excluded.programme_version,"
    "        members = occasion_runs.members + excluded.members,"
    "        finished_at = excluded.finished_at"
)


def record(
    brand_id: UUID,
    days: Sequence[tuple[date, int, bool]],
    *,
    programme_version: int,
    now: datetime,
) -> None:
    """Write down (day, members rewarded, whether nobody is left) of the days looked at."""
    rows = [
        {"run_on": day.isoformat(), "members": members, "is_finished": finished}
        for day, members, finished in days
    ]
    if rows:
        db.session.execute(
            _RECORD,
            {
                "brand_id": brand_id,
                "days": json.dumps(rows),
                "programme_version": programme_version,
                "now": now,
            },
        )
