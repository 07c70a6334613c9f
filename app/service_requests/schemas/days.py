"""Dates as they are sent and shown."""

from datetime import date
from typing import Any

from marshmallow import fields, validate


class Day(fields.Date):
    """A date with a year that every part of the system can hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            format="iso", validate=validate.Range(date(1970, 1, 1), date(2999, 12, 31)), **kwargs
        )


def show_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
