"""How codes are made and read."""

import secrets
import unicodedata

from app.ids import ALPHABET

LENGTH = 12  # 11 random characters (55 bits) and one that checks them
_CODES = ALPHABET.upper()
_VALUES = {character: value for value, character in enumerate(_CODES)}
# What people read into Crockford's alphabet.
_CONFUSED = str.maketrans("OIL", "011")


def normalised(text: str) -> str:
    """Return what a code says, however it is typed: width, case, spaces, hyphens.

    >>> normalised(" welcome-10 "), normalised("ＷＥＬＣＯＭＥ１０")
    ('WELCOME10', 'WELCOME10')
    """
    upper = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(
        character
        for character in upper
        if not character.isspace() and unicodedata.category(character) not in ("Pd", "Cf")
    )


def new_codes(quantity: int) -> list[str]:
    """Return so many codes that nobody can guess.

    >>> code, = new_codes(1)
    >>> unique_code(code) == code
    True
    """
    codes: set[str] = set()
    while len(codes) < quantity:
        drawn = secrets.token_bytes((quantity - len(codes)) * (LENGTH - 1))
        for start in range(0, len(drawn), LENGTH - 1):
            values = [byte & 31 for byte in drawn[start : start + LENGTH - 1]]
            codes.add("".join(_CODES[value] for value in (*values, _check(values))))
    return list(codes)


def unique_code(code: str) -> str | None:
    """Return the code of ours that a normalised code is, None if it is mistyped or none.

    >>> unique_code("WELCOME10") is None
    True
    """
    code = code.translate(_CONFUSED)
    if len(code) != LENGTH:
        return None
    values = [_VALUES.get(character, -1) for character in code]
    if -1 in values or _check(values[:-1]) != values[-1]:
        return None
    return code


def shown(code: str) -> str:
    """Return a code as it is printed.

    >>> shown("ABCDEFGHJKMN")
    'ABCD-EFGH-JKMN'
    """
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check(values: list[int]) -> int:
    """Return the check value: a polynomial over GF(2^5) at its generator.

    Every position has a factor of its own, so that any one wrong character and any
    two that are exchanged change the sum.
    """
    total = 0
    for value in values:
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
