"""Stamps over JSON: parse, call one use case in one transaction, render."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.db import transact, transaction
from app.members import services as members
from app.stamps import services
from app.stamps.schemas import (
    MemberStampsOut,
    StampAdjustmentIn,
    StampAdjustmentOut,
    StampEntryOut,
    StampProgrammeIn,
    StampProgrammeOut,
    StampProgrammesQuery,
    StampProgrammeVersionOut,
    show_adjustment,
    show_entry,
    show_member,
    show_programme,
    show_version,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.idempotency import execute_once, idempotency_key, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("stamps", __name__, url_prefix="/v1", description="Stamp cards")


@blp.put("/stamp-programmes/<string:programme>")
@requires("programme:write")
@blp.arguments(StampProgrammeIn)
@blp.response(200, StampProgrammeOut)
@blp.alt_response(201, schema=StampProgrammeOut, description="The programme is new.")
def put_programme(body: dict[str, Any], programme: str) -> Response:
    """Offer stamps, or change what is offered for cards that begin from now on.

    A card keeps the version it was begun under: its goal and rewards never change. A new
    programme is active at once, unless `"draft": true`. Safe to repeat and needs no
    Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    code = code_of(programme)
    draft = body.pop("draft")

    def use_case() -> Response:
        defined = services.put_programme(
            principal.brand_id,
            code,
            body,
            draft=draft,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return json_response(show_programme(defined), 201 if defined.created else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/stamp-programmes/<string:programme>")
@requires("programme:read")
@blp.response(200, StampProgrammeOut)
def show(programme: str) -> Response:
    """Show a programme as it is now."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        defined = services.get_programme(brand_id, programme)
    return json_response(show_programme(defined))


@blp.get("/stamp-programmes")
@requires("programme:read")
@blp.arguments(StampProgrammesQuery, location="query")
@blp.response(200, page_schema(StampProgrammeOut))
def list_programmes(query: dict[str, Any]) -> Response:
    """List programmes in the order of their codes."""
    brand_id = current_principal().brand_id
    filters = {"status": query["status"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_programmes(
            brand_id,
            status=query["status"],
            after=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [each.programme.code], show_programme, filters)
    )


@blp.get("/stamp-programmes/<string:programme>/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(StampProgrammeVersionOut))
def list_versions(query: dict[str, Any], programme: str) -> Response:
    """List what a programme said and who changed it, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, programme, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


@blp.post("/stamp-programmes/<string:programme>/activate")
@requires("programme:write")
@idempotent
@blp.response(200, StampProgrammeOut)
def activate(programme: str) -> Response:
    """Let a draft begin, or a paused programme go on."""
    return _set_status(programme, "active")


@blp.post("/stamp-programmes/<string:programme>/pause")
@requires("programme:write")
@idempotent
@blp.response(200, StampProgrammeOut)
def pause(programme: str) -> Response:
    """Give no stamps for the moment. Cards stay, and lapse on their day."""
    return _set_status(programme, "paused")


@blp.post("/stamp-programmes/<string:programme>/end")
@requires("programme:write")
@idempotent
@blp.response(200, StampProgrammeOut)
def end(programme: str) -> Response:
    """End a programme for good: no more stamps are given. Cards stay as they are."""
    return _set_status(programme, "ended")


@blp.get("/members/<string:member>/stamps")
@requires("rewards:read")
@blp.response(200, MemberStampsOut)
def show_member_stamps(member: str) -> Response:
    """Show the cards a member is filling, what comes next, and what lapses when."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        stamps = services.list_of_member(brand_id, found.id, now=_now(brand_id))
    return json_response(show_member(ids.show("mem", found.id), stamps))


@blp.get("/members/<string:member>/stamps/history")
@requires("rewards:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(StampEntryOut))
def list_entries(query: dict[str, Any], member: str) -> Response:
    """List every stamp of a member that came or went, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        filters = {"stamps": str(found.id)}
        position = read_cursor(query, filters)
        entries = services.list_entries(
            brand_id,
            found.id,
            before=(datetime.fromisoformat(position[0]), position[1], position[2])
            if position
            else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(
            entries,
            query["limit"],
            lambda each: [each.at.isoformat(), each.programme, each.seq],
            show_entry,
            filters,
        )
    )


@blp.post("/members/<string:member>/stamps/adjustments")
@requires("rewards:write")
@idempotent
@blp.arguments(StampAdjustmentIn)
@blp.response(201, StampAdjustmentOut)
def create_adjustment(body: dict[str, Any], member: str) -> Response:
    """Add stamps by hand, or take those that earned no reward yet, with a reason.

    What a card reaches by it is given at once. It is written down in the audit log.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        found = members.resolve(brand_id, member, keep=True)
        done = services.adjust(
            brand_id,
            found.id,
            body["programme"],
            body["stamps"],
            reason=body["reason"],
            occasion=f"key/{idempotency_key()}",
            actor=principal.actor,
            now=_now(brand_id),
        )
        return show_adjustment(body["programme"], body["reason"], done), 201

    return execute_once(request.get_json(), use_case)


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())


def _set_status(programme: str, status: str) -> Response:
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        defined = services.set_status(
            principal.brand_id,
            programme,
            status,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_programme(defined), 200

    return execute_once(None, use_case)
