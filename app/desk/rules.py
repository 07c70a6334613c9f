"""When a second person has to agree. Plain functions over plain values."""

from datetime import timedelta

from app.desk.errors import DeskAmountInvalid

MOST = 100_000_000
# What somebody moved for one customer in this time counts together.
COUNTED = timedelta(hours=24)


def needs_approval(points: int, earlier: int, limit: int) -> bool:
    """Whether a correction is above what one person may do, with those of the last day.

    >>> needs_approval(10_000, 0, 10_000), needs_approval(-10_001, 0, 10_000)
    (False, True)
    >>> needs_approval(1, 10_000, 10_000)
    True
    """
    return abs(points) + earlier > limit


def read_amount(text: str, pointer: str) -> int:
    """Return a number of either sign as people type it.

    :raises DeskAmountInvalid: it is none, 0, or beyond all reason

    >>> read_amount("+1,000", "/points"), read_amount("-50", "/points")
    (1000, -50)
    """
    plain = text.replace(",", "").replace(" ", "").removeprefix("+").removesuffix("P")
    digits = plain.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits[:12]) <= MOST:
        raise DeskAmountInvalid(pointer=pointer)
    return int(plain)
