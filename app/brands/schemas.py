"""The wire format of brands: syntax only."""

from dataclasses import asdict
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import ids
from app.brands.models import AuditRecord, Brand
from app.brands.rules import Settings
from app.web.definitions import CODE
from app.web.fields import Count, Duration, Instant, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

SAY_HOW_MANY = say("Say how many, at least 1.", "1 이상으로 보내 주세요.")
ONE_OF_BOTH = say("Send either now or advance.", "now와 advance 중 하나만 보내 주세요.")
NO_TIME_ZONE = say("Not a time zone.", "시간대 이름이 아니에요. 예: Asia/Seoul")
TIME_ZONES = available_timezones()
NO_LINK = say(
    "Must be an https address with code in curly brackets where the code goes.",
    "코드가 들어갈 자리에 중괄호로 묶은 code를 쓴 https 주소여야 해요.",
)
DOUBT = validate.OneOf(["refuse", "review", "allow"])


class ExpiryRuleIn(Schema):
    kind = PlainString(
        required=True, validate=validate.OneOf(["days", "months", "end_of_year", "never"])
    )
    count = Count(least=0, most=3660, load_default=0)

    @validates_schema
    def _some_days(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] in ("days", "months") and data["count"] == 0:
            raise ValidationError(SAY_HOW_MANY, "count")


class AccrualRuleIn(Schema):
    rate_basis_points = Count(most=10_000, metadata={"description": "100 = 1 %"})
    basis = PlainString(validate=validate.OneOf(["goods_paid"]))
    rounding_unit = fields.Integer(strict=True, validate=validate.OneOf([1, 10, 100]))
    rounding = PlainString(validate=validate.OneOf(["down", "half_up", "up"]))
    pending = PlainString(validate=validate.OneOf(["confirmation", "immediate"]))
    confirm_after_days = Count(most=365, allow_none=True)
    expiry = fields.Nested(ExpiryRuleIn)
    excluded_categories = fields.List(
        PlainString(validate=validate.Length(1, 100)), validate=validate.Length(max=200)
    )


class RedemptionRuleIn(Schema):
    minimum_points = Count(least=1, most=10_000_000)
    unit = fields.Integer(strict=True, validate=validate.OneOf([1, 10, 100, 1000]))
    maximum_percent = Count(most=100)
    minimum_order_amount = Count()
    hold_ttl_seconds = Count(least=1, most=7 * 24 * 3600)


class RefundPolicyIn(Schema):
    clawback = PlainString(validate=validate.OneOf(["available", "debt", "floor"]))
    grace_days = Count(most=365)
    rounding_paid_by = PlainString(validate=validate.OneOf(["customer", "brand"]))
    coupon_below_minimum = PlainString(validate=validate.OneOf(["keep", "recalculate", "restore"]))
    coupon_after_full_refund = PlainString(validate=validate.OneOf(["restore", "keep"]))


class RewardsIn(Schema):
    birthday_notice_days = Count(
        most=365,
        metadata={
            "description": "생일을 이보다 늦게 알려 주면 다음 해부터 · Entered later: next year"
        },
    )
    holdout_percent = Count(
        most=50,
        metadata={
            "description": "이만큼의 회원은 규칙 혜택에서 빼고 비교해요 · Kept out to compare"
        },
    )


class PointsNoticesIn(Schema):
    days_before = fields.List(
        Count(least=1, most=365),
        validate=validate.Length(max=10),
        metadata={"description": "며칠 전에 알릴지, 비우면 알리지 않아요 · Empty: none"},
    )


class ReferralIn(Schema):
    link = PlainString(
        allow_none=True,
        validate=[
            validate.Length(1, 500),
            validate.Regexp(r"https://[^\s{}]*\{code\}[^\s{}]*", error=NO_LINK),
        ],
        metadata={"example": "https://shop.example.com/join?ref={code}"},
    )
    minimum_amount = Count(metadata={"description": "Won of goods in the first order"})
    gates = fields.List(
        PlainString(validate=CODE),
        validate=validate.Length(max=10),
        metadata={"description": "Types of events the invited member must have, e.g. quiz_passed"},
    )
    inviter_limit = Count(least=1, most=1_000_000, allow_none=True)
    inviter_limit_period = PlainString(validate=validate.OneOf(["total", "year", "month"]))
    enter_within_days = Count(
        most=3660, metadata={"description": "After joining; later is an existing customer."}
    )
    same_contact = PlainString(validate=DOUBT)
    same_address = PlainString(validate=DOUBT)
    known_contact = PlainString(validate=DOUBT)
    existing_customer = PlainString(validate=DOUBT)
    ring = PlainString(validate=DOUBT)


