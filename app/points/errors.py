"""The refusals of the point ledger."""

from app.errors import Conflict, NotFound, RuleViolation


class InsufficientPoints(RuleViolation):
    code = "insufficient_points"
    ko = "포인트가 모자라요. {required}P가 필요한데 {available}P를 쓸 수 있어요."
    en = "Not enough points: {required} are needed and {available} are available."


class AccountNotFound(NotFound):
    code = "account_not_found"
    ko = "이 회원에게는 포인트 계정이 없어요."
    en = "This member has no point account."


class EntryNotFound(NotFound):
    code = "entry_not_found"
    ko = "이 회원의 포인트 내역에 {seq}번은 없어요."
    en = "This member has no ledger entry {seq}."


class HoldNotFound(NotFound):
    code = "hold_not_found"
    ko = "그런 포인트 예약을 찾을 수 없어요."
    en = "There is no such hold."


class HoldExpired(Conflict):
    code = "hold_expired"
    ko = "포인트 예약 시간이 지났어요. 다시 예약해 주세요."
    en = "The hold has expired. Place a new one."


class HoldClosed(Conflict):
    code = "hold_closed"
    ko = "이미 끝난 포인트 예약이에요(상태: {state})."
    en = "The hold is closed already (state: {state})."


class CaptureExceedsHold(RuleViolation):
    code = "capture_exceeds_hold"
    ko = "예약한 {held}P보다 많은 {required}P를 쓸 수는 없어요."
    en = "{required} points cannot be captured from a hold of {held}."


class TransferToSelf(RuleViolation):
    code = "transfer_to_self"
    ko = "같은 회원에게는 포인트를 옮길 수 없어요."
    en = "Points cannot be transferred to the same member."


class ExpiryInThePast(RuleViolation):
    code = "expiry_in_the_past"
    ko = "소멸 시각은 지금보다 나중이어야 해요."
    en = "The expiry must lie in the future."


class AlreadyPosted(Conflict):
    code = "already_posted"
    ko = "이 요청의 포인트는 이미 반영됐어요. 내역에서 확인해 주세요."
    en = "The points of this request were posted before. Look them up in the entries."
