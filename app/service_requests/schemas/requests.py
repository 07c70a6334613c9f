"""What is sent about service requests."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.service_requests.rules.lines import KINDS
from app.service_requests.rules.states import BACK, METHODS, PHASES, STAFF_STEPS, STATUSES
from app.service_requests.rules.statute import FLAGS
from app.service_requests.schemas.days import Day
from app.web.definitions import CODE
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery

LINES_MAX = 50
PRICE_MAX = 100_000_000
QUANTITY_MAX = 1_000
_NO_CONTROL = validate.Regexp(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*\Z")

ONE_OF_BOTH = say("Send unit or product, one of both.", "unit과 product 중 하나만 보내 주세요.")
OVERRIDE_REASON = say(
    "Send override and override_reason together.", "override와 override_reason은 함께 보내 주세요."
)
ONLY_BACK = say("Send to with back, and only then.", "to는 back에만, 그때는 꼭 보내 주세요.")
ONLY_REPLACE = say("Only with replace.", "replace에만 쓸 수 있어요.")


def text_field(most: int, description: str, **options: Any) -> fields.String:
    """Return a text of several lines."""
    return fields.String(
        validate=[validate.Length(1, most), _NO_CONTROL],
        metadata={"description": description},
        **options,
    )


def _reference(**options: Any) -> PlainString:
    return PlainString(validate=validate.Length(1, 200), **options)


class ServiceRequestIn(Schema):
    """Of a unit (`unit`, its owner is asking), or of a product whose unit is not known."""

    unit = PlainString(
        validate=validate.Length(1, 60), metadata={"description": "시리얼 번호 · Its serial"}
    )
    product = PlainString(validate=validate.Length(1, 100))
    member = _reference(metadata={"description": "없으면 제품의 주인 · Absent: the unit's owner"})
    symptom = PlainString(required=True, validate=CODE)
    description = text_field(
        2000, "고객이 말한 내용. 암호화해서 둬요 · In the customer's words; sealed", required=True
    )
    incident_on = Day()
    method = PlainString(required=True, validate=validate.OneOf(METHODS))
    address = text_field(300, "수거·반송지 · Where to fetch it and send it back; sealed")
    contact = PlainString(
        validate=validate.Length(1, 60), metadata={"description": "연락처 · How to reach; sealed"}
    )

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if ("unit" in data) == ("product" in data):
            raise ValidationError(ONE_OF_BOTH, "unit")


class ServiceRequestsQuery(PageQuery):
    status = PlainString(load_default=None, validate=validate.OneOf(STATUSES))
    phase = PlainString(load_default=None, validate=validate.OneOf(PHASES))
    member = _reference(load_default=None)
    unit = PlainString(load_default=None, validate=validate.Length(1, 60))
    product = PlainString(load_default=None, validate=validate.Length(1, 100))
    assignee = PlainString(load_default=None, validate=validate.Length(1, 60))
    flag = PlainString(load_default=None, validate=validate.OneOf(list(FLAGS)))
    overdue = PlainString(
        load_default=None,
        validate=validate.OneOf(["true"]),
        metadata={"description": "늦은 것만 · Only what is late"},
    )
    q = PlainString(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "접수 번호 · Its number", "example": "AS-261122-0007"},
    )


class ServiceStatsQuery(Schema):
    from_ = Day(load_default=None, data_key="from", metadata={"description": "없으면 90일 전"})
    to = Day(load_default=None, metadata={"description": "없으면 오늘 · Absent: today"})


class ServiceStepIn(Schema):
    step = PlainString(required=True, validate=validate.OneOf(STAFF_STEPS))
    reason = text_field(500, "이유나 고객에게 할 말. 암호화해서 둬요 · Why; sealed")
    visibility = PlainString(
        load_default="internal",
        validate=validate.OneOf(["internal", "customer"]),
        metadata={"description": "reason을 고객도 보는지 · Whether the customer reads reason"},
    )
    to = PlainString(
        validate=validate.OneOf(STATUSES),
        metadata={"description": "back: 되돌릴 상태 · The status to go back to"},
    )
    by = PlainString(
        validate=validate.Length(1, 60),
        metadata={"description": "replace: 대신 주는 제품 · Serial of the unit given instead"},
    )
    tracking = PlainString(
        validate=validate.Length(1, 60),
        metadata={"description": "collect, send, send_back: 택배사와 운송장 · Courier and number"},
    )
    vendor = PlainString(
        validate=validate.Length(1, 60), metadata={"description": "to_vendor: 어디에 · Where to"}
    )

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if (data["step"] == BACK) != ("to" in data):
            raise ValidationError(ONLY_BACK, "to")
        if "by" in data and data["step"] != "replace":
            raise ValidationError(ONLY_REPLACE, "by")


class ServiceLineIn(Schema):
    kind = PlainString(required=True, validate=validate.OneOf(KINDS))
    name = PlainString(required=True, validate=validate.Length(1, 100))
    sku = PlainString(validate=validate.Length(1, 100))
    quantity = Count(load_default=1, least=1, most=QUANTITY_MAX)
    unit_price = Count(required=True, most=PRICE_MAX, metadata={"description": "원 · In won"})
    override = Flag(
        metadata={"description": "true: 무상, false: 유상 · Free or paid, whatever rules say"}
    )
    override_reason = PlainString(validate=validate.Length(1, 200))

    @validates_schema
    def _reasoned(self, data: dict[str, Any], **_: Any) -> None:
        if ("override" in data) != ("override_reason" in data):
            raise ValidationError(OVERRIDE_REASON, "override_reason")


class ServiceLinesIn(Schema):
    lines = fields.List(
        fields.Nested(ServiceLineIn), required=True, validate=validate.Length(max=LINES_MAX)
    )


class ServiceQuoteIn(Schema):
    valid_days = Count(least=1, most=90)
    note = text_field(500, "견적과 함께 고객에게 할 말 · Said to the customer with it")


class ServiceAcceptIn(Schema):
    text_sha256 = PlainString(
        required=True,
        validate=validate.Regexp(r"[0-9a-f]{64}\Z"),
        metadata={"description": "고객이 본 견적 글의 해시 · Hash of the text that was read"},
    )


class ServiceNoteIn(Schema):
    text = text_field(2000, "메모. 암호화해서 둬요 · Sealed", required=True)
    visibility = PlainString(
        load_default="internal", validate=validate.OneOf(["internal", "customer"])
    )


class ServiceAssigneeIn(Schema):
    assignee = PlainString(
        required=True,
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={"description": "담당자, null: 없음 · Who looks after it"},
    )
