"""The wire format of reviews and of what was reported of a unit."""

from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.warranties.models import WarrantyReport
from app.warranties.schemas.units import REASON
from app.warranties.services import Reviewed, note_of
from app.web.fields import PlainString
from app.web.pagination import PageQuery
from app.web.responses import show_instant

STATES = ("open", "cleared", "confirmed")


class WarrantyReviewsQuery(PageQuery):
    state = PlainString(load_default=None, validate=validate.OneOf(STATES))


class WarrantyReviewDecisionIn(Schema):
    decision = PlainString(
        required=True,
        validate=validate.OneOf(["cleared", "confirmed"]),
        metadata={
            "description": "cleared: 문제없음, confirmed: 복제로 봄(suspect 표시) · A copy or not"
        },
    )
    reason = PlainString(required=True, validate=REASON)


class WarrantyEvidenceOut(Schema):
    what = fields.String()
    weight = fields.Integer()


class WarrantyReviewOut(Schema):
    object = fields.String()
    id = fields.String()
    unit = fields.String()
    state = fields.String(metadata={"enum": list(STATES)})
    score = fields.Integer()
    evidence = fields.List(fields.Nested(WarrantyEvidenceOut))
    opened_at = fields.String()
    changed_at = fields.String()
    decided_at = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class UnitReportOut(Schema):
    object = fields.String()
    id = fields.String()
    kind = fields.String()
    member = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    at = fields.String()


def show_review(found: Reviewed) -> dict[str, Any]:
    review = found.review
    return {
        "object": "warranty_review",
        "id": ids.show("wrv", review.id),
        "unit": found.unit.serial,
        "state": review.state,
        "score": review.score,
        "evidence": [
            {"what": what, "weight": weight} for what, weight in sorted(review.evidence.items())
        ],
        "opened_at": show_instant(review.opened_at),
        "changed_at": show_instant(review.changed_at),
        "decided_at": show_instant(review.decided_at),
        "decided_by": review.decided_by,
        "reason": review.reason,
    }


def show_report(report: WarrantyReport) -> dict[str, Any]:
    return {
        "object": "unit_report",
        "id": ids.show("wrp", report.id),
        "kind": report.kind,
        "member": ids.show("mem", report.member_id) if report.member_id else None,
        "note": note_of(report),
        "at": show_instant(report.at),
    }
