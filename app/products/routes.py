"""The catalogue over JSON: parse, call one use case in one transaction, render."""

from typing import Any

from flask import Response

from app import clock
from app.brands import services as brands
from app.db import transact, transaction
from app.products import services
from app.products.schemas import (
    ProductIn,
    ProductOut,
    ProductsQuery,
    ProductVersionOut,
    show_product,
    show_version,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("products", __name__, url_prefix="/v1", description="The catalogue")


@blp.put("/products/<path:sku>")
@requires("programme:write")
@blp.arguments(ProductIn)
@blp.response(200, ProductOut)
@blp.alt_response(201, schema=ProductOut, description="The product is new.")
def put_product(body: dict[str, Any], sku: str) -> Response:
    """Register a product, or replace all that is said of it, as a new version.

    Safe to repeat and needs no Idempotency-Key: saying the same again makes no version.
    Products that complements and upgrades name need not be registered.
    """
    principal = current_principal()

    def use_case() -> Response:
        product, outcome = services.put_product(
            principal.brand_id,
            sku,
            body,
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return json_response(show_product(product), 201 if outcome == "created" else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/products/<path:sku>")
@requires("programme:read")
@blp.response(200, ProductOut)
def show(sku: str) -> Response:
    """Show one product."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        product = services.get_product(brand_id, sku)
    return json_response(show_product(product))


@blp.get("/products/<path:sku>/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ProductVersionOut))
def list_versions(query: dict[str, Any], sku: str) -> Response:
    """List what a product was and who changed it, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, sku, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


@blp.get("/products")
@requires("programme:read")
@blp.arguments(ProductsQuery, location="query")
@blp.response(200, page_schema(ProductOut))
def list_products(query: dict[str, Any]) -> Response:
    """List products in the order of their SKUs, of one category if it is named."""
    brand_id = current_principal().brand_id
    filters = {"category": query["category"], "active": query["active"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        products = services.list_products(
            brand_id,
            category=query["category"],
            active=None if query["active"] is None else query["active"] == "true",
            after=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(products, query["limit"], lambda each: [each.sku], show_product, filters)
    )
