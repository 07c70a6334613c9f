"""What becomes of an order's coupons when some of it is given back.

While what is left still meets a coupon's minimum, every line keeps its share of the
discount. Below it the brand's rule decides (``refund.coupon_below_minimum``), and the
cash given back is worked out anew for what is left, in all: any number of partial
refunds therefore adds up to exactly what was paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.brands.services import Settings
from app.coupons import services as coupons
from app.orders import rules
from app.orders.models import Order, OrderEffect, OrderLine
from app.orders.services.reading import Effect
from app.orders.services.remaining import net_of, purchase_left

KEPT = "남은 상품이 최소 금액을 채워서 쿠폰 할인을 그대로 둬요"
KEPT_EN = "What is left meets the minimum: the coupon stays as it is"
KEPT_BELOW = "최소 금액에 못 미치지만 쿠폰 할인을 그대로 둬요"
KEPT_BELOW_EN = "What is left is below the minimum; the coupon stays by the brand's rule"
RECALCULATED = "남은 상품에 쿠폰을 다시 계산했어요. 할인 {:,}"
RECALCULATED_EN = "The coupon was worked out again for what is left: {:,} off"
RESTORED = "최소 금액에 못 미쳐 쿠폰 할인을 빼고 쿠폰을 돌려줬어요"
RESTORED_EN = "What is left is below the minimum: the discount is gone, the coupon is back"
RETURNED = "상품을 모두 돌려받아 쿠폰을 돌려줬어요"
RETURNED_EN = "All of the goods came back, and so did the coupon"
SPENT = "상품을 모두 돌려받았지만 쓴 쿠폰은 돌려주지 않아요"
SPENT_EN = "All of the goods came back; used coupons stay used by the brand's rule"


@dataclass(frozen=True)
class CouponRefund:
    """The cash for goods of one refund, and what is told of the coupons.

    ``adjustment`` is what ``goods_cash`` differs by from what the lines themselves give.
    """

    goods_cash: int
    adjustment: int
    effects: Sequence[Effect]
    restored: Sequence[str]  # codes of templates whose coupons go back to the member


def refund_coupons(
    order: Order,
    lines: Sequence[OrderLine],
    effects: Sequence[OrderEffect],
    plan: rules.RefundPlan,
    settings: Settings,
) -> CouponRefund:
    """Return what a planned refund gives back for the goods, and why."""
    own = sum(line.cash for line in plan.lines)
    redeemed = [effect for effect in effects if effect.kind == "coupon_redeemed"]
    if not redeemed:
        return CouponRefund(own, 0, (), ())
    refunding = {line.line_no: line.quantity for line in plan.lines}
    gone = {line.line_no: line.refunded_quantity + refunding.get(line.line_no, 0) for line in lines}
    told: list[Effect] = []
    restored: list[str] = []
    lost = 0
    back = {effect.rule for effect in effects if effect.kind == "coupon_restored"}
    for coupon in redeemed:
        outcome, code, difference = _outcome(
            order, lines, coupon, gone, refunding, settings, plan, is_back=coupon.rule in back
        )
        lost += difference
        if outcome is not None:
            told.append(outcome)
        if code is not None:
            restored.append(code)
    up = settings.refund.rounding_paid_by == "brand"
    in_all = lost + sum(
        rules.part(net_of(line) - line.points_share, gone[line.line_no], line.quantity, up=up)
        for line in lines
    )
    shipping_before = order.shipping_fee - order.shipping_discount if order.shipping_refunded else 0
    goods_cash = max(0, in_all - (order.cash_refunded - shipping_before))
    return CouponRefund(goods_cash, goods_cash - own, told, restored)


def _outcome(
    order: Order,
    lines: Sequence[OrderLine],
    coupon: OrderEffect,
    gone: Mapping[int, int],
    refunding: Mapping[int, int],
    settings: Settings,
    plan: rules.RefundPlan,
    *,
    is_back: bool,
) -> tuple[Effect | None, str | None, int]:
    """Return what is told of a coupon, its template if it goes back, and the cash it moves.

    The cash is counted from the beginning: what the remaining goods cost more
    (negative) or less than with every line keeping its share.
    """
    assert coupon.terms is not None  # noqa: S101 - it was written with them
    terms, template = coupon.terms, str(coupon.terms["template"])
    if plan.wholly:
        if is_back:
            return None, None, 0
        if settings.refund.coupon_after_full_refund == "keep":
            return _told("coupon_kept", coupon, SPENT, SPENT_EN), None, 0
        return _told("coupon_restored", coupon, RETURNED, RETURNED_EN), template, 0
    kept = 0
    for line in lines:
        share = int(terms["shares"].get(str(line.line_no), 0))
        kept += share - rules.part(share, gone[line.line_no], line.quantity, up=False)
    withdrawn = -(kept + int(terms["shipping_discount"]))
    if is_back:
        return None, None, withdrawn
    zone = ZoneInfo(settings.timezone)
    left = purchase_left(order, lines, zone, refunding=refunding, before_coupons=True)
    if coupons.meets_minimum(terms["definition"], left):
        return _told("coupon_kept", coupon, KEPT, KEPT_EN), None, 0
    match settings.refund.coupon_below_minimum:
        case "restore":
            return _told("coupon_restored", coupon, RESTORED, RESTORED_EN), template, withdrawn
        case "recalculate":
            anew = sum(coupons.recalculate(terms["definition"], left).values())
            ko, en = RECALCULATED.format(anew), RECALCULATED_EN.format(anew)
            return _told("coupon_recalculated", coupon, ko, en), None, anew - kept
    return _told("coupon_kept", coupon, KEPT_BELOW, KEPT_BELOW_EN), None, 0


def _told(kind: str, coupon: OrderEffect, ko: str, en: str) -> Effect:
    assert coupon.terms is not None  # noqa: S101 - it was written with them
    return Effect(
        kind=kind,
        points=0,
        status="posted",
        reason=ko,
        reason_en=en,
        rule=coupon.rule,
        rule_version=coupon.rule_version,
        terms={"template": coupon.terms["template"], "coupon": coupon.terms["coupon"]},
    )
