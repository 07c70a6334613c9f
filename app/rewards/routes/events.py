"""Events over JSON: parse, call one use case in one transaction, render."""

from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.rewards import services
from app.rewards.schemas.events import (
    EventIn,
    EventOut,
    EventsQuery,
    RecordedEventOut,
    show_event,
    show_recorded,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import digest_of, execute_once, idempotent
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("events", __name__, url_prefix="/v1", description="What the shop tells of members")


@blp.post("/events")
@requires("rewards:write")
@idempotent
@blp.arguments(EventIn)
@blp.response(200, RecordedEventOut, description="이미 받은 이벤트 · It was told before")
@blp.response(201, RecordedEventOut)
def record_event(body: dict[str, Any]) -> Response:
    """Tell that a member did something: wrote a review, shared, answered, passed a quiz.

    Rules on this type reward it at once; `grants` says what was given and `skipped` why
    other rules gave nothing. `external_id` makes it happen once for its type.
    """
    principal = current_principal()
    payload = request.get_json()

    def use_case() -> tuple[Any, int]:
        recorded = services.record_event(
            principal.brand_id,
            body["member"],
            event_type=body["type"],
            external_id=body["external_id"],
            data=body["data"],
            occurred_at=body["occurred_at"],
            fingerprint=digest_of(payload),
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return show_recorded(recorded), 201 if recorded.is_new else 200

    return execute_once(payload, use_case)


@blp.get("/members/<string:member>/events")
@requires("rewards:read")
@blp.arguments(EventsQuery, location="query")
@blp.response(200, page_schema(EventOut))
def list_events(query: dict[str, Any], member: str) -> Response:
    """List what was told of a member, the newest first."""
    brand_id = current_principal().brand_id
    filters = {"events": member, "type": query["type"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        events = services.list_events(
            brand_id,
            member,
            event_type=query["type"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(events, query["limit"], lambda event: [str(event.id)], show_event, filters)
    )
