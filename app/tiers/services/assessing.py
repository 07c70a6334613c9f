"""Assessing: the days on which tiers are judged, one after the other, for everyone.

What is due is found in the tables: a ladder that is not in force for everyone yet,
then, day by day, what was set by hand and ends, graces that end, and the assessments
of the ladder's calendar. Each is worked through in chunks of members; a run that comes
late works through all the days it missed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.benefits import services as benefits
from app.db import db
from app.points.services import add_months
from app.tiers import queries
from app.tiers.models import TierAssessment
from app.tiers.rules.judging import judged_days, plan_of
from app.tiers.rules.ladders import Ladder
from app.tiers.rules.outcomes import grants_of
from app.tiers.rules.schedule import DAY, due_days
from app.tiers.rules.standings import Ground
from app.tiers.services.counting import today_of
from app.tiers.services.ladders import current_ladder

ACTOR = "job:tiers.assess"


@dataclass(frozen=True)
class Due:
    """Something to be judged on a day. ``key`` names what is recorded."""

    mode: str  # ladder | manual | grace | assessment
    on: date
    key: str = ""


def assess_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Judge the next ``limit`` members of whatever is due first.

    :returns: how many were looked at, 0 when nothing is due any more
    """
    ladder = current_ladder(brand_id)
    if ladder is None:
        return 0
    today = today_of(brand_id, now)
    while (due := _first_due(brand_id, ladder, today)) is not None:
        if done := _judge(brand_id, ladder, due, today, limit, now):
            return done
    return 0


def _first_due(brand_id: UUID, ladder: Ladder, today: date) -> Due | None:
    manual, grace = queries.first_ends(brand_id)
    ended = Due("manual", manual + DAY) if manual is not None and manual < today else None
    key = f"ladder/{ladder.version}"
    record = queries.find_assessment(brand_id, key)
    if record is None or record.finished_at is None:
        return ended or Due("ladder", today, key)
    # What ends on a day ends before the assessment of that day.
    dues = [
        ended,
        Due("grace", grace) if grace else None,
        _next_scheduled(brand_id, ladder, today),
    ]
    return min((due for due in dues if due and due.on <= today), key=_day, default=None)


def _day(due: Due) -> date:
    return due.on


def _next_scheduled(brand_id: UUID, ladder: Ladder, today: date) -> Due | None:
    latest = queries.latest_scheduled(brand_id)
    if latest is not None and latest.finished_at is None:
        return Due("assessment", latest.due_on, latest.key)
    when = ladder.assessment.when
    after = queries.first_ladder_day(brand_id) if latest is None else latest.due_on
    day = next(due_days(when, after, today), None)
    kind = "anniversary" if when == "anniversary" else "scheduled"
    return None if day is None else Due("assessment", day, f"{kind}/{day}")


def _judge(brand_id: UUID, ladder: Ladder, due: Due, today: date, limit: int, now: datetime) -> int:
    """Judge the next members of what is due; 0 when there are none left."""
    window = judged_days(ladder, due.on, grace=due.mode == "grace")
    if due.mode == "ladder":
        window = ladder.period.window(today)
    everyone = due.key.startswith(("ladder/", "scheduled/"))
    plan = plan_of(ladder, due.mode, on=due.on, window=window, today=today, dense=everyone)
    if due.mode == "manual":
        members = queries.list_manual_over(brand_id, due.on, limit)
        queries.end_manual(brand_id, members, plan, now)
        return len(members)
    if due.mode == "grace":
        members = queries.list_grace_over(brand_id, due.on, limit)
        _assess(brand_id, ladder, members, plan, due, now)
        return len(members)
    record = queries.find_assessment(brand_id, due.key) or _begin(brand_id, ladder, due, now)
    if everyone:
        members = queries.list_members(brand_id, record.cursor, limit)
    else:
        members = queries.list_anniversaries(brand_id, due.on, record.cursor, limit)
    if due.mode == "ladder":
        plan["lowers"] = queries.get_ladder(brand_id, ladder.version).lowers
    elif (confirmed := _confirmed(brand_id, due)) is not None:
        plan["confirmed_on"], plan["confirmed_version"] = str(confirmed.on), confirmed.version
    if members:
        raised, lowered = _assess(brand_id, ladder, members, plan, due, now)
        record.cursor = members[-1]
        record.assessed += len(members)
        record.raised += raised
        record.lowered += lowered
    else:
        record.ladder_version = ladder.version
        record.finished_at = now
    db.session.flush()  # autoflush is off
    return len(members)


def _assess(
    brand_id: UUID,
    ladder: Ladder,
    members: list[UUID],
    plan: dict[str, Any],
    due: Due,
    now: datetime,
) -> tuple[int, int]:
    """Judge members, grant what the few who rose have reached; return who rose and fell."""
    judged = queries.assess(brand_id, members, plan, now)
    for member_id, before, after in judged.risen:
        benefits.grant(
            brand_id,
            UUID(member_id),
            grants_of(ladder, before, after, due.on),
            actor=ACTOR,
            now=now,
        )
    return judged.raised, judged.lowered


def _begin(brand_id: UUID, ladder: Ladder, due: Due, now: datetime) -> TierAssessment:
    record = TierAssessment(
        brand_id=brand_id,
        key=due.key,
        due_on=due.on,
        ladder_version=ladder.version,
        cursor=None,
        assessed=0,
        raised=0,
        lowered=0,
        started_at=now,
        finished_at=None,
    )
    db.session.add(record)
    return record


def _confirmed(brand_id: UUID, due: Due) -> Ground | None:
    """Return the assessment before this one, which confirmed whoever kept a tier by it."""
    found = [queries.last_assessment(brand_id, "scheduled/", after=date.min, before=due.on)]
    if due.key.startswith("anniversary/"):
        year_before = add_months(due.on, -12)
        found.append(queries.find_assessment(brand_id, f"anniversary/{year_before}"))
    days = [Ground(each.last_day, each.ladder_version) for each in found if each is not None]
    return max(days, default=None)
