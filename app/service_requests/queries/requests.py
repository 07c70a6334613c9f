"""Named reads of requests, their numbers and symptoms."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update

from app.db import db
from app.service_requests.models import ServiceRequest, ServiceSymptom

_NEXT = text(
    "INSERT INTO service_request_counters AS c (brand_id, day, count) VALUES (:brand_id, :day, 1)"
    " ON CONFLICT (brand_id, day) DO UPDATE SET count = c.count + 1 RETURNING count"
)


def next_count(brand_id: UUID, day: date) -> int:
    """Return the next number of a day. Others wait for it until the transaction ends."""
    count: int = db.session.scalars(_NEXT, {"brand_id": brand_id, "day": day}).one()
    return count


def find_request(brand_id: UUID, request_id: UUID, *, lock: bool = False) -> ServiceRequest | None:
    return db.session.get(
        ServiceRequest, (brand_id, request_id), populate_existing=True, with_for_update=lock or None
    )


def find_id_of_number(brand_id: UUID, number: str) -> UUID | None:
    return db.session.scalar(
        select(ServiceRequest.id).where(
            ServiceRequest.brand_id == brand_id, ServiceRequest.number == number
        )
    )


def list_requests(
    brand_id: UUID,
    *,
    status: str | None = None,
    phase: str | None = None,
    member_id: UUID | None = None,
    unit_id: UUID | None = None,
    sku: str | None = None,
    assignee: str | None = None,
    number: str | None = None,
    flag: str | None = None,
    overdue_on: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[ServiceRequest]:
    """Return requests, the newest first; ``overdue_on``: those that are late on that day."""
    request = ServiceRequest
    statement = select(request).where(request.brand_id == brand_id)
    for column, value in (
        (request.status, status),
        (request.phase, phase),
        (request.member_id, member_id),
        (request.unit_id, unit_id),
        (request.sku, sku),
        (request.assignee, assignee),
        (request.number, number),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if flag is not None:
        statement = statement.where(request.flags.contains([{"code": flag}]))
    if overdue_on is not None:
        statement = statement.where(is_overdue(overdue_on))
    if before is not None:
        statement = statement.where(request.id < before)
    return list(db.session.scalars(statement.order_by(request.id.desc()).limit(limit)))


def is_overdue(on: date) -> ColumnElement[bool]:
    """Return the condition that a request is late on a day: ours to answer or to repair."""
    request = ServiceRequest
    return and_(
        request.over_at.is_(None),
        request.waiting_since.is_(None),
        or_(
            and_(request.responded_at.is_(None), request.response_due_on < on),
            request.repair_due_on < on,
        ),
    )


def list_of_unit(brand_id: UUID, unit_id: UUID) -> list[ServiceRequest]:
    """Return all requests about a unit, the earliest first."""
    return list(
        db.session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.brand_id == brand_id, ServiceRequest.unit_id == unit_id)
            .order_by(ServiceRequest.id)
        )
    )


def list_ids_of_member(brand_id: UUID, member_id: UUID) -> list[UUID]:
    """Return the requests of a member, in one order for all who lock them."""
    return list(
        db.session.scalars(
            select(ServiceRequest.id)
            .where(ServiceRequest.brand_id == brand_id, ServiceRequest.member_id == member_id)
            .order_by(ServiceRequest.id)
        )
    )


def move_requests(brand_id: UUID, member_id: UUID, into_id: UUID, now: datetime) -> None:
    """Give all requests of a member to another."""
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.brand_id == brand_id, ServiceRequest.member_id == member_id)
        .values(member_id=into_id, changed_at=now)
    )


def lock_delivered(brand_id: UUID, limit: int, *, before: date) -> list[ServiceRequest]:
    """Return delivered requests that nobody came back to, held; skip those others hold."""
    request = ServiceRequest
    return _locked(
        brand_id, limit, and_(request.status == "delivered", request.delivered_on <= before)
    )


def lock_overdue_by_law(brand_id: UUID, limit: int, *, on: date) -> list[ServiceRequest]:
    """Return open requests whose month is over and not flagged, held."""
    request = ServiceRequest
    return _locked(
        brand_id,
        limit,
        and_(
            request.over_at.is_(None),
            request.waiting_since.is_(None),
            request.statutory_due_on <= on,
            ~request.flags.contains([{"code": "overdue_month"}]),
        ),
    )


def lock_kept_until(brand_id: UUID, limit: int, *, before: datetime) -> list[ServiceRequest]:
    """Return requests that were over before a moment and still tell something, held."""
    request = ServiceRequest
    return _locked(brand_id, limit, and_(request.over_at <= before, request.emptied_at.is_(None)))


def lock_over_of_erased(brand_id: UUID, limit: int) -> list[ServiceRequest]:
    """Return requests that are over, of members erased before they were, held."""
    request = ServiceRequest
    return _locked(
        brand_id,
        limit,
        and_(
            request.over_at.is_not(None),
            request.emptied_at.is_(None),
            request.owner_erased,
        ),
    )


def _locked(brand_id: UUID, limit: int, due: ColumnElement[bool]) -> list[ServiceRequest]:
    return list(
        db.session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.brand_id == brand_id, due)
            .order_by(ServiceRequest.id)
            .limit(limit)
            .with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
    )


def find_symptom(brand_id: UUID, code: str, *, lock: bool = False) -> ServiceSymptom | None:
    return db.session.get(
        ServiceSymptom, (brand_id, code), populate_existing=True, with_for_update=lock or None
    )


def list_symptoms(
    brand_id: UUID,
    *,
    category: str | None = None,
    of_product: bool = False,
    after: str | None = None,
    limit: int | None = None,
) -> list[ServiceSymptom]:
    """Return symptoms in the order of their codes; ``of_product``: active ones of its category."""
    symptom = ServiceSymptom
    statement = select(symptom).where(symptom.brand_id == brand_id)
    if of_product:
        anywhere = func.cardinality(symptom.categories) == 0
        fits = (
            anywhere if category is None else or_(anywhere, symptom.categories.contains([category]))
        )
        statement = statement.where(symptom.active, fits)
    if after is not None:
        statement = statement.where(symptom.code > after)
    return list(db.session.scalars(statement.order_by(symptom.code).limit(limit)))


def names_of_symptoms(brand_id: UUID, codes: Collection[str]) -> dict[str, str]:
    """Return the names of those symptoms that the brand has defined."""
    rows = db.session.execute(
        select(ServiceSymptom.code, ServiceSymptom.name).where(
            ServiceSymptom.brand_id == brand_id, ServiceSymptom.code.in_(codes)
        )
    )
    return {row.code: row.name for row in rows}
