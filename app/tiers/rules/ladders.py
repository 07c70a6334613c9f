"""Ladders: tiers, thresholds, the days that count, and what a tier is worth."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.benefits.services import Benefit, benefit_of
from app.points.services import add_months

EVER = "ever"


class Window(NamedTuple):
    """Days that count, both included."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Period:
    """Which days count for a tier."""

    kind: str  # rolling_months | calendar_year | lifetime
    months: int | None = None

    def window(self, last: date) -> Window:
        """Return the days that count on the evening of ``last``.

        >>> Period("rolling_months", 12).window(date(2024, 2, 29))
        Window(first=datetime.date(2023, 3, 1), last=datetime.date(2024, 2, 29))
        """
        if self.months is not None:
            return Window(add_months(last, -self.months) + timedelta(days=1), last)
        return Window(date(last.year, 1, 1) if self.kind == "calendar_year" else date.min, last)

    def stored(self) -> dict[str, Any]:
        """Return the period as SQL reads it."""
        return {"kind": self.kind, "months": self.months}

    def key(self, day: date) -> str:
        """Return the period in which reaching a tier gives its benefits once.

        Rolling periods have no beginning: blocks of as many months stand for them.

        >>> Period("rolling_months", 12).key(date(2026, 11, 25))
        '2026-01'
        """
        if self.kind == "lifetime":
            return EVER
        months = self.months or 12
        year, month = divmod((day.year * 12 + day.month - 1) // months * months, 12)
        return f"{year:04}-{month + 1:02}"

    def days_of(self, key: str) -> Window:
        """Return the days of the period that ``key`` names."""
        if key == EVER:
            return Window(date.min, date.max)
        first = date(int(key[:4]), int(key[5:]), 1)
        return Window(first, add_months(first, self.months or 12) - timedelta(days=1))


@dataclass(frozen=True)
class Assessment:
    """When tiers are judged, how far one may fall, and how long one may make up for it."""

    when: str  # monthly | quarterly | yearly | anniversary
    drop: str  # to_earned | one_step | never
    grace_days: int = 0


@dataclass(frozen=True)
class Tier:
    """One step of a ladder."""

    code: str
    name: str
    rank: int
    threshold: int
    rate_basis_points: int | None = None
    multiplier_percent: int | None = None
    member_discount_basis_points: int = 0
    on_reaching: tuple[Benefit, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """One version of a brand's tiers, compiled; ``tiers`` from the lowest to the highest.

    ``replaced`` names, for each code that an earlier version had, the tier that stands
    for it now.
    """

    version: int
    basis: str  # net_paid | gross | orders | points_earned
    period: Period
    counted_when: str  # confirmed | paid
    refunds_count_on: str  # order_day | refund_day
    assessment: Assessment
    tiers: tuple[Tier, ...]
    replaced: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def by_order_day(self) -> bool:
        return self.refunds_count_on == "order_day"

    @property
    def base(self) -> int:
        """The rank of everyone: 1 if the lowest tier asks for nothing."""
        return int(self.tiers[0].threshold == 0)

    def earned(self, amount: int) -> int:
        """Return the rank that an amount earns."""
        return max(bisect_right([tier.threshold for tier in self.tiers], amount), self.base)

    def rank(self, code: str | None) -> int:
        """Return the rank of a tier, also of one that this version has replaced."""
        code = self.replaced.get(code, code) if code else None
        return next((tier.rank for tier in self.tiers if tier.code == code), 0)

    def tier(self, rank: int) -> Tier | None:
        return self.tiers[rank - 1] if rank else None

    def code(self, rank: int) -> str | None:
        return self.tiers[rank - 1].code if rank else None


def ladder_from(version: int, stored: Mapping[str, Any]) -> Ladder:
    """Return the ladder that a version stores."""
    tiers = tuple(
        Tier(
            code=each["code"],
            name=each["name"],
            rank=rank,
            threshold=each["threshold"],
            rate_basis_points=each["accrual"].get("rate_basis_points"),
            multiplier_percent=each["accrual"].get("multiplier_percent"),
            member_discount_basis_points=each["member_discount_basis_points"],
            on_reaching=tuple(benefit_of(benefit) for benefit in each["on_reaching"]),
        )
        for rank, each in enumerate(stored["tiers"], 1)
    )
    return Ladder(
        version=version,
        basis=stored["basis"],
        period=Period(**stored["period"]),
        counted_when=stored["counted_when"],
        refunds_count_on=stored["refunds_count_on"],
        assessment=Assessment(**stored["assessment"]),
        tiers=tiers,
        replaced=stored["replaced"],
    )


def replacements(old: Ladder | None, thresholds: Mapping[str, int]) -> dict[str, str | None]:
    """Return what stands for each code of ``old`` that is not among the new ones.

    It is the highest new tier that asks for no more than the old one did: whoever
    holds a tier that is gone loses nothing by its going alone.
    """
    if old is None:
        return {}
    asked = {tier.code: tier.threshold for tier in old.tiers}
    for code, stand_in in old.replaced.items():
        asked[code] = -1 if stand_in is None else asked[stand_in]
    ascending = sorted(thresholds.items(), key=lambda each: each[1])

    def best(asks: int) -> str | None:
        below = [code for code, threshold in ascending if threshold <= asks]
        return below[-1] if below else None

    return {code: best(asks) for code, asks in asked.items() if code not in thresholds}


def accrual_rate(tier: Tier | None, base_rate_bp: int) -> int:
    """Return the rate at which a member earns, in basis points.

    >>> accrual_rate(Tier("A", "A", 1, 0, multiplier_percent=150), 100)
    150
    """
    if tier is None:
        return base_rate_bp
    if tier.rate_basis_points is not None:
        return tier.rate_basis_points
    return base_rate_bp * (tier.multiplier_percent or 100) // 100


def member_discount(tier: Tier | None, amount: int) -> int:
    """Return what a member's price takes off an amount, rounded down.

    >>> member_discount(Tier("A", "A", 1, 0, member_discount_basis_points=500), 9_999)
    499
    """
    return 0 if tier is None else amount * tier.member_discount_basis_points // 10_000
