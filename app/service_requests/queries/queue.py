"""Reads of the queue: one page of a tab, and how many there are in each by one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, true, tuple_
from sqlalchemy.sql.elements import SQLColumnExpression

from app.db import db
from app.service_requests.models import ServiceMacro, ServiceRequest, ServiceUndo
from app.service_requests.queries.requests import is_overdue


@dataclass(frozen=True)
class Sought:
    """What is looked for, and on which day; None where anything will do."""

    today: date
    status: str | None = None
    sku: str | None = None
    symptom: str | None = None
    flag: str | None = None
    number: str | None = None
    unit_id: UUID | None = None
    nothing: bool = False  # what was typed can be the name of no request


def due() -> SQLColumnExpression[date]:
    """Return the day on which the next thing is due; see ``rules.queue.due_on``."""
    request = ServiceRequest
    return case(
        (request.responded_at.is_not(None), request.repair_due_on),
        else_=func.least(request.response_due_on, request.repair_due_on),
    )


def _tabs(today: date, assignee: str) -> Mapping[str, ColumnElement[bool]]:
    request = ServiceRequest
    is_open = request.over_at.is_(None)
    is_held = and_(is_open, request.held_until > today)
    here = and_(is_open, or_(request.held_until.is_(None), request.held_until <= today))
    return {
        "mine": and_(here, request.assignee == assignee),
        "unassigned": and_(here, request.assignee.is_(None)),
        "today": and_(is_open, request.waiting_since.is_(None), due() == today),
        "late": is_overdue(today),
        "waiting": and_(is_open, request.waiting_since.is_not(None)),
        "held": is_held,
        "open": is_open,
        "over": request.over_at.is_not(None),
    }


def _matches(brand_id: UUID, sought: Sought) -> ColumnElement[bool]:
    request = ServiceRequest
    conditions: list[ColumnElement[bool]] = [request.brand_id == brand_id]
    for column, value in (
        (request.status, sought.status),
        (request.sku, sought.sku),
        (request.symptom, sought.symptom),
        (request.number, sought.number),
        (request.unit_id, sought.unit_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if sought.flag is not None:
        conditions.append(request.flags.contains([{"code": sought.flag}]))
    if sought.nothing:
        conditions.append(~true())
    return and_(*conditions)


def count_tabs(brand_id: UUID, sought: Sought, assignee: str) -> dict[str, int]:
    """Return how many open requests each tab has; what is over is not counted."""
    tabs = {
        name: condition
        for name, condition in _tabs(sought.today, assignee).items()
        if name != "over"
    }
    row = db.session.execute(
        select(*(func.count().filter(condition).label(name) for name, condition in tabs.items()))
        .select_from(ServiceRequest)
        .where(_matches(brand_id, sought), ServiceRequest.over_at.is_(None))
    ).one()
    return dict(row._mapping)


def list_tab(
    brand_id: UUID,
    sought: Sought,
    tab: str,
    assignee: str,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[ServiceRequest]:
    """Return a page of a tab: what is due first comes first, of what is over the newest."""
    request = ServiceRequest
    statement = select(request).where(
        _matches(brand_id, sought), _tabs(sought.today, assignee)[tab]
    )
    if tab == "over":
        if after is not None:
            statement = statement.where(request.id < after[1])
        statement = statement.order_by(request.id.desc())
    else:
        if after is not None:
            statement = statement.where(tuple_(due(), request.id) > tuple_(*after))
        statement = statement.order_by(due(), request.id)
    return list(
        db.session.scalars(statement.limit(limit), execution_options={"populate_existing": True})
    )


def list_by_ids(
    brand_id: UUID, request_ids: list[UUID], *, lock: bool = False
) -> list[ServiceRequest]:
    """Return requests in one order for all who lock them; those that do not exist are left out."""
    request = ServiceRequest
    statement = (
        select(request)
        .where(request.brand_id == brand_id, request.id.in_(request_ids))
        .order_by(request.id)
    )
    if lock:
        statement = statement.with_for_update()
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def list_values(brand_id: UUID) -> tuple[list[str], list[str]]:
    """Return products and symptoms of open requests, to choose from."""
    request = ServiceRequest
    is_open = and_(request.brand_id == brand_id, request.over_at.is_(None))
    products = select(request.sku).where(is_open).distinct().order_by(request.sku).limit(200)
    symptoms = select(request.symptom).where(is_open).distinct().order_by(request.symptom)
    return list(db.session.scalars(products)), list(db.session.scalars(symptoms.limit(200)))


def list_macros(brand_id: UUID) -> list[ServiceMacro]:
    return list(
        db.session.scalars(
            select(ServiceMacro)
            .where(ServiceMacro.brand_id == brand_id)
            .order_by(ServiceMacro.name)
        )
    )


def find_macro(brand_id: UUID, macro_id: UUID) -> ServiceMacro | None:
    return db.session.get(ServiceMacro, (brand_id, macro_id), populate_existing=True)


def find_undo(brand_id: UUID, undo_id: UUID, *, lock: bool = False) -> ServiceUndo | None:
    return db.session.get(
        ServiceUndo, (brand_id, undo_id), populate_existing=True, with_for_update=lock or None
    )


def forget_undos(brand_id: UUID, before: datetime) -> None:
    """Delete what can be undone no longer, a few at a time."""
    old = (
        select(ServiceUndo.id)
        .where(ServiceUndo.brand_id == brand_id, ServiceUndo.expires_at < before)
        .limit(50)
        .with_for_update(skip_locked=True)
    )
    db.session.execute(
        delete(ServiceUndo).where(ServiceUndo.brand_id == brand_id, ServiceUndo.id.in_(old))
    )
