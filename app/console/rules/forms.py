"""A form of the desk: fields, what it would do, and the one key under which it does it."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Field:
    """``kind``: text, lines, number, day, or select with ``options`` (value, words)."""

    name: str
    ko: str
    en: str
    kind: str = "text"
    hint: tuple[str, str] = ("", "")
    options: Sequence[tuple[str, str]] = ()
    required: bool = True


REASON = Field(
    "reason", "왜 하나요?", "Why?", "text", ("감사 기록에 남아요.", "It is in the audit log.")
)


@dataclass(frozen=True)
class Line:
    """What a form would change: how it is, and how it would be."""

    ko: str
    en: str
    before: str
    after: str


@dataclass(frozen=True)
class Sheet:
    """A form as it is drawn. ``lines`` None: nothing was tried yet."""

    ko: str
    en: str
    action: str
    back: str
    name: str  # behind its mask, as is the phone
    phone: str
    fields: Sequence[Field]
    values: Mapping[str, str]
    key: str
    lines: Sequence[Line] | None = None
    warning: tuple[str, str] | None = None
    dangerous: bool = False


def key_of(text: str) -> str:
    """Return the key a form carries, or a fresh one.

    >>> key_of("0" * 32) == "0" * 32, len(key_of("x"))
    (True, 32)
    """
    return text if _KEY.fullmatch(text) else secrets.token_hex(16)


def read_day(text: str) -> date | None:
    """
    >>> read_day("2026-12-31"), read_day("soon")
    (datetime.date(2026, 12, 31), None)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def plain(number: int, unit: str = "P") -> str:
    """
    >>> plain(-12000)
    '-12,000P'
    """
    return f"{number:,}{unit}"
