"""The refusals of tiers."""

from app.errors import Conflict, NotFound, RuleViolation


class TierLadderNotFound(NotFound):
    code = "tier_ladder_not_found"
    ko = "아직 등급표가 없어요. PUT /v1/tier-ladder로 먼저 만들어 주세요."
    en = "There is no tier ladder yet. Make one with PUT /v1/tier-ladder."


class TierBenefitUnknown(RuleViolation):
    code = "tier_benefit_unknown"
    ko = (
        "쿠폰 템플릿 {template}을(를) 이 혜택({kind})으로 줄 수 없어요."
        " 먼저 만들거나 코드를 확인해 주세요."
    )
    en = "No coupon template {template} can be given as {kind}. Create it first, or check its code."


class TierUnknown(RuleViolation):
    code = "tier_unknown"
    ko = "등급표에 {tier} 등급이 없어요. 쓸 수 있는 등급은 {known}이에요."
    en = "The ladder has no tier {tier}. It has {known}."


class TierBelowEarned(RuleViolation):
    code = "tier_below_earned"
    ko = (
        "이미 {earned} 등급이에요. 더 낮은 등급을 직접 지정할 수는 없어요."
        " 실적이 잘못됐다면 spend-adjustments로 바로잡아 주세요."
    )
    en = (
        "The member has earned {earned} already. A lower tier cannot be set by hand;"
        " correct what counts with spend-adjustments instead."
    )


class TierEndsInThePast(RuleViolation):
    code = "tier_ends_in_the_past"
    ko = "마지막 날은 오늘({today})이거나 그 뒤여야 해요."
    en = "The last day must be today ({today}) or later."


class SpendAdjustmentAlreadyExists(Conflict):
    code = "spend_adjustment_already_exists"
    ko = "실적 조정 {external_id}은(는) 내용이 다르게 이미 있어요. 새 번호로 보내 주세요."
    en = (
        "A spend adjustment {external_id} exists already, with other content."
        " Send a new one under another id."
    )


class SpendAdjustmentInTheFuture(RuleViolation):
    code = "spend_adjustment_in_the_future"
    ko = "실적이 생긴 시각(occurred_at)은 지금보다 나중일 수 없어요."
    en = "What counts must have happened: occurred_at lies in the future."
