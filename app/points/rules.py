"""Rules about points: plain functions over plain values."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# What "never" is in the database; Python's datetimes know no infinity.
NEVER = "infinity"


@dataclass(frozen=True)
class Balance:
    """A member's counters. ``available`` can be spent now; ``debt`` is owed."""

    available: int
    pending: int
    held: int
    debt: int


def points_for(basis: int, *, rate_basis_points: int, unit: int, rounding: str) -> int:
    """Return the points an amount earns, rounded once to ``unit``.

    >>> points_for(13_800, rate_basis_points=100, unit=1, rounding="down")
    138
    >>> points_for(13_850, rate_basis_points=100, unit=10, rounding="half_up")
    140
    >>> points_for(1, rate_basis_points=100, unit=1, rounding="up")
    1
    """
    if basis <= 0:
        return 0
    numerator, denominator = basis * rate_basis_points, 10_000 * unit
    if rounding == "up":
        return -(-numerator // denominator) * unit
    if rounding == "half_up":
        return (2 * numerator + denominator) // (2 * denominator) * unit
    return numerator // denominator * unit


def expires_at(earned_at: datetime, *, kind: str, count: int, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at which points are no longer spendable, None for never.

    The day of earning counts: with 365 days, points of 1 March are usable through
    the 28th of next February, and lapse at midnight. A month that lacks the day ends
    on its last one (31 January and a month: 28 February).

    >>> expires_at(datetime(2026, 1, 31, 3, tzinfo=ZoneInfo("UTC")), kind="months",
    ...            count=1, zone=ZoneInfo("Asia/Seoul")).isoformat()
    '2026-02-28T00:00:00+09:00'
    """
    day = earned_at.astimezone(zone).date()
    if kind == "never":
        return None
    if kind == "days":
        return midnight(day + timedelta(days=count), zone)
    if kind == "months":
        return midnight(add_months(day, count), zone)
    return midnight(date(day.year + count + 1, 1, 1), zone)


def confirms_at(placed_at: datetime, days: int | None, zone: ZoneInfo) -> datetime | None:
    """Return when pending points become spendable by themselves, None for never."""
    if days is None:
        return None
    return midnight(placed_at.astimezone(zone).date() + timedelta(days=days), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def add_months(day: date, months: int) -> date:
    """
    >>> add_months(date(2026, 1, 31), 13)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def after_redemption(balance: Balance, points: int) -> Balance:
    return replace(balance, available=balance.available - points)


def after_capture(balance: Balance, held: int, captured: int, *, alive: int) -> Balance:
    """What of the hold is not captured returns, and pays debt first.

    Only ``alive`` of the points held come from lots that have not lapsed meanwhile.
    They are the first to return; the others are gone at once.
    """
    returned = min(held - captured, alive)
    return _repaid(
        replace(balance, held=balance.held - held, available=balance.available + returned)
    )


def after_accrual(balance: Balance, points: int, *, pending: bool, lapsed: bool) -> Balance:
    """Points of an order long past may have ``lapsed`` already: they change nothing."""
    if pending:
        return replace(balance, pending=balance.pending + points)
    if lapsed:
        return balance
    return _repaid(replace(balance, available=balance.available + points))


def _repaid(balance: Balance) -> Balance:
    paid = min(balance.available, balance.debt)
    return replace(balance, available=balance.available - paid, debt=balance.debt - paid)
