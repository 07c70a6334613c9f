"""Points over JSON: parse, call one use case in one transaction, render."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.db import transaction
from app.members import services as members
from app.points import services
from app.points.errors import HoldNotFound
from app.points.schemas import (
    AccrualIn,
    AdjustmentIn,
    CaptureIn,
    EntryOut,
    ExplainedEntryOut,
    HoldIn,
    HoldOut,
    NoticeOut,
    PostedOut,
    RedemptionIn,
    StatementOut,
    TransferIn,
    show_entry,
    show_explained,
    show_hold,
    show_notice,
    show_posted,
    show_statement,
)
from app.points.services import Posted
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotency_key, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("points", __name__, url_prefix="/v1", description="Point ledgers of members")


@blp.get("/members/<string:member>/points")
@requires("points:read")
@blp.response(200, StatementOut)
def show_points(member: str) -> Response:
    """Show what can be spent, what is to come, and every date on which points lapse."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        statement = services.get_statement(
            brand_id, found.id, now=brands.brand_now(brand_id, clock.now())
        )
    return json_response(show_statement(found.id, statement))


@blp.get("/members/<string:member>/points/notices")
@requires("points:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(NoticeOut))
def list_notices(query: dict[str, Any], member: str) -> Response:
    """List what the member is told of points that lapse, the latest date first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        filters = {"notices": str(found.id)}
        position = read_cursor(query, filters)
        notices = services.list_notices(
            brand_id,
            found.id,
            before=(date.fromisoformat(position[0]), position[1]) if position else None,
            limit=query["limit"] + 1,
            now=brands.brand_now(brand_id, clock.now()),
        )
    return json_response(
        page(
            notices,
            query["limit"],
            lambda notice: [notice.expires_on.isoformat(), notice.days_before],
            show_notice,
            filters,
        )
    )


@blp.get("/members/<string:member>/points/entries")
@requires("points:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(EntryOut))
def list_entries(query: dict[str, Any], member: str) -> Response:
    """List ledger entries, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.find_member(brand_id, member)
        filters = {"entries": str(found.id)}
        position = read_cursor(query, filters)
        entries = services.list_entries(
            brand_id,
            found.id,
            before_seq=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(entries, query["limit"], lambda entry: [entry.seq], show_entry, filters)
    )


@blp.get("/members/<string:member>/points/entries/<int(max=9007199254740991):seq>")
@requires("points:read")
@blp.response(200, ExplainedEntryOut)
def explain_entry(member: str, seq: int) -> Response:
    """Explain one entry: the lots it drew from or filled, the order and rule behind it."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.find_member(brand_id, member)
        entry = services.get_entry(brand_id, found.id, seq)
        allocations = services.list_allocations(brand_id, found.id, seq)
    return json_response(show_explained(entry, list(allocations)))


@blp.post("/members/<string:member>/points/accruals")
@requires("points:write")
@idempotent
@blp.arguments(AccrualIn)
@blp.response(201, PostedOut)
def create_accrual(body: dict[str, Any], member: str) -> Response:
    """Give points for a purchase, an event, or as a grant."""

    def use_case(brand_id: UUID, member_id: UUID, **common: Any) -> Posted:
        return services.accrue(
            brand_id,
            member_id,
            body["points"],
            origin=body["origin"],
            reason=body["reason"],
            expires_at=body["expires_at"],
            **common,
        )

    return _post(member, use_case)


@blp.post("/members/<string:member>/points/redemptions")
@requires("points:write")
@idempotent
@blp.arguments(RedemptionIn)
@blp.response(201, PostedOut)
def create_redemption(body: dict[str, Any], member: str) -> Response:
    """Spend points outside of an order, the soonest to expire first."""

    def use_case(brand_id: UUID, member_id: UUID, **common: Any) -> Posted:
        return services.redeem(brand_id, member_id, body["points"], reason=body["reason"], **common)

    return _post(member, use_case)


@blp.post("/members/<string:member>/points/adjustments")
@requires("points:write")
@idempotent
@blp.arguments(AdjustmentIn)
@blp.response(201, PostedOut)
def create_adjustment(body: dict[str, Any], member: str) -> Response:
    """Correct a balance by hand, up or down, with a reason code and who decided it."""

    def use_case(brand_id: UUID, member_id: UUID, **common: Any) -> Posted:
        if body["actor"]:
            common["actor"] = f"{common['actor']} {body['actor']}"
        return services.adjust(
            brand_id,
            member_id,
            body["points"],
            reason=body["reason_code"],
            note=body["note"],
            expires_at=body["expires_at"],
            **common,
        )

    return _post(member, use_case)


@blp.post("/members/<string:member>/points/transfers")
@requires("points:write")
@idempotent
@blp.arguments(TransferIn)
@blp.response(201, PostedOut)
def create_transfer(body: dict[str, Any], member: str) -> Response:
    """Move points to another member; they keep the day on which they lapse."""

    def use_case(brand_id: UUID, member_id: UUID, **common: Any) -> Posted:
        target = members.resolve(brand_id, body["to"], pointer="/to", keep=True)
        return services.transfer(
            brand_id, member_id, target.id, body["points"], reason=body["reason"], **common
        )

    return _post(member, use_case)


@blp.post("/members/<string:member>/points/holds")
@requires("points:write")
@idempotent
@blp.arguments(HoldIn)
@blp.response(201, HoldOut)
def create_hold(body: dict[str, Any], member: str) -> Response:
    """Reserve points for a checkout under way."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        hold, balance = services.place_hold(
            brand_id,
            members.resolve(brand_id, member, keep=True).id,
            body["points"],
            ttl_seconds=body["ttl_seconds"],
            actor=principal.actor,
            cause=f"key/{idempotency_key()}",
            now=brands.brand_now(brand_id, clock.now()),
        )
        return show_hold(hold, balance), 201

    return execute_once(request.get_json(), use_case)


