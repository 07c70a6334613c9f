"""Telling figures. None of them changes anything; none knows about HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.brands import services as brands
from app.insights import rules
from app.insights.queries import points as point_queries
from app.insights.queries import purchases as queries
from app.insights.rules import DEFINITIONS

__all__ = ["DEFINITIONS"]


@dataclass(frozen=True)
class Repurchase:
    """Who came back, of those who ordered; ``amount`` is what their goods cost."""

    members: int
    by_order: int
    by_day: int
    orders: int
    amount: int
    median_amount: float | None

    @property
    def rate(self) -> float | None:
        return self.by_order / self.members if self.members else None

    @property
    def rate_by_day(self) -> float | None:
        return self.by_day / self.members if self.members else None

    @property
    def average_amount(self) -> float | None:
        return self.amount / self.orders if self.orders else None


@dataclass(frozen=True)
class Step:
    """From the ``number``-th day with an order to the next: how many, days in the middle."""

    number: int
    gaps: int
    median: float


@dataclass(frozen=True)
class Intervals:
    """Days between a member's days with an order; ``at`` are 10, 25, 50, 75 and 90 per cent."""

    gaps: int
    mean: float | None
    at: Sequence[float]
    histogram: dict[str, int]
    steps: Sequence[Step]


@dataclass(frozen=True)
class Group:
    """Members of one recency, frequency and money band."""

    recency: str
    frequency: str
    money: str  # low | middle | high
    members: int
    amount: int


@dataclass(frozen=True)
class Cohort:
    """Who first ordered in a month, and how many of them ordered each month later."""

    month: date
    members: int
    later: Sequence[int]


@dataclass(frozen=True)
class Purchases:
    """How often members come back, as of the end of a day."""

    as_of: date
    window: rules.Window
    ever: Repurchase
    year: Repurchase
    intervals: Intervals
    groups: Sequence[Group]
    cohorts: Sequence[Cohort]


@dataclass(frozen=True)
class PointFigures:
    """Rows by month, as ``queries.points`` tells them."""

    moves: Sequence[Row[Any]]
    owed: Sequence[Row[Any]]
    closed: Sequence[Row[Any]]

    @property
    def owed_in_all(self) -> int:
        return int(sum(row.available + row.pending for row in self.owed))

    @property
    def breakage(self) -> float | None:
        """Of what closed lots began with, the share that lapsed."""
        original = sum(row.original for row in self.closed)
        lapsed = sum(row.lapsed for row in self.closed)
        return float(lapsed / original) if original else None


def tell_purchases(brand_id: UUID, *, as_of: date) -> Purchases:
    """Return how often members come back, of orders until ``as_of``, that day included."""
    zone = brands.current_settings(brand_id).timezone
    ever = queries.values_of(brand_id, zone, as_of)
    window = rules.year_before(as_of)
    year = queries.values_of(brand_id, zone, as_of, window.first)
    return Purchases(
        as_of,
        window,
        _repurchase(ever),
        _repurchase(year),
        _intervals(ever),
        _groups(ever, window),
        _cohorts(ever),
    )


def tell_points(brand_id: UUID, *, now: datetime) -> PointFigures:
    """Return points by month: what moved, what is owed, what lots that are closed came to."""
    zone = brands.current_settings(brand_id).timezone
    return PointFigures(
        point_queries.read_moves(brand_id, zone, now),
        point_queries.read_owed(brand_id, zone, now),
        point_queries.read_closed(brand_id, zone),
    )


def _repurchase(values: queries.Values) -> Repurchase:
    row = queries.read_repurchase(values)
    return Repurchase(
        row.members,
        row.by_order,
        row.by_day,
        int(row.orders),
        int(row.amount),
        queries.read_median(values),
    )


def _intervals(values: queries.Values) -> Intervals:
    row = queries.read_intervals(values)
    histogram = queries.read_histogram(values, rules.INTERVALS)
    return Intervals(
        row.gaps,
        float(row.mean) if row.mean is not None else None,
        row.at or (),
        {
            rules.name_of(band): found.gaps
            for band, found in zip(rules.INTERVALS, histogram, strict=True)
        },
        [
            Step(each.step, each.gaps, each.median)
            for each in queries.read_steps(values, rules.STEPS)
        ],
    )


def _groups(values: queries.Values, window: rules.Window) -> list[Group]:
    middle, high = rules.MONEY
    rows = queries.read_rfm(values, year=window.first, middle=middle, high=high)
    return [
        Group(
            rules.band_of(row.recency, rules.RECENCY),
            rules.band_of(row.frequency, rules.FREQUENCY),
            ("low", "middle", "high")[row.money],
            row.members,
            int(row.amount),
        )
        for row in rows
    ]


def _cohorts(values: queries.Values) -> list[Cohort]:
    found: dict[date, dict[int, int]] = {}
    for row in queries.read_cohorts(values, rules.COHORT_MONTHS):
        found.setdefault(row.month, {})[row.later] = row.members
    return [
        Cohort(month, counts[0], [counts.get(later, 0) for later in range(1, max(counts) + 1)])
        for month, counts in found.items()
    ]
