"""Warranty terms over JSON."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from app import clock
from app.brands import services as brands
from app.db import transact, transaction
from app.warranties import services
from app.warranties.schemas.terms import (
    CoverageOut,
    CoverageQuery,
    WarrantyTermsIn,
    WarrantyTermsOut,
    WarrantyTermsQuery,
    WarrantyTermsVersionOut,
    show_coverage,
    show_terms,
    show_version,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("warranty_terms", __name__, url_prefix="/v1", description="Warranty terms")


@blp.put("/warranty-terms/<string:terms>")
@requires("warranties:write")
@blp.arguments(WarrantyTermsIn)
@blp.response(200, WarrantyTermsOut)
@blp.alt_response(201, schema=WarrantyTermsOut, description="The terms are new.")
def put_terms(body: dict[str, Any], terms: str) -> Response:
    """Promise a warranty, or change the promise for units made from now on.

    A unit keeps the version it was made under and gains by what is better in later
    ones. Terms shorter than the standard are accepted, and `warnings` says so. Safe to
    repeat and needs no Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    code = code_of(terms)

    def use_case() -> Response:
        defined = services.put_terms(
            principal.brand_id,
            code,
            body,
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return json_response(show_terms(defined), 201 if defined.created else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/warranty-terms/<string:terms>")
@requires("warranties:read")
@blp.response(200, WarrantyTermsOut)
def show(terms: str) -> Response:
    """Show terms as they are now."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        defined = services.get_terms(brand_id, terms)
    return json_response(show_terms(defined))


@blp.get("/warranty-terms")
@requires("warranties:read")
@blp.arguments(WarrantyTermsQuery, location="query")
@blp.response(200, page_schema(WarrantyTermsOut))
def list_terms(query: dict[str, Any]) -> Response:
    """List terms in the order of their codes."""
    brand_id = current_principal().brand_id
    filters = {"status": query["status"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_terms(
            brand_id,
            status=query["status"],
            after=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [each.terms.code], show_terms, filters)
    )


@blp.get("/warranty-terms/<string:terms>/versions")
@requires("warranties:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(WarrantyTermsVersionOut))
def list_versions(query: dict[str, Any], terms: str) -> Response:
    """List what terms said and who changed them, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, terms, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


@blp.get("/warranty-terms/<string:terms>/coverage")
@requires("warranties:read")
@blp.arguments(CoverageQuery, location="query")
@blp.response(200, CoverageOut)
def try_coverage(query: dict[str, Any], terms: str) -> Response:
    """Try terms on the dates of a unit: covered or not on a day, until when, and why."""
    brand_id = current_principal().brand_id
    registration = None
    if query["registered_on"] is not None:
        registration = services.Registration(
            query["registered_on"],
            purchased_on=query["purchased_on"],
            delivered_on=query["delivered_on"],
            proven=query["proof"] == "proven",
            disproved=query["proof"] == "disproved",
        )
    unit = services.UnitFacts(
        query["manufactured_on"], query["import_cleared_on"], query["exchanged_on"]
    )
    with transaction(brand_id):
        found = services.cover(
            brand_id, terms, unit, registration, on=query["on"] or brand_today(brand_id)
        )
    return json_response(show_coverage(found))


@blp.post("/warranty-terms/<string:terms>/end")
@requires("warranties:write")
@idempotent
@blp.response(200, WarrantyTermsOut)
def end(terms: str) -> Response:
    """End terms for units to be made. Units that have them keep them."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        defined = services.end_terms(
            principal.brand_id, terms, actor=principal.actor, now=brand_now(principal.brand_id)
        )
        return show_terms(defined), 200

    return execute_once(None, use_case)


def brand_now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())


def brand_today(brand_id: UUID) -> date:
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    return brand_now(brand_id).astimezone(zone).date()