@blp.get("/holds/<string:hold>")
@requires("points:read")
@blp.response(200, HoldOut)
def show_hold_state(hold: str) -> Response:
    """Show a hold; one whose time is over shows as expired."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        found = services.get_hold(brand_id, _hold_id(hold))
        balance = services.get_balance(brand_id, found.member_id, now=now)
        found = services.get_hold(brand_id, found.id)  # as it is once settled
    return json_response(show_hold(found, balance))


@blp.post("/holds/<string:hold>/capture")
@requires("points:write")
@idempotent
@blp.arguments(CaptureIn)
@blp.response(200, HoldOut)
def capture_hold(body: dict[str, Any], hold: str) -> Response:
    """Spend a hold, whole or in part; the rest returns to the member."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        found, balance = services.capture_hold(
            principal.brand_id,
            _hold_id(hold),
            body["points"],
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return show_hold(found, balance), 200

    return execute_once(request.get_json(), use_case)


@blp.post("/holds/<string:hold>/void")
@requires("points:write")
@idempotent
@blp.response(200, HoldOut)
def void_hold(hold: str) -> Response:
    """Release a hold: its points can be spent again."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        found, balance = services.void_hold(
            principal.brand_id,
            _hold_id(hold),
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return show_hold(found, balance), 200

    return execute_once(None, use_case)


def _hold_id(reference: str) -> UUID:
    hold_id = ids.read("hld", reference)
    if hold_id is None:
        raise HoldNotFound
    return hold_id


def _post(member: str, use_case: Any) -> Response:
    """Run a use case that posts for one member, once per Idempotency-Key."""
    principal = current_principal()
    brand_id = principal.brand_id

    def once() -> tuple[Any, int]:
        found = members.resolve(brand_id, member, keep=True)
        posted = use_case(
            brand_id,
            found.id,
            actor=principal.actor,
            cause=f"key/{idempotency_key()}",
            now=brands.brand_now(brand_id, clock.now()),
        )
        return show_posted(posted), 201

    return execute_once(request.get_json(), once)
