"""A case as staff see it: the request, what happened, the customer behind a mask, the unit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import ids
from app.console.rules.masks import masked_email, masked_name, masked_phone
from app.members import services as members
from app.service_requests import services as requests
from app.service_requests.services import Case, Choice, Clock
from app.staff import services as staff
from app.warranties import services as warranties

EVENTS_MAX = 500


@dataclass(frozen=True)
class Customer:
    """Whose case it is; names and addresses masked. ``erased``: nothing is known any more."""

    reference: str
    name: str | None
    phone: str | None
    email: str | None
    erased: bool


@dataclass(frozen=True)
class Moment:
    """One thing that happened, and what was said with it."""

    at: datetime
    step: str
    before: str | None
    after: str
    detail: str | None
    actor: str
    note: str | None
    visibility: str


@dataclass(frozen=True)
class Opened:
    """A case that somebody looks at; ``beside``: who else does."""

    case: Case
    clock: Clock
    due: date
    moments: list[Moment]
    choices: list[Choice]
    corrections: list[str]
    customer: Customer | None
    piece: warranties.Piece | None
    coverage: warranties.Coverage | None
    earlier: list[Case]
    beside: list[UUID]


def open_case(
    brand_id: UUID,
    number: str,
    *,
    person_id: UUID,
    actor: str,
    ip: str,
    today: date,
    now: datetime,
    wall: datetime,
) -> Opened:
    """Open a case, and write down that what the customer told was seen.

    :raises ServiceRequestNotFound: the brand has no request of this number
    """
    case = requests.get_request(brand_id, requests.id_of_number(brand_id, number))
    request = case.request
    customer = _customer(brand_id, request.member_id)
    piece = coverage = None
    if request.serial is not None:
        piece = warranties.get_unit(brand_id, request.serial)
        coverage = warranties.coverage_of(piece, on=request.asked_on)
    staff.record_access(
        brand_id,
        actor=actor,
        ip=ip,
        action="seen",
        subject=customer.reference if customer else f"service_request:{request.number}",
        items=["service_request"],
        now=wall,
    )
    return Opened(
        case,
        requests.clock_on(request, today),
        requests.due_of(request),
        _moments(brand_id, request.id),
        requests.choices_of(request, actor) if request.emptied_at is None else [],
        requests.corrections_of(request),
        customer,
        piece,
        coverage,
        _earlier(case),
        staff.look_at(brand_id, person_id, f"service_request:{request.id}", now=wall),
    )


def name_for(brand_id: UUID, case: Case) -> str:
    """Return what a message calls the customer of a case."""
    if case.request.member_id is None or members.is_erased(brand_id, case.request.member_id):
        return "고객"
    member = members.find_member(brand_id, ids.show("mem", case.request.member_id))
    return members.profile_of(member).name or "고객"


def _customer(brand_id: UUID, member_id: UUID | None) -> Customer | None:
    if member_id is None:
        return None
    reference = ids.show("mem", member_id)
    if members.is_erased(brand_id, member_id):
        return Customer(reference, None, None, None, erased=True)
    known = members.profile_of(members.find_member(brand_id, reference))
    return Customer(
        reference,
        known.name and masked_name(known.name),
        known.phone and masked_phone(known.phone),
        known.email and masked_email(known.email),
        erased=False,
    )


def _moments(brand_id: UUID, request_id: UUID) -> list[Moment]:
    """Return what happened, the newest first."""
    found = requests.list_events(brand_id, request_id, before=None, limit=EVENTS_MAX)
    return [
        Moment(
            event.at,
            event.step,
            event.before,
            event.after,
            event.detail,
            event.actor,
            note,
            event.visibility,
        )
        for event, note in found
    ]


def _earlier(case: Case) -> list[Case]:
    """Return the other requests about the same unit, the newest first."""
    request = case.request
    if request.serial is None:
        return []
    found = requests.list_requests(request.brand_id, serial=request.serial, limit=11)
    return [each for each in found if each.request.id != request.id]
