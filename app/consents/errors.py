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


class ConsentTextNotPublished(Conflict):
    code = "consent_text_not_published"
    ko = "게시한 동의문이 없어 동의를 받을 수 없어요({purpose}, {language}). 먼저 게시해 주세요."
    en = "Nobody can agree to {purpose} in {language}: no text is published. Publish it first."


class ConsentTextOutdated(Conflict):
    code = "consent_text_outdated"
    ko = (
        "보여 준 동의문({purpose} 버전 {version})이 그동안 바뀌었어요. 지금 버전 {current}(을)를"
        " 보여 주고 다시 물어봐 주세요."
    )
    en = (
        "The text that was shown ({purpose}, version {version}) no longer asks for the same."
        " Show version {current} and ask again."
    )


class ConsentNotOptional(RuleViolation):
    code = "consent_not_optional"
    ko = (
        "{purpose}은(는) 서비스에 꼭 필요한 안내라 거부하거나 철회할 수 없어요."
        " asked에서 빼 주세요."
    )
    en = "{purpose} is a notice of the service itself, not a choice. Leave it out of asked."


class GuardianConsentRequired(RuleViolation):
    code = "guardian_consent_required"
    ko = "만 14세가 안 된 회원이에요. 법정대리인의 동의(guardian)를 먼저 받아 주세요."
    en = "The member is under 14. Ask a legal guardian first (purpose guardian)."


class GuardianMustAnswer(RuleViolation):
    code = "guardian_must_answer"
    ko = "guardian 동의는 법정대리인만 할 수 있어요. by에 guardian을 보내 주세요."
    en = "Only the legal guardian can answer for guardian. Send by as guardian."


class ConsentAskedTooSoon(Conflict):
    code = "consent_asked_too_soon"
    ko = "{purpose}에 이미 거부했어요. {ask_again_at}까지는 다시 묻지 않아요."
    en = "The member refused {purpose}. Do not ask again before {ask_again_at}."


class ConsentNotGranted(Conflict):
    code = "consent_not_granted"
    ko = "{purpose}에 동의한 상태가 아니라 유지할 것이 없어요. 새로 동의를 받아 주세요."
    en = "There is no consent to {purpose} that could be kept. Ask for it anew."
