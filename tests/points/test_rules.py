"""Rules about points, over plain values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.points import rules
from app.points.rules import Balance

SEOUL = ZoneInfo("Asia/Seoul")
ROUNDINGS = st.sampled_from(["down", "half_up", "up"])
UNITS = st.sampled_from([1, 10, 100])
RATES = st.integers(0, 10_000)
AMOUNTS = st.integers(0, 10**12)
INSTANTS = st.integers(10**8, 29 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def points_for(basis: int, rate: int, unit: int, rounding: str) -> int:
    return rules.points_for(basis, rate_basis_points=rate, unit=unit, rounding=rounding)


def expires_at(earned_at: str, kind: str, count: int) -> str | None:
    instant = rules.expires_at(
        datetime.fromisoformat(earned_at), kind=kind, count=count, zone=SEOUL
    )
    return None if instant is None else instant.isoformat()


@given(AMOUNTS, AMOUNTS, RATES, UNITS, ROUNDINGS)
def test_more_money_never_earns_fewer_points(
    one: int, other: int, rate: int, unit: int, rounding: str
) -> None:
    less, more = sorted((one, other))
    assert points_for(less, rate, unit, rounding) <= points_for(more, rate, unit, rounding)


@given(AMOUNTS, RATES, UNITS, ROUNDINGS)
def test_points_are_whole_units_and_less_than_one_unit_from_the_exact_value(
    basis: int, rate: int, unit: int, rounding: str
) -> None:
    points = points_for(basis, rate, unit, rounding)
    off = points * 10_000 - basis * rate  # ten-thousandths of a point
    assert points % unit == 0
    assert {
        "down": -10_000 * unit < off <= 0,
        "up": 0 <= off < 10_000 * unit,
        "half_up": -5_000 * unit < off <= 5_000 * unit,
    }[rounding]


@pytest.mark.parametrize("basis", [0, -1, -10_000])
def test_nothing_paid_earns_nothing_even_if_rounded_up(basis: int) -> None:
    assert points_for(basis, 10_000, 1, "up") == 0


@pytest.mark.parametrize(
    ("earned_at", "kind", "count", "lapses"),
    [
        # The day of earning counts, whatever the hour.
        ("2026-03-01T00:00:00+09:00", "days", 365, "2027-03-01T00:00:00+09:00"),
        ("2026-03-01T23:59:59+09:00", "days", 365, "2027-03-01T00:00:00+09:00"),
        ("2028-03-01T12:00:00+09:00", "days", 365, "2029-03-01T00:00:00+09:00"),
        ("2028-02-28T12:00:00+09:00", "days", 2, "2028-03-01T00:00:00+09:00"),
        # The local day decides, not the UTC one.
        ("2026-12-31T14:59:59+00:00", "days", 1, "2027-01-01T00:00:00+09:00"),
        ("2026-12-31T15:00:00+00:00", "days", 1, "2027-01-02T00:00:00+09:00"),
        # A month that lacks the day ends on its last one.
        ("2026-01-31T12:00:00+09:00", "months", 1, "2026-02-28T00:00:00+09:00"),
        ("2028-01-31T12:00:00+09:00", "months", 1, "2028-02-29T00:00:00+09:00"),
        ("2028-02-29T12:00:00+09:00", "months", 12, "2029-02-28T00:00:00+09:00"),
        ("2028-02-29T12:00:00+09:00", "months", 48, "2032-02-29T00:00:00+09:00"),
        ("2026-10-31T12:00:00+09:00", "months", 13, "2027-11-30T00:00:00+09:00"),
        # Through 31 December of the year itself (0), the next one (1), …
        ("2026-01-01T00:00:00+09:00", "end_of_year", 0, "2027-01-01T00:00:00+09:00"),
        ("2026-12-31T23:59:59+09:00", "end_of_year", 1, "2028-01-01T00:00:00+09:00"),
        ("2026-12-31T15:00:00+00:00", "end_of_year", 0, "2028-01-01T00:00:00+09:00"),
        ("2026-06-01T00:00:00+09:00", "never", 0, None),
    ],
)
def test_points_lapse_at_the_midnight_that_ends_their_time(
    earned_at: str, kind: str, count: int, lapses: str | None
) -> None:
    assert expires_at(earned_at, kind, count) == lapses


@given(
    INSTANTS,
    INSTANTS,
    st.sampled_from(
        [("days", 1), ("days", 365), ("months", 1), ("months", 24), ("end_of_year", 0)]
    ),
)
def test_who_earns_later_never_loses_earlier(
    one: datetime, other: datetime, rule: tuple[str, int]
) -> None:
    kind, count = rule
    earlier, later = (
        rules.expires_at(instant, kind=kind, count=count, zone=SEOUL)
        for instant in sorted((one, other))
    )
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@given(INSTANTS, st.integers(1, 3650))
def test_points_lapse_at_a_midnight_of_seoul_after_they_were_earned(
    earned_at: datetime, days: int
) -> None:
    lapses = rules.expires_at(earned_at, kind="days", count=days, zone=SEOUL)
    assert lapses is not None
    assert earned_at < lapses <= earned_at + timedelta(days=days)
    local = lapses.astimezone(SEOUL)
    assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


@given(st.dates(date(1971, 1, 1), date(2900, 1, 1)), st.integers(0, 1200))
def test_adding_months_lands_in_the_right_month_on_the_day_or_its_last_one(
    day: date, months: int
) -> None:
    landed = rules.add_months(day, months)
    assert (landed.year * 12 + landed.month) - (day.year * 12 + day.month) == months
    next_day = landed + timedelta(days=1)
    assert landed.day == day.day or (landed.day < day.day and next_day.day == 1)


def test_points_without_automatic_confirmation_wait_for_a_call() -> None:
    placed_at = datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert rules.confirms_at(placed_at, None, SEOUL) is None
    confirmed = rules.confirms_at(placed_at, 14, SEOUL)
    assert confirmed is not None
    assert confirmed.isoformat() == "2026-12-06T00:00:00+09:00"


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_debt_is_paid_before_anything_can_be_spent(debt: int, points: int) -> None:
    owing = Balance(available=0, pending=5, held=0, debt=debt)
    after = rules.after_accrual(owing, points, pending=False, lapsed=False)
    assert min(after.available, after.debt) == 0
    assert after.available - after.debt == points - debt
    pending = rules.after_accrual(owing, points, pending=True, lapsed=False)
    assert pending == Balance(0, 5 + points, 0, debt)
    assert rules.after_accrual(owing, points, pending=False, lapsed=True) == owing


def test_what_of_a_hold_is_not_captured_returns_unless_it_has_lapsed() -> None:
    held = Balance(10, 0, 100, 0)
    assert rules.after_capture(held, 100, 30, alive=100) == Balance(80, 0, 0, 0)
    assert rules.after_capture(held, 100, 30, alive=60) == Balance(70, 0, 0, 0)
    assert rules.after_capture(held, 100, 30, alive=0) == Balance(10, 0, 0, 0)
    assert rules.after_capture(Balance(0, 0, 100, 50), 100, 30, alive=90) == Balance(20, 0, 0, 0)
