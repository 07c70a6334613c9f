"""Asking for service: by the owner of a unit, or by staff; and asking again."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.db import db
from app.events import publish
from app.ids import new_id
from app.members import services as members
from app.photos import Picture
from app.points.services import add_months
from app.products import services as products
from app.service_requests.errors import (
    ServiceDayImpossible,
    ServiceNotOwner,
    ServiceReopenRefused,
    ServiceReopenTooLate,
    ServiceSymptomUnknown,
)
from app.service_requests.events import ServiceRequestOpened
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import requests as queries
from app.service_requests.rules.numbers import number_of
from app.service_requests.rules.states import MEMBER, role_of
from app.service_requests.rules.statute import (
    SAME_FAULT_MONTHS,
    flags_at_start,
    paid_repair_of_same_fault,
)
from app.service_requests.services.cases import Case, Told, case_of, day_of, seal_told
from app.service_requests.services.photos import add_to
from app.service_requests.services.recording import (
    enter,
    raise_flags,
    record,
    repairs_of,
    start_clocks,
    tell,
)
from app.service_requests.services.symptoms import symptoms_of
from app.warranties import services as warranties


def request(
    brand_id: UUID,
    member_id: UUID,
    serial: str,
    *,
    symptom: str,
    description: str,
    method: str,
    address: str | None = None,
    contact: str | None = None,
    incident_on: date | None = None,
    photos: Sequence[Picture] = (),
    actor: str,
    today: date,
    now: datetime,
) -> Case:
    """Ask for service of a unit as its owner.

    :raises UnitNotFound: the brand has no unit of this serial
    :raises ServiceNotOwner: it is not registered to the member
    :raises ServiceSymptomUnknown: its product has no such symptom
    :raises ServiceDayImpossible: the day lies ahead
    :raises ServicePhotosTooMany: more than five ``photos`` (see ``clean_photos``)
    """
    return open_request(
        brand_id,
        serial=serial,
        member_id=members.survivor_id(brand_id, member_id, keep=True),
        symptom=symptom,
        told=Told(description, address, contact),
        method=method,
        incident_on=incident_on,
        photos=photos,
        actor=actor,
        today=today,
        now=now,
    )


def open_request(
    brand_id: UUID,
    *,
    serial: str | None = None,
    sku: str | None = None,
    member_id: UUID | None = None,
    symptom: str,
    told: Told,
    method: str,
    incident_on: date | None = None,
    photos: Sequence[Picture] = (),
    actor: str,
    today: date,
    now: datetime,
) -> Case:
    """Open a request about a unit (``serial``), or about a product of which no unit is known.

    Without ``member_id`` a unit's owner is asking. See :func:`request` for refusals.
    """
    piece = warranties.get_unit(brand_id, serial) if serial is not None else None
    if piece is not None:
        owner_id = _owner_of(brand_id, piece.unit.serial)
        if member_id is not None and member_id != owner_id:
            raise ServiceNotOwner(pointer="/member")
        member_id, sku = owner_id, piece.batch.sku
    product = products.get_product(brand_id, sku or "")
    known = symptoms_of(brand_id, product.sku)
    if symptom not in dict(known):
        raise ServiceSymptomUnknown(
            pointer="/symptom", symptom=symptom, known=", ".join(code for code, _ in known)
        )
    if incident_on is not None and incident_on > today:
        raise ServiceDayImpossible(pointer="/incident_on")
    request_id = new_id()
    opened = ServiceRequest(
        brand_id=brand_id,
        id=request_id,
        number=number_of(today, queries.next_count(brand_id, today)),
        sku=product.sku,
        unit_id=piece.unit.id if piece else None,
        serial=piece.unit.serial if piece else None,
        member_id=member_id,
        owner_erased=False,
        symptom=symptom,
        told_sealed=seal_told(brand_id, request_id, told),
        incident_on=incident_on,
        method=method,
        phase="received",
        status="received",
        same_fault=False,
        flags=[],
        round=1,
        earlier_rounds=[],
        version=0,
        actor=actor,
        created_at=now,
        changed_at=now,
    )
    start_clocks(opened, today)
    db.session.add(opened)
    record(opened, "open", before=None, actor=actor, now=now)
    _begin_round(opened, today, actor=actor, now=now)
    if photos:
        add_to(opened, photos, actor=actor, now=now)
    tell(opened, "service_request_received", now=now)
    return case_of(opened)


def reopen(found: ServiceRequest, *, note: str | None, actor: str, now: datetime) -> None:
    """Begin another round of a request, which is locked and was given back.

    :raises ServiceReopenRefused: it ended with an exchange or a refund
    :raises ServiceReopenTooLate: more than two months ago
    :raises ServiceNotOwner: a former owner asks for what belongs to somebody else
    """
    today = day_of(found.brand_id, now)
    if role_of(actor) == MEMBER and not is_still_theirs(found):
        raise ServiceNotOwner
    if found.outcome not in ("repair", "return"):
        raise ServiceReopenRefused
    given_back = found.delivered_on or today
    until = add_months(given_back, SAME_FAULT_MONTHS)
    if today > until:
        raise ServiceReopenTooLate(until=until.isoformat())
    found.earlier_rounds = [
        *found.earlier_rounds,
        {
            "round": found.round,
            "outcome": found.outcome,
            "decision": found.decision,
            "delivered_on": given_back.isoformat(),
        },
    ]
    found.round += 1
    found.outcome = found.decision = found.arrived_at = found.delivered_on = None
    found.inbound = found.outbound = found.vendor = None
    found.flags = []
    start_clocks(found, today)
    enter(found, "reopened", "reopen", note=note, visibility="customer", actor=actor, now=now)
    _begin_round(found, today, actor=actor, now=now)


def is_still_theirs(found: ServiceRequest) -> bool:
    """Whether who asked owns the unit still; a request without a unit is always theirs."""
    return found.serial is None or _owner_of(found.brand_id, found.serial) == found.member_id


def _begin_round(found: ServiceRequest, today: date, *, actor: str, now: datetime) -> None:
    """Look at what was repaired before: the law may say that this one is free."""
    earlier = repairs_of(found.brand_id, found.unit_id) if found.unit_id else []
    found.same_fault = paid_repair_of_same_fault(found.symptom, today, earlier) is not None
    raise_flags(found, flags_at_start(found.symptom, today, earlier), actor=actor, now=now)
    db.session.flush()
    publish(ServiceRequestOpened(found.brand_id, found.id, found.member_id, found.round, now))


def _owner_of(brand_id: UUID, serial: str) -> UUID | None:
    owned = warranties.list_warranties(brand_id, serial=serial, ended=False, limit=1)
    return owned[0].warranty.member_id if owned else None
