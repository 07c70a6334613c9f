"""The queue of staff: tabs with counts, what can be done next, and putting aside."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.errors import DomainError
from app.products import services as products
from app.service_requests.errors import (
    ServiceHoldDayPast,
    ServiceRequestChanged,
    ServiceStepRefused,
)
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import queue as queries
from app.service_requests.queries import requests as request_queries
from app.service_requests.queries.queue import Sought
from app.service_requests.rules.numbers import read_number
from app.service_requests.rules.queue import TABS, Clock, clock_of, due_on
from app.service_requests.rules.states import OVER, STEPS, role_of, statuses_back, steps_from
from app.service_requests.rules.wording import OTHER_SYMPTOM
from app.service_requests.services.cases import Case, case_of, request_of
from app.service_requests.services.moving import refuse_unagreed
from app.service_requests.services.recording import record
from app.warranties import services as warranties
from app.warranties.errors import UnitNotFound

HOLD_DAYS_MAX = 90


@dataclass(frozen=True)
class Row:
    """A request in the queue; nothing that the customer told is opened for it."""

    request: ServiceRequest
    product: str
    symptom: str
    due: date
    clock: Clock


@dataclass(frozen=True)
class Queue:
    """A page of a tab, and how many requests there are in each. ``more``: it goes on."""

    rows: list[Row]
    counts: dict[str, int]
    more: bool


@dataclass(frozen=True)
class Choice:
    """A step that leads on from where a request is; ``refusal``: what has to be done first."""

    step: str
    reasoned: bool
    refusal: DomainError | None = None


def seek(
    brand_id: UUID,
    *,
    today: date,
    status: str | None = None,
    sku: str | None = None,
    symptom: str | None = None,
    flag: str | None = None,
    text: str = "",
) -> Sought:
    """Read what somebody looks for; ``text`` is a number, or the serial of a unit."""
    number, unit_id = None, None
    if text:
        number = read_number(text)
        if number is None:
            with suppress(UnitNotFound):
                unit_id = warranties.get_unit(brand_id, text).unit.id
    nothing = bool(text) and number is None and unit_id is None
    return Sought(today, status, sku, symptom, flag, number, unit_id, nothing)


def read_queue(
    brand_id: UUID,
    sought: Sought,
    tab: str,
    assignee: str,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Queue:
    """Return a page of a tab for who is signed in as ``assignee``, with the counts of all."""
    if tab not in TABS:
        raise ValueError(f"no tab: {tab}")
    found = queries.list_tab(brand_id, sought, tab, assignee, after=after, limit=limit + 1)
    return Queue(
        rows_of(brand_id, found[:limit], today=sought.today),
        queries.count_tabs(brand_id, sought, assignee),
        len(found) > limit,
    )


def list_chosen(brand_id: UUID, request_ids: Sequence[UUID], *, today: date) -> list[Row]:
    """Return those of some requests that exist."""
    return rows_of(brand_id, queries.list_by_ids(brand_id, list(request_ids)), today=today)


def list_filters(brand_id: UUID) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return products and symptoms of open requests by code and name."""
    skus, codes = queries.list_values(brand_id)
    names = _symptoms(brand_id, codes)
    found = products.list_names(brand_id, skus)
    return [(sku, found[sku]) for sku in skus], [(code, names.get(code, code)) for code in codes]


def rows_of(brand_id: UUID, requests: Sequence[ServiceRequest], *, today: date) -> list[Row]:
    """Return requests as the queue shows them, however many by the same few look-ups."""
    names = _symptoms(brand_id, [each.symptom for each in requests])
    known = products.list_names(brand_id, sorted({each.sku for each in requests}))
    return [
        Row(
            each,
            known[each.sku],
            names.get(each.symptom, each.symptom),
            due_of(each),
            clock_on(each, today),
        )
        for each in requests
    ]


def due_of(request: ServiceRequest) -> date:
    answered = request.responded_at is not None
    return due_on(request.response_due_on, request.repair_due_on, answered=answered)


def clock_on(request: ServiceRequest, today: date) -> Clock:
    """Return how far a request is from its day."""
    return clock_of(
        due_of(request),
        today,
        over=request.over_at is not None,
        waiting=request.waiting_since is not None,
    )


def choices_of(request: ServiceRequest, actor: str) -> list[Choice]:
    """Return the steps that lead on from where a request is, for ``actor``."""
    refusal: DomainError | None = None
    try:
        refuse_unagreed(request)
    except DomainError as error:
        refusal = error
    arrived = request.arrived_at is not None
    return [
        Choice(step, STEPS[step].reasoned, refusal if STEPS[step].works else None)
        for step in steps_from(request.status, arrived=arrived, role=role_of(actor))
    ]


def corrections_of(request: ServiceRequest) -> list[str]:
    """Return the earlier statuses to which a request may be corrected."""
    return statuses_back(request.status, outcome=request.outcome)


def check_version(brand_id: UUID, request_id: UUID, version: int) -> ServiceRequest:
    """Hold a request, which somebody saw at ``version`` and is about to change.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceRequestChanged: something has happened to it since
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.version != version:
        raise ServiceRequestChanged
    return found


def put_aside(
    brand_id: UUID,
    request_id: UUID,
    until: date | None,
    *,
    today: date,
    actor: str,
    now: datetime,
) -> Case:
    """Take a request out of the way until a day, or back. The clocks go on.

    It comes back by itself on that day, or as soon as the customer says something.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceStepRefused: it is over
    :raises ServiceHoldDayPast: the day has come already, or is too far away
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.status in OVER:
        raise ServiceStepRefused(state=found.status, step="hold")
    if until is not None and not 0 < (until - today).days <= HOLD_DAYS_MAX:
        raise ServiceHoldDayPast(pointer="/until", most=HOLD_DAYS_MAX)
    if found.held_until != until:
        found.held_until = until
        detail = until.isoformat() if until else None
        record(found, "hold", before=found.status, detail=detail, actor=actor, now=now)
    return case_of(found)


def _symptoms(brand_id: UUID, codes: Sequence[str]) -> dict[str, str]:
    known = request_queries.names_of_symptoms(brand_id, set(codes))
    return {OTHER_SYMPTOM[0]: OTHER_SYMPTOM[1], **known}
