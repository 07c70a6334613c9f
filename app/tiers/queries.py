"""Named reads of ladders, postings and standings, and the calls that write them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, text

from app.db import db
from app.tiers.models import MemberTier, TierAssessment, TierChange, TierLadder, TierPosting
from app.tiers.rules.ladders import Ladder, Window

_STATE = text("SELECT tiers_state(:brand_id, :member_id, :zone, :now)")
_AMOUNT = text("SELECT tiers_amount(:brand_id, :member_id, :basis, :by_order_day, :first, :last)")
_WRITE = text("SELECT tiers_write(:brand_id, :member_id, :order_id, :now, CAST(:changes AS jsonb))")


def find_ladder(brand_id: UUID, version: int | None = None) -> TierLadder | None:
    """Return one version of the brand's ladder, the latest by default."""
    statement = select(TierLadder).where(TierLadder.brand_id == brand_id)
    if version is not None:
        statement = statement.where(TierLadder.version == version)
    return db.session.scalar(statement.order_by(TierLadder.version.desc()).limit(1))


def get_ladder(brand_id: UUID, version: int) -> TierLadder:
    """Return a version that is known to exist."""
    return db.session.get_one(TierLadder, (brand_id, version))


def first_ladder_day(brand_id: UUID) -> date:
    """Return the day on which the brand's first ladder was put in force."""
    return get_ladder(brand_id, 1).starts_on


def read_state(brand_id: UUID, member_id: UUID, zone: str, now: datetime) -> dict[str, Any] | None:
    """Return the state of a member as ``tiers_state`` tells it; lock the account first."""
    state: dict[str, Any] | None = db.session.execute(
        _STATE, {"brand_id": brand_id, "member_id": member_id, "zone": zone, "now": now}
    ).scalar_one()
    return state


def sum_amount(
    brand_id: UUID, member_id: UUID, ladder: Ladder, window: Window, *, by_order_day: bool
) -> int:
    """Return what counts for a member in a window of days."""
    return int(
        db.session.execute(
            _AMOUNT,
            {
                "brand_id": brand_id,
                "member_id": member_id,
                "basis": ladder.basis,
                "by_order_day": by_order_day,
                "first": window.first,
                "last": window.last,
            },
        ).scalar_one()
    )


_PEAKS = text(
    "SELECT before, after FROM tiers_peaks(:brand_id, :member_id, :basis,"
    " CAST(:period AS jsonb), :first, :last, :on, :more)"
)


def peaks(
    brand_id: UUID, member_id: UUID, ladder: Ladder, days: Window, *, on: date, more: int
) -> tuple[int, int]:
    """Return the most that ever counted in some days: as it is, and with ``more``."""
    row = db.session.execute(
        _PEAKS,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "basis": ladder.basis,
            "period": json.dumps(ladder.period.stored()),
            "first": days.first,
            "last": days.last,
            "on": on,
            "more": more,
        },
    ).one()
    return row.before or 0, row.after or 0


def write(
    brand_id: UUID,
    member_id: UUID,
    changes: Mapping[str, Any],
    order_id: UUID | None,
    now: datetime,
) -> None:
    """Write what was decided for one member; see ``sql/20_write.sql``."""
    if changes:
        db.session.execute(
            _WRITE,
            {
                "brand_id": brand_id,
                "member_id": member_id,
                "order_id": order_id,
                "now": now,
                "changes": json.dumps(changes),
            },
        )


def find_posting(brand_id: UUID, member_id: UUID, posting_id: UUID) -> TierPosting | None:
    return db.session.get(TierPosting, (brand_id, member_id, posting_id))


def last_assessment(
    brand_id: UUID, prefix: str, *, after: date, before: date
) -> TierAssessment | None:
    """Return the latest finished assessment of a kind that fell due between two days."""
    return db.session.scalar(
        select(TierAssessment)
        .where(
            TierAssessment.brand_id == brand_id,
            TierAssessment.key.startswith(prefix, autoescape=True),
            TierAssessment.finished_at.is_not(None),
            TierAssessment.due_on > after,
            TierAssessment.due_on < before,
        )
        .order_by(TierAssessment.due_on.desc())
        .limit(1)
    )


def find_assessment(brand_id: UUID, key: str) -> TierAssessment | None:
    return db.session.get(TierAssessment, (brand_id, key), populate_existing=True)


