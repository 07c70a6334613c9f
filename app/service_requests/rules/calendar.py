"""Korean business days: neither weekends nor public holidays, substitute ones included."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))


def is_business_day(day: date) -> bool:
    """
    >>> is_business_day(date(2026, 9, 25)), is_business_day(date(2026, 9, 28))  # 추석
    (False, True)
    """
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_business_days(day: date, count: int) -> date:
    """Return the business day that is ``count`` after a day, which is not counted.

    >>> str(add_business_days(date(2026, 11, 20), 1))  # a Friday
    '2026-11-23'
    """
    while count > 0:
        day += DAY
        count -= is_business_day(day)
    return day


def business_days_between(first: date, last: date) -> int:
    """Return how many business days lie after ``first``, up to ``last``.

    >>> business_days_between(date(2026, 11, 20), date(2026, 11, 24))
    2
    """
    return sum(is_business_day(first + n * DAY) for n in range(1, (last - first).days + 1))
