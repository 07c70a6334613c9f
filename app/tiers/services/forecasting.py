"""Looking at everyone: what a ladder would do before it does it, and who stands where."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.tiers import queries
from app.tiers.errors import TierLadderNotFound
from app.tiers.rules.judging import plan_of
from app.tiers.rules.ladders import Ladder, Window
from app.tiers.services.counting import today_of
from app.tiers.services.ladders import check, compiled, current_ladder

MOVES_SHOWN = 50


@dataclass(frozen=True)
class Move:
    """A member whom a ladder would move: at once, or with its next assessment."""

    member_id: UUID
    now: str | None
    at_once: str | None
    at_assessment: str | None
    amount: int


@dataclass(frozen=True)
class Forecast:
    """What a ladder would do. Members by tier (None: no tier): now, at once, assessed."""

    ladder: Ladder
    now: Mapping[str | None, int]
    at_once: Mapping[str | None, int]
    at_assessment: Mapping[str | None, int]
    moved: int
    moves: list[Move]


def forecast(
    brand_id: UUID, definition: Mapping[str, Any], *, lowers: bool, now: datetime
) -> Forecast:
    """Return what putting a ladder in force would do to members. Changes nothing.

    :raises TierBenefitUnknown: it gives a coupon or gift that does not exist
    """
    check(brand_id, definition)
    today, ladder = today_of(brand_id, now), compiled(brand_id, definition)
    current = current_ladder(brand_id)
    plan = _plan(ladder, today)
    plan["lowers"] = lowers
    told = queries.forecast(brand_id, _plan(current, today) if current else None, plan, MOVES_SHOWN)
    before, at_once, after = Counter[str | None](), Counter[str | None](), Counter[str | None]()
    moved = 0
    for code, soon, later, members in told["counts"]:
        before[code] += members
        at_once[soon] += members
        after[later] += members
        if {ladder.rank(soon), ladder.rank(later)} != {ladder.rank(code)}:
            moved += members
    moves = [Move(UUID(member), *rest) for member, *rest in told["moves"]]
    return Forecast(ladder, before, at_once, after, moved, moves)


@dataclass(frozen=True)
class Distribution:
    """Members by the tier they earned as of a day; rank 0: none."""

    ladder: Ladder
    window: Window
    members: Mapping[int, int]


def distribution(
    brand_id: UUID, *, on: date | None, basis: str | None, now: datetime
) -> Distribution:
    """Return how many members earned which tier as of the evening of a day.

    :raises TierLadderNotFound: the brand has no tiers
    """
    ladder = current_ladder(brand_id)
    if ladder is None:
        raise TierLadderNotFound
    ladder = replace(ladder, basis=basis or ladder.basis)
    plan = _plan(ladder, on or today_of(brand_id, now))
    members = dict(queries.distribution(brand_id, plan))
    return Distribution(ladder, ladder.period.window(on or today_of(brand_id, now)), members)


def _plan(ladder: Ladder, today: date) -> dict[str, Any]:
    window = ladder.period.window(today)
    return plan_of(ladder, "ladder", on=today, window=window, today=today)
