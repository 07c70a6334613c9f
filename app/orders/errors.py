"""The refusals of the checkout."""

from app.errors import Conflict, NotFound, RuleViolation


class OrderNotFound(NotFound):
    code = "order_not_found"
    ko = "그런 주문을 찾을 수 없어요."
    en = "There is no such order."


class OrderAlreadyExists(Conflict):
    code = "order_already_exists"
    ko = "주문 번호 {external_id}는 내용이 다른 주문으로 이미 있어요."
    en = "An order {external_id} exists already, with other content."


class RefundAlreadyExists(Conflict):
    code = "refund_already_exists"
    ko = "환불 번호 {external_id}는 내용이 다른 환불로 이미 있어요."
    en = "A refund {external_id} of this order exists already, with other content."


class MemberRequired(RuleViolation):
    code = "member_required"
    ko = "포인트를 쓰려면 회원이 있어야 해요. member를 보내 주세요."
    en = "Points can only be used with a member. Send member."


class RedemptionBelowMinimum(RuleViolation):
    code = "redemption_below_minimum"
    ko = "포인트는 {minimum}P부터 쓸 수 있어요. {required}P를 쓰려고 했어요."
    en = "At least {minimum} points must be used at a time; {required} were asked for."


class RedemptionAboveMaximum(RuleViolation):
    code = "redemption_above_maximum"
    ko = "이 주문에는 포인트를 {maximum}P까지 쓸 수 있어요. {required}P를 쓰려고 했어요."
    en = "At most {maximum} points can be used on this order; {required} were asked for."


class RedemptionNotInUnits(RuleViolation):
    code = "redemption_not_in_units"
    ko = "포인트는 {unit}P 단위로 쓸 수 있어요. {required}P를 쓰려고 했어요."
    en = "Points are used in steps of {unit}; {required} were asked for."


class OrderBelowRedemptionMinimum(RuleViolation):
    code = "order_below_redemption_minimum"
    ko = "상품 금액이 {minimum} 이상이어야 포인트를 쓸 수 있어요. 이 주문은 {amount}이에요."
    en = "Points can be used on goods of at least {minimum}; this order has {amount}."


class OrderTooLarge(RuleViolation):
    code = "order_too_large"
    ko = "주문 금액이 너무 커요. {maximum}까지 받을 수 있어요."
    en = "The order's amount is too large; at most {maximum} is accepted."


class HoldOfAnotherMember(RuleViolation):
    code = "hold_of_another_member"
    ko = "다른 회원의 포인트 예약이에요."
    en = "The hold belongs to another member."


class NothingToHold(RuleViolation):
    code = "nothing_to_hold"
    ko = "예약할 포인트나 쿠폰이 없어요. redeem_points나 coupons를 보내 주세요."
    en = "There is nothing to hold. Send redeem_points or coupons."


class CouponNotApplicable(RuleViolation):
    code = "coupon_not_applicable"
    ko = "쿠폰 {coupon}을(를) 이 주문에 쓸 수 없어요. {why[ko]}"
    en = "The coupon {coupon} cannot be used on this order. {why[en]}"


class RefundExceedsOrder(RuleViolation):
    code = "refund_exceeds_order"
    ko = "환불할 수 있는 것보다 많아요. {line}번 줄에 남은 수량은 {remaining}개예요."
    en = "More than is left to refund: {remaining} of line {line} are left."


class NothingToRefund(RefundExceedsOrder):
    ko = "이 주문에는 환불할 것이 남아 있지 않아요."
    en = "Nothing of this order is left to refund."


class OrderNotConfirmable(Conflict):
    code = "order_not_confirmable"
    ko = "{state} 상태의 주문은 구매 확정할 수 없어요."
    en = "An order that is {state} cannot be confirmed."


class OrderNotCancellable(Conflict):
    code = "order_not_cancellable"
    ko = "{state} 상태의 주문은 취소할 수 없어요. 환불(refunds)을 써 주세요."
    en = "An order that is {state} cannot be cancelled. Refund it instead."


class OrderRowsDiffer(RuleViolation):
    code = "order_rows_differ"
    ko = "같은 주문의 줄들이 {column} 값을 서로 다르게 말해요. 하나로 맞춰 주세요."
    en = "The rows of one order say different things of {column}. Make them say the same."


class TooManyLines(RuleViolation):
    code = "too_many_lines"
    ko = "한 주문에 {maximum}줄까지 돼요."
    en = "An order has at most {maximum} lines."
