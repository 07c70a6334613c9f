"""The checkout over JSON: parse, call one use case in one transaction, render."""

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import validate

from app import clock, ids
from app.brands import services as brands
from app.db import dry_run, transact, transaction
from app.members import services as members
from app.orders import services
from app.orders.errors import OrderNotFound
from app.orders.models import Order
from app.orders.rules import status_at
from app.orders.schemas import (
    CheckoutHoldIn,
    CheckoutHoldOut,
    OrderIn,
    OrderOut,
    OrderSummaryOut,
    PreviewIn,
    RefundIn,
    RefundOut,
    ReleasedOut,
    read_cart,
    read_refund,
    show_checkout_hold,
    show_dry_run,
    show_receipt,
    show_refunded,
    show_summary,
)
from app.orders.services import StoredAnswer
from app.points.errors import HoldNotFound
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.fields import PlainString
from app.web.idempotency import (
    Answer,
    digest_of,
    execute_once,
    fingerprint_of,
    idempotency_key,
    idempotent,
    replay,
    this_attempt,
)
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import dump, json_response

blp = Blueprint("orders", __name__, url_prefix="/v1", description="The checkout")


class OrderQuery(PageQuery):
    member = PlainString(load_default=None, validate=validate.Length(1, 140))


@blp.post("/checkout/preview")
@requires("orders:read")
@blp.arguments(PreviewIn)
@blp.response(200, OrderOut)
def preview_order(body: dict[str, Any]) -> Response:
    """Show what placing the order would do, by the same path, changing nothing."""
    brand_id = current_principal().brand_id
    cart = read_cart(body, members.parse_reference(body["member"], pointer="/member"))
    # Committed, though nothing was written: the driver forgets its prepared statements
    # when a transaction is rolled back.
    receipt = transact(None, lambda: services.preview_order(brand_id, cart, now=clock.now()))
    return json_response(show_receipt(receipt))


@blp.post("/checkout/holds")
@requires("orders:write")
@idempotent
@blp.arguments(CheckoutHoldIn)
@blp.response(201, CheckoutHoldOut)
def hold_checkout(body: dict[str, Any]) -> Response:
    """Reserve the points and coupons of a cart while the shopper pays."""
    principal = current_principal()
    cart = read_cart(body, members.parse_reference(body["member"], pointer="/member"))

    def use_case() -> tuple[Any, int]:
        held = services.hold_checkout(
            principal.brand_id,
            cart,
            ttl_seconds=body["ttl_seconds"],
            actor=principal.actor,
            cause=f"key/{idempotency_key()}",
            now=clock.now(),
        )
        return show_checkout_hold(held), 201

    return execute_once(request.get_json(), use_case)


@blp.post("/checkout/holds/<string:hold>/release")
@requires("orders:write")
@idempotent
@blp.response(200, ReleasedOut)
def release_checkout(hold: str) -> Response:
    """Give back all that a checkout's hold reserves; repeating it changes nothing."""
    principal = current_principal()
    brand_id = principal.brand_id
    hold_id = ids.read("hld", hold)
    if hold_id is None:
        raise HoldNotFound

    def use_case() -> tuple[Any, int]:
        services.release_checkout(
            brand_id, hold_id, actor=principal.actor, now=brands.brand_now(brand_id, clock.now())
        )
        return {"object": "checkout_hold", "id": hold, "state": "released"}, 200

    return execute_once(None, use_case)


@blp.post("/orders")
@requires("orders:write")
@idempotent
@blp.arguments(OrderIn)
@blp.response(200, OrderOut, description="이미 있는 주문 · The order was placed before")
@blp.response(201, OrderOut)
def place_order(body: dict[str, Any]) -> Response:
    """Place a paid order: points are used and earned in one step, safe to repeat."""
    principal = current_principal()
    attempt = this_attempt(request.get_json())
    cart = read_cart(body, members.parse_reference(body["member"], pointer="/member"))
    rendered = ""

    def render(receipt: services.Receipt) -> str:
        nonlocal rendered
        rendered = dump(show_receipt(receipt))
        return rendered

    def use_case() -> Answer:
        nonlocal rendered
        rendered = ""
        placed = services.place_order(
            principal.brand_id,
            cart,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            actor=principal.actor,
            render=render,
            now=clock.now(),
        )
        if isinstance(placed, StoredAnswer):
            return replay(attempt, bytes.fromhex(placed.fingerprint), placed.status, placed.body)
        if rendered:
            return Answer(201, rendered)
        return Answer(200, dump(show_receipt(placed)), replayed=True)

    # Opening the checkout makes the brand visible: one round trip less.
    return transact(None, use_case).response()


