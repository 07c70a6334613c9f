"""A figure as a table that people read, machines draw and spreadsheets take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

Cell = str | int | float | None
Pair = tuple[str, str]


@dataclass(frozen=True)
class Figure:
    """``chart`` is how it is drawn: bars, lines, heat, or not at all.

    The first column names the rows. ``units`` say how the numbers of a column are read:
    ``n`` a count, ``won``, ``point``, ``percent`` (of 1), ``day``.
    """

    code: str
    title: Pair
    definition: Pair
    columns: Sequence[Pair]
    units: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    chart: str | None = None
    link: str | None = None

    @property
    def is_empty(self) -> bool:
        return not self.rows


@dataclass(frozen=True)
class Card:
    """One number at the head of the page, and what it counts."""

    title: Pair
    value: Cell
    unit: str
    definition: Pair
    hint: Pair | None = None
    figures: Sequence[str] = field(default_factory=tuple)


def shown(value: Cell, unit: str, language: str) -> str:
    """Return a number as it is read.

    >>> shown(1234567, "won", "ko"), shown(0.6558, "percent", "ko"), shown(28.0, "day", "ko")
    ('1,234,567원', '65.6%', '28일')
    >>> shown(None, "n", "ko"), shown(12, "point", "en"), shown("2026-11", "n", "ko")
    ('–', '12P', '2026-11')
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if unit == "percent":
        return f"{value * 100:.1f}%"
    whole = unit in ("won", "point") or float(value).is_integer()
    number = f"{value:,.0f}" if whole else f"{value:,.1f}"
    words = {"won": ("원", " won"), "point": ("P", "P"), "day": ("일", " days")}.get(unit, ("", ""))
    return number + words[0 if language == "ko" else 1]


def month_name(month: date | None) -> str:
    """
    >>> month_name(date(2026, 11, 1)), month_name(None)
    ('2026-11', '–')
    """
    return f"{month:%Y-%m}" if month else "–"
