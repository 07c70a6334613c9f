"""The refusals of exchanges."""

from app.errors import Conflict, NotFound, RuleViolation


class ExchangeItemNotFound(NotFound):
    code = "exchange_item_not_found"
    ko = "{item}라는 교환 상품을 찾을 수 없어요. GET /v1/exchange-items에서 코드를 확인해 주세요."
    en = "There is no exchange item {item}. See GET /v1/exchange-items for the codes."


class ExchangeNotFound(NotFound):
    code = "exchange_not_found"
    ko = "그런 교환을 찾을 수 없어요."
    en = "There is no such exchange."


class TemplateNotFit(RuleViolation):
    code = "exchange_template_not_fit"
    ko = (
        "{template}은(는) {kind}(으)로 줄 수 있는 쿠폰 템플릿이 아니에요."
        " gift에는 사은품 템플릿을, coupon에는 다른 템플릿을 보내 주세요."
    )
    en = "{template} is no coupon template for {kind}: gift takes one of kind gift, coupon another."


class TierUnknown(RuleViolation):
    code = "exchange_tier_unknown"
    ko = "지금 등급표에 {tier} 등급이 없어요. GET /v1/tier-ladder에서 등급 코드를 확인해 주세요."
    en = "The tier ladder in force has no tier {tier}. See GET /v1/tier-ladder for the codes."


class ItemInactive(RuleViolation):
    code = "exchange_item_inactive"
    ko = "지금은 교환할 수 없는 상품이에요. 다른 상품을 골라 주세요."
    en = "This item is not offered now. Choose another one."


class NotStarted(RuleViolation):
    code = "exchange_not_started"
    ko = "아직 교환할 수 없어요. {starts_at}부터 교환할 수 있어요."
    en = "This item cannot be exchanged for before {starts_at}."


class Ended(RuleViolation):
    code = "exchange_ended"
    ko = "교환 기간이 {ends_at}에 끝났어요. 다른 상품을 골라 주세요."
    en = "The time for this item ended at {ends_at}. Choose another one."


class TierRequired(RuleViolation):
    code = "exchange_tier_required"
    ko = "이 상품은 {tiers} 등급만 교환할 수 있어요."
    en = "This item is only for members of the tiers {tiers}."


class SoldOut(RuleViolation):
    code = "exchange_sold_out"
    ko = "준비한 수량이 모두 나갔어요. 다른 상품을 골라 주세요."
    en = "All there was of this item is taken. Choose another one."


class StockShort(RuleViolation):
    code = "exchange_stock_short"
    ko = "{left}개만 남았어요. 수량을 줄여 주세요."
    en = "Only {left} are left. Ask for fewer."


class LimitReached(RuleViolation):
    code = "exchange_limit_reached"
    ko = "한 사람이 {limit}개까지 교환할 수 있고(기간: {period}), 앞으로 {left}개 더 돼요."
    en = "A member can have {limit} of this item (period: {period}); {left} more are possible."


class PriceChanged(Conflict):
    code = "exchange_price_changed"
    ko = "필요한 포인트가 {points}P로 바뀌었어요. 확인하고 다시 교환해 주세요."
    en = "It takes {points} points by now. Show that to the member and ask again."


class CouponsUsed(Conflict):
    code = "exchange_coupons_used"
    ko = "이 교환으로 받은 쿠폰을 이미 썼어요({coupons}). 쓴 쿠폰이 있으면 취소할 수 없어요."
    en = "Coupons of this exchange are used ({coupons}). It can no longer be cancelled."
