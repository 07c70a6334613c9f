"""The wire format of registrations."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import ids
from app.warranties.models import WarrantyReceipt
from app.warranties.rules.claims import ENDS, PLACES, PROOFS
from app.warranties.schemas.terms import CoverageOut, Day, show_coverage, show_day
from app.warranties.schemas.units import REASON
from app.warranties.services import Coverage, Registered
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

MONTHS_MAX = 120
DELIVERED_FIRST = say("Delivery lies before purchase.", "수령일이 구매일보다 앞서요.")


class WarrantyIn(Schema):
    """Which unit, whose, and what is known of the purchase."""

    unit = PlainString(
        required=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "시리얼 번호 · Its serial, however typed",
            "example": "7K2-M9Q-4TW",
        },
    )
    member = PlainString(required=True, validate=validate.Length(1, 200))
    channel = PlainString(
        required=True,
        validate=validate.OneOf(PLACES),
        metadata={"description": "산 곳 · Where it was bought"},
    )
    purchased_on = Day()
    delivered_on = Day()
    order_number = PlainString(
        validate=validate.Length(1, 60),
        metadata={"description": "주문 번호. 저장하지 않고 대조에만 써요 · Compared, never kept"},
    )
    proven = Flag(
        load_default=False,
        metadata={"description": "판매 기록으로 확인한 구매 · The seller knows it to be true"},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        bought, delivered = data.get("purchased_on"), data.get("delivered_on")
        if bought is not None and delivered is not None and delivered < bought:
            raise ValidationError(DELIVERED_FIRST, "delivered_on")


class WarrantiesQuery(PageQuery):
    member = PlainString(load_default=None, validate=validate.Length(1, 200))
    unit = PlainString(load_default=None, validate=validate.Length(1, 60))
    product = PlainString(load_default=None, validate=validate.Length(1, 100))
    channel = PlainString(load_default=None, validate=validate.OneOf(PLACES))
    proof = PlainString(load_default=None, validate=validate.OneOf(PROOFS))
    status = PlainString(load_default=None, validate=validate.OneOf(["active", "ended"]))


class WarrantyProofIn(Schema):
    proof = PlainString(required=True, validate=validate.OneOf(PROOFS))
    purchased_on = Day()
    delivered_on = Day()
    reason = PlainString(required=True, validate=REASON)


class WarrantyExtensionIn(Schema):
    months = Count(required=True, least=1, most=MONTHS_MAX)
    of = PlainString(load_default="all", validate=validate.OneOf(["all", "parts", "labour"]))
    reason = PlainString(required=True, validate=REASON)


class WarrantyTransferIn(Schema):
    to = PlainString(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "새 주인 회원 · The member who gets it"},
    )
    reason = PlainString(required=True, validate=REASON)


class WarrantyOut(Schema):
    object = fields.String()
    id = fields.String()
    certificate = fields.String(metadata={"description": "보증서 번호 · Number of the certificate"})
    status = fields.String(metadata={"enum": ["active", "ended"]})
    unit = fields.String()
    product = fields.String()
    member = fields.String()
    channel = fields.String()
    purchased_on = fields.String(allow_none=True)
    delivered_on = fields.String(allow_none=True)
    registered_on = fields.String()
    proof = fields.String(metadata={"enum": list(PROOFS)})
    has_order_number = fields.Boolean()
    registered_by = fields.String()
    created_at = fields.String()
    changed_at = fields.String()
    ended_at = fields.String(allow_none=True)
    end_cause = fields.String(allow_none=True, metadata={"enum": [*ENDS, None]})


class WarrantyDetailOut(WarrantyOut):
    coverage = fields.Nested(CoverageOut, metadata={"description": "제품의 지금 보증 · The unit's"})


class WarrantyReceiptOut(Schema):
    object = fields.String()
    id = fields.String()
    kept = fields.Boolean(metadata={"description": "사진이 아직 있는지 · The picture is there"})
    sha256 = fields.String()
    created_at = fields.String()


class WarrantyReceiptsOut(Schema):
    object = fields.String()
    data = fields.List(fields.Nested(WarrantyReceiptOut))


def show_receipt(receipt: WarrantyReceipt) -> dict[str, Any]:
    return {
        "object": "warranty_receipt",
        "id": ids.show("wrc", receipt.id),
        "kept": receipt.content_sealed is not None,
        "sha256": receipt.sha256,
        "created_at": show_instant(receipt.created_at),
    }


def show_warranty(found: Registered) -> dict[str, Any]:
    warranty, unit = found.warranty, found.unit
    return {
        "object": "warranty",
        "id": ids.show("wty", warranty.id),
        "certificate": f"{unit.serial}-{warranty.seq}",
        "status": "active" if warranty.ended_at is None else "ended",
        "unit": unit.serial,
        "product": found.batch.sku,
        "member": ids.show("mem", warranty.member_id),
        "channel": warranty.channel,
        "purchased_on": show_day(warranty.purchased_on),
        "delivered_on": show_day(warranty.delivered_on),
        "registered_on": show_day(warranty.registered_on),
        "proof": warranty.proof,
        "has_order_number": warranty.order_index is not None,
        "registered_by": warranty.actor,
        "created_at": show_instant(warranty.created_at),
        "changed_at": show_instant(warranty.changed_at),
        "ended_at": show_instant(warranty.ended_at),
        "end_cause": warranty.end_cause,
    }


def show_registered(found: Registered, coverage: Coverage) -> dict[str, Any]:
    return {**show_warranty(found), "coverage": show_coverage(coverage)}
