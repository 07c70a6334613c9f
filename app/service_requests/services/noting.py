"""Notes of staff and customers, and who of the staff looks after a request."""

from datetime import datetime
from uuid import UUID

from app.service_requests.rules.wording import NOTE
from app.service_requests.services.cases import Case, case_of, request_of
from app.service_requests.services.recording import keep_clocks, record, tell


def add_note(
    brand_id: UUID,
    request_id: UUID | None,
    text: str,
    *,
    visibility: str,
    actor: str,
    now: datetime,
) -> Case:
    """Write a note among staff (``internal``), or to the ``customer``, who is told of it.

    :raises ServiceRequestNotFound: the brand has no such request
    """
    found = request_of(brand_id, request_id, lock=True)
    if visibility == "customer":
        keep_clocks(found, found.status, actor=actor, now=now)
    record(
        found, "note", before=found.status, note=text, visibility=visibility, actor=actor, now=now
    )
    if visibility == "customer" and actor != "member":
        tell(found, "service_request_status", status=NOTE[0], now=now)
    return case_of(found)


def assign(
    brand_id: UUID, request_id: UUID | None, assignee: str | None, *, actor: str, now: datetime
) -> Case:
    """Give a request to somebody of the staff, or to nobody. Repeating it changes nothing.

    :raises ServiceRequestNotFound: the brand has no such request
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.assignee != assignee:
        found.assignee = assignee
        record(found, "assign", before=found.status, detail=assignee, actor=actor, now=now)
    return case_of(found)
