"""What somebody typed into the search box, and what it may be."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

TEXT_MAX = 200
_LABEL = re.compile(r"/q/([^/]+)(?:/.*)?", re.IGNORECASE)
_LAST4 = re.compile(r"\*{0,4}-?([0-9]{4})")


@dataclass(frozen=True)
class Typed:
    """The text without what surrounds it; ``path`` is that of an address of a label."""

    text: str
    path: str | None

    @property
    def label(self) -> str | None:
        """The code of a label, if the address of one was pasted or scanned."""
        match = _LABEL.fullmatch(self.path or "")
        return match[1] if match else None

    @property
    def last4(self) -> str | None:
        """The last digits of a phone, if it may be those."""
        match = _LAST4.fullmatch(self.text)
        return match[1] if match else None

    @property
    def may_be_name(self) -> bool:
        return any(each.isalpha() for each in self.text) and "@" not in self.text


def read_typed(text: str) -> Typed:
    """Return what was typed, scanned or pasted.

    >>> read_typed(" https://hb.example/q/7K2M9Q4T7K2M9Q4T?a=1 ").label
    '7K2M9Q4T7K2M9Q4T'
    >>> read_typed("hb.example/Q/7K2M9Q4T7K2M9Q4T").label, read_typed("010-1234-5678").path
    ('7K2M9Q4T7K2M9Q4T', None)
    >>> read_typed("５６７８").last4, read_typed("****-5678").last4, read_typed("56789").last4
    ('5678', '5678', None)
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())[:TEXT_MAX]
    has_scheme = "://" in plain
    if not has_scheme and "/" not in plain:
        return Typed(plain, None)
    try:
        path = urlsplit(plain if has_scheme else f"//{plain.lstrip('/')}").path
    except ValueError:
        path = None
    return Typed(plain, path or None)
