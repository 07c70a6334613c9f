"""Strict fields: nothing is guessed from what a caller sends."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

from app.web.messages import say

# The largest integer that JSON readers in JavaScript keep exact (2^53 - 1).
INTEGER_MAX = 9_007_199_254_740_991
MONEY_MAX = 1_000_000_000_000

# Instants that every part of the system can hold, whatever their offset.
YEAR_MIN, YEAR_MAX = 1970, 2999

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DIGITS = re.compile(r"[0-9]{1,16}")


class Count(fields.Integer):
    """A whole number with a maximum: money in minor units, points, quantities.

    It is one in the JSON too: ``"1"``, ``1.0`` and ``true`` are refused.
    """

    def __init__(self, *, least: int = 0, most: int = MONEY_MAX, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=Range(least, most), **kwargs)
        self.least = least
        self.most = most

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        # What nearly every request brings; the long way is for telling what is wrong.
        if type(value) is int and self.least <= value <= self.most:
            return value
        return super().deserialize(value, attr, data, **kwargs)


class QueryCount(fields.Integer):
    """A :class:`Count` in a query, where everything is text: digits, nothing else."""

    def __init__(self, *, least: int = 0, most: int, **kwargs: Any) -> None:
        super().__init__(validate=Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class PlainString(fields.String):
    """Text of one piece: no control characters. How long it may be, a validator says."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "control": say(
            "Must not hold control characters.", "줄바꿈 같은 제어 문자는 쓸 수 없어요."
        ),
    }

    def __init__(self, *, validate: Any = None, **kwargs: Any) -> None:
        super().__init__(validate=validate, **kwargs)
        self.lengths: range | None = None
        if isinstance(validate, Length) and validate.equal is None and validate.max is not None:
            self.lengths = range(validate.min or 0, validate.max + 1)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        # As in Count: the usual case first.
        if (
            type(value) is str
            and self.lengths is not None
            and len(value) in self.lengths
            and value.isprintable()
        ):
            return value
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not value.isprintable() and _CONTROL.search(value):
            raise self.make_error("control")
        return value


class Instant(fields.AwareDateTime):
    """An instant with its offset, ISO 8601."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "range": say(
            "Must lie between the years 1970 and 2999.", "1970년부터 2999년 사이여야 해요."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self._not_one("invalid") from error
        if instant.tzinfo is None:
            raise self._not_one("invalid_awareness")
        if not YEAR_MIN < instant.year < YEAR_MAX and not _in_range(instant):
            raise self.make_error("range")
        return instant

    def _not_one(self, key: str) -> ValidationError:
        return self.make_error(key, obj_type=self.OBJ_TYPE, awareness=self.AWARENESS)


def _in_range(instant: datetime) -> bool:
    try:
        return YEAR_MIN <= instant.astimezone(UTC).year <= YEAR_MAX
    except OverflowError:
        return False


class Duration(fields.Field[timedelta]):
    """A length of time: seconds, ``P30D`` (ISO 8601 without months and years), or parts."""

    UNITS = ("weeks", "days", "hours", "minutes", "seconds")
    _SECONDS: ClassVar = {unit: int(timedelta(**{unit: 1}).total_seconds()) for unit in UNITS}
    PATTERN = (
        r"P(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
        r"(?:T(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,8})M)?"
        r"(?:(?P<seconds>[0-9]{1,9})S)?)?"
    )
    MOST = timedelta(days=3660)
    PART_MAX = 10**9

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": say(
            "Not a length of time such as P30D, PT2H or 3600.",
            "P30D, PT2H, 3600 같은 기간이어야 해요.",
        ),
        "range": say(
            "Must be more than nothing and at most 3660 days.", "0보다 길고 3660일 이하여야 해요."
        ),
    }

    _pattern = re.compile(PATTERN)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> timedelta:
        parts: dict[str, Any] = {}
        if isinstance(value, str) and (match := self._pattern.fullmatch(value)):
            parts = {unit: int(text) for unit, text in match.groupdict().items() if text}
        elif isinstance(value, dict) and set(value) <= set(self.UNITS):
            parts = value
        elif type(value) is int:
            parts = {"seconds": value}
        if not parts or not all(
            type(part) is int and 0 <= part <= self.PART_MAX for part in parts.values()
        ):
            raise self.make_error("invalid")
        # Summed as integers: a timedelta of the largest parts would overflow.
        seconds = sum(part * self._SECONDS[unit] for unit, part in parts.items())
        if not 0 < seconds <= self.MOST.total_seconds():
            raise self.make_error("range")
        return timedelta(seconds=seconds)


def describe(field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Return what the API document says of our own fields beyond what marshmallow knows."""
    if isinstance(field, Duration):
        return {
            "oneOf": [
                {"type": "string", "examples": ["P30D", "PT2H"]},
                {"type": "integer", "minimum": 1, "maximum": int(Duration.MOST.total_seconds())},
                {
                    "type": "object",
                    "properties": {
                        unit: {"type": "integer", "minimum": 0, "maximum": Duration.PART_MAX}
                        for unit in Duration.UNITS
                    },
                    "additionalProperties": False,
                },
            ]
        }
    return {}


class Flag(fields.Boolean):
    """``true`` or ``false``, and nothing that Python holds for equal to them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value
