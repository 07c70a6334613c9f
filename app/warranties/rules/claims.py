"""What an owner may tell of a purchase, and what is refused as impossible."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

# Where it was bought. A gift and "other" have no order of their own to look at.
PLACES = ("own_mall", "naver", "coupang", "musinsa", "offline", "gift", "other")
PROOFS = ("told", "proven", "disproved")
ENDS = ("released", "replaced", "void", "transferred", "erased")
# How order numbers of marketplaces look, as far as buyers see them: digits, mostly with the
# day in front. Others are not looked at; a format proves nothing, it finds typing errors.
_ORDER_NUMBERS = {
    "naver": re.compile(r"\d{16}"),
    "coupang": re.compile(r"\d{10,20}"),
    "musinsa": re.compile(r"\d{12,20}"),
}
# More pieces under one order are no shopper's; a household's order may well have ten.
UNITS_OF_ORDER_MAX = 10
# Pre-orders and long deliveries aside: nothing is delivered before it is bought, or years later.
DELIVERY_WITHIN = timedelta(days=366)
# Nothing under a warranty was bought in the year 202.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Purchase:
    """What is told of a purchase. ``order_number`` as the marketplace shows it."""

    channel: str
    purchased_on: date | None = None
    delivered_on: date | None = None
    order_number: str | None = None


def impossible_day(purchase: Purchase, *, made_on: date | None, today: date) -> str | None:
    """Return which day cannot be true (``purchased_on``, ``delivered_on``), None if both can.

    ``made_on``: nobody gets what is not made; ordered ahead it may be, by a year at most.

    >>> impossible_day(Purchase("gift", date(2026, 2, 1)), made_on=None, today=date(2026, 1, 1))
    'purchased_on'
    """
    bought, delivered = purchase.purchased_on, purchase.delivered_on
    earliest = EARLIEST if made_on is None else max(EARLIEST, made_on - DELIVERY_WITHIN)
    if bought is not None and not earliest <= bought <= today:
        return "purchased_on"
    if delivered is None:
        return None
    too_early = max(each for each in (bought, made_on, date.min) if each is not None)
    if delivered > today or delivered < too_early:
        return "delivered_on"
    if bought is not None and delivered - bought > DELIVERY_WITHIN:
        return "delivered_on"
    return None


def order_key(order_number: str) -> str:
    """Return what an order number is compared by: letters and digits alone.

    >>> order_key(" 2026112212345-67 "), order_key("2026112212345 67")
    ('202611221234567', '202611221234567')
    """
    return "".join(each for each in order_number.upper() if each.isascii() and each.isalnum())


def is_order_number(channel: str, text: str) -> bool:
    """Whether ``text`` can be an order number of the place.

    >>> is_order_number("naver", "2026112212345671"), is_order_number("naver", "주문-1")
    (True, False)
    >>> is_order_number("offline", "A-1")
    True
    """
    pattern = _ORDER_NUMBERS.get(channel)
    key = order_key(text)
    return bool(key) and (pattern is None or pattern.fullmatch(key) is not None)
