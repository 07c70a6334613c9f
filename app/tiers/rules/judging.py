"""Judging: what an assessment makes of one member. ``sql/30_assess.sql`` does so for many."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.tiers.rules.ladders import Ladder, Window
from app.tiers.rules.schedule import DAY, next_of_member
from app.tiers.rules.standings import Ground, Standing, held_at, held_rank


def judged(
    ladder: Ladder, standing: Standing, amount: int, on: date, ground: Ground | None
) -> Standing:
    """Return the standing after an assessment, or at the end of a grace, on ``on``.

    ``amount`` is what counted until the evening before.
    """
    terms, earned, held = ladder.assessment, ladder.earned(amount), held_rank(ladder, standing)
    if earned > held or (earned == held and standing.unearned_on is not None):
        return held_at(ladder, standing, earned, on - DAY, ladder.version)
    in_grace = standing.grace_until is not None and standing.grace_until > on
    if earned == held or in_grace or ground is None or ground.on >= on:
        return standing
    kept = replace(
        standing,
        grounded_on=ground.on,
        ladder_version=ground.version,
        unearned_on=standing.unearned_on or on,
        grace_until=None,
    )
    if terms.drop == "never":
        return kept
    if terms.grace_days and standing.grace_until is None:
        return replace(kept, grace_until=on + timedelta(days=terms.grace_days))
    if terms.drop == "one_step" and held - 1 > earned:
        return replace(kept, tier=ladder.code(held - 1), unearned_on=on)
    return held_at(ladder, standing, earned, on - DAY, ladder.version)


def next_judgement(ladder: Ladder, standing: Standing, today: date, joined_on: date) -> date:
    """Return the next day on which a member is judged."""
    if standing.grace_until is not None:
        return standing.grace_until
    return next_of_member(ladder.assessment.when, today, joined_on)


def judged_days(ladder: Ladder, on: date, *, grace: bool) -> Window:
    """Return the days that an assessment on ``on`` looks at, or the end of a grace.

    A grace makes the period longer: with calendar years it is the past one that is
    made up for.
    """
    window = ladder.period.window(on - DAY)
    if grace and ladder.period.kind == "calendar_year":
        return window._replace(first=date(on.year - 1, 1, 1))
    return window


def plan_of(
    ladder: Ladder,
    mode: str,
    *,
    on: date,
    window: Window,
    today: date,
    dense: bool = False,
) -> dict[str, Any]:
    """Return what ``tiers_assess`` needs to know to judge many members.

    ``mode`` is assessment, grace or ladder; ``dense`` says that members are judged who
    stand next to each other. For an assessment ``confirmed_on`` and
    ``confirmed_version`` may be added: the last day of the one before, which confirmed
    whoever has no ``unearned_on``; for a ladder ``lowers``.
    """
    return {
        "mode": mode,
        "on": str(on),
        "first": str(window.first),
        "last": str(window.last),
        "today": str(today),
        "version": ladder.version,
        "basis": ladder.basis,
        "by_order_day": ladder.by_order_day,
        "period": ladder.period.stored(),
        "codes": [tier.code for tier in ladder.tiers],
        "thresholds": [tier.threshold for tier in ladder.tiers],
        "replaced": dict(ladder.replaced),
        "base": ladder.base,
        "drop": ladder.assessment.drop,
        "grace_days": ladder.assessment.grace_days,
        "dense": dense,
    }
