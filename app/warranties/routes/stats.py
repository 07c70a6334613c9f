"""Registration rates over JSON."""

from typing import Any

from flask import Response

from app.db import transaction
from app.warranties import services
from app.warranties.routes.terms import brand_now
from app.warranties.schemas.stats import WarrantyRateOut, WarrantyStatsQuery, show_rate
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("warranty_stats", __name__, url_prefix="/v1", description="Registration rates")


@blp.get("/warranties/stats")
@requires("warranties:read")
@blp.arguments(WarrantyStatsQuery, location="query")
@blp.response(200, page_schema(WarrantyRateOut))
def show_rates(query: dict[str, Any]) -> Response:
    """Show how many of the units that were shipped are registered, by channel, product, batch.

    By `days` (7, 14, 30, …): of the units that have been out that long, how many were
    registered within that time. Void units and those given in exchange are not counted.
    """
    brand_id = current_principal().brand_id
    by = query["by"]
    filters = {"by": by, "product": query["product"], "channel": query["channel"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.count_registered(
            brand_id,
            by,
            sku=query["product"],
            channel=query["channel"],
            after=position[0] if position else None,
            limit=query["limit"] + 1,
            now=brand_now(brand_id),
        )
    return json_response(
        page(
            found,
            query["limit"],
            lambda each: [each.key or ""],
            lambda each: show_rate(by, each),
            filters,
        )
    )
