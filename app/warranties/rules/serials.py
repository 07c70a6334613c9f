"""Serial numbers that are spoken, and codes that are secret.

Both are of Crockford's alphabet, which has no I, L, O or U; what people read into it
(O, I, L) is read as 0, 1, 1, whatever its case.

The *serial* stands on the label to be read out: eight random characters and one that
checks them. The check is a linear code over GF(32): the characters, each times a weight
of its own, sum to nothing. As no weight is zero and no two are equal, any one wrong
character and any two that changed places are found.

The *code* is in the QR alone: 16 random characters, 80 bits.
"""

import secrets
import unicodedata
from collections.abc import Sequence

from app.ids import ALPHABET

CHARACTERS = ALPHABET.upper()
SERIAL_LENGTH = 9
CODE_LENGTH = 16
OWN_SERIAL_LENGTH_MAX = 40
# What is looked up when what was asked for cannot be a code.
NO_CODE = "0" * CODE_LENGTH

_VALUES = {character: value for value, character in enumerate(CHARACTERS)}
_CONFUSED = str.maketrans("OIL", "011")
_OWN_PUNCTUATION = frozenset(" -._")


def _powers() -> list[int]:
    """Return the 31 powers of x in GF(32), modulo x^5 + x^2 + 1."""
    found = [1]
    while len(found) < 31:
        doubled = found[-1] << 1
        found.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return found


_POWERS = _powers()
_LOGARITHMS = {power: exponent for exponent, power in enumerate(_POWERS)}


def check_character(text: str) -> str:
    """Return the character that follows up to 30 of the alphabet.

    >>> check_character("7K2M9Q4T")
    'W'
    """
    total = 0
    for place, character in enumerate(text, 1):
        value = _VALUES[character]
        if value:
            total ^= _POWERS[(_LOGARITHMS[value] + place) % 31]
    return CHARACTERS[total]


def new_serials(quantity: int) -> list[str]:
    """Return so many different serials, as they are shown.

    >>> serial, = new_serials(1)
    >>> len(serial), is_ours(serial)
    (11, True)
    """
    found: set[str] = set()
    while len(found) < quantity:
        for body in _random(quantity - len(found), SERIAL_LENGTH - 1):
            text = body + check_character(body)
            found.add(f"{text[:3]}-{text[3:6]}-{text[6:]}")
    return list(found)


def new_codes(quantity: int) -> list[str]:
    """Return so many secret codes; that two are equal does not happen at 80 bits."""
    return _random(quantity, CODE_LENGTH)


def serial_key(text: str) -> str:
    """Return what a serial is found by, however it is typed.

    >>> serial_key(" hb-o12 i "), serial_key("ＨＢ０１２１")
    ('HB0121', 'HB0121')
    """
    upper = unicodedata.normalize("NFKC", text).upper().translate(_CONFUSED)
    return "".join(each for each in upper if each not in " -._‐‑–—")


def is_ours(text: str) -> bool:
    """Whether a serial is one that we made up, and not mistyped."""
    key = serial_key(text)
    return (
        len(key) == SERIAL_LENGTH
        and all(each in _VALUES for each in key)
        and check_character(key[:-1]) == key[-1]
    )


def is_own_serial(text: str) -> bool:
    """Whether a maker's serial is one that can be spoken and typed: Latin letters and digits.

    >>> [is_own_serial(text) for text in ("HB-2026 001", "부츠1", "-", "A" * 41, " A", "=1+1")]
    [True, False, False, False, False, False]
    """
    return (
        0 < len(text) <= OWN_SERIAL_LENGTH_MAX
        and text == text.strip()
        and text[0].isalnum()
        and all(each.isascii() and (each.isalnum() or each in _OWN_PUNCTUATION) for each in text)
    )


def code_of(text: str) -> str | None:
    """Return the code that someone typed or scanned, None if it cannot be one.

    >>> code_of("7k2m-9q4t-7k2m-9q4o"), code_of("7K2M"), code_of("7K2M9Q4T7K2M9Q4U")
    ('7K2M9Q4T7K2M9Q40', None, None)
    """
    key = serial_key(text) if len(text) <= 4 * CODE_LENGTH else ""
    return key if len(key) == CODE_LENGTH and all(each in _VALUES for each in key) else None


def _random(quantity: int, length: int) -> list[str]:
    drawn = secrets.token_bytes(quantity * length)
    text = "".join([CHARACTERS[byte & 31] for byte in drawn])
    return [text[start : start + length] for start in range(0, len(text), length)]


def repeated(serials: Sequence[str]) -> list[int]:
    """Return the places of serials that would be found by the same key as an earlier one.

    >>> repeated(["HB1", "HB2", "hb-1", "HB 1"])
    [2, 3]
    """
    seen: set[str] = set()
    places = []
    for place, serial in enumerate(serials):
        key = serial_key(serial)
        if key in seen:
            places.append(place)
        seen.add(key)
    return places