@blp.get("/orders")
@requires("orders:read")
@blp.arguments(OrderQuery, location="query")
@blp.response(200, page_schema(OrderSummaryOut))
def list_orders(query: dict[str, Any]) -> Response:
    """List orders, the newest first; of one member with `member`."""
    brand_id = current_principal().brand_id
    filters = {"orders": query["member"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        orders = services.list_orders(
            brand_id,
            member=query["member"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )

    def show(order: Order) -> dict[str, Any]:
        status = status_at(order.status, order.confirmed_at, order.confirm_due_at, now)
        return show_summary(order, status)

    return json_response(page(orders, query["limit"], lambda order: [str(order.id)], show, filters))


@blp.get("/orders/<string:order>")
@requires("orders:read")
@blp.response(200, OrderOut)
def show_order(order: str) -> Response:
    """Show an order with everything it caused."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        receipt = services.receipt_of(_find(brand_id, order), now=now)
    return json_response(show_receipt(receipt))


@blp.post("/orders/<string:order>/confirm")
@requires("orders:write")
@idempotent
@blp.response(200, OrderOut)
def confirm_order(order: str) -> Response:
    """Confirm the purchase (구매확정): its pending points can be spent."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        receipt = services.confirm_order(
            brand_id,
            _find(brand_id, order).id,
            actor=principal.actor,
            now=brands.brand_now(brand_id, clock.now()),
        )
        return show_receipt(receipt), 200

    return execute_once(None, use_case)


@blp.post("/orders/<string:order>/cancel")
@requires("orders:write")
@idempotent
@blp.response(200, OrderOut)
def cancel_order(order: str) -> Response:
    """Cancel an order that is neither confirmed nor refunded; all it did is undone."""
    principal = current_principal()
    brand_id = principal.brand_id
    fingerprint = fingerprint_of(None)

    def use_case() -> tuple[Any, int]:
        cancelled = services.cancel_order(
            brand_id,
            _find(brand_id, order).id,
            fingerprint=fingerprint,
            actor=principal.actor,
            now=brands.brand_now(brand_id, clock.now()),
        )
        return show_receipt(cancelled.receipt), 200

    return execute_once(None, use_case)


@blp.post("/orders/<string:order>/refunds")
@requires("orders:write")
@idempotent
@blp.arguments(RefundIn)
@blp.response(200, RefundOut, description="dry_run이면 미리 본 결과 · With dry_run, what would be")
@blp.response(201, RefundOut)
def refund_order(body: dict[str, Any], order: str) -> Response:
    """Refund lines, shipping, or all that is left; with `dry_run` only say what would be."""
    principal = current_principal()
    brand_id = principal.brand_id
    refund = read_refund(body)
    payload = {name: value for name, value in request.get_json().items() if name != "dry_run"}
    fingerprint = digest_of(payload)  # whichever way the address names the order

    def refunded() -> services.Refunded:
        return services.refund_order(
            brand_id,
            _find(brand_id, order).id,
            refund,
            fingerprint=fingerprint,
            actor=principal.actor,
            now=brands.brand_now(brand_id, clock.now()),
        )

    if body["dry_run"]:
        return json_response(dry_run(brand_id, lambda: show_dry_run(refunded())), 200)

    def once() -> tuple[Any, int]:
        result = refunded()
        return show_refunded(result), 200 if result.repeated else 201

    return execute_once(payload, once)


def _find(brand_id: UUID, reference: str) -> Order:
    order_id = ids.read("ord", reference)
    if order_id is not None:
        return services.get_order(brand_id, order_id=order_id)
    if reference.startswith("ext:"):
        return services.get_order(brand_id, external_id=reference.removeprefix("ext:"))
    raise OrderNotFound
