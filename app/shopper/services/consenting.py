"""Asking a member for consents, and saving what they chose on a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.consents import services as consents
from app.consents.services import Answer, Evidence, Standing

# The notice of the service leaves no choice, and a guardian answers elsewhere.
NOTICE = "warranty_service"
NOT_CHOSEN = frozenset({NOTICE, "guardian"})

TextDefinition = Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """What a page may put before a member. ``language`` is that of the texts."""

    language: str
    standings: Sequence[Standing]

    @property
    def choosable(self) -> list[Standing]:
        """Purposes with a published text, each a tick of its own."""
        return [each for each in self.standings if each.text and each.purpose not in NOT_CHOSEN]

    @property
    def unasked(self) -> list[Standing]:
        """Of these, what may be asked without the member's having come for it."""
        return [each for each in self.choosable if each.may_ask]


def notice_of(brand_id: UUID, language: str) -> TextDefinition | None:
    """Return what the brand says of the data that its service needs, if it has said so."""
    for spoken in (language, "ko"):
        for text in consents.list_asked(brand_id, spoken):
            if text.purpose == NOTICE:
                return text.definition
    return None


def ask_of(brand_id: UUID, member_id: UUID, language: str, *, now: datetime) -> Ask:
    """Return what a member can be asked, in Korean where the brand has no other text."""
    standings = consents.list_standings(brand_id, member_id, language, now=now)
    if language != "ko" and not any(each.text for each in standings):
        return ask_of(brand_id, member_id, "ko", now=now)
    return Ask(language, standings)


def save_choices(
    brand_id: UUID,
    member_id: UUID,
    ask: Ask,
    ticked: Collection[str],
    shown: Mapping[str, int],
    *,
    source: str,
    evidence: Evidence,
    actor: str,
    now: datetime,
) -> list[str]:
    """Write down what was ticked and what was not, of what was ``shown`` (version by purpose).

    What is in force and not ticked any more is withdrawn; what was never decided and is not
    ticked is refused. Returns the purposes that changed.

    :raises ConsentTextOutdated: a text that was shown asks for something else by now
    :raises GuardianConsentRequired: the member is under 14
    """
    choices = {}
    for each in ask.choosable:
        if each.purpose not in shown:
            continue
        if each.purpose in ticked:
            choices[each.purpose] = "granted"
        elif each.granted:
            choices[each.purpose] = "withdrawn"
        elif each.state is None or source == "qr_form":
            choices[each.purpose] = "refused"
    answer = Answer(
        choices, source=source, language=ask.language, versions=shown, evidence=evidence
    )
    return consents.record_answer(brand_id, member_id, answer, recorded_by=actor, now=now)
