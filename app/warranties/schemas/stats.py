"""The wire format of registration rates."""

from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.warranties.services import RATE_GROUPS, Rate
from app.web.fields import PlainString
from app.web.pagination import PageQuery


class WarrantyStatsQuery(PageQuery):
    by = PlainString(required=True, validate=validate.OneOf(RATE_GROUPS))
    product = PlainString(load_default=None, validate=validate.Length(1, 100))
    channel = PlainString(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "배정된 채널 · That the units were allocated to"},
    )


class WarrantyRateOut(Schema):
    object = fields.String()
    by = fields.String()
    key = fields.String(
        allow_none=True,
        metadata={
            "description": "채널, SKU, 배치(wbt_…), 날수. null: 채널 없음 · null: no channel"
        },
    )
    shipped = fields.Integer()
    registered = fields.Integer(
        metadata={"description": "나간 것 가운데 등록된 것 · Of shipped, registered at least once"}
    )
    rate_basis_points = fields.Integer(
        allow_none=True, metadata={"description": "registered ÷ shipped, 100 = 1 %"}
    )
    registered_unshipped = fields.Integer(
        metadata={"description": "출고 기록 없이 등록된 것 · Registered, never told as shipped"}
    )


def show_rate(by: str, rate: Rate) -> dict[str, Any]:
    key = rate.key
    if by == "batch" and rate.batch_id is not None:
        key = ids.show("wbt", rate.batch_id)
    return {
        "object": "warranty_rate",
        "by": by,
        "key": key,
        "shipped": rate.shipped,
        "registered": rate.registered,
        "rate_basis_points": rate.rate_basis_points,
        "registered_unshipped": rate.registered_unshipped,
    }
