"""The refusals of the desk."""

from app.errors import Conflict, Forbidden, NotFound, RuleViolation


class ApprovalNotFound(NotFound):
    code = "approval_not_found"
    ko = "그런 승인 요청이 없어요. 목록을 새로 열어 주세요."
    en = "There is no such request for approval. Open the list again."


class ApprovalDecided(Conflict):
    code = "approval_decided"
    ko = "이미 {state} 상태예요. 목록을 새로 열어 주세요."
    en = "It is {state} already. Open the list again."


class ApprovalByAsker(Forbidden):
    code = "approval_by_asker"
    ko = "내가 요청한 일은 내가 승인할 수 없어요. 다른 사람에게 부탁해 주세요."
    en = "You cannot approve what you asked for. Ask somebody else."


class NoteEmpty(RuleViolation):
    code = "note_empty"
    ko = "메모를 적어 주세요."
    en = "Write a note."


class DeskReasonRequired(RuleViolation):
    code = "desk_reason_required"
    ko = "왜 하는지 적어 주세요. 기록에 남아요."
    en = "Say why. It is written down."


class DeskAmountInvalid(RuleViolation):
    code = "desk_amount_invalid"
    ko = "0이 아닌 숫자를 적어 주세요. 빼려면 앞에 -를 붙여요."
    en = "Write a number other than 0; put - before what is to be taken."


class DeskHostMissing(RuleViolation):
    code = "desk_host_missing"
    ko = (
        "보증 페이지 주소(warranty.host)가 없어서 링크를 보낼 수 없어요. 설정에서 먼저 정해 주세요."
    )
    en = "There is no host for warranties (warranty.host), so no link can be sent. Set it first."
