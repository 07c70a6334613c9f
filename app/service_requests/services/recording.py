"""What every step writes down: the event, its note, the clocks; and who is told."""

from datetime import date, datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.events import publish
from app.ids import new_id
from app.members import services as members
from app.messages import services as messages
from app.messages.errors import MessageUnreachable
from app.service_requests.events import ServiceRequestMoved
from app.service_requests.models import (
    ServiceRequest,
    ServiceRequestEvent,
    ServiceRequestNote,
)
from app.service_requests.queries import parts
from app.service_requests.queries import requests as queries
from app.service_requests.rules.calendar import add_business_days, business_days_between
from app.service_requests.rules.states import DECIDED, MEMBER, STAFF, WAITING, phase_of, role_of
from app.service_requests.rules.statute import Flag, Repair, statutory_due
from app.service_requests.rules.wording import STATUS_TITLES, TOLD
from app.service_requests.services.cases import day_of, seal_note

PURPOSE = "service_status"


def record(
    request: ServiceRequest,
    step: str,
    *,
    before: str | None,
    detail: str | None = None,
    note: str | None = None,
    visibility: str = "internal",
    actor: str,
    now: datetime,
) -> None:
    """Write down one event of a request, which is locked, with what was said."""
    request.version += 1
    request.changed_at = now
    if role_of(actor) == MEMBER:
        request.held_until = None  # whom they wrote to is to see it
    db.session.flush()  # autoflush is off; a new request must be there first
    db.session.add(
        ServiceRequestEvent(
            brand_id=request.brand_id,
            request_id=request.id,
            seq=request.version,
            step=step,
            before=before,
            after=request.status,
            detail=detail,
            noted=bool(note),
            visibility=visibility,
            actor=actor,
            at=now,
        )
    )
    db.session.flush()
    if note:
        note_id = new_id()
        db.session.add(
            ServiceRequestNote(
                brand_id=request.brand_id,
                id=note_id,
                request_id=request.id,
                seq=request.version,
                text_sealed=seal_note(request.brand_id, note_id, note),
            )
        )
        db.session.flush()


def enter(
    request: ServiceRequest,
    status: str,
    step: str,
    *,
    detail: str | None = None,
    note: str | None = None,
    visibility: str = "internal",
    actor: str,
    now: datetime,
) -> None:
    """Let a request, which is locked, be in a status from now on, and tell it."""
    before = request.status
    if before == "quoted" and status != "quoted":
        withdraw_open_quote(request, actor=actor, now=now)
    keep_clocks(request, status, actor=actor, now=now)
    request.status = status
    request.phase = phase_of(status, arrived=request.arrived_at is not None)
    if status in DECIDED:
        request.decision = status
    if request.phase != "done":
        request.over_at = None
    elif request.over_at is None:
        request.over_at = now
    if status == "delivered":
        request.delivered_on = day_of(request.brand_id, now)
    record(
        request, step, before=before, detail=detail, note=note, visibility=visibility,
        actor=actor, now=now,
    )  # fmt: skip
    publish(
        ServiceRequestMoved(request.brand_id, request.id, step, request.status, request.phase, now)
    )
    if status in TOLD and status != before:
        tell(request, "service_request_status", status=STATUS_TITLES[status][0], now=now)


def keep_clocks(request: ServiceRequest, status: str, *, actor: str, now: datetime) -> None:
    """Stop the clock while it is the customer's turn, and let days of waiting not count."""
    if role_of(actor) == STAFF and request.responded_at is None:
        request.responded_at = now
    if request.waiting_since is not None and status not in WAITING:
        first = day_of(request.brand_id, request.waiting_since)
        last = day_of(request.brand_id, now)
        request.repair_due_on = add_business_days(
            request.repair_due_on, business_days_between(first, last)
        )
        request.statutory_due_on += timedelta(days=max((last - first).days, 0))
        request.waiting_since = None
    elif request.waiting_since is None and status in WAITING:
        request.waiting_since = now


def start_clocks(request: ServiceRequest, today: date) -> None:
    """Begin a round: when it has to be answered and repaired."""
    policy = brands.current_settings(request.brand_id).service
    request.asked_on = today
    request.response_due_on = add_business_days(today, policy.first_response_days)
    request.repair_due_on = add_business_days(today, policy.repair_days)
    request.statutory_due_on = statutory_due(today)
    request.responded_at = None


def raise_flags(request: ServiceRequest, flags: list[Flag], *, actor: str, now: datetime) -> None:
    """Set flags that a request does not have yet; each is an event."""
    for flag in flags:
        if any(each["code"] == flag.code for each in request.flags):
            continue
        raised = {"code": flag.code, "ko": flag.ko, "en": flag.en, "at": now.isoformat()}
        request.flags = [*request.flags, raised]
        record(request, "flag", before=request.status, detail=flag.code, actor=actor, now=now)


def withdraw_open_quote(request: ServiceRequest, *, actor: str, now: datetime) -> None:
    for quote in parts.list_quotes(request.brand_id, [request.id])[request.id]:
        if quote.state == "open":
            quote.state, quote.decided_at, quote.decided_by = "withdrawn", now, actor
    db.session.flush()


def repairs_of(brand_id: UUID, unit_id: UUID) -> list[Repair]:
    """Return the repairs of a unit that were done and given back, in their order."""
    found = []
    for request in queries.list_of_unit(brand_id, unit_id):
        rounds = [
            *request.earlier_rounds,
            {
                "outcome": request.outcome,
                "decision": request.decision,
                "delivered_on": request.delivered_on and request.delivered_on.isoformat(),
            },
        ]
        found += [
            Repair(
                request.number,
                request.symptom,
                date.fromisoformat(each["delivered_on"]),
                paid=each["decision"] == "paid",
            )
            for each in rounds
            if each["outcome"] == "repair" and each["delivered_on"]
        ]
    return sorted(found, key=lambda repair: repair.on)


def tell(request: ServiceRequest, template: str, *, now: datetime, **variables: str) -> None:
    """Ask for a message to the owner, if there is a page to show and a way to reach them."""
    host = brands.current_settings(request.brand_id).warranty.host
    member_id = request.member_id
    if host is None or member_id is None or members.is_erased(request.brand_id, member_id):
        return
    try:
        messages.send(
            request.brand_id,
            template,
            member_id=member_id,
            variables={
                "number": request.number,
                "link": f"https://{host}/my/requests/{request.number}",
                **variables,
            },
            purpose=PURPOSE,
            key=f"service_request/{request.id}/{request.version}",
            now=now,
        )
    except MessageUnreachable:
        return
