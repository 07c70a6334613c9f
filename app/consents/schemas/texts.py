"""The wire format of consent texts."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.consents.models import ConsentText
from app.consents.rules.purposes import PURPOSES
from app.consents.rules.texts import NAMES, faults_of
from app.consents.services import TextView
from app.web.fields import Count, PlainString
from app.web.responses import show_instant


def _said(name: str, most: int = 1000) -> PlainString:
    return PlainString(
        validate=validate.Length(1, most),
        metadata={"description": f"{NAMES[name].ko} · {NAMES[name].en}"},
    )


def _listed(name: str) -> fields.List[str]:
    return fields.List(
        PlainString(validate=validate.Length(1, 200)),
        validate=validate.Length(max=50),
        metadata={"description": f"{NAMES[name].ko} · {NAMES[name].en}"},
    )


class ConsentTextIn(Schema):
    """A draft may lack anything; what publishing needs, it says."""

    title = _said("title", 200)
    use = _said("use")
    items = _listed("items")
    retention = _said("retention")
    refusal = _said("refusal")
    recipient = _said("recipient")
    recipient_use = _said("recipient_use")
    recipient_items = _listed("recipient_items")
    recipient_retention = _said("recipient_retention")
    country = _said("country", 100)
    transfer_when = _said("transfer_when", 200)
    transfer_how = _said("transfer_how", 200)
    recipient_contact = _said("recipient_contact", 200)
    body = fields.List(
        PlainString(validate=validate.Length(1, 2000)),
        validate=validate.Length(max=50),
        metadata={"description": "더 알릴 내용, 문단별로 · What else is told, by paragraph"},
    )
    valid_months = Count(
        least=1,
        most=1200,
        metadata={"description": "동의가 유효한 개월 수 · Months until a consent lapses"},
    )
    emphasised = fields.List(
        PlainString(validate=validate.OneOf(list(NAMES))),
        validate=validate.Length(max=len(NAMES)),
        metadata={"description": "눈에 띄게 보일 항목 · What stands out by eye"},
    )
    covers = fields.List(
        PlainString(validate=validate.OneOf(PURPOSES)),
        validate=validate.Length(1, len(PURPOSES)),
        metadata={"description": "한 번의 체크가 뜻하는 목적 · What one tick agrees to"},
    )


class ConsentTextFaultOut(Schema):
    case = fields.String()
    field = fields.String()
    ko = fields.String()
    en = fields.String()


class ConsentTextVersionOut(Schema):
    object = fields.String()
    version = fields.Integer()
    status = fields.String()
    definition = fields.Dict()
    sha256 = fields.String()
    same_consent_since = fields.Integer(
        allow_none=True, metadata={"description": "Consents to this version or later hold."}
    )
    actor = fields.String()
    created_at = fields.String()
    published_at = fields.String(allow_none=True)


class ConsentTextOut(Schema):
    object = fields.String()
    purpose = fields.String()
    language = fields.String()
    published = fields.Nested(ConsentTextVersionOut, allow_none=True)
    draft = fields.Nested(ConsentTextVersionOut, allow_none=True)
    faults = fields.List(
        fields.Nested(ConsentTextFaultOut),
        metadata={"description": "What keeps the draft from being published."},
    )


def show_text(view: TextView) -> dict[str, Any]:
    faults = faults_of(view.purpose, view.draft.definition) if view.draft else []
    return {
        "object": "consent_text",
        "purpose": view.purpose,
        "language": view.language,
        "published": show_version(view.published) if view.published else None,
        "draft": show_version(view.draft) if view.draft else None,
        "faults": [fault._asdict() for fault in faults],
    }


def show_version(text: ConsentText) -> dict[str, Any]:
    return {
        "object": "consent_text_version",
        "version": text.version,
        "status": text.status,
        "definition": text.definition,
        "sha256": text.sha256.hex(),
        "same_consent_since": text.material_since,
        "actor": text.actor,
        "created_at": show_instant(text.created_at),
        "published_at": show_instant(text.published_at),
    }
