"""The refusals of reward rules and referrals."""

from app.errors import Conflict, NotFound, RuleViolation


class RewardRuleNotFound(NotFound):
    code = "reward_rule_not_found"
    ko = "{rule}라는 리워드 규칙을 찾을 수 없어요. GET /v1/reward-rules에서 코드를 확인해 주세요."
    en = "There is no reward rule {rule}. See GET /v1/reward-rules for the codes."


class ReferralNotFound(NotFound):
    code = "referral_not_found"
    ko = "그런 추천을 찾을 수 없어요. GET /v1/referrals에서 확인해 주세요."
    en = "There is no such referral. See GET /v1/referrals."


class ReferralNotDecidable(Conflict):
    code = "referral_not_decidable"
    ko = (
        "{state} 상태의 추천은 바꿀 수 없어요."
        " 승인은 review·refused, 거절은 pending·review일 때만 돼요."
    )
    en = (
        "A referral that is {state} cannot be decided: approve one in review or refused,"
        " refuse one pending or in review."
    )


class EventAlreadyExists(Conflict):
    code = "event_already_exists"
    ko = "{type} 이벤트 {external_id}는 내용이 다른 이벤트로 이미 있어요."
    en = "An event {external_id} of type {type} exists already, with other content."


class EventInFuture(RuleViolation):
    code = "event_in_future"
    ko = "이벤트 시각이 지금보다 뒤예요. occurred_at을 확인하거나 빼고 보내 주세요."
    en = "The event lies in the future. Check occurred_at, or leave it out."