def latest_scheduled(brand_id: UUID) -> TierAssessment | None:
    """Return the assessment of the latest day, finished or not."""
    return db.session.scalar(
        select(TierAssessment)
        .where(TierAssessment.brand_id == brand_id, ~TierAssessment.key.startswith("ladder/"))
        .order_by(TierAssessment.due_on.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def first_ends(brand_id: UUID) -> tuple[date | None, date | None]:
    """Return the first day until which a tier is set by hand, and that of a grace."""
    of_brand = MemberTier.brand_id == brand_id
    return (
        db.session.scalar(select(func.min(MemberTier.manual_until)).where(of_brand)),
        db.session.scalar(select(func.min(MemberTier.grace_until)).where(of_brand)),
    )


def list_manual_over(brand_id: UUID, on: date, limit: int) -> list[UUID]:
    """Return members whose tier was set by hand until before ``on``, in ascending order."""
    return _members_of(brand_id, MemberTier.manual_until < on, limit)


def list_grace_over(brand_id: UUID, on: date, limit: int) -> list[UUID]:
    """Return members whose grace ends on ``on`` or ended, in ascending order."""
    return _members_of(brand_id, MemberTier.grace_until <= on, limit)


def _members_of(brand_id: UUID, over: ColumnElement[bool], limit: int) -> list[UUID]:
    return list(
        db.session.scalars(
            select(MemberTier.member_id)
            .where(MemberTier.brand_id == brand_id, over)
            .order_by(MemberTier.member_id)
            .limit(limit)
        )
    )


_MEMBERS = text(
    "SELECT id FROM members WHERE brand_id = :brand_id AND id > :after ORDER BY id LIMIT :limit"
)
_ANNIVERSARIES = text(
    "SELECT id FROM members"
    " WHERE brand_id = :brand_id AND id > :after AND joined_on < :on"
    "   AND (joined_on + make_interval(years => :year - extract(year FROM joined_on)::integer))"
    "       ::date = :on"
    " ORDER BY id LIMIT :limit"
)


def list_members(brand_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the brand's next members in ascending order."""
    values = {"brand_id": brand_id, "after": after or UUID(int=0), "limit": limit}
    return list(db.session.scalars(_MEMBERS, values))


def list_anniversaries(brand_id: UUID, on: date, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next members who joined on this day of an earlier year.

    Of 29 February it is the 28th in common years, as ``rules.schedule.anniversary`` says.
    """
    values = {
        "brand_id": brand_id,
        "after": after or UUID(int=0),
        "on": on,
        "year": on.year,
        "limit": limit,
    }
    return list(db.session.scalars(_ANNIVERSARIES, values))


_ASSESS = text(
    "SELECT raised, lowered, risen"
    "  FROM tiers_assess(:brand_id, :members, CAST(:plan AS jsonb), :now)"
)
_END_MANUAL = text("SELECT tiers_end_manual(:brand_id, :members, CAST(:plan AS jsonb), :now)")


def assess(
    brand_id: UUID, members: Sequence[UUID], plan: Mapping[str, Any], now: datetime
) -> Row[Any]:
    """Judge members (ascending); see ``sql/30_assess.sql``.

    :returns: how many were raised and lowered, and (member, rank before, rank after) of
        those who earned a higher tier
    """
    return db.session.execute(_ASSESS, _of_many(brand_id, members, plan, now)).one()


def end_manual(
    brand_id: UUID, members: Sequence[UUID], plan: Mapping[str, Any], now: datetime
) -> None:
    """End what was set by hand for members (ascending) until before the plan's day."""
    db.session.execute(_END_MANUAL, _of_many(brand_id, members, plan, now))


def _of_many(
    brand_id: UUID, members: Sequence[UUID], plan: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "brand_id": brand_id,
        "members": list(members),
        "plan": json.dumps(plan),
        "now": now,
    }


_FORECAST = text(
    "SELECT tiers_forecast(:brand_id, CAST(:now AS jsonb), CAST(:then AS jsonb), :limit)"
)
_DISTRIBUTION = text("SELECT tiers_distribution(:brand_id, CAST(:plan AS jsonb))")


def forecast(
    brand_id: UUID, now: Mapping[str, Any] | None, then: Mapping[str, Any], limit: int
) -> dict[str, Any]:
    """Return what a ladder would do to everyone; see ``sql/50_forecast.sql``."""
    values = {"brand_id": brand_id, "now": json.dumps(now or {}), "then": json.dumps(then)}
    told: dict[str, Any] = db.session.execute(_FORECAST, {**values, "limit": limit}).scalar_one()
    return told


def distribution(brand_id: UUID, plan: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return (rank, members) of all of whom anything was ever counted."""
    counts: list[tuple[int, int]] = db.session.execute(
        _DISTRIBUTION, {"brand_id": brand_id, "plan": json.dumps(plan)}
    ).scalar_one()
    return counts


def list_ladders(brand_id: UUID, *, before_version: int | None, limit: int) -> list[TierLadder]:
    statement = (
        select(TierLadder)
        .where(TierLadder.brand_id == brand_id)
        .order_by(TierLadder.version.desc())
        .limit(limit)
    )
    if before_version is not None:
        statement = statement.where(TierLadder.version < before_version)
    return list(db.session.scalars(statement))


def list_changes(
    brand_id: UUID, member_id: UUID, *, before_seq: int | None, limit: int
) -> list[TierChange]:
    statement = (
        select(TierChange)
        .where(TierChange.brand_id == brand_id, TierChange.member_id == member_id)
        .order_by(TierChange.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        statement = statement.where(TierChange.seq < before_seq)
    return list(db.session.scalars(statement))


def list_postings(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[TierPosting]:
    statement = (
        select(TierPosting)
        .where(TierPosting.brand_id == brand_id, TierPosting.member_id == member_id)
        .order_by(TierPosting.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(TierPosting.id < before)
    return list(db.session.scalars(statement))


def find_adjustment(brand_id: UUID, external_id: str) -> TierPosting | None:
    return db.session.scalar(
        select(TierPosting).where(
            TierPosting.brand_id == brand_id, TierPosting.external_id == external_id
        )
    )


_MOVE = text("SELECT tiers_move(:brand_id, :source, :target)")
_FORGET = text("SELECT tiers_forget(:brand_id, :member_id)")


def move_postings(brand_id: UUID, source: UUID, target: UUID) -> None:
    db.session.execute(_MOVE, {"brand_id": brand_id, "source": source, "target": target})


def forget_texts(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(_FORGET, {"brand_id": brand_id, "member_id": member_id})
