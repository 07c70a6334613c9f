"""The people of the demo brand: one for each role, with passwords that are made up here."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.staff import services as staff

NAMES = {"viewer": "박보기", "cs": "최상담", "operator": "오운영", "admin": "김대표"}
# Long enough for the rule, and short enough to be typed from a terminal.
SYLLABLES = [first + second for first in "bdgmns" for second in "aeou"]
WORDS, SYLLABLES_IN_WORD = 4, 3


@dataclass(frozen=True)
class DemoStaff:
    """Somebody to sign in to the console as."""

    email: str
    role: str
    password: str


def let_in(brand_id: UUID, now: datetime) -> tuple[DemoStaff, ...]:
    """Let one person for each role into the console, with a password alone (decision 0076)."""
    people = tuple(DemoStaff(f"{role}@demo.test", role, _password()) for role in NAMES)
    for each in people:
        staff.create_tester(
            brand_id, each.email, NAMES[each.role], each.role, each.password, now=now
        )
    return people


def _password() -> str:
    return "-".join(
        "".join(secrets.choice(SYLLABLES) for _ in range(SYLLABLES_IN_WORD)) for _ in range(WORDS)
    )
