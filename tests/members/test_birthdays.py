"""On which day a birthday is celebrated: 29 February, lunar months of 29 days, leap months."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from korean_lunar_calendar import KoreanLunarCalendar

from app.members.rules import Birthday, birthdays_on, celebrated_on


def lunar(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    calendar = KoreanLunarCalendar()
    if not calendar.setLunarDate(year, month, day, leap):
        return None
    return date(calendar.solarYear, calendar.solarMonth, calendar.solarDay)


def celebrated(year: int, month: int, day: int, *, leap: bool) -> date:
    """The plain rule: that day; else the 29th; else the same in the ordinary month."""
    return next(
        found
        for kind in ([True, False] if leap else [False])
        for number in (day, 29)
        if lunar(year, month, 1, leap=kind) and (found := lunar(year, month, number, leap=kind))
    )


@settings(deadline=None)  # a day's lunar date takes milliseconds the first time
@given(st.integers(1990, 2048), st.integers(1, 12), st.integers(1, 30), st.booleans())
def test_every_lunar_birthday_has_exactly_one_day_in_every_lunar_year(
    year: int, month: int, day: int, leap: bool
) -> None:
    key = ("lunar", month, day, leap, year)
    on = celebrated(year, month, day, leap=leap)

    near = [on + timedelta(days) for days in range(-31, 32)]
    assert [each for each in near if key in birthdays_on(each)] == [on]
    assert celebrated_on(Birthday(1990, month, day, "lunar", leap_month=leap), year) == on


@given(st.integers(1970, 2999), st.integers(1, 12), st.integers(1, 31))
def test_every_solar_birthday_has_exactly_one_day_in_every_year(
    year: int, month: int, day: int
) -> None:
    try:
        date(2024, month, day)  # a leap year has every day
    except ValueError:
        return
    try:
        on = date(year, month, day)
    except ValueError:
        on = date(year, 2, 28)
    key = ("solar", month, day, False, year)

    near = [on + timedelta(days) for days in range(-2, 3) if date.min < on < date.max]
    assert [each for each in near if key in birthdays_on(each)] == [on]
    assert celebrated_on(Birthday(1990, month, day), year) == on


@pytest.mark.parametrize(
    ("day", "calendar", "month", "number", "leap"),
    [
        (date(2026, 2, 28), "solar", 2, 29, False),
        (date(2028, 2, 29), "solar", 2, 29, False),
        (date(2026, 2, 17), "lunar", 1, 1, False),  # Seollal
        (date(2026, 9, 25), "lunar", 8, 15, False),  # Chuseok
        (date(2025, 8, 22), "lunar", 6, 29, True),  # 2025 has a leap sixth month, of 29 days
        (date(2025, 8, 22), "lunar", 6, 30, True),
        (date(2025, 6, 25), "lunar", 6, 1, False),
        (date(2026, 7, 14), "lunar", 6, 1, True),  # 2026 has none
    ],
)
def test_days_that_are_easy_to_get_wrong(
    day: date, calendar: str, month: int, number: int, leap: bool
) -> None:
    keys = {key[:4] for key in birthdays_on(day)}
    assert (calendar, month, number, leap) in keys


def test_after_the_lunar_calendar_ends_solar_birthdays_go_on() -> None:
    assert [key.calendar for key in birthdays_on(date(2051, 5, 5))] == ["solar"]
