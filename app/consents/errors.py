"""The refusals of consents."""

from collections.abc import Sequence

from app.consents.rules.texts import Fault
from app.errors import Conflict, NotFound, RuleViolation


class ConsentPurposeUnknown(NotFound):
    code = "consent_purpose_unknown"
    ko = "그런 동의 목적이나 언어는 없어요. 목적: {purposes}, 언어: {languages}."
    en = "There is no such purpose or language. Purposes: {purposes}; languages: {languages}."


class ConsentTextNotFound(NotFound):
    code = "consent_text_not_found"
    ko = "아직 만들지 않은 동의문이에요({purpose}, {language}). PUT으로 먼저 만들어 주세요."
    en = "There is no text for {purpose} in {language} yet. Write one with PUT first."


class ConsentTextHasNoDraft(Conflict):
    code = "consent_text_has_no_draft"
    ko = "게시할 초안이 없어요. 고친 내용을 PUT으로 저장한 뒤 게시해 주세요."
    en = "There is no draft to publish. Save what changed with PUT, then publish it."


class ConsentTextFaulty(RuleViolation):
    """A text lacks what the law asks for; ``faults`` names each with its case and field."""

    code = "consent_text_faulty"
    ko = "이 동의문은 게시할 수 없어요. {found}"
    en = "This text cannot be published. {found}"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        super().__init__(
            pointer=f"/{faults[0].field}",
            found=" ".join(fault.en for fault in faults),
            faults=[fault._asdict() for fault in faults],
        )

    def sentence(self, language: str) -> str:
        """Return the refusal with every fault in the language asked for."""
        found = " ".join(fault.ko if language == "ko" else fault.en for fault in self._faults)
        return (self.ko if language == "ko" else self.en).format(found=found)
