"""What is answered about service requests.

Answers to writes are kept for repeats, so they leave out what customers told; only
reading a request or its events shows that.
"""

from datetime import date
from typing import Any

from marshmallow import Schema, fields

from app import ids
from app.service_requests.models import (
    ServiceRequest,
    ServiceRequestEvent,
    ServiceRequestLine,
    ServiceRequestPhoto,
    ServiceRequestQuote,
)
from app.service_requests.queries.stats import Rate, Stats
from app.service_requests.rules.lines import RULES, total_of
from app.service_requests.rules.states import DECISIONS, METHODS, OUTCOMES, PHASES, STATUSES
from app.service_requests.schemas.days import show_day
from app.service_requests.services import Case
from app.service_requests.services.cases import decided_of
from app.web.responses import show_instant


class ServiceSentenceOut(Schema):
    ko = fields.String()
    en = fields.String()


class ServiceLineOut(Schema):
    kind = fields.String()
    name = fields.String()
    sku = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_price = fields.Integer()
    amount = fields.Integer()
    covered = fields.Boolean(metadata={"description": "무상 · Free"})
    rule = fields.String(metadata={"enum": list(RULES)})
    reason = fields.Nested(ServiceSentenceOut)
    override_reason = fields.String(allow_none=True)


class ServiceQuoteOut(Schema):
    version = fields.Integer()
    state = fields.String()
    total = fields.Integer(
        metadata={"description": "고객이 낼 금액, 원 · What is to be paid, in won"}
    )
    lines = fields.List(fields.Dict())
    text = fields.String()
    text_sha256 = fields.String()
    valid_until = fields.String()
    created_by = fields.String()
    created_at = fields.String()
    decided_at = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)


class ServicePhotoOut(Schema):
    number = fields.Integer()
    sha256 = fields.String()
    size = fields.Integer()
    width = fields.Integer()
    height = fields.Integer()
    created_at = fields.String()


class ServiceFlagOut(Schema):
    code = fields.String()
    reason = fields.Nested(ServiceSentenceOut)
    raised_at = fields.String()


class ServiceClockOut(Schema):
    asked_on = fields.String()
    response_due_on = fields.String(metadata={"description": "첫 답변 기한 · First answer"})
    responded_at = fields.String(allow_none=True)
    repair_due_on = fields.String(
        metadata={"description": "수리 기한, 영업일 · By the brand's word"}
    )
    statutory_due_on = fields.String(metadata={"description": "한 달 · A month, by the standard"})
    stopped_since = fields.String(
        allow_none=True, metadata={"description": "고객 차례인 때부터 · It is the customer's turn"}
    )
    overdue = fields.Boolean()


