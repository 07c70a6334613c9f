"""Batches of units over JSON."""

from typing import Any
from uuid import UUID

from flask import Response, request

from app import ids
from app.db import transaction
from app.jobs import run_due
from app.queue import enqueue
from app.warranties import services
from app.warranties.errors import WarrantyBatchNotFound
from app.warranties.routes.terms import brand_now
from app.warranties.schemas.units import (
    BatchAllocationIn,
    BatchShipmentIn,
    BatchVoidIn,
    WarrantyBatchesQuery,
    WarrantyBatchIn,
    WarrantyBatchOut,
    show_batch,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("warranty_batches", __name__, url_prefix="/v1", description="Batches of units")

WORK = "warranties.work"


@blp.post("/warranty-batches")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyBatchIn)
@blp.response(201, WarrantyBatchOut)
def create_batch(body: dict[str, Any]) -> Response:
    """Make up to 100,000 units of a product, under the warranty terms that fit it now.

    Up to 2,000 are there with the answer. More are made by a job: `status` is `working`
    until then, and `tasks` shows how far it is. The maker's own `serials` (up to 5,000
    in a request) are checked all before any unit is made.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        stock = services.create_batch(
            principal.brand_id,
            body["product"],
            body["quantity"],
            channel=body.get("channel"),
            manufactured_on=body.get("manufactured_on"),
            import_cleared_on=body.get("import_cleared_on"),
            serials=body.get("serials"),
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return _answer(stock), 201

    return execute_once(request.get_json(), use_case)


@blp.get("/warranty-batches")
@requires("warranties:read")
@blp.arguments(WarrantyBatchesQuery, location="query")
@blp.response(200, page_schema(WarrantyBatchOut))
def list_batches(query: dict[str, Any]) -> Response:
    """List batches, the newest first, each with its units by state."""
    brand_id = current_principal().brand_id
    filters = {"product": query["product"], "channel": query["channel"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_batches(
            brand_id,
            sku=query["product"],
            channel=query["channel"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [str(each.batch.id)], show_batch, filters)
    )


@blp.get("/warranty-batches/<string:batch>")
@requires("warranties:read")
@blp.response(200, WarrantyBatchOut)
def show(batch: str) -> Response:
    """Show a batch, its units by state, and how far what was asked of it is done."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        stock = services.get_batch(brand_id, batch_id_of(batch))
    return json_response(show_batch(stock))


@blp.post("/warranty-batches/<string:batch>/allocate")
@requires("warranties:write")
@idempotent
@blp.arguments(BatchAllocationIn)
@blp.response(200, WarrantyBatchOut)
def allocate(body: dict[str, Any], batch: str) -> Response:
    """Give a batch, or the units numbered `first` to `last`, to a sales channel."""
    return _move(batch, "allocate", body)


@blp.post("/warranty-batches/<string:batch>/ship")
@requires("warranties:write")
@idempotent
@blp.arguments(BatchShipmentIn)
@blp.response(200, WarrantyBatchOut)
def ship(body: dict[str, Any], batch: str) -> Response:
    """Say that a batch, or the units numbered `first` to `last`, went out."""
    return _move(batch, "ship", body)


@blp.post("/warranty-batches/<string:batch>/void")
@requires("warranties:write")
@idempotent
@blp.arguments(BatchVoidIn)
@blp.response(200, WarrantyBatchOut)
def void(body: dict[str, Any], batch: str) -> Response:
    """Make the codes of a batch worthless: a misprint, a stolen roll.

    Units that have an owner are left alone; void those one by one.
    """
    return _move(batch, "void", body)


def batch_id_of(text: str) -> UUID:
    """:raises WarrantyBatchNotFound: it is no id of a batch"""
    batch_id = ids.read("wbt", text)
    if batch_id is None:
        raise WarrantyBatchNotFound
    return batch_id


def _move(batch: str, step: str, body: dict[str, Any]) -> Response:
    principal = current_principal()
    batch_id = batch_id_of(batch)

    def use_case() -> tuple[Any, int]:
        stock = services.move_batch(
            principal.brand_id,
            batch_id,
            step,
            **body,
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return _answer(stock), 200

    return execute_once(request.get_json(), use_case)


def _answer(stock: services.Stock) -> dict[str, Any]:
    """Show a batch; what is left of its task is put in the queue at once."""
    if stock.waiting is not None:
        start_work(stock.batch.brand_id)
    return show_batch(stock)


def start_work(brand_id: UUID) -> None:
    """Let a worker go on with what batches have left to do, in the caller's transaction."""
    enqueue(run_due, lock=f"jobs:{brand_id}", brand_id=str(brand_id), kinds=[WORK])
