"""The number of a request: ``AS-261122-0007`` is the seventh of 22 November 2026."""

import re
from datetime import date

_PATTERN = re.compile(r"AS-?([0-9]{6})-?([0-9]{4,9})")


def number_of(day: date, count: int) -> str:
    """
    >>> number_of(date(2026, 11, 22), 7)
    'AS-261122-0007'
    """
    return f"AS-{day:%y%m%d}-{count:04}"


def read_number(text: str) -> str | None:
    """Return the number somebody typed, None if it is none.

    >>> read_number(" as2611220007 "), read_number("26-1")
    ('AS-261122-0007', None)
    """
    match = _PATTERN.fullmatch(text.strip().upper())
    return f"AS-{match[1]}-{match[2]}" if match else None
