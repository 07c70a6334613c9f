"""The wire format of exchanges: syntax only."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import ids
from app.exchanges.models import Exchange, ExchangeItemVersion
from app.exchanges.rules import PERIODS, QUANTITY_MAX, Item
from app.exchanges.services import Offer
from app.points.services import Balance
from app.web.definitions import CODE
from app.web.fields import Count, Flag, Instant, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant
from app.web.schemas import Schema

POINTS_MAX = 100_000_000
PIECES_MAX = 1_000_000_000

COUPON_OR_GIFT = say(
    "Send either coupon or gift: the code of a coupon template.",
    "coupon과 gift 중 하나에 쿠폰 템플릿의 코드를 보내 주세요.",
)
ENDS_FIRST = say("Must be later than starts_at.", "starts_at보다 나중이어야 해요.")
PERIOD_ALONE = say("Only with per_member_limit.", "per_member_limit와 함께만 쓸 수 있어요.")


class ExchangeItemIn(Schema):
    name = PlainString(required=True, validate=validate.Length(1, 100))
    points = Count(
        required=True, least=1, most=POINTS_MAX, metadata={"description": "For one piece."}
    )
    coupon = PlainString(
        validate=CODE, metadata={"description": "What is given: the code of a coupon template."}
    )
    gift = PlainString(
        validate=CODE, metadata={"description": "Instead: of a coupon template of kind gift."}
    )
    stock = Count(
        load_default=None,
        allow_none=True,
        most=PIECES_MAX,
        metadata={"description": "All pieces there ever were, not those left; null: no limit."},
    )
    per_member_limit = Count(load_default=None, allow_none=True, least=1, most=PIECES_MAX)
    per_member_period = PlainString(
        load_default="total",
        validate=validate.OneOf(PERIODS),
        metadata={"description": "Calendar year, month or day in the brand's time zone."},
    )
    tiers = fields.List(
        PlainString(validate=CODE),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Only for members of these tiers; none named: for all."},
    )
    starts_at = Instant(load_default=None, allow_none=True)
    ends_at = Instant(load_default=None, allow_none=True, metadata={"description": "Not included."})
    active = Flag(load_default=True)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if ("coupon" in data) == ("gift" in data):
            raise ValidationError(COUPON_OR_GIFT, "coupon")
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            raise ValidationError(ENDS_FIRST, "ends_at")
        if data["per_member_limit"] is None and data["per_member_period"] != "total":
            raise ValidationError(PERIOD_ALONE, "per_member_period")


class ExchangeItemsQuery(PageQuery):
    member = PlainString(
        load_default=None,
        validate=validate.Length(1, 140),
        metadata={"description": "Say of each item how many this member can have, or why none."},
    )
    open = PlainString(
        load_default=None,
        validate=validate.Equal("true"),
        metadata={"description": "`true`: only items that are offered now."},
    )


class ExchangeIn(Schema):
    item = PlainString(required=True, validate=CODE)
    quantity = Count(load_default=1, least=1, most=QUANTITY_MAX)
    expected_points = Count(
        load_default=None,
        allow_none=True,
        least=1,
        most=POINTS_MAX * QUANTITY_MAX,
        metadata={"description": "What the member was shown: refused if it takes another number."},
    )


class CancelIn(Schema):
    reason = PlainString(required=True, validate=validate.Length(1, 200))


class DefinitionOut(Schema):
    object = fields.String()
    code = fields.String()
    version = fields.Integer()
    name = fields.String()
    points = fields.Integer()
    coupon = fields.String(allow_none=True)
    gift = fields.String(allow_none=True)
    stock = fields.Integer(allow_none=True)
    per_member_limit = fields.Integer(allow_none=True)
    per_member_period = fields.String()
    tiers = fields.List(fields.String())
    starts_at = fields.String(allow_none=True)
    ends_at = fields.String(allow_none=True)
    active = fields.Boolean()


class ReasonOut(Schema):
    code = fields.String()
    ko = fields.String()
    en = fields.String()


class OfferOut(Schema):
    quantity_max = fields.Integer(metadata={"description": "How many at once; 0: see reasons."})
    reasons = fields.List(fields.Nested(ReasonOut))


class ExchangeItemOut(DefinitionOut):
    taken = fields.Integer()
    left = fields.Integer(allow_none=True)
    member = fields.Nested(OfferOut, metadata={"description": "If a member was named."})


class ExchangeItemVersionOut(DefinitionOut):
    actor = fields.String()
    created_at = fields.String()


class ExchangeOut(Schema):
    object = fields.String()
    id = fields.String()
    member = fields.String()
    item = fields.String()
    item_version = fields.Integer()
    quantity = fields.Integer()
    points = fields.Integer()
    status = fields.String()
    coupons = fields.List(fields.String())
    exchanged_at = fields.String()
    cancelled_at = fields.String(allow_none=True)
    cancel_reason = fields.String(allow_none=True)


class ExchangeBalanceOut(Schema):
    available = fields.Integer()
    pending = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()


class ExchangedOut(ExchangeOut):
    balance = fields.Nested(ExchangeBalanceOut)


class GivenBackOut(Schema):
    restored = fields.Integer()
    restored_expired = fields.Integer(
        metadata={"description": "Of those restored, what lapsed at once: its time was over."}
    )


class CancelledOut(ExchangedOut):
    given_back = fields.Nested(GivenBackOut)


def show_item(item: Item, offer: Offer | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "object": "exchange_item",
        "code": item.code,
        "version": item.version,
        "name": item.name,
        "points": item.points,
        **_gives(item.gives, item.template),
        "stock": item.stock,
        "per_member_limit": item.per_member_limit,
        "per_member_period": item.per_member_period,
        "tiers": list(item.tiers),
        "starts_at": show_instant(item.starts_at),
        "ends_at": show_instant(item.ends_at),
        "active": item.active,
        "taken": item.taken,
        "left": item.left,
    }
    if offer is not None:
        shown["member"] = {
            "quantity_max": offer.most,
            "reasons": [
                {"code": each.code, "ko": each.sentence("ko"), "en": each.sentence("en")}
                for each in offer.reasons
            ],
        }
    return shown


def show_version(version: ExchangeItemVersion) -> dict[str, Any]:
    definition = dict(version.definition)
    return {
        "object": "exchange_item_version",
        "code": version.code,
        "version": version.version,
        **_gives(definition.pop("gives"), definition.pop("template")),
        **definition,
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }


def show_exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "object": "exchange",
        "id": ids.show("exc", exchange.id),
        "member": ids.show("mem", exchange.member_id),
        "item": exchange.item,
        "item_version": exchange.item_version,
        "quantity": exchange.quantity,
        "points": exchange.points,
        "status": exchange.status,
        "coupons": [ids.show("cpn", coupon_id) for coupon_id in exchange.coupon_ids],
        "exchanged_at": show_instant(exchange.exchanged_at),
        "cancelled_at": show_instant(exchange.cancelled_at),
        "cancel_reason": exchange.cancel_reason,
    }


def show_balance(balance: Balance) -> dict[str, int]:
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
    }


def _gives(gives: str, template: str) -> dict[str, str | None]:
    return {"coupon": None, "gift": None, gives: template}
