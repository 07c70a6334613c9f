"""Tiers over JSON: parse, call one use case in one transaction, render."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock
from app.brands import services as brands
from app.db import transact, transaction
from app.members import services as members
from app.tiers import services
from app.tiers.schemas.definitions import (
    TierDistributionOut,
    TierDistributionQuery,
    TierLadderIn,
    TierLadderOut,
    show_distribution,
    show_forecast,
    show_ladder,
)
from app.tiers.schemas.members import (
    MemberTierIn,
    MemberTierOut,
    SpendAdjustmentIn,
    SpendAdjustmentOut,
    TierChangeOut,
    TierPostingOut,
    show_adjusted,
    show_change,
    show_posting,
    show_status,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("tiers", __name__, url_prefix="/v1", description="Tiers by what members buy")


@blp.get("/tier-ladder")
@requires("programme:read")
@blp.response(200, TierLadderOut)
def show() -> Response:
    """Show the ladder in force."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        row = services.get_ladder(brand_id)
    return json_response(show_ladder(row))


@blp.put("/tier-ladder")
@requires("programme:write")
@blp.arguments(TierLadderIn)
@blp.response(200, TierLadderOut)
def put(body: dict[str, Any]) -> Response:
    """Put a ladder in force as a new version; `{}` is the example of the trade.

    With `"dry_run": true` nothing changes: the answer tells how many members would have
    which tier, and who would move first. Members rise by a new ladder within minutes. They fall
    by it with their next assessment, or within minutes with `"move_down": "now"`. Safe to
    repeat and needs no Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    brand_id = principal.brand_id
    trial, move_down = body.pop("dry_run"), body.pop("move_down")
    lowers = move_down == "now"
    if trial:
        with transaction(brand_id):
            forecast = services.forecast(brand_id, body, lowers=lowers, now=_now(brand_id))
        return json_response(show_forecast(body, forecast, move_down=move_down))

    def use_case() -> Response:
        row = services.put_ladder(
            brand_id, body, lowers=lowers, actor=principal.actor, now=_now(brand_id)
        )
        return json_response(show_ladder(row))

    return transact(brand_id, use_case)


@blp.get("/tier-ladder/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(TierLadderOut))
def list_versions(query: dict[str, Any]) -> Response:
    """List every version of the ladder, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        rows = services.list_ladders(
            brand_id,
            before_version=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(page(rows, query["limit"], lambda row: [row.version], show_ladder, {}))


@blp.get("/tier-ladder/distribution")
@requires("programme:read")
@blp.arguments(TierDistributionQuery, location="query")
@blp.response(200, TierDistributionOut)
def show_members_by_tier(query: dict[str, Any]) -> Response:
    """Count members by the tier they had earned on the evening of a day.

    Counted is who ever had anything counted, by what the period that ends with the day
    holds. Tiers that are kept without being earned, or set by hand, make no difference.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.distribution(
            brand_id, on=query["on"], basis=query["basis"], now=_now(brand_id)
        )
    return json_response(show_distribution(found))


@blp.get("/members/<string:member>/tier")
@requires("rewards:read")
@blp.response(200, MemberTierOut)
def show_member_tier(member: str) -> Response:
    """Show a member's tier, what the next one and this one need, and what is to come."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        status = services.get_status(brand_id, found.id, now=_now(brand_id))
    return json_response(show_status(status))


@blp.put("/members/<string:member>/tier")
@requires("rewards:write")
@blp.arguments(MemberTierIn)
@blp.response(200, MemberTierOut)
def assign_tier(body: dict[str, Any], member: str) -> Response:
    """Set a member's tier by hand, until a day or for good; null ends that.

    What the member earns goes on beside it, and the higher of both counts. Safe to repeat
    and needs no Idempotency-Key.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> Response:
        found = members.resolve(brand_id, member, keep=True)
        now = _now(brand_id)
        services.assign_tier(
            brand_id,
            found.id,
            body["tier"],
            until=body["until"],
            reason=body["reason"],
            actor=principal.actor,
            now=now,
        )
        return json_response(show_status(services.get_status(brand_id, found.id, now=now)))

    return transact(brand_id, use_case)


@blp.get("/members/<string:member>/tier/history")
@requires("rewards:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(TierChangeOut))
def list_changes(query: dict[str, Any], member: str) -> Response:
    """List how a member came to the tier, each change with its reason, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.find_member(brand_id, member)
        filters = {"changes": str(found.id)}
        position = read_cursor(query, filters)
        changes = services.list_changes(
            brand_id,
            found.id,
            before_seq=position[0] if position else None,
            limit=query["limit"] + 1,
        )
        ladders = {
            version: services.ladder_at(brand_id, version)
            for version in {change.ladder_version for change in changes}
        }
    return json_response(
        page(
            changes,
            query["limit"],
            lambda change: [change.seq],
            lambda change: show_change(change, ladders[change.ladder_version]),
            filters,
        )
    )


@blp.get("/members/<string:member>/tier/postings")
@requires("rewards:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(TierPostingOut))
def list_postings(query: dict[str, Any], member: str) -> Response:
    """List everything that ever counted for a member, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        filters = {"postings": str(found.id)}
        position = read_cursor(query, filters)
        postings = services.list_postings(
            brand_id,
            found.id,
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(postings, query["limit"], lambda each: [str(each.id)], show_posting, filters)
    )


@blp.post("/members/<string:member>/spend-adjustments")
@requires("rewards:write")
@idempotent
@blp.arguments(SpendAdjustmentIn)
@blp.response(201, SpendAdjustmentOut)
def create_spend_adjustment(body: dict[str, Any], member: str) -> Response:
    """Let something count that is no order here: an offline purchase, a return, migrated history.

    An amount below zero is a return without an order. It counts on the day it happened; the
    tier itself falls at once only if it was reached with what is returned.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        found = members.resolve(brand_id, member, keep=True)
        adjusted = services.adjust_spend(
            brand_id, found.id, **body, actor=principal.actor, now=_now(brand_id)
        )
        return show_adjusted(adjusted), 201

    return execute_once(request.get_json(), use_case)


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())
