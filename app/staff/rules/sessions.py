"""How long a browser stays signed in, and what is known of it."""

import re
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=12)
# On the way in: from the password to the code.
HALF_WAY = timedelta(minutes=10)
# A factor is fresh for so long; what is sensitive asks for a fresh one.
FRESH = timedelta(minutes=5)
# Sessions are seen at most so often, so that reading a page seldom writes.
SEEN_EVERY = timedelta(minutes=1)
INVITED_FOR = timedelta(hours=72)

_BROWSERS = (
    ("Edg/", "Edge"),
    ("Whale/", "Whale"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def lives(stage: str, created_at: datetime, seen_at: datetime, *, now: datetime) -> bool:
    """Whether a session of a stage is still good."""
    if stage != "full":
        return now < created_at + HALF_WAY
    return now < seen_at + IDLE and now < created_at + AT_MOST


def is_fresh(fresh_at: datetime, *, now: datetime) -> bool:
    """Whether a factor was proved just now."""
    return now < fresh_at + FRESH


def browser_of(agent: str) -> str:
    """Return in two words what a browser says of itself; the rest could tell people apart.

    >>> browser_of("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36")
    'Chrome · Windows'
    >>> browser_of("curl/8")
    ''
    """
    found = [
        next((name for mark, name in known if re.search(re.escape(mark), agent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found))


def may_enter(mode: str, factor: str) -> bool:
    """Whether a session proved by ``factor`` may enter a brand of a mode; see decision 0076.

    >>> may_enter("test", "password"), may_enter("live", "password"), may_enter("live", "totp")
    (True, False, True)
    """
    return mode == "test" or factor != "password"
