"""Contact data is masked until somebody says what they need it for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from app.console.errors import ContactNotFound
from app.members import services as members
from app.service_requests import services as requests
from app.staff import services as staff
from app.staff.errors import StaffReasonRequired

REASON_MAX = 200


def _of_member(brand_id: UUID, reference: str) -> Mapping[str, str | None]:
    profile = members.profile_of(members.find_member(brand_id, reference))
    return {"name": profile.name, "phone": profile.phone, "email": profile.email}


def _of_request(brand_id: UUID, reference: str) -> Mapping[str, str | None]:
    case = requests.get_request(brand_id, requests.id_of_number(brand_id, reference))
    return {"address": case.told.address, "contact": case.told.contact}


# Whose contact data can be revealed: by kind, what is known of one of them, opened.
CONTACTS: dict[str, Callable[[UUID, str], Mapping[str, str | None]]] = {
    "member": _of_member,
    "service_request": _of_request,
}


def reveal(
    brand_id: UUID,
    kind: str,
    reference: str,
    field: str,
    reason: str,
    *,
    actor: str,
    ip: str,
    now: datetime,
) -> str:
    """Return contact data as it is, and write down who saw it and why.

    :raises StaffReasonRequired: nobody says what for
    :raises ContactNotFound: there is no such data
    """
    why = reason.strip()[:REASON_MAX]
    if not why:
        raise StaffReasonRequired(pointer="/reason")
    if kind not in CONTACTS:
        raise ContactNotFound
    value = CONTACTS[kind](brand_id, reference).get(field)
    if value is None:
        raise ContactNotFound
    staff.record_access(
        brand_id,
        actor=actor,
        ip=ip,
        action="revealed",
        subject=reference,
        items=[field],
        reason=why,
        now=now,
    )
    return value