class ServiceRequestOut(Schema):
    object = fields.String()
    id = fields.String()
    number = fields.String()
    phase = fields.String(metadata={"enum": list(PHASES)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    outcome = fields.String(allow_none=True, metadata={"enum": [*OUTCOMES, None]})
    decision = fields.String(allow_none=True, metadata={"enum": [*DECISIONS, None]})
    product = fields.String()
    product_name = fields.String()
    unit = fields.String(allow_none=True)
    replacement = fields.String(allow_none=True)
    member = fields.String(allow_none=True)
    symptom = fields.String()
    symptom_name = fields.String()
    incident_on = fields.String(allow_none=True)
    method = fields.String(metadata={"enum": list(METHODS)})
    round = fields.Integer(metadata={"description": "다시 연 횟수 + 1 · 1, more when reopened"})
    assignee = fields.String(allow_none=True)
    inbound = fields.String(allow_none=True)
    outbound = fields.String(allow_none=True)
    vendor = fields.String(allow_none=True)
    lines = fields.List(fields.Nested(ServiceLineOut))
    to_pay = fields.Integer(metadata={"description": "유상 항목의 합 · Sum of what is not free"})
    quotes = fields.List(fields.Nested(ServiceQuoteOut))
    photos = fields.List(fields.Nested(ServicePhotoOut))
    flags = fields.List(fields.Nested(ServiceFlagOut))
    clock = fields.Nested(ServiceClockOut)
    arrived_at = fields.String(allow_none=True)
    delivered_on = fields.String(allow_none=True)
    opened_by = fields.String()
    created_at = fields.String()
    changed_at = fields.String()


class ServiceRequestDetailOut(ServiceRequestOut):
    description = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    forgotten_at = fields.String(
        allow_none=True,
        metadata={"description": "내용을 지운 때 · When what was told was forgotten"},
    )


class ServiceEventOut(Schema):
    object = fields.String()
    seq = fields.Integer()
    step = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String()
    detail = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    visibility = fields.String()
    actor = fields.String()
    at = fields.String()


class ServiceProductRateOut(Schema):
    product = fields.String()
    shipped = fields.Integer()
    requests = fields.Integer()
    per_thousand = fields.Float(allow_none=True)


class ServiceBatchRateOut(ServiceProductRateOut):
    batch = fields.String()


class ServiceStatsOut(Schema):
    object = fields.String()
    from_ = fields.String(data_key="from")
    to = fields.String()
    open = fields.Integer()
    overdue = fields.Integer()
    opened = fields.Integer()
    delivered = fields.Integer()
    free_repairs = fields.Integer()
    paid_repairs = fields.Integer()
    days_p50 = fields.Integer(allow_none=True)
    days_p90 = fields.Integer(allow_none=True)
    products = fields.List(fields.Nested(ServiceProductRateOut))
    batches = fields.List(fields.Nested(ServiceBatchRateOut))


def show_request(case: Case, *, today: date) -> dict[str, Any]:
    request = case.request
    return {
        "object": "service_request",
        "id": ids.show("srq", request.id),
        "number": request.number,
        "phase": request.phase,
        "status": request.status,
        "outcome": request.outcome,
        "decision": request.decision,
        "product": request.sku,
        "product_name": case.product,
        "unit": request.serial,
        "replacement": request.replacement,
        "member": ids.show("mem", request.member_id) if request.member_id else None,
        "symptom": request.symptom,
        "symptom_name": case.symptom,
        "incident_on": show_day(request.incident_on),
        "method": request.method,
        "round": request.round,
        "assignee": request.assignee,
        "inbound": request.inbound,
        "outbound": request.outbound,
        "vendor": request.vendor,
        "lines": [_show_line(line) for line in case.lines],
        "to_pay": total_of(decided_of(line) for line in case.lines),
        "quotes": [_show_quote(quote) for quote in case.quotes],
        "photos": [_show_photo(photo) for photo in case.photos],
        "flags": [
            {
                "code": each["code"],
                "reason": {"ko": each["ko"], "en": each["en"]},
                "raised_at": each["at"],
            }
            for each in request.flags
        ],
        "clock": _show_clock(request, today),
        "arrived_at": show_instant(request.arrived_at),
        "delivered_on": show_day(request.delivered_on),
        "opened_by": request.actor,
        "created_at": show_instant(request.created_at),
        "changed_at": show_instant(request.changed_at),
    }


def show_detail(case: Case, *, today: date) -> dict[str, Any]:
    return {
        **show_request(case, today=today),
        "description": case.told.description,
        "address": case.told.address,
        "contact": case.told.contact,
        "forgotten_at": show_instant(case.request.emptied_at),
    }


def _show_clock(request: ServiceRequest, today: date) -> dict[str, Any]:
    return {
        "asked_on": show_day(request.asked_on),
        "response_due_on": show_day(request.response_due_on),
        "responded_at": show_instant(request.responded_at),
        "repair_due_on": show_day(request.repair_due_on),
        "statutory_due_on": show_day(request.statutory_due_on),
        "stopped_since": show_instant(request.waiting_since),
        "overdue": request.over_at is None
        and request.waiting_since is None
        and (
            request.repair_due_on < today
            or (request.responded_at is None and request.response_due_on < today)
        ),
    }


def _show_line(line: ServiceRequestLine) -> dict[str, Any]:
    ko, en = RULES[line.rule]
    return {
        "kind": line.kind,
        "name": line.name,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.quantity * line.unit_price,
        "covered": line.covered,
        "rule": line.rule,
        "reason": {"ko": ko, "en": en},
        "override_reason": line.override_reason,
    }


def _show_quote(quote: ServiceRequestQuote) -> dict[str, Any]:
    return {
        "version": quote.version,
        "state": quote.state,
        "total": quote.total,
        "lines": quote.lines,
        "text": quote.text,
        "text_sha256": quote.text_sha256,
        "valid_until": show_instant(quote.valid_until),
        "created_by": quote.actor,
        "created_at": show_instant(quote.created_at),
        "decided_at": show_instant(quote.decided_at),
        "decided_by": quote.decided_by,
    }


def _show_photo(photo: ServiceRequestPhoto) -> dict[str, Any]:
    return {
        "number": photo.number,
        "sha256": photo.sha256,
        "size": photo.size,
        "width": photo.width,
        "height": photo.height,
        "created_at": show_instant(photo.created_at),
    }


def show_event(event: ServiceRequestEvent, note: str | None) -> dict[str, Any]:
    return {
        "object": "service_event",
        "seq": event.seq,
        "step": event.step,
        "before": event.before,
        "after": event.after,
        "detail": event.detail,
        "note": note,
        "visibility": event.visibility,
        "actor": event.actor,
        "at": show_instant(event.at),
    }


def show_stats(stats: Stats, since: date, until: date) -> dict[str, Any]:
    return {
        "object": "service_stats",
        "from": since.isoformat(),
        "to": until.isoformat(),
        "open": stats.open,
        "overdue": stats.overdue,
        "opened": stats.opened,
        "delivered": stats.delivered,
        "free_repairs": stats.free_repairs,
        "paid_repairs": stats.paid_repairs,
        "days_p50": stats.days_p50,
        "days_p90": stats.days_p90,
        "products": [_show_rate(rate) for rate in stats.products],
        "batches": [
            {"batch": ids.show("wbt", rate.batch_id), **_show_rate(rate)}
            for rate in stats.batches
            if rate.batch_id is not None
        ],
    }


def _show_rate(rate: Rate) -> dict[str, Any]:
    return {
        "product": rate.sku,
        "shipped": rate.shipped,
        "requests": rate.requests,
        "per_thousand": rate.per_thousand,
    }
