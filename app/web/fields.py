"""Strict fields: nothing is guessed from what a caller sends."""

import re
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

# The largest integer that JSON readers in JavaScript keep exact (2^53 - 1).
INTEGER_MAX = 9_007_199_254_740_991
MONEY_MAX = 1_000_000_000_000


class Count(fields.Integer):
    """A whole number with a maximum: money in minor units, points, quantities."""

    def __init__(
        self, *, least: int = 0, most: int = MONEY_MAX, strict: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(strict=strict, validate=validate.Range(least, most), **kwargs)


class PlainString(fields.String):
    """Text of one piece: no control characters."""


class Instant(fields.AwareDateTime):
    """An instant with its offset, ISO 8601."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)


class Duration(fields.Field[timedelta]):
    """A length of time: seconds, ``P30D`` (ISO 8601 without months and years), or parts."""

    UNITS = ("weeks", "days", "hours", "minutes", "seconds")
    PATTERN = re.compile(
        r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
        r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?"
    )
    MOST = timedelta(days=3660)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> timedelta:
        parts: dict[str, Any] = {}
        if isinstance(value, str) and (match := self.PATTERN.fullmatch(value)):
            parts = {unit: int(text) for unit, text in match.groupdict().items() if text}
        elif isinstance(value, dict) and set(value) <= set(self.UNITS):
            parts = value
        elif type(value) is int:
            parts = {"seconds": value}
        if not parts or not all(
            type(part) is int and 0 <= part <= 10**9 for part in parts.values()
        ):
            raise ValidationError("Not a length of time such as P30D, PT2H or 3600.")
        length = timedelta(**parts)
        if not timedelta(0) < length <= self.MOST:
            raise ValidationError("Must be more than nothing and at most 3660 days.")
        return length
