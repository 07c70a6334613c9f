"""The refusals of messages."""

from collections.abc import Sequence

from app.errors import Conflict, NotFound, RuleViolation
from app.messages.rules.lint import Fault


class MessageTemplateUnknown(NotFound):
    code = "message_template_unknown"
    ko = "{template}라는 메시지 템플릿이 없어요. GET /v1/message-templates에서 확인해 주세요."
    en = "There is no message template {template}. See GET /v1/message-templates."


class MessageVariableMissing(RuleViolation):
    code = "message_variable_missing"
    ko = "메시지({template})에 넣을 값이 빠졌어요: {missing}."
    en = "The message {template} needs values for: {missing}."


class MessageUnreachable(RuleViolation):
    code = "message_unreachable"
    ko = "이 메시지({template})를 보낼 연락처가 없어요. 휴대폰 번호나 이메일을 알려 주세요."
    en = "There is no address for the message {template}. Give a mobile number or an e-mail."


class MessageNeedsMember(RuleViolation):
    code = "message_needs_member"
    ko = "{purpose}은(는) 광고라서 동의를 확인할 회원에게만 보낼 수 있어요."
    en = "{purpose} is advertising and goes only to members, whose consents can be asked."


class MessageNotFound(NotFound):
    code = "message_not_found"
    ko = "그런 메시지를 찾을 수 없어요. GET /v1/messages에서 확인해 주세요."
    en = "There is no such message. See GET /v1/messages."


class MessageTemplateHasNoDraft(Conflict):
    code = "message_template_has_no_draft"
    ko = "게시할 초안이 없어요. 고친 내용을 PUT으로 저장한 뒤 게시해 주세요."
    en = "There is no draft to publish. Save what changed with PUT, then publish it."


class MessageTemplateFaulty(RuleViolation):
    """A template cannot be sent; ``faults`` names each with its field."""

    code = "message_template_faulty"
    ko = "이 템플릿은 게시할 수 없어요. {found}"
    en = "This template cannot be published. {found}"

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
