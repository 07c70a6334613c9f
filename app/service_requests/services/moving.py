"""Steps of a request: forward, skipping what is not needed, and back with a reason.

The request is locked before anything is read that is decided upon; its unit after it.
"""

from datetime import datetime
from uuid import UUID

from app.service_requests.errors import (
    ServiceDecisionNeeded,
    ServiceQuoteNeeded,
    ServiceQuoteOutdated,
    ServiceReasonRequired,
    ServiceReplacementMissing,
    ServiceStepRefused,
)
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import parts
from app.service_requests.rules.lines import needs_agreement
from app.service_requests.rules.states import (
    BACK,
    COMING,
    DECIDED,
    HERE,
    MEMBER,
    OVER,
    RESULTS,
    STEPS,
    WORK,
    may,
    may_go_back,
    role_of,
)
from app.service_requests.services.cases import Case, case_of, decided_of, request_of
from app.service_requests.services.costs import decide_again, lines_of
from app.service_requests.services.opening import is_still_theirs, reopen
from app.service_requests.services.quoting import snapshot
from app.service_requests.services.recording import enter
from app.warranties import services as warranties


def move(
    brand_id: UUID,
    request_id: UUID | None,
    step: str,
    *,
    to: str | None = None,
    reason: str | None = None,
    visibility: str = "internal",
    by: str | None = None,
    tracking: str | None = None,
    vendor: str | None = None,
    actor: str,
    now: datetime,
) -> Case:
    """Let a request take a step (see ``rules.states``), or go ``back`` to an earlier status.

    ``by`` is the serial of the unit that is given in exchange. What is not covered has to
    be agreed upon before work begins.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceStepRefused: the step does not lead from where it is, or not for ``actor``
    :raises ServiceReasonRequired: the step needs a reason
    :raises ServiceDecisionNeeded: work was to begin before it is free or paid
    :raises ServiceQuoteNeeded: work was to begin before the newest quote is accepted
    :raises ServiceQuoteOutdated: the lines have changed since that quote
    :raises ServiceReplacementMissing: a unit is to be replaced by none
    :raises ServiceReopenTooLate, ServiceReopenRefused: see ``opening.reopen``
    """
    found = request_of(brand_id, request_id, lock=True)
    if step == BACK:
        _go_back(found, to or "", reason=reason, actor=actor, now=now)
        return case_of(found)
    known = STEPS[step]
    arrived = found.arrived_at is not None
    if not may(step, found.status, arrived=arrived, role=role_of(actor)):
        raise ServiceStepRefused(state=found.status, step=step)
    if known.reasoned and not reason:
        raise ServiceReasonRequired(pointer="/reason")
    if known.works:
        refuse_unagreed(found)
    if step == "reopen":
        reopen(found, note=reason, actor=actor, now=now)
        return case_of(found)
    detail = by or vendor  # what is sent by which parcel is forgotten one day, events are not
    if step == "replace":
        detail = _replace(found, by, actor=actor, now=now)
    if step == "collect":
        found.inbound = tracking
    if step in ("send", "send_back"):
        found.outbound = tracking
    if step == "to_vendor":
        found.vendor = vendor
    if known.here and not arrived:
        found.arrived_at = now
    if known.outcome == "return":
        found.outcome = found.outcome or "return"
    elif known.outcome is not None:
        found.outcome = known.outcome
    status = found.status if found.status in known.stays else known.after
    enter(
        found, status, step, detail=detail, note=reason, visibility=visibility,
        actor=actor, now=now,
    )  # fmt: skip
    if status in DECIDED:
        decide_again(found)
    return case_of(found)


def may_as_member(case: Case, step: str) -> bool:
    """Whether the owner could take a step now."""
    found = case.request
    if step == "reopen" and not is_still_theirs(found):
        return False
    return may(step, found.status, arrived=found.arrived_at is not None, role=MEMBER)


def cancel(brand_id: UUID, request_id: UUID | None, *, actor: str, now: datetime) -> Case:
    """Cancel a request whose goods have not arrived yet. Repeating it changes nothing.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceStepRefused: it has gone too far
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.status == "cancelled":
        return case_of(found)
    return move(brand_id, found.id, "cancel", actor=actor, now=now)


def refuse_unagreed(found: ServiceRequest) -> None:
    """:raises ServiceDecisionNeeded, ServiceQuoteNeeded, ServiceQuoteOutdated: see ``move``"""
    if found.decision is None:
        raise ServiceDecisionNeeded
    lines = [decided_of(line) for line in lines_of(found)]
    if not needs_agreement(found.decision, lines):
        return
    quotes = parts.list_quotes(found.brand_id, [found.id])[found.id]
    of_round = [quote for quote in quotes if quote.round == found.round]
    if not of_round or of_round[-1].state != "accepted":
        raise ServiceQuoteNeeded
    if of_round[-1].lines != snapshot(lines):
        raise ServiceQuoteOutdated


def _replace(found: ServiceRequest, by: str | None, *, actor: str, now: datetime) -> str | None:
    """Give another unit in exchange, if the request is about one; both serials are kept."""
    if found.serial is None:
        return by
    if by is None:
        raise ServiceReplacementMissing(pointer="/by")
    warranties.move_unit(
        found.brand_id, found.serial, "replace", by=by, reason=found.number, actor=actor, now=now
    )
    found.replacement = warranties.get_unit(found.brand_id, by).unit.serial
    return found.replacement


def _go_back(
    found: ServiceRequest, to: str, *, reason: str | None, actor: str, now: datetime
) -> None:
    """Correct a status; what was quoted, accepted or given in exchange stays as it is."""
    if not may_go_back(found.status, to, outcome=found.outcome):
        raise ServiceStepRefused(state=found.status, step=f"{BACK} → {to}")
    if not reason:
        raise ServiceReasonRequired(pointer="/reason")
    if to in WORK | RESULTS:
        refuse_unagreed(found)
    if to in COMING:
        found.arrived_at = None
    if to in HERE | WORK | RESULTS and found.arrived_at is None:
        found.arrived_at = now
    if to == "repaired":
        found.outcome = "repair"
    elif to not in OVER:
        found.outcome = None
    found.delivered_on = None
    enter(found, to, BACK, detail=to, note=reason, actor=actor, now=now)
    if to in DECIDED:
        decide_again(found)
