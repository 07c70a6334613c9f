"""The refusals of messages."""

from app.errors import NotFound, RuleViolation


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
