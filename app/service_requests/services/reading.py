"""Looking at requests: by staff, by their owner, and as a timeline in plain words."""

from datetime import date, datetime
from uuid import UUID

from app.service_requests.errors import ServiceRequestNotFound
from app.service_requests.models import ServiceRequestEvent
from app.service_requests.queries import parts
from app.service_requests.queries import requests as queries
from app.service_requests.queries import stats as stats_queries
from app.service_requests.queries.stats import Stats
from app.service_requests.rules.numbers import read_number
from app.service_requests.rules.wording import title_of
from app.service_requests.services.cases import Case, case_of, cases_of, open_notes, request_of
from app.warranties import services as warranties


def get_request(brand_id: UUID, request_id: UUID | None) -> Case:
    """:raises ServiceRequestNotFound: the brand has no such request"""
    return case_of(request_of(brand_id, request_id))


def id_of_number(brand_id: UUID, text: str) -> UUID | None:
    """Return the request of a number, however it is typed; None if there is none."""
    number = read_number(text)
    return queries.find_id_of_number(brand_id, number) if number else None


def get_of_member(brand_id: UUID, member_id: UUID, number: str) -> Case:
    """Return a request of a member by its number.

    :raises ServiceRequestNotFound: there is none, or it is somebody else's
    """
    found = request_of(brand_id, id_of_number(brand_id, number))
    if found.member_id != member_id:
        raise ServiceRequestNotFound
    return case_of(found)


def list_of_member(brand_id: UUID, member_id: UUID, limit: int) -> list[Case]:
    """Return the requests of a member, the newest first."""
    return cases_of(brand_id, queries.list_requests(brand_id, member_id=member_id, limit=limit))


def list_requests(
    brand_id: UUID,
    *,
    status: str | None = None,
    phase: str | None = None,
    member_id: UUID | None = None,
    serial: str | None = None,
    sku: str | None = None,
    assignee: str | None = None,
    number: str | None = None,
    flag: str | None = None,
    overdue_on: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Case]:
    """Return requests, the newest first; ``overdue_on``: those that are late on that day.

    :raises UnitNotFound: the brand has no unit of this ``serial``
    """
    unit_id = warranties.get_unit(brand_id, serial).unit.id if serial is not None else None
    if number is not None:
        # What is no number of a request is the number of none.
        number = read_number(number) or ""
    found = queries.list_requests(
        brand_id,
        status=status,
        phase=phase,
        member_id=member_id,
        unit_id=unit_id,
        sku=sku,
        assignee=assignee,
        number=number,
        flag=flag,
        overdue_on=overdue_on,
        before=before,
        limit=limit,
    )
    return cases_of(brand_id, found)


def list_events(
    brand_id: UUID, request_id: UUID | None, *, before: int | None, limit: int
) -> list[tuple[ServiceRequestEvent, str | None]]:
    """Return what happened to a request and what was said with it, the newest first.

    :raises ServiceRequestNotFound: the brand has no such request
    """
    found = request_of(brand_id, request_id)
    events = parts.list_events(brand_id, found.id, before=before, limit=limit)
    notes = open_notes(brand_id, found.id)
    return [(event, notes.get(event.seq)) for event in events]


def timeline(case: Case) -> list[tuple[datetime, str, str, str | None]]:
    """Return when what happened, in Korean and English, and what the brand said with it.

    The earliest comes first. What staff noted among themselves is left out.
    """
    request = case.request
    notes = open_notes(request.brand_id, request.id)
    told: list[tuple[datetime, str, str, str | None]] = []
    for event in reversed(parts.list_events(request.brand_id, request.id)):
        shown = event.visibility == "customer"
        title = title_of(event.step, event.after)
        if title is None or (event.step == "note" and not shown):
            continue
        told.append((event.at, *title, notes.get(event.seq) if shown else None))
    return told


def read_stats(brand_id: UUID, *, since: date, until: date, today: date) -> Stats:
    """Return the figures of requests asked for in these days, and of units shipped so far."""
    return stats_queries.read(
        brand_id,
        warranties.count_shipped(brand_id),
        since=since,
        until=until,
        today=today,
    )
