"""Identifiers: UUIDv7 made here, shown as ``mem_…`` (prefix + Crockford base32).

A UUID is 128 bits, 26 characters of Crockford's alphabet
(https://www.crockford.com/base32.html); reading ignores case.
"""

from uuid import UUID

from uuid_utils.compat import uuid7

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def new_id() -> UUID:
    """Return a fresh time-ordered UUID (RFC 9562, version 7)."""
    return uuid7()


def show(prefix: str, value: UUID) -> str:
    """Return the public form of an id.

    >>> show("mem", UUID(int=31))
    'mem_0000000000000000000000000z'
    """
    number = value.int
    characters = [""] * LENGTH
    for position in range(LENGTH - 1, -1, -1):
        characters[position] = ALPHABET[number & 31]
        number >>= 5
    return f"{prefix}_{''.join(characters)}"


def read(prefix: str, text: str) -> UUID | None:
    """Return the id that ``text`` shows, or None if it is not one of this prefix.

    >>> read("mem", "MEM_0000000000000000000000000Z").int
    31
    >>> read("mem", "ord_0000000000000000000000000z") is None
    True
    """
    head, _, tail = text.lower().partition("_")
    if head != prefix or len(tail) != LENGTH:
        return None
    number = 0
    for character in tail:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number << 5 | value
    return UUID(int=number) if number < 1 << 128 else None
