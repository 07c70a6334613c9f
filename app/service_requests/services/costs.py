"""The lines of a request: set as a whole, each free or paid by a rule."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.db import db
from app.service_requests.errors import ServiceLinesFixed
from app.service_requests.models import ServiceRequest, ServiceRequestLine
from app.service_requests.queries import parts
from app.service_requests.rules.lines import Grounds, Line, decide
from app.service_requests.rules.states import OPEN
from app.service_requests.services.cases import Case, case_of, decided_of, request_of
from app.service_requests.services.recording import record
from app.warranties import services as warranties

# While the customer looks at a quote its lines stay; what is over stays as it was.
CHANGEABLE = OPEN - {"quoted"}


def set_lines(
    brand_id: UUID,
    request_id: UUID | None,
    lines: Sequence[Line],
    *,
    actor: str,
    now: datetime,
) -> Case:
    """Set what a request costs. Repeating it changes nothing.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceLinesFixed: a quote waits for its answer, or the work is done
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.status not in CHANGEABLE:
        raise ServiceLinesFixed(state=found.status)
    if [decided_of(line).line for line in lines_of(found)] != list(lines):
        _write(found, lines)
        record(found, "lines", before=found.status, detail=str(len(lines)), actor=actor, now=now)
    return case_of(found)


def lines_of(found: ServiceRequest) -> list[ServiceRequestLine]:
    """Return the lines of the present round."""
    lines = parts.list_lines(found.brand_id, [found.id])[found.id]
    return [line for line in lines if line.round == found.round]


def decide_again(found: ServiceRequest) -> None:
    """Decide over the lines anew, when the decision on the request has changed."""
    _write(found, [decided_of(line).line for line in lines_of(found)])


def _write(found: ServiceRequest, lines: Sequence[Line]) -> None:
    grounds = _grounds_of(found)
    for stored in lines_of(found):
        db.session.expunge(stored)
    parts.delete_lines(found.brand_id, found.id, found.round)
    for seq, line in enumerate(lines, 1):
        covered, rule = decide(line, grounds)
        db.session.add(
            ServiceRequestLine(
                brand_id=found.brand_id,
                request_id=found.id,
                round=found.round,
                seq=seq,
                kind=line.kind,
                name=line.name,
                sku=line.sku,
                quantity=line.quantity,
                unit_price=line.unit_price,
                covered=covered,
                rule=rule,
                override_reason=line.override_reason,
            )
        )
    db.session.flush()  # autoflush is off


def _grounds_of(found: ServiceRequest) -> Grounds:
    """Return what decides: coverage counts as of the day the request was made."""
    if found.serial is None:
        return Grounds(found.asked_on, found.decision, found.same_fault)
    piece = warranties.get_unit(found.brand_id, found.serial)
    coverage = warranties.coverage_of(piece, on=found.asked_on)
    return Grounds(
        found.asked_on,
        found.decision,
        found.same_fault,
        coverage.parts_until,
        coverage.labour_until,
        dict(coverage.core_parts),
    )
