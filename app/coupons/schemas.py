"""The wire format of coupons: syntax only."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import ids
from app.coupons.models import Coupon, CouponTemplateVersion
from app.coupons.rules.codes import normalised, shown
from app.coupons.rules.definitions import Template, template_of
from app.coupons.rules.wording import sentence_of
from app.coupons.services import Defined, status_at
from app.web.definitions import CODE, SelectionIn
from app.web.fields import Count, Flag, Instant, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

CODES_MAX = 100_000
LIMIT_MAX = 1_000_000_000

KINDS = {"fixed": "amount", "percent": "percent_basis_points", "gift": "gift"}
NEEDED = say("A coupon of kind {kind} needs this.", "{kind} 쿠폰에는 꼭 필요해요.")
NOT_FOR_KIND = say("Not for a coupon of kind {kind}.", "{kind} 쿠폰에는 쓸 수 없어요.")
ENDS_BEFORE = say("Must be later than starts_at.", "starts_at보다 나중이어야 해요.")
NO_CODE = say(
    "Needs 2 to 40 characters besides spaces and hyphens.",
    "띄어쓰기와 하이픈을 빼고 2~40자여야 해요.",
)
ONE_NAME = say("Send either template or code.", "template과 code 중 하나만 보내 주세요.")


class CouponValidityIn(Schema):
    """When coupons can be used. ``ends_at`` is the first instant at which they cannot."""

    starts_at = Instant()
    ends_at = Instant()
    days_from_issue = Count(
        least=1,
        most=3660,
        metadata={"description": "발급한 날을 1일째로 세요 · The day of issue is the first"},
    )

    @validates_schema
    def _some_time(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            raise ValidationError(ENDS_BEFORE, "ends_at")


class CouponGiftIn(Schema):
    sku = PlainString(required=True, validate=validate.Length(1, 100))
    name = PlainString(required=True, validate=validate.Length(1, 100))


class CouponTemplateIn(Schema):
    name = PlainString(required=True, validate=validate.Length(1, 100))
    kind = PlainString(
        required=True, validate=validate.OneOf(["fixed", "percent", "free_shipping", "gift"])
    )
    amount = Count(least=1, metadata={"description": "fixed: 할인 금액 · What comes off"})
    percent_basis_points = Count(
        least=1, most=10_000, metadata={"description": "percent: 1000 = 10 %"}
    )
    maximum_discount = Count(
        least=1, metadata={"description": "percent, free_shipping: 최대 할인 · At most"}
    )
    gift = fields.Nested(CouponGiftIn)
    minimum_order_amount = Count(load_default=0)
    minimum_of = PlainString(
        load_default="order",
        validate=validate.OneOf(["order", "selection"]),
        metadata={
            "description": "최소 금액을 주문 전체로 볼지, 대상 상품만으로 볼지"
            " · Whether the minimum asks about all goods or those the coupon is for"
        },
    )
    selection = fields.Nested(SelectionIn)
    excludes = fields.Nested(SelectionIn)
    channels = fields.List(
        PlainString(validate=validate.Length(1, 50)), validate=validate.Length(max=20)
    )
    tiers = fields.List(PlainString(validate=CODE), validate=validate.Length(max=20))
    first_order_only = Flag(load_default=False)
    per_member_limit = Count(
        least=1,
        most=1000,
        metadata={"description": "한 회원이 받을 수 있는 수 · How many a member can have"},
    )
    total_limit = Count(
        least=1, most=LIMIT_MAX, metadata={"description": "모두 몇 장 · How many there can be"}
    )
    validity = fields.Nested(CouponValidityIn)
    stacking = PlainString(
        load_default="exclusive", validate=validate.OneOf(["stackable", "exclusive"])
    )
    generic_code = PlainString(
        validate=validate.Length(2, 60),
        metadata={"description": "누구나 입력하는 코드 · A code that everybody enters"},
    )

    @validates_schema
    def _fits_kind(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["kind"]
        for owner, name in KINDS.items():
            if owner == kind and name not in data:
                raise ValidationError(NEEDED.format(kind=kind), name)
            if owner != kind and name in data:
                raise ValidationError(NOT_FOR_KIND.format(kind=kind), name)
        if "maximum_discount" in data and kind not in ("percent", "free_shipping"):
            raise ValidationError(NOT_FOR_KIND.format(kind=kind), "maximum_discount")

    @validates_schema
    def _has_code(self, data: dict[str, Any], **_: Any) -> None:
        code = data.get("generic_code")
        if code is not None and not 2 <= len(normalised(code)) <= 40:
            raise ValidationError(NO_CODE, "generic_code")


class CouponTemplatesQuery(PageQuery):
    status = PlainString(load_default=None, validate=validate.OneOf(["active", "paused", "ended"]))


class CouponCodesIn(Schema):
    quantity = Count(required=True, least=1, most=CODES_MAX)


class CouponCodesQuery(Schema):
    batch = PlainString(load_default=None, validate=validate.Length(1, 40))


class MemberCouponIn(Schema):
    """Which coupon a member gets: one of a template, or that of a code."""

    template = PlainString(validate=CODE)
    code = PlainString(validate=validate.Length(1, 100))
    reason = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 200))

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if ("template" in data) == ("code" in data):
            raise ValidationError(ONE_NAME)


class CouponsQuery(PageQuery):
    status = PlainString(
        load_default=None,
        validate=validate.OneOf(["usable", "redeemed", "expired", "revoked"]),
    )


class CouponReasonIn(Schema):
    reason = PlainString(required=True, validate=validate.Length(1, 200))


class CouponSentenceOut(Schema):
    ko = fields.String()
    en = fields.String()


class CouponUsageOut(Schema):
    issued = fields.Integer()
    used = fields.Integer()
    left = fields.Integer(allow_none=True)


class CouponSelectionOut(Schema):
    skus = fields.List(fields.String())
    categories = fields.List(fields.String())


class CouponValidityOut(Schema):
    starts_at = fields.String(allow_none=True)
    ends_at = fields.String(allow_none=True)
    days_from_issue = fields.Integer(allow_none=True)


class CouponGiftOut(Schema):
    sku = fields.String()
    name = fields.String()


class CouponTemplateOut(Schema):
    object = fields.String()
    code = fields.String()
    status = fields.String()
    version = fields.Integer()
    name = fields.String()
    kind = fields.String()
    amount = fields.Integer(allow_none=True)
    percent_basis_points = fields.Integer(allow_none=True)
    maximum_discount = fields.Integer(allow_none=True)
    gift = fields.Nested(CouponGiftOut, allow_none=True)
    minimum_order_amount = fields.Integer()
    minimum_of = fields.String()
    selection = fields.Nested(CouponSelectionOut)
    excludes = fields.Nested(CouponSelectionOut)
    channels = fields.List(fields.String())
    tiers = fields.List(fields.String())
    first_order_only = fields.Boolean()
    per_member_limit = fields.Integer(allow_none=True)
    total_limit = fields.Integer(allow_none=True)
    validity = fields.Nested(CouponValidityOut)
    stacking = fields.String()
    generic_code = fields.String(allow_none=True)
    group = fields.String()
    sentence = fields.Nested(CouponSentenceOut)
    usage = fields.Nested(CouponUsageOut)
    created_at = fields.String()
    changed_at = fields.String()


class CouponTemplateVersionOut(Schema):
    object = fields.String()
    version = fields.Integer()
    definition = fields.Dict()
    sentence = fields.Nested(CouponSentenceOut)
    actor = fields.String()
    created_at = fields.String()


class CouponBatchOut(Schema):
    object = fields.String()
    id = fields.String()
    template = fields.String()
    version = fields.Integer()
    quantity = fields.Integer()
    download = fields.String()


class CouponOut(Schema):
    object = fields.String()
    id = fields.String()
    template = fields.String()
    version = fields.Integer()
    name = fields.String()
    kind = fields.String()
    sentence = fields.Nested(CouponSentenceOut)
    member = fields.String(allow_none=True)
    code = fields.String(allow_none=True)
    status = fields.String()
    reserved_until = fields.String(allow_none=True)
    valid_from = fields.String()
    valid_until = fields.String(allow_none=True)
    issued_at = fields.String()
    issued_by_order = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    redeemed_at = fields.String(allow_none=True)
    order = fields.String(allow_none=True)
    discount = fields.Integer()


def show_template(defined: Defined) -> dict[str, Any]:
    row = defined.template
    template = template_of(row.id, row.code, row.version, defined.version.definition)
    stored = defined.version.definition
    validity = stored.get("validity") or {}
    shown_template = {
        "object": "coupon_template",
        "code": row.code,
        "status": row.status,
        "version": row.version,
        **{
            name: stored.get(name)
            for name in (
                "name", "kind", "amount", "percent_basis_points", "maximum_discount", "gift",
                "minimum_order_amount", "minimum_of",
            )
        },
        "selection": _selection(stored.get("selection")),
        "excludes": _selection(stored.get("excludes")),
        "channels": stored.get("channels", []),
        "tiers": stored.get("tiers", []),
        "first_order_only": template.first_order_only,
        "per_member_limit": template.per_member_limit,
        "total_limit": template.total_limit,
        "validity": {
            name: validity.get(name) for name in ("starts_at", "ends_at", "days_from_issue")
        },
        "stacking": stored["stacking"],
        "generic_code": template.generic_code,
        "group": template.pricing.group,
        "sentence": sentence_of(template)._asdict(),
        "created_at": show_instant(row.created_at),
        "changed_at": show_instant(row.changed_at),
    }  # fmt: skip
    if defined.usage is not None:
        issued, used = defined.usage
        limit = template.total_limit
        left = None if limit is None else max(0, limit - issued)
        shown_template["usage"] = {"issued": issued, "used": used, "left": left}
    return shown_template


def _selection(stored: dict[str, Any] | None) -> dict[str, Any]:
    stored = stored or {}
    return {"skus": stored.get("skus", []), "categories": stored.get("categories", [])}


def show_version(version: CouponTemplateVersion) -> dict[str, Any]:
    template = template_of(version.template_id, "", version.version, version.definition)
    return {
        "object": "coupon_template_version",
        "version": version.version,
        "definition": version.definition,
        "sentence": sentence_of(template)._asdict(),
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }


def show_coupon(coupon: Coupon, template: Template, *, now: datetime) -> dict[str, Any]:
    status = status_at(coupon, now)
    return {
        "object": "coupon",
        "id": ids.show("cpn", coupon.id),
        "template": template.code,
        "version": coupon.version,
        "name": template.name,
        "kind": template.pricing.kind,
        "sentence": sentence_of(template)._asdict(),
        "member": coupon.member_id and ids.show("mem", coupon.member_id),
        "code": coupon.code and shown(coupon.code),
        "status": status,
        "reserved_until": show_instant(coupon.reserved_until) if status == "reserved" else None,
        "valid_from": show_instant(coupon.valid_from),
        "valid_until": show_instant(coupon.valid_until),
        "issued_at": show_instant(coupon.issued_at),
        "issued_by_order": coupon.source_order_id and ids.show("ord", coupon.source_order_id),
        "reason": coupon.reason,
        "redeemed_at": show_instant(coupon.redeemed_at),
        "order": coupon.order_id and ids.show("ord", coupon.order_id),
        "discount": coupon.discount,
    }
