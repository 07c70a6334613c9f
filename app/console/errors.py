"""The refusals of the console."""

from app.errors import Forbidden, NotFound, RuleViolation


class NotPermitted(Forbidden):
    code = "staff_not_permitted"
    ko = "이 일을 할 권한이 없어요. 필요하면 관리자에게 역할을 바꿔 달라고 해 주세요."
    en = "Your role does not allow this. Ask an administrator if you need it."


class ContactNotFound(NotFound):
    code = "contact_not_found"
    ko = "볼 수 있는 연락처가 없어요. 지워졌거나 처음부터 없던 정보예요."
    en = "There is no such contact data: it was erased, or never known."


class BatchFormInvalid(RuleViolation):
    code = "batch_form_invalid"
    ko = "수량(1~100,000), 번호, 날짜, 판매 채널(50자), 이유(200자)를 확인해 주세요."
    en = "Check quantity (1 to 100,000), numbers, days, channel (50) and reason (200 characters)."


class ErasureNotTyped(RuleViolation):
    code = "erasure_not_typed"
    ko = "지우려면 확인 칸에 {word}라고 적어 주세요."
    en = "Type {word} to erase them."