class ConsentsIn(Schema):
    ask_again_days = Count(
        least=7,
        most=3660,
        metadata={"description": "거부 뒤 다시 묻지 않는 날수 · Days a refusal is respected"},
    )
    reconfirm_days_before = Count(
        least=1,
        most=365,
        metadata={"description": "2년 되기 며칠 전에 알릴지 · Days before two years are over"},
    )
    keep_days_after_erasure = Count(
        most=3660, metadata={"description": "Days the proof of an erased member's consents stays"}
    )


class DeskIn(Schema):
    points_limit = Count(
        least=0,
        metadata={
            "description": "이보다 많은 포인트 조정은 다른 사람이 승인 ·"
            " Corrections above it need another person"
        },
    )


class MessagesIn(Schema):
    sender_phone = PlainString(
        allow_none=True,
        validate=validate.Regexp(r"[0-9]{8,12}\Z"),
        metadata={"description": "등록한 발신번호 · Registered sender number, digits"},
    )
    sender_email = fields.Email(
        allow_none=True,
        validate=validate.Length(6, 200),
        metadata={"description": "보내는 메일 주소 · Address that mail comes from"},
    )
    kakao_channel = PlainString(
        allow_none=True,
        validate=validate.Length(1, 100),
        metadata={"description": "카카오 채널(pfId) · Kakao channel of 알림톡"},
    )
    contact = PlainString(
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={"description": "고객센터 연락처 · Contact shown in messages"},
    )
    opt_out = PlainString(
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "광고 끝에 붙는 무료 수신거부 · Free way out at the end of advertising",
            "example": "무료수신거부 080-123-4567",
        },
    )
    keep_days = Count(
        least=1,
        most=366,
        metadata={"description": "문구와 연락처를 두는 날수 · Days texts and addresses are kept"},
    )


