"""Which passwords will do: long, uncommon, and not about oneself.

``common_passwords.txt`` begins with the ten thousand commonest of zxcvbn's list (MIT), and
ends with what Korean keyboards and this product make likely.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LENGTH_MIN = 12
LENGTH_MAX = 128
DISTINCT_MIN = 5
RUN_MIN = 4  # what is left of a password without its ends is looked at from here on
_ENDS = "0123456789!@#$%^&*()_+-=.,?/~` "
_STEPS = "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"


def fault_of(password: str, about: Iterable[str] = ()) -> str | None:
    """Return why a password will not do: short, long, common, personal; None if it will.

    ``about``: words that anybody would try for this person. A password is never changed
    before it is hashed.

    >>> fault_of("password1234!"), fault_of("1234567890123"), fault_of("aaaaaaaaaaaaaa")
    ('common', 'common', 'common')
    >>> fault_of("dangol-shoes-2026", ["dangol-shoes"])
    'personal'
    >>> fault_of("비 오는 날의 장화 한 켤레") is None
    True
    """
    if len(password) < LENGTH_MIN:
        return "short"
    if len(password) > LENGTH_MAX:
        return "long"
    plain = unicodedata.normalize("NFKC", password).lower()
    core = plain.strip(_ENDS)
    known = _common()
    if (
        len(set(plain)) < DISTINCT_MIN
        or plain in known
        or core in known
        or _unit(plain) in known
        or any(plain in steps or plain in steps[::-1] for steps in _STEPS)
    ):
        return "common"
    own = {_letters(word) for word in about} - {""}
    if _letters(core) in own or _letters(plain) in own:
        return "personal"
    return None


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(each for each in plain if each.isalnum())


def _unit(text: str) -> str:
    """Return what a text repeats, or the text.

    >>> _unit("qwerqwerqwer")
    'qwer'
    """
    at = (text + text).find(text, 1)
    return text[:at]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    words = (Path(__file__).parent / "common_passwords.txt").read_text().split()
    return frozenset(word for word in words if len(word) >= RUN_MIN)
