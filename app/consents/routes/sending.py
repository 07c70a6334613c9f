"""What may be sent, and how texts are answered, over JSON."""

from typing import Any

from flask import Response

from app import clock, ids
from app.brands import services as brands
from app.consents import services
from app.consents.schemas.sending import (
    ConsentStatsOut,
    ConsentStatsQuery,
    MaySendOut,
    MaySendQuery,
    show_permission,
    show_stats,
)
from app.db import transaction
from app.members import services as members
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint(
    "consent_questions", __name__, url_prefix="/v1", description="What consents allow, in figures"
)


@blp.get("/members/<string:member>/consents/may-send")
@requires("consents:read")
@blp.arguments(MaySendQuery, location="query")
@blp.response(200, MaySendOut)
def may_send(query: dict[str, Any], member: str) -> Response:
    """Answer whether a message may go to a member on a channel at a moment, and why not.

    Ask right before you hand it over: nothing is held meanwhile. The wording is not
    judged here; advertising needs the label `(광고)`, sender, contact and a way out as well.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        at = query["at"] or brands.brand_now(brand_id, clock.now())
        found = members.find_member(brand_id, member)
        permission = services.may_send(brand_id, member, query["purpose"], query["channel"], at)
    shown = ids.show("mem", found.merged_into_id or found.id)
    return json_response(show_permission(shown, {**query, "at": at}, permission))


@blp.get("/consents/stats")
@requires("consents:read")
@blp.arguments(ConsentStatsQuery, location="query")
@blp.response(200, page_schema(ConsentStatsOut))
def show_text_stats(query: dict[str, Any]) -> Response:
    """Show for each published text how many were asked, agreed, refused and took it back.

    A member counts once for each text, by the last answer to it.
    """
    brand_id = current_principal().brand_id
    filters = {"purpose": query["purpose"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.count_answers(
            brand_id,
            purpose=query["purpose"],
            after=(position[0], position[1], position[2]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(
            found,
            query["limit"],
            lambda each: [each.purpose, each.language, each.version],
            show_stats,
            filters,
        )
    )
