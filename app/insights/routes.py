"""Figures over JSON."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.insights import services
from app.insights.schemas import (
    InsightPointsOut,
    InsightPurchasesOut,
    InsightPurchasesQuery,
    show_points,
    show_purchases,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.responses import json_response

blp = Blueprint(
    "insights", __name__, url_prefix="/v1", description="Figures: who comes back, what is owed"
)


@blp.get("/insights/purchases")
@requires("insights:read")
@blp.arguments(InsightPurchasesQuery, location="query")
@blp.response(200, InsightPurchasesOut)
def show_purchase_figures(query: dict[str, Any]) -> Response:
    """Tell how often members come back: rates, intervals, RFM groups and cohorts.

    Orders without a member are not counted, nor are refunds taken off: a cancelled purchase
    was one. Each figure says in `definitions` what it counts.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        zone = ZoneInfo(brands.current_settings(brand_id).timezone)
        today = brands.brand_now(brand_id, clock.now()).astimezone(zone).date()
        found = services.tell_purchases(brand_id, as_of=query["as_of"] or today)
    return json_response(show_purchases(found))


@blp.get("/insights/points")
@requires("insights:read")
@blp.response(200, InsightPointsOut)
def show_point_figures() -> Response:
    """Tell points by month: earned, used and lapsed, owed by the month they lapse in, breakage."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.tell_points(brand_id, now=brands.brand_now(brand_id, clock.now()))
    return json_response(show_points(found))
