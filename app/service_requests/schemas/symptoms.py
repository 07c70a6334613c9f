"""The wire format of symptoms."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.service_requests.models import ServiceSymptom
from app.web.fields import Flag, PlainString
from app.web.responses import show_instant


class SymptomIn(Schema):
    """What customers choose from; without categories, for every product."""

    name = PlainString(
        required=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "고객이 보는 이름 · As customers see it",
            "example": "밑창 떨어짐",
        },
    )
    categories = fields.List(
        PlainString(validate=validate.Length(1, 100)),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "이 분류의 상품만. 비우면 모두 · Of these products; empty: all"},
    )
    active = Flag(load_default=True, metadata={"description": "false: 더 고를 수 없음 · Retired"})


class SymptomOut(Schema):
    object = fields.String()
    code = fields.String()
    name = fields.String()
    categories = fields.List(fields.String())
    active = fields.Boolean()
    created_at = fields.String()
    changed_at = fields.String()


def show_symptom(symptom: ServiceSymptom) -> dict[str, Any]:
    return {
        "object": "symptom",
        "code": symptom.code,
        "name": symptom.name,
        "categories": list(symptom.categories),
        "active": symptom.active,
        "created_at": show_instant(symptom.created_at),
        "changed_at": show_instant(symptom.changed_at),
    }
