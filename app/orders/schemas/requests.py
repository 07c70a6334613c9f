"""What a caller sends of orders: syntax only."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app import ids
from app.orders.rules import AMOUNT_MAX, CartLine
from app.orders.services import Cart, RefundRequest
from app.web.fields import Count, Flag, Instant, PlainString
from app.web.messages import say
from app.web.schemas import Schema

QUANTITY_MAX = 1_000_000
LINES_MAX = 1000
COUPONS_MAX = 20

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
    coupons = fields.List(
        PlainString(validate=validate.Length(1, 60)),
        load_default=(),
        validate=validate.Length(max=COUPONS_MAX),
        metadata={"description": "Coupon ids (`cpn_…`) and codes."},
    )
    shipping_address = PlainString(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 300),
        metadata={"description": "Kept as a hash: tells who invites himself."},
    )


class OrderIn(PreviewIn):
    external_id = PlainString(required=True, validate=validate.Length(1, 128))


class CheckoutHoldIn(PreviewIn):
    ttl_seconds = Count(
        load_default=None,
        allow_none=True,
        least=1,
        most=3600,
        metadata={"description": "Else the brand's `redemption.hold_ttl_seconds`."},
    )


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
        # A coupon named twice is one coupon.
        coupons=tuple(dict.fromkeys(body["coupons"])),
        shipping_address=body["shipping_address"],
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
