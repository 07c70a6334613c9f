"""What a unit's page says to whoever scanned its label."""

from collections.abc import Collection

# unknown: no unit, a void one, or no code at all; nobody can tell which.
LOOKS = ("unknown", "genuine", "mine", "owned", "reported", "replaced")
REPORTED = frozenset({"lost", "stolen"})


def look_of(state: str, flags: Collection[str], *, mine: bool) -> str:
    """Return which of ``LOOKS`` a unit has for a visitor; ``mine``: for its owner.

    >>> look_of("shipped", [], mine=False), look_of("claimed", ["stolen"], mine=False)
    ('genuine', 'reported')
    >>> look_of("claimed", ["lost"], mine=True), look_of("void", [], mine=False)
    ('mine', 'unknown')
    """
    if state == "void":
        return "unknown"
    if mine:
        return "mine"
    if state == "replaced":
        return "replaced"
    if REPORTED & set(flags):
        return "reported"
    return "owned" if state == "claimed" else "genuine"


def masked(serial: str) -> str:
    """Return a serial with its middle hidden: enough to compare, too little to copy.

    >>> masked("7K2-M9Q-4TW"), masked("RAIN-0001"), masked("A1")
    ('7K2-•••-4TW', 'RA•••••01', '••')
    """
    if len(serial) == 11 and serial[3] == serial[7] == "-":
        return f"{serial[:4]}•••{serial[7:]}"
    if len(serial) < 6:
        return "•" * len(serial)
    return f"{serial[:2]}{'•' * (len(serial) - 4)}{serial[-2:]}"
