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
    ko = "{event_type} 이벤트 {external_id}는 내용이 다른 이벤트로 이미 있어요."
    en = "An event {external_id} of type {event_type} exists already, with other content."


class EventInFuture(RuleViolation):
    code = "event_in_future"
    ko = "이벤트 시각이 지금보다 뒤예요. occurred_at을 확인하거나 빼고 보내 주세요."
    en = "The event lies in the future. Check occurred_at, or leave it out."


class RewardRuleVersionNotFound(NotFound):
    code = "reward_rule_version_not_found"
    ko = (
        "리워드 규칙 {rule}에 {version}판은 없어요."
        " GET /v1/reward-rules/{rule}/versions에서 확인해 주세요."
    )
    en = (
        "The reward rule {rule} has no version {version}. See GET /v1/reward-rules/{rule}/versions."
    )


class RewardRuleEnded(Conflict):
    code = "reward_rule_ended"
    ko = "리워드 규칙 {rule}은(는) 이미 끝났어요. 같은 내용으로 새 코드의 규칙을 만들어 주세요."
    en = "The reward rule {rule} has ended for good. Make a rule of another code from it."


class RewardRuleIsDraft(Conflict):
    code = "reward_rule_is_draft"
    ko = "리워드 규칙 {rule}은(는) 아직 초안이라 멈출 것이 없어요. 버리려면 end를 써 주세요."
    en = "The reward rule {rule} is a draft: there is nothing to pause. End it to discard it."


class RewardScheduleOver(RuleViolation):
    code = "reward_schedule_over"
    ko = "진행 기간이 이미 끝났어요. ends_at을 지금보다 뒤로 고쳐 주세요."
    en = "The schedule is over already. Give an ends_at that lies in the future."


class RewardReferenceUnknown(RuleViolation):
    code = "reward_reference_unknown"
    ko = "{name}을(를) 찾을 수 없어요({kind}). 먼저 만들거나 코드를 확인해 주세요."
    en = "There is no {kind} {name}. Create it first, or check its code."


class StackingModesDiffer(RuleViolation):
    code = "stacking_modes_differ"
    ko = (
        "묶음 {group}의 규칙 {rule}은(는) {mode} 방식이에요."
        " 한 묶음의 규칙은 모두 같은 방식이어야 해요."
    )
    en = (
        "The rule {rule} of the group {group} has the mode {mode}."
        " All rules of one group must have the same."
    )


class TooManyRewardRules(RuleViolation):
    code = "too_many_reward_rules"
    ko = "동시에 켤 수 있는 리워드 규칙은 {most}개까지예요. 끝난 규칙을 먼저 꺼 주세요."
    en = "At most {most} reward rules can be live at once. Pause or end another one first."
