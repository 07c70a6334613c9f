"""The calendar of assessments: the days that are due, and a member's own ones."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.points.services import add_months

STEPS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAY = timedelta(days=1)


def due_days(when: str, after: date, until: date) -> Iterator[date]:
    """Return the days after ``after`` on which something is assessed, up to ``until``.

    Anniversaries fall on any day: each is one, for those who joined on it.

    >>> [str(day) for day in due_days("quarterly", date(2026, 10, 1), date(2027, 4, 1))]
    ['2027-01-01', '2027-04-01']
    """
    day = next_due(when, after)
    while day <= until:
        yield day
        day = next_due(when, day)


def next_due(when: str, after: date) -> date:
    if when == "anniversary":
        return after + DAY
    months = STEPS[when]
    first = date(after.year, (after.month - 1) // months * months + 1, 1)
    return add_months(first, months)


def anniversary(joined_on: date, until: date) -> date | None:
    """Return the last anniversary of a day up to another one; None before the first.

    Who joined on 29 February has it on the 28th in common years.

    >>> anniversary(date(2024, 2, 29), date(2027, 1, 1))
    datetime.date(2026, 2, 28)
    """
    years = until.year - joined_on.year
    day = add_months(joined_on, 12 * years)
    if day > until:
        years, day = years - 1, add_months(joined_on, 12 * (years - 1))
    return day if years > 0 else None


def next_of_member(when: str, after: date, joined_on: date) -> date:
    """Return the next day on which a member is assessed."""
    if when != "anniversary":
        return next_due(when, after)
    years = max(1, after.year - joined_on.year)
    day = add_months(joined_on, 12 * years)
    return day if day > after else add_months(joined_on, 12 * (years + 1))
