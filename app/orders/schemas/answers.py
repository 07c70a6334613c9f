"""What is answered of orders."""

from typing import Any

from marshmallow import Schema, fields

from app import ids
from app.orders.models import Refund
from app.orders.schemas.programme import (
    OrderCouponsOut,
    OrderExpectedOut,
    OrderSkippedOut,
    OrderStampsToldOut,
    OrderTextOut,
    OrderTierToldOut,
    show_coupons,
    show_expected,
    show_skipped,
    show_stamps,
    show_tier,
)
from app.orders.services import CheckoutHold, Effect, Receipt, Refunded
from app.web.responses import show_instant


class AmountsOut(Schema):
    goods = fields.Integer()
    discounts = fields.Integer()
    member_discount = fields.Integer()
    coupon_discount = fields.Integer()
    shipping_fee = fields.Integer()
    shipping_discount = fields.Integer()
    points_used = fields.Integer()
    due = fields.Integer()


class OrderBalanceOut(Schema):
    available = fields.Integer()
    pending = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()


class OrderPointsOut(Schema):
    redeemed = fields.Integer()
    earned = fields.Integer()
    earned_status = fields.String()
    redeemable = fields.Integer(allow_none=True)
    why_not_more = fields.Nested(OrderTextOut, allow_none=True)
    balance = fields.Nested(OrderBalanceOut, allow_none=True)


class EffectOut(Schema):
    kind = fields.String()
    points = fields.Integer()
    status = fields.String()
    reason = fields.String()
    reason_en = fields.String(allow_none=True)
    rule = fields.String()
    rule_version = fields.Integer()
    terms = fields.Dict(allow_none=True)
    refund = fields.String(allow_none=True)


class OrderLineOut(Schema):
    line = fields.Integer()
    sku = fields.String()
    name = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_price = fields.Integer(allow_none=True)
    amount = fields.Integer()
    discount = fields.Integer()
    member_discount = fields.Integer()
    coupon_discount = fields.Integer()
    points_share = fields.Integer()
    refunded_quantity = fields.Integer()


class RefundedTotalsOut(Schema):
    cash = fields.Integer()
    points = fields.Integer()
    refunds = fields.List(fields.String())


class OrderOut(Schema):
    object = fields.String()
    id = fields.String(allow_none=True)
    external_id = fields.String(allow_none=True)
    member = fields.String(allow_none=True)
    status = fields.String()
    channel = fields.String(allow_none=True)
    currency = fields.String()
    placed_at = fields.String()
    confirm_due_at = fields.String(allow_none=True)
    confirmed_at = fields.String(allow_none=True)
    settings_version = fields.Integer()
    programme_version = fields.Integer()
    amounts = fields.Nested(AmountsOut)
    points = fields.Nested(OrderPointsOut)
    lines = fields.List(fields.Nested(OrderLineOut))
    effects = fields.List(fields.Nested(EffectOut))
    coupons = fields.Nested(OrderCouponsOut, allow_none=True)
    stamps = fields.Nested(OrderStampsToldOut, allow_none=True)
    tier = fields.Nested(OrderTierToldOut, allow_none=True)
    expected = fields.List(
        fields.Nested(OrderExpectedOut),
        allow_none=True,
        metadata={"description": "What follows when the order is confirmed."},
    )
    skipped = fields.List(
        fields.Nested(OrderSkippedOut),
        allow_none=True,
        metadata={"description": "Rules that give nothing for this order, and why."},
    )
    refunded = fields.Nested(RefundedTotalsOut)


class OrderSummaryOut(Schema):
    object = fields.String()
    id = fields.String()
    external_id = fields.String()
    member = fields.String(allow_none=True)
    status = fields.String()
    channel = fields.String(allow_none=True)
    placed_at = fields.String()
    due = fields.Integer()
    earned = fields.Integer()


class RefundPointsOut(Schema):
    restored = fields.Integer()
    restored_expired = fields.Integer()
    clawed_back = fields.Integer()
    debt_added = fields.Integer()
    waived = fields.Integer()
    lapsed = fields.Integer(
        metadata={"description": "Earned points that had lapsed unspent: not taken a second time."}
    )


class RefundLineOut(Schema):
    line = fields.Integer()
    quantity = fields.Integer()
    cash = fields.Integer()
    points = fields.Integer()


class RefundOut(Schema):
    object = fields.String()
    id = fields.String(allow_none=True)
    external_id = fields.String()
    dry_run = fields.Boolean()
    refunded_at = fields.String()
    cash = fields.Integer()
    coupon_adjustment = fields.Integer()
    shipping = fields.Integer()
    points = fields.Nested(RefundPointsOut)
    lines = fields.List(fields.Nested(RefundLineOut))
    effects = fields.List(fields.Nested(EffectOut))
    order = fields.Nested(OrderOut)


