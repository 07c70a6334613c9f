"""Units over JSON, by their serial."""

from typing import Any
from uuid import UUID

from flask import Response, request

from app.db import transaction
from app.warranties import services
from app.warranties.routes.batches import batch_id_of
from app.warranties.routes.terms import brand_now, brand_today
from app.warranties.schemas.units import (
    UnitDetailOut,
    UnitEventOut,
    UnitFlagIn,
    UnitOut,
    UnitsQuery,
    UnitStepIn,
    show_event,
    show_piece,
    show_unit,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("units", __name__, url_prefix="/v1", description="Units: pieces with a serial")


@blp.get("/units")
@requires("warranties:read")
@blp.arguments(UnitsQuery, location="query")
@blp.response(200, page_schema(UnitOut))
def list_units(query: dict[str, Any]) -> Response:
    """List units in the order in which they were made."""
    brand_id = current_principal().brand_id
    filters = {name: query[name] for name in ("batch", "product", "state", "flag", "channel")}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_units(
            brand_id,
            batch_id=batch_id_of(query["batch"]) if query["batch"] else None,
            sku=query["product"],
            state=query["state"],
            flag=query["flag"],
            channel=query["channel"],
            after=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [str(each.id)], show_unit, filters)
    )


@blp.get("/units/<string:serial>")
@requires("warranties:read")
@blp.response(200, UnitDetailOut)
def show(serial: str) -> Response:
    """Show a unit by its serial, however it is typed, and its coverage today.

    As long as nobody has registered it, coverage follows from its own dates.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        piece = services.get_unit(brand_id, serial)
        coverage = services.coverage_of(piece, on=brand_today(brand_id))
    return json_response(show_piece(piece, coverage))


@blp.get("/units/<string:serial>/events")
@requires("warranties:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(UnitEventOut))
def list_events(query: dict[str, Any], serial: str) -> Response:
    """List what happened to a unit, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        events = services.list_events(
            brand_id, serial, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(page(events, query["limit"], lambda each: [each.seq], show_event, {}))


@blp.post("/units/<string:serial>/steps")
@requires("warranties:write")
@idempotent
@blp.arguments(UnitStepIn)
@blp.response(200, UnitDetailOut)
def take_step(body: dict[str, Any], serial: str) -> Response:
    """Let one unit take a step: `allocate`, `ship`, `release`, `replace` or `void`.

    The last three need a reason. `release` parts a unit from its owner, so that it can be
    registered again; `replace` names the unit given in exchange, whose warranty begins anew.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        piece = services.move_unit(
            principal.brand_id,
            serial,
            **body,
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return _shown(piece), 200

    return execute_once(request.get_json(), use_case)


@blp.post("/units/<string:serial>/flags")
@requires("warranties:write")
@idempotent
@blp.arguments(UnitFlagIn)
@blp.response(200, UnitDetailOut)
def set_flag(body: dict[str, Any], serial: str) -> Response:
    """Mark a unit as `suspect`, `lost`, `stolen` or `recalled`, or take the mark off."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        piece = services.flag_unit(
            principal.brand_id,
            serial,
            body["flag"],
            on=body["set"],
            reason=body["reason"],
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return _shown(piece), 200

    return execute_once(request.get_json(), use_case)


def _shown(piece: services.Piece) -> dict[str, Any]:
    today = brand_today(piece.unit.brand_id)
    return show_piece(piece, services.coverage_of(piece, on=today))
