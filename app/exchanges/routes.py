"""Exchanges over JSON: parse, call one use case in one transaction, render."""

from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.db import transact, transaction
from app.exchanges import services
from app.exchanges.errors import ExchangeNotFound
from app.exchanges.schemas import (
    CancelIn,
    CancelledOut,
    ExchangedOut,
    ExchangeIn,
    ExchangeItemIn,
    ExchangeItemOut,
    ExchangeItemsQuery,
    ExchangeItemVersionOut,
    ExchangeOut,
    show_balance,
    show_exchange,
    show_item,
    show_version,
)
from app.members import services as members
from app.web.auth import ScopeMissing, current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.idempotency import execute_once, idempotency_key, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("exchanges", __name__, url_prefix="/v1", description="What points buy")

# What a member can have tells what the member has: that is of the members' own scope.
OF_MEMBERS = "rewards:read"


@blp.put("/exchange-items/<string:code>")
@requires("programme:write")
@blp.arguments(ExchangeItemIn)
@blp.response(200, ExchangeItemOut)
@blp.alt_response(201, schema=ExchangeItemOut, description="The item is new.")
def put_item(body: dict[str, Any], code: str) -> Response:
    """Put an item into the catalogue, or replace all that is said of it, as a new version.

    Safe to repeat and needs no Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    code_of(code)

    def use_case() -> Response:
        item, outcome = services.put_item(
            principal.brand_id,
            code,
            body,
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return json_response(show_item(item), 201 if outcome == "created" else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/exchange-items/<string:code>")
@requires("programme:read")
@blp.response(200, ExchangeItemOut)
def show(code: str) -> Response:
    """Show one item, how many pieces are taken and how many are left."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        item = services.get_item(brand_id, code)
    return json_response(show_item(item))


@blp.get("/exchange-items/<string:code>/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ExchangeItemVersionOut))
def list_versions(query: dict[str, Any], code: str) -> Response:
    """List what an item was and who changed it, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, code, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


@blp.get("/exchange-items")
@requires("programme:read")
@blp.arguments(ExchangeItemsQuery, location="query")
@blp.response(200, page_schema(ExchangeItemOut))
def list_items(query: dict[str, Any]) -> Response:
    """List items in the order of their codes.

    With `member` (which needs the scope `rewards:read`, too) each says how many of it
    the member can have at once, or every reason why none.
    """
    principal = current_principal()
    if query["member"] is not None and OF_MEMBERS not in principal.scopes:
        raise ScopeMissing(scope=OF_MEMBERS)
    brand_id = principal.brand_id
    filters = {"open": query["open"], "member": query["member"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        items = services.list_items(
            brand_id,
            only_open=query["open"] is not None,
            after=position[0] if position else None,
            limit=query["limit"] + 1,
            now=now,
        )
        offers = {}
        if query["member"] is not None:
            member = members.resolve(brand_id, query["member"], pointer="/member")
            listed = services.list_offers(brand_id, member.id, items, now=now)
            offers = {item.code: offer for item, offer in zip(items, listed, strict=True)}
    return json_response(
        page(
            items,
            query["limit"],
            lambda item: [item.code],
            lambda item: show_item(item, offers.get(item.code)),
            filters,
        )
    )


@blp.post("/members/<string:member>/exchanges")
@requires("rewards:write")
@idempotent
@blp.arguments(ExchangeIn)
@blp.response(201, ExchangedOut)
def create_exchange(body: dict[str, Any], member: str) -> Response:
    """Take a member's points and give the coupons of an item for them, or neither."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        made = services.exchange(
            brand_id,
            members.resolve(brand_id, member, keep=True).id,
            body["item"],
            body["quantity"],
            expected_points=body["expected_points"],
            actor=principal.actor,
            cause=f"key/{idempotency_key()}",
            now=brands.brand_now(brand_id, clock.now()),
        )
        return {**show_exchange(made.exchange), "balance": show_balance(made.balance)}, 201

    return execute_once(request.get_json(), use_case)


@blp.get("/members/<string:member>/exchanges")
@requires("rewards:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ExchangeOut))
def list_exchanges(query: dict[str, Any], member: str) -> Response:
    """List a member's exchanges, cancelled ones included, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        filters = {"exchanges": str(found.id)}
        position = read_cursor(query, filters)
        exchanges = services.list_exchanges(
            brand_id,
            found.id,
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(exchanges, query["limit"], lambda each: [str(each.id)], show_exchange, filters)
    )


@blp.get("/exchanges/<string:exchange>")
@requires("rewards:read")
@blp.response(200, ExchangeOut)
def show_one(exchange: str) -> Response:
    """Show one exchange and its coupons."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_exchange(brand_id, _exchange_id(exchange))
    return json_response(show_exchange(found))


@blp.post("/exchanges/<string:exchange>/cancel")
@requires("rewards:write")
@idempotent
@blp.arguments(CancelIn)
@blp.response(200, CancelledOut)
def cancel(body: dict[str, Any], exchange: str) -> Response:
    """Cancel an exchange: its coupons are revoked, its points go back to their lots.

    Refused once one of the coupons is used. Points whose time is over lapse at once,
    unless the brand's refunds grant days of grace.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        done = services.cancel(
            principal.brand_id,
            _exchange_id(exchange),
            reason=body["reason"],
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        shown = {
            **show_exchange(done.exchange),
            "balance": show_balance(done.balance),
            "given_back": {
                "restored": done.restored,
                "restored_expired": done.restored_expired,
            },
        }
        return shown, 200

    return execute_once(request.get_json(), use_case)


def _exchange_id(reference: str) -> UUID:
    exchange_id = ids.read("exc", reference)
    if exchange_id is None:
        raise ExchangeNotFound
    return exchange_id
