"""The wire format of orders: syntax only."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app import ids
from app.orders.models import Refund
from app.orders.rules import AMOUNT_MAX, CartLine
from app.orders.services import Cart, Effect, Receipt, Refunded, RefundRequest
from app.web.fields import Count, Flag, Instant, PlainString
from app.web.messages import say
from app.web.responses import show_instant
from app.web.schemas import Schema

QUANTITY_MAX = 1_000_000
LINES_MAX = 1000

ONE_PRICE = say("Send either unit_price or amount.", "unit_price와 amount 중 하나만 보내 주세요.")
DISCOUNT_TOO_LARGE = say("Must not exceed the line's amount.", "그 줄의 금액보다 클 수 없어요.")
LINES_OR_ALL = say("Send either lines or all.", "lines와 all 중 하나만 보내 주세요.")
NOTHING_NAMED = say(
    "Send lines, refund_shipping, or all.", "lines, refund_shipping, all 중 하나는 보내 주세요."
)
NOT_A_HOLD = say("Not the id of a hold (hld_…).", "포인트 예약의 id(hld_…)가 아니에요.")


class OrderLineIn(Schema):
    sku = PlainString(required=True, validate=validate.Length(1, 100))
    name = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 300))
    category = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    quantity = Count(required=True, least=1, most=QUANTITY_MAX)
    unit_price = Count(load_default=None, allow_none=True, most=AMOUNT_MAX)
    amount = Count(
        load_default=None,
        allow_none=True,
        most=AMOUNT_MAX,
        metadata={"description": "The line's total before its discount, instead of unit_price."},
    )
    discount = Count(load_default=0, most=AMOUNT_MAX)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> CartLine:
        if (data["unit_price"] is None) == (data["amount"] is None):
            raise ValidationError(ONE_PRICE, "unit_price")
        if data["amount"] is None:
            data["amount"] = data["unit_price"] * data["quantity"]
        if data["discount"] > data["amount"]:
            raise ValidationError(DISCOUNT_TOO_LARGE, "discount")
        return CartLine(**data)


class PreviewIn(Schema):
    member = PlainString(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 140),
        metadata={"description": "`mem_…` or `ext:<your id>`; without it nothing is earned."},
    )
    channel = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 50))
    placed_at = Instant(load_default=None, allow_none=True)
    lines = fields.List(
        fields.Nested(OrderLineIn), required=True, validate=validate.Length(max=LINES_MAX)
    )
    shipping_fee = Count(load_default=0, most=AMOUNT_MAX)
    redeem_points = Count(load_default=None, allow_none=True, most=1_000_000_000)
    hold = PlainString(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata={"description": "A hold to capture: redeem_points of it, or all."},
    )


class OrderIn(PreviewIn):
    external_id = PlainString(required=True, validate=validate.Length(1, 128))


class RefundLineIn(Schema):
    line = Count(required=True, least=1, most=LINES_MAX)
    quantity = Count(required=True, least=1, most=QUANTITY_MAX)


class RefundIn(Schema):
    external_id = PlainString(required=True, validate=validate.Length(1, 128))
    lines = fields.List(fields.Nested(RefundLineIn), validate=validate.Length(1, LINES_MAX))
    all = Flag(load_default=False)
    refund_shipping = Flag(load_default=False)
    refunded_at = Instant(load_default=None, allow_none=True)
    dry_run = Flag(load_default=False)

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if data["all"] and "lines" in data:
            raise ValidationError(LINES_OR_ALL, "lines")
        if not data["all"] and "lines" not in data and not data["refund_shipping"]:
            raise ValidationError(NOTHING_NAMED, "lines")


class AmountsOut(Schema):
    goods = fields.Integer()
    discounts = fields.Integer()
    shipping_fee = fields.Integer()
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
    balance = fields.Nested(OrderBalanceOut, allow_none=True)


class EffectOut(Schema):
    kind = fields.String()
    points = fields.Integer()
    status = fields.String()
    reason = fields.String()
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
    amounts = fields.Nested(AmountsOut)
    points = fields.Nested(OrderPointsOut)
    lines = fields.List(fields.Nested(OrderLineOut))
    effects = fields.List(fields.Nested(EffectOut))
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
    shipping = fields.Integer()
    points = fields.Nested(RefundPointsOut)
    lines = fields.List(fields.Nested(RefundLineOut))
    effects = fields.List(fields.Nested(EffectOut))
    order = fields.Nested(OrderOut)


def read_cart(body: dict[str, Any], member: tuple[UUID | None, str | None]) -> Cart:
    """Return the use case's form of a body; ``member`` is its reference, parsed."""
    hold_id = None
    if body["hold"] is not None:
        hold_id = ids.read("hld", body["hold"])
        if hold_id is None:
            raise ValidationError(NOT_A_HOLD, "hold")
    return Cart(
        member_id=member[0],
        member_external=member[1],
        channel=body["channel"],
        placed_at=body["placed_at"],
        lines=tuple(body["lines"]),
        shipping_fee=body["shipping_fee"],
        redeem_points=body["redeem_points"],
        hold_id=hold_id,
        external_id=body.get("external_id"),
    )


def read_refund(body: dict[str, Any]) -> RefundRequest:
    """Return the use case's form of a body; a line named twice counts as its sum."""
    quantities: dict[int, int] | None = None
    if not body["all"]:
        quantities = {}
        for line in body.get("lines", []):
            quantities[line["line"]] = quantities.get(line["line"], 0) + line["quantity"]
    return RefundRequest(
        external_id=body["external_id"],
        quantities=quantities,
        refund_shipping=body["refund_shipping"],
        refunded_at=body["refunded_at"],
    )


def show_receipt(receipt: Receipt) -> dict[str, Any]:
    amounts, balance = receipt.amounts, receipt.balance
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
        "amounts": {
            "goods": amounts.goods,
            "discounts": amounts.discounts,
            "shipping_fee": amounts.shipping_fee,
            "points_used": amounts.points_used,
            "due": amounts.due,
        },
        "points": {
            "redeemed": amounts.points_used,
            "earned": receipt.earned,
            "earned_status": receipt.earned_status,
            "redeemable": receipt.redeemable,
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
        "shipping": refund.shipping,
        "points": {
            "restored": refund.restored,
            "restored_expired": refund.restored_expired,
            "clawed_back": refund.clawed_back,
            "debt_added": refund.debt_added,
            "waived": refund.waived,
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