def show_receipt(receipt: Receipt) -> dict[str, Any]:
    amounts, balance, told = receipt.amounts, receipt.balance, receipt.programme
    return {
        "object": "order",
        "id": receipt.order_id and ids.show("ord", receipt.order_id),
        "external_id": receipt.external_id,
        "member": receipt.member_id and ids.show("mem", receipt.member_id),
        "status": receipt.status,
        "channel": receipt.channel,
        "currency": receipt.currency,
        "placed_at": show_instant(receipt.placed_at),
        "confirm_due_at": show_instant(receipt.confirm_due_at),
        "confirmed_at": show_instant(receipt.confirmed_at),
        "settings_version": receipt.settings_version,
        "programme_version": receipt.programme_version,
        "amounts": {
            "goods": amounts.goods,
            "discounts": amounts.discounts,
            "member_discount": amounts.member_discount,
            "coupon_discount": amounts.coupon_discount,
            "shipping_fee": amounts.shipping_fee,
            "shipping_discount": amounts.shipping_discount,
            "points_used": amounts.points_used,
            "due": amounts.due,
        },
        "points": {
            "redeemed": amounts.points_used,
            "earned": receipt.earned,
            "earned_status": receipt.earned_status,
            "redeemable": receipt.redeemable,
            "why_not_more": receipt.why_not_more and receipt.why_not_more._asdict(),
            "balance": balance
            and {
                "available": balance.available,
                "pending": balance.pending,
                "held": balance.held,
                "debt": balance.debt,
            },
        },
        "lines": receipt.lines,
        "effects": [show_effect(effect) for effect in receipt.effects],
        "coupons": receipt.coupons and show_coupons(receipt.coupons),
        "stamps": told and show_stamps(told.stamps),
        "tier": told and show_tier(told),
        "expected": told and [show_expected(grant) for grant in told.expected],
        "skipped": told and [show_skipped(skip) for skip in told.skipped],
        "refunded": {
            "cash": receipt.cash_refunded,
            "points": receipt.points_restored,
            "refunds": [ids.show("rfd", refund.id) for refund in receipt.refunds],
        },
    }


def show_effect(effect: Effect) -> dict[str, Any]:
    return {
        "kind": effect.kind,
        "points": effect.points,
        "status": effect.status,
        "reason": effect.reason,
        "reason_en": effect.reason_en,
        "rule": effect.rule,
        "rule_version": effect.rule_version,
        "terms": effect.terms,
        "refund": effect.refund_id and ids.show("rfd", effect.refund_id),
    }


def show_summary(order: Any, status: str) -> dict[str, Any]:
    return {
        "object": "order",
        "id": ids.show("ord", order.id),
        "external_id": order.external_id,
        "member": order.member_id and ids.show("mem", order.member_id),
        "status": status,
        "channel": order.channel,
        "placed_at": show_instant(order.placed_at),
        "due": order.due,
        "earned": order.earned,
    }


def show_dry_run(refunded: Refunded) -> dict[str, Any]:
    """Return a refund that was not made: its id will never exist, so it is not shown."""
    shown = show_refunded(refunded)
    for effect in (*shown["effects"], *shown["order"]["effects"]):
        if effect["refund"] == shown["id"]:
            effect["refund"] = None
    refunds = shown["order"]["refunded"]["refunds"]
    shown["order"]["refunded"]["refunds"] = [each for each in refunds if each != shown["id"]]
    return {**shown, "id": None, "dry_run": True}


def show_refunded(refunded: Refunded) -> dict[str, Any]:
    refund: Refund = refunded.refund
    return {
        "object": "refund",
        "id": ids.show("rfd", refund.id),
        "external_id": refund.external_id,
        "dry_run": False,
        "refunded_at": show_instant(refund.refunded_at),
        "cash": refund.cash,
        "coupon_adjustment": refund.coupon_adjustment,
        "shipping": refund.shipping,
        "points": {
            "restored": refund.restored,
            "restored_expired": refund.restored_expired,
            "clawed_back": refund.clawed_back,
            "debt_added": refund.debt_added,
            "waived": refund.waived,
            "lapsed": refund.lapsed,
        },
        "lines": [
            {
                "line": line.line_no,
                "quantity": line.quantity,
                "cash": line.cash,
                "points": line.points,
            }
            for line in refunded.lines
        ],
        "effects": [show_effect(effect) for effect in refunded.effects],
        "order": show_receipt(refunded.receipt),
    }


class CheckoutHoldOut(Schema):
    object = fields.String()
    id = fields.String()
    member = fields.String()
    state = fields.String()
    points = fields.Integer()
    coupons = fields.List(fields.String())
    expires_at = fields.String()


class ReleasedOut(Schema):
    object = fields.String()
    id = fields.String()
    state = fields.String()


def show_checkout_hold(hold: CheckoutHold) -> dict[str, Any]:
    return {
        "object": "checkout_hold",
        "id": ids.show("hld", hold.hold_id),
        "member": ids.show("mem", hold.member_id),
        "state": "open",
        "points": hold.points,
        "coupons": list(hold.coupons),
        "expires_at": show_instant(hold.expires_at),
    }
