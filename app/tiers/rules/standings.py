"""Standings: the tier a member has, and what becomes of it when something counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from app.tiers.rules.ladders import Ladder, Tier


@dataclass(frozen=True)
class Standing:
    """Where a member stands, as ``models.MemberTier`` keeps it."""

    tier: str | None = None
    grounded_on: date | None = None
    ladder_version: int | None = None
    unearned_on: date | None = None
    grace_until: date | None = None
    manual_tier: str | None = None
    manual_until: date | None = None
    since: datetime | None = None
    changes: int = 0


@dataclass(frozen=True)
class TierState:
    """Where a member stands, and what counts for it in the period that ends today."""

    standing: Standing
    amount: int


_DAYS = ("grounded_on", "unearned_on", "grace_until", "manual_until")


def state_of(raw: Mapping[str, Any] | None) -> TierState | None:
    """Return the state as ``tiers_state`` tells it; None without a ladder."""
    if raw is None:
        return None
    row = raw["standing"]
    if row is None:
        return TierState(Standing(), raw["amount"])
    known = {name: row[name] for name in Standing.__dataclass_fields__}
    days = {name: row[name] and date.fromisoformat(row[name]) for name in _DAYS}
    since = datetime.fromisoformat(row["since"])
    return TierState(Standing(**{**known, **days, "since": since}), raw["amount"])


def held_rank(ladder: Ladder, standing: Standing) -> int:
    """Return the rank of the tier that was earned and is still held."""
    return max(ladder.rank(standing.tier), ladder.base)


def rank_of(ladder: Ladder, standing: Standing, today: date) -> int:
    """Return the rank that the member is seen to have: the higher of earned and given."""
    manual = 0 if is_manual_over(standing, today) else ladder.rank(standing.manual_tier)
    return max(held_rank(ladder, standing), manual)


def is_manual_over(standing: Standing, today: date) -> bool:
    return standing.manual_until is not None and standing.manual_until < today


def without_manual(standing: Standing) -> Standing:
    return replace(standing, manual_tier=None, manual_until=None)


def current_tier(ladder: Ladder, state: TierState, today: date) -> Tier | None:
    """Return the tier that the member is seen to have; one given by hand ends by itself."""
    return ladder.tier(rank_of(ladder, state.standing, today))


def held_at(ladder: Ladder, standing: Standing, rank: int, on: date, version: int) -> Standing:
    """Return the standing with a tier that is grounded on a day; nothing is owed for it."""
    return replace(
        standing,
        tier=ladder.code(rank),
        grounded_on=on,
        ladder_version=version,
        unearned_on=None,
        grace_until=None,
    )


def after_gain(ladder: Ladder, standing: Standing, amount: int, today: date) -> Standing:
    """Return the standing after something was added: a tier is reached at once."""
    earned, held = ladder.earned(amount), held_rank(ladder, standing)
    if earned > held or (earned == held and standing.unearned_on is not None):
        return held_at(ladder, standing, earned, today, ladder.version)
    return standing


class Ground(NamedTuple):
    """The last day on which a tier was known to be earned, and by which ladder."""

    on: date
    version: int


def after_loss(
    ladder: Ladder,
    standing: Standing,
    amount: int,
    today: date,
    *,
    ground: Ground | None,
    grounded_rank: int,
) -> Standing:
    """Return the standing after something was taken away.

    The tier falls to what is earned now, or to what was earned when it was last known
    to be (``grounded_rank``: without what is taken away), whichever is higher. It
    falls no further for days that have gone by: that is for assessments.
    """
    earned, held = ladder.earned(amount), held_rank(ladder, standing)
    if ground is None or earned >= held:
        return after_gain(ladder, standing, amount, today)
    to = max(earned, min(held, grounded_rank))
    if to == held:
        return standing
    if to == earned:
        return held_at(ladder, standing, to, today, ladder.version)
    fallen = held_at(ladder, standing, to, ground.on, ground.version)
    return replace(fallen, unearned_on=standing.unearned_on, grace_until=standing.grace_until)
