"""How long a code lives and how often anything may be tried; see decision 0051."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIFE = timedelta(minutes=5)
TRIES = 5
RESEND_AFTER = timedelta(seconds=30)
DIGITS = 6
# How long what was typed waits for a code, and further codes can be asked for it.
WAITS = timedelta(minutes=30)
# A second click sends the same answer once more.
SAME_CLICK = timedelta(minutes=1)
KEPT = timedelta(days=30)

# What codes are asked for. A proof is good for its purpose alone.
PURPOSES = frozenset({"login", "registration", "transfer", "service_request", "withdrawal"})

_MOBILE = re.compile(r"\+82(?:10[0-9]{8}|1[16789][0-9]{7,8})")


@dataclass(frozen=True)
class Window:
    """At most ``most`` of a ``kind`` in each stretch of ``length``.

    ``shared``: counted over all brands.
    """

    kind: str
    most: int
    length: timedelta
    shared: bool = False


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# In this order, so that two calls never wait for each other's counters.
CODES_OF_PHONE = (Window("codes_phone_hour", 5, HOUR), Window("codes_phone_day", 10, DAY))
CODES_OF_ADDRESS = (
    Window("codes_ip_hour", 30, HOUR),
    Window("codes_ip_all_hour", 100, HOUR, shared=True),
)
CODES_OF_BRAND = (Window("codes_brand_day", 10_000, DAY),)
CODES_OF_ALL = (Window("codes_all_day", 50_000, DAY, shared=True),)
FAILURES_OF_PHONE = (Window("failures_phone_month", 100, timedelta(days=30)),)
FAILURES_OF_ADDRESS = (Window("failures_ip_hour", 50, HOUR),)
FAILURES_OF_BRAND = (Window("failures_brand_day", 5_000, DAY),)
FAILURES_OF_ALL = (Window("failures_all_day", 20_000, DAY, shared=True),)


def window_start(at: datetime, length: timedelta) -> datetime:
    """Return when the window began that ``at`` lies in; windows are counted from 1970.

    >>> window_start(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), HOUR).isoformat()
    '2026-11-22T09:00:00+00:00'
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (at - epoch) // length * length


def is_mobile(phone: str) -> bool:
    """Whether a number in E.164 is a Korean mobile one.

    >>> is_mobile("+821012345678"), is_mobile("+8225551234"), is_mobile("+14155550100")
    (True, False, False)
    """
    return _MOBILE.fullmatch(phone) is not None


def is_code(text: str) -> bool:
    """Whether ``text`` can be a code at all.

    >>> is_code("012345"), is_code("12345"), is_code("１２３４５６")
    (True, False, False)
    """
    return re.fullmatch(r"[0-9]{6}", text) is not None
