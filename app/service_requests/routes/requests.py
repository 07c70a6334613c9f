"""Service requests over JSON: opened, listed, moved along, looked at."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request

from app import ids
from app.db import transact, transaction
from app.members import services as members
from app.service_requests import services
from app.service_requests.routes.moments import brand_now, brand_today
from app.service_requests.schemas.answers import (
    ServiceEventOut,
    ServiceRequestDetailOut,
    ServiceRequestOut,
    ServiceStatsOut,
    show_detail,
    show_event,
    show_request,
    show_stats,
)
from app.service_requests.schemas.requests import (
    ServiceAssigneeIn,
    ServiceLinesIn,
    ServiceNoteIn,
    ServiceRequestIn,
    ServiceRequestsQuery,
    ServiceStatsQuery,
    ServiceStepIn,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint(
    "service_requests", __name__, url_prefix="/v1", description="Service requests (A/S)"
)
STATS_DAYS = timedelta(days=90)


@blp.post("/service-requests")
@requires("service_requests:write")
@idempotent
@blp.arguments(ServiceRequestIn)
@blp.response(201, ServiceRequestOut)
def open_request(body: dict[str, Any]) -> Response:
    """Open a request for a customer: about a unit, or about a product without one.

    Who owns the unit is asking; its owner is told by message. What customers told is shown
    by `GET` alone.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        named = body.get("member")
        member = members.resolve(brand_id, named, pointer="/member", keep=True) if named else None
        case = services.open_request(
            brand_id,
            serial=body.get("unit"),
            sku=body.get("product"),
            member_id=member.id if member else None,
            symptom=body["symptom"],
            told=services.Told(body["description"], body.get("address"), body.get("contact")),
            method=body["method"],
            incident_on=body.get("incident_on"),
            actor=principal.actor,
            today=brand_today(brand_id),
            now=brand_now(brand_id),
        )
        return _shown(case), 201

    return execute_once(request.get_json(), use_case)


@blp.get("/service-requests")
@requires("service_requests:read")
@blp.arguments(ServiceRequestsQuery, location="query")
@blp.response(200, page_schema(ServiceRequestOut))
def list_requests(query: dict[str, Any]) -> Response:
    """List requests, the newest first: a queue by status, of a member, of a unit, by number."""
    brand_id = current_principal().brand_id
    filters = {name: value for name, value in query.items() if name not in ("limit", "cursor")}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        today = brand_today(brand_id)
        named = query["member"]
        found = services.list_requests(
            brand_id,
            status=query["status"],
            phase=query["phase"],
            member_id=members.resolve(brand_id, named, pointer="/member").id if named else None,
            serial=query["unit"],
            sku=query["product"],
            assignee=query["assignee"],
            flag=query["flag"],
            number=query["q"],
            overdue_on=today if query["overdue"] else None,
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(
            found,
            query["limit"],
            lambda each: [str(each.request.id)],
            partial(show_request, today=today),
            filters,
        )
    )


@blp.get("/service-requests/stats")
@requires("service_requests:read")
@blp.arguments(ServiceStatsQuery, location="query")
@blp.response(200, ServiceStatsOut)
def show_figures(query: dict[str, Any]) -> Response:
    """Show how much service there was in 90 days, or from `from` to `to`.

    `per_thousand` is requests asked for in these days, for a thousand units shipped so far;
    `days_p50` and `days_p90` are calendar days from asking to giving back.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        today = brand_today(brand_id)
        until = query["to"] or today
        since = query["from_"] or until - STATS_DAYS
        stats = services.read_stats(brand_id, since=since, until=until, today=today)
    return json_response(show_stats(stats, since, until))


@blp.get("/service-requests/<string:service_request>")
@requires("service_requests:read")
@blp.response(200, ServiceRequestDetailOut)
def show(service_request: str) -> Response:
    """Show a request, by its id or its number, with what the customer told."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        case = services.get_request(brand_id, id_of(brand_id, service_request))
        shown = show_detail(case, today=brand_today(brand_id))
    return json_response(shown)


@blp.patch("/service-requests/<string:service_request>")
@requires("service_requests:write")
@blp.arguments(ServiceAssigneeIn)
@blp.response(200, ServiceRequestOut)
def assign(body: dict[str, Any], service_request: str) -> Response:
    """Say who of the staff looks after a request. Safe to repeat."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> Response:
        case = services.assign(
            brand_id,
            id_of(brand_id, service_request),
            body["assignee"],
            actor=principal.actor,
            now=brand_now(brand_id),
        )
        return json_response(_shown(case))

    return transact(brand_id, use_case)


@blp.post("/service-requests/<string:service_request>/steps")
@requires("service_requests:write")
@idempotent
@blp.arguments(ServiceStepIn)
@blp.response(200, ServiceRequestOut)
def take_step(body: dict[str, Any], service_request: str) -> Response:
    """Let a request take a step; what is not needed may be skipped.

    Work that costs begins once the newest quote is accepted. `back` corrects a status to an
    earlier one, with a reason. Which step leads where: docs/service-requests.md.
    """
    return done(service_request, services.move, body)


@blp.put("/service-requests/<string:service_request>/lines")
@requires("service_requests:write")
@blp.arguments(ServiceLinesIn)
@blp.response(200, ServiceRequestOut)
def set_lines(body: dict[str, Any], service_request: str) -> Response:
    """Set all that the request costs. Each line is free or paid by the rule it names.

    Parts and labour follow the warranty of the day the request was made; `override` decides
    otherwise, with a reason. Safe to repeat; needs no Idempotency-Key.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> Response:
        case = services.set_lines(
            brand_id,
            id_of(brand_id, service_request),
            [services.Line(**line) for line in body["lines"]],
            actor=principal.actor,
            now=brand_now(brand_id),
        )
        return json_response(_shown(case))

    return transact(brand_id, use_case)


@blp.post("/service-requests/<string:service_request>/notes")
@requires("service_requests:write")
@idempotent
@blp.arguments(ServiceNoteIn)
@blp.response(201, ServiceRequestOut)
def add_note(body: dict[str, Any], service_request: str) -> Response:
    """Write a note among staff (`internal`), or to the `customer`, who is told of it."""
    return done(service_request, services.add_note, body, status=201)


@blp.get("/service-requests/<string:service_request>/events")
@requires("service_requests:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ServiceEventOut))
def list_events(query: dict[str, Any], service_request: str) -> Response:
    """List what happened to a request and what was said with it, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        events = services.list_events(
            brand_id,
            id_of(brand_id, service_request),
            before=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(events, query["limit"], lambda each: [each[0].seq], lambda each: show_event(*each), {})
    )


def id_of(brand_id: UUID, text: str) -> UUID | None:
    """Return the request of an id or a number; None if it is neither."""
    return ids.read("srq", text) or services.id_of_number(brand_id, text)


def done(
    service_request: str,
    act: Callable[..., services.Case],
    values: dict[str, Any],
    *,
    status: int = 200,
) -> Response:
    """Run a use case of one request once, and show the request."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        case = act(
            brand_id,
            id_of(brand_id, service_request),
            **values,
            actor=principal.actor,
            now=brand_now(brand_id),
        )
        return _shown(case), status

    return execute_once(request.get_json(), use_case)


def _shown(case: services.Case) -> dict[str, Any]:
    return show_request(case, today=brand_today(case.request.brand_id))
