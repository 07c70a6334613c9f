"""The navigation: each module of pages declares its entry, and nobody keeps a list.

``NAV = Entry("console.team", "팀", "Team", "staff:manage", "settings", 10, "users")``
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The parts of the navigation, from top to bottom, with their headings.
SECTIONS: dict[str, tuple[str, str]] = {
    "desk": ("고객", "Customers"),
    "room": ("운영", "Programme"),
    "figures": ("지표", "Figures"),
    "settings": ("설정", "Settings"),
}


@dataclass(frozen=True)
class Entry:
    """A way into a part of the console, for whoever has ``permission``.

    ``endpoint`` is that of a page without parameters, ``icon`` one of ``console/icons.html``.
    Entries of a section stand in the ``order`` of their numbers.
    """

    endpoint: str
    ko: str
    en: str
    permission: str
    section: str
    order: int
    icon: str


def entries_for(
    entries: Iterable[Entry], permissions: frozenset[str]
) -> list[tuple[tuple[str, str], Sequence[Entry]]]:
    """Return the headings with the entries that somebody may use; no empty section.

    >>> team = Entry("console.team", "팀", "Team", "staff:manage", "settings", 10, "users")
    >>> [heading for heading, _ in entries_for([team], frozenset({"staff:manage"}))]
    [('설정', 'Settings')]
    >>> entries_for([team], frozenset())
    []
    """
    allowed = sorted(
        (each for each in entries if each.permission in permissions), key=lambda each: each.order
    )
    sections = [
        (heading, [each for each in allowed if each.section == section])
        for section, heading in SECTIONS.items()
    ]
    return [(heading, found) for heading, found in sections if found]