class WarrantyLabelsIn(Schema):
    host = PlainString(
        allow_none=True,
        validate=[
            validate.Length(4, 100),
            validate.Regexp(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\Z"),
        ],
        metadata={"description": "라벨의 QR이 여는 곳 · Where codes lead", "example": "w.shop.kr"},
    )
    label_text = PlainString(validate=validate.Length(max=60))


class ServiceIn(Schema):
    first_response_days = Count(
        least=1,
        most=30,
        metadata={"description": "첫 답변까지 영업일 · Business days to the first answer"},
    )
    repair_days = Count(
        least=1,
        most=60,
        metadata={"description": "수리까지 영업일 · Business days to the repair"},
    )
    quote_valid_days = Count(
        least=1,
        most=90,
        metadata={"description": "견적을 승인할 수 있는 날수 · A quote stands so long"},
    )
    keep_days = Count(
        least=1096,
        most=3660,
        metadata={"description": "내용과 사진을 두는 날수 · Days that what was told is kept"},
    )


def _check_time_zone(name: str) -> None:
    if name not in TIME_ZONES:
        raise ValidationError(NO_TIME_ZONE)


class BrandIn(Schema):
    name = PlainString(validate=validate.Length(1, 100))
    timezone = PlainString(
        validate=[validate.Length(1, 64), _check_time_zone],
        metadata={"description": "IANA, 예 · e.g. Asia/Seoul"},
    )
    currency = PlainString(validate=validate.Regexp("^[A-Z]{3}$"))
    accrual = fields.Nested(AccrualRuleIn)
    redemption = fields.Nested(RedemptionRuleIn)
    refund = fields.Nested(RefundPolicyIn)
    rewards = fields.Nested(RewardsIn)
    referral = fields.Nested(ReferralIn)
    points_notices = fields.Nested(PointsNoticesIn)
    warranty = fields.Nested(WarrantyLabelsIn)
    service = fields.Nested(ServiceIn)
    consents = fields.Nested(ConsentsIn)
    messages = fields.Nested(MessagesIn)
    desk = fields.Nested(DeskIn)


class TestClockIn(Schema):
    """Either ``now`` (null lets the clock run again) or ``advance``."""

    now = Instant(allow_none=True)
    advance = Duration(metadata={"description": "P30D, PT2H, seconds, or {days, hours, …}"})

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError(ONE_OF_BOTH, "now")


class ExpiryRuleOut(Schema):
    kind = fields.String()
    count = fields.Integer()


class AccrualRuleOut(Schema):
    rate_basis_points = fields.Integer()
    basis = fields.String()
    rounding_unit = fields.Integer()
    rounding = fields.String()
    pending = fields.String()
    confirm_after_days = fields.Integer(allow_none=True)
    expiry = fields.Nested(ExpiryRuleOut)
    excluded_categories = fields.List(fields.String())


class RedemptionRuleOut(Schema):
    minimum_points = fields.Integer()
    unit = fields.Integer()
    maximum_percent = fields.Integer()
    minimum_order_amount = fields.Integer()
    hold_ttl_seconds = fields.Integer()


class RefundPolicyOut(Schema):
    clawback = fields.String()
    grace_days = fields.Integer()
    rounding_paid_by = fields.String()
    coupon_below_minimum = fields.String()
    coupon_after_full_refund = fields.String()


class RewardsOut(Schema):
    holdout_percent = fields.Integer()
    birthday_notice_days = fields.Integer()


class PointsNoticesOut(Schema):
    days_before = fields.List(fields.Integer())


class ConsentsOut(Schema):
    ask_again_days = fields.Integer()
    reconfirm_days_before = fields.Integer()
    keep_days_after_erasure = fields.Integer()


class MessagesOut(Schema):
    sender_phone = fields.String(allow_none=True)
    sender_email = fields.String(allow_none=True)
    kakao_channel = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    opt_out = fields.String(allow_none=True)
    keep_days = fields.Integer()


class DeskOut(Schema):
    points_limit = fields.Integer()


class WarrantyLabelsOut(Schema):
    host = fields.String(allow_none=True)
    label_text = fields.String()


class ServiceOut(Schema):
    first_response_days = fields.Integer()
    repair_days = fields.Integer()
    quote_valid_days = fields.Integer()
    keep_days = fields.Integer()


class ReferralOut(Schema):
    link = fields.String(allow_none=True)
    minimum_amount = fields.Integer()
    gates = fields.List(fields.String())
    inviter_limit = fields.Integer(allow_none=True)
    inviter_limit_period = fields.String()
    enter_within_days = fields.Integer()
    same_contact = fields.String()
    same_address = fields.String()
    known_contact = fields.String()
    existing_customer = fields.String()
    ring = fields.String()


class BrandOut(Schema):
    object = fields.String()
    id = fields.String()
    name = fields.String()
    mode = fields.String()
    settings_version = fields.Integer()
    test_clock = fields.String(allow_none=True)
    timezone = fields.String()
    currency = fields.String()
    accrual = fields.Nested(AccrualRuleOut)
    redemption = fields.Nested(RedemptionRuleOut)
    refund = fields.Nested(RefundPolicyOut)
    rewards = fields.Nested(RewardsOut)
    referral = fields.Nested(ReferralOut)
    points_notices = fields.Nested(PointsNoticesOut)
    warranty = fields.Nested(WarrantyLabelsOut)
    service = fields.Nested(ServiceOut)
    consents = fields.Nested(ConsentsOut)
    messages = fields.Nested(MessagesOut)
    desk = fields.Nested(DeskOut)


class AuditQuery(PageQuery):
    subject = PlainString(
        load_default=None,
        validate=validate.Length(1, 100),
        metadata={"description": "settings, test_clock, brand, or api_key:<key id>"},
    )


class AuditRecordOut(Schema):
    object = fields.String()
    id = fields.String()
    occurred_at = fields.String()
    actor = fields.String()
    action = fields.String()
    subject = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


def show_audit_record(record: AuditRecord) -> dict[str, Any]:
    return {
        "object": "audit_record",
        "id": ids.show("aud", record.id),
        "occurred_at": show_instant(record.occurred_at),
        "actor": record.actor,
        "action": record.action,
        "subject": record.subject,
        "before": record.before,
        "after": record.after,
    }


def show_brand(brand: Brand, settings: Settings) -> dict[str, Any]:
    """Return the JSON-ready form of a brand and its settings."""
    shown = asdict(settings)
    shown["accrual"]["basis"] = "goods_paid"
    return {
        "object": "brand",
        "id": ids.show("brd", brand.brand_id),
        "name": brand.name,
        "mode": brand.mode,
        "settings_version": shown.pop("version"),
        "test_clock": show_instant(brand.test_now),
        **shown,
    }
