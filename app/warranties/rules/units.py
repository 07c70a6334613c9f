"""The life of a unit: which step leads from where to where, and which needs a reason.

``suspect``, ``lost``, ``stolen`` and ``recalled`` are flags: they stand beside the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STATES = (
    "generated", "printed", "allocated", "shipped", "claimed", "released", "replaced", "void",
)  # fmt: skip
FLAGS = ("suspect", "lost", "stolen", "recalled")
# From here an owner may register it.
CLAIMABLE = frozenset({"generated", "printed", "allocated", "shipped", "released"})


@dataclass(frozen=True)
class Step:
    """From any of ``before`` to ``after``. ``reasoned``: only with a reason."""

    before: frozenset[str]
    after: str
    reasoned: bool = False


STEPS: Mapping[str, Step] = {
    "print": Step(frozenset({"generated"}), "printed"),
    "allocate": Step(frozenset({"generated", "printed", "allocated"}), "allocated"),
    "ship": Step(frozenset({"generated", "printed", "allocated"}), "shipped"),
    "claim": Step(CLAIMABLE, "claimed"),
    "release": Step(frozenset({"claimed"}), "released", reasoned=True),
    "replace": Step(frozenset({"claimed"}), "replaced", reasoned=True),
    "void": Step(frozenset(STATES) - {"void", "replaced"}, "void", reasoned=True),
}
# What a whole batch can be told. Units with an owner are left alone.
BATCH_STEPS: Mapping[str, frozenset[str]] = {
    "print": STEPS["print"].before,
    "allocate": STEPS["allocate"].before,
    "ship": STEPS["ship"].before,
    "void": STEPS["void"].before - {"claimed"},
}
STAFF_STEPS = ("allocate", "ship", "release", "replace", "void")


def may(step: str, state: str) -> bool:
    """
    >>> may("void", "claimed"), may("release", "shipped"), may("claim", "void")
    (True, False, False)
    """
    return state in STEPS[step].before
