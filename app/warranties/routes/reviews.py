"""Units that may have been copied, for staff to look at, over JSON."""

from typing import Any
from uuid import UUID

from flask import Response, request

from app import ids
from app.db import transaction
from app.warranties import services
from app.warranties.routes.terms import brand_now
from app.warranties.schemas.reviews import (
    UnitReportOut,
    WarrantyReviewDecisionIn,
    WarrantyReviewOut,
    WarrantyReviewsQuery,
    show_report,
    show_review,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint(
    "reviews", __name__, url_prefix="/v1", description="Units that may have been copied"
)


@blp.get("/warranty-reviews")
@requires("warranties:read")
@blp.arguments(WarrantyReviewsQuery, location="query")
@blp.response(200, page_schema(WarrantyReviewOut))
def list_reviews(query: dict[str, Any]) -> Response:
    """List units whose evidence asks for a look, the newest first.

    The score is no verdict: it only brings a unit here. `state=open` waits for a decision.
    """
    brand_id = current_principal().brand_id
    filters = {"state": query["state"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_reviews(
            brand_id,
            state=query["state"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [str(each.review.id)], show_review, filters)
    )


@blp.post("/warranty-reviews/<string:review>/decision")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyReviewDecisionIn)
@blp.response(200, WarrantyReviewOut)
def decide(body: dict[str, Any], review: str) -> Response:
    """Say whether a unit is held for a copy.

    `confirmed` sets the flag `suspect`, `cleared` takes it off. The owner keeps the unit
    either way; void or release it if that is to follow.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        found = services.decide(
            principal.brand_id,
            ids.read("wrv", review),
            body["decision"],
            reason=body["reason"],
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return show_review(found), 200

    return execute_once(request.get_json(), use_case)


@blp.get("/units/<string:serial>/reports")
@requires("warranties:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(UnitReportOut))
def list_reports(query: dict[str, Any], serial: str) -> Response:
    """List what shoppers reported of a unit, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {"serial": serial})
    with transaction(brand_id):
        unit = services.get_unit(brand_id, serial).unit
        found = services.list_reports(
            brand_id,
            unit.id,
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
        return json_response(
            page(
                found, query["limit"], lambda each: [str(each.id)], show_report, {"serial": serial}
            )
        )
