"""Summaries over JSON: parse, call one use case in one transaction, render."""

from typing import Any

from flask import Response

from app import clock
from app.brands import services as brands
from app.db import transact
from app.summaries import services
from app.summaries.schemas import (
    ExportOut,
    ExportQuery,
    SummaryOut,
    show_export,
    show_summary,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.pagination import make_cursor, read_cursor
from app.web.responses import json_response

blp = Blueprint("summaries", __name__, url_prefix="/v1", description="A member's own page")


@blp.get("/members/<string:member>/summary")
@requires("rewards:read")
@blp.response(200, SummaryOut)
def show_member_summary(member: str) -> Response:
    """Show all that a member's own page (마이페이지) needs, in one call.

    Points and what of them lapses when, the tier with what is missing and what is needed
    to stay, stamp cards, coupons in hand, the code to invite with, and the gifts to come
    for birthday and anniversary. What the brand does not offer is null or empty.
    """
    brand_id = current_principal().brand_id

    def use_case() -> Response:
        now = brands.brand_now(brand_id, clock.now())
        return json_response(show_summary(services.summarise(brand_id, member, now=now)))

    # It may write: the member's referral code is made when it is first asked for.
    return transact(brand_id, use_case)


@blp.get("/members/<string:member>/export")
@requires("privacy:read")
@blp.arguments(ExportQuery, location="query")
@blp.response(200, ExportOut)
def export_member(query: dict[str, Any], member: str) -> Response:
    """Hand over everything that is held on a person, of those merged into it as well.

    Each part has up to 1,000 rows and says how many there are in all; its `next_cursor`,
    sent with its name as `part`, goes on. Who took it and why is in the audit log.
    """
    principal = current_principal()
    brand_id = principal.brand_id
    filters = {"part": query["part"]}
    position = read_cursor(query, filters)

    def use_case() -> Response:
        export = services.export_person(
            brand_id,
            member,
            reason=query["reason"],
            only=query["part"],
            after=position[0] if position else 0,
            actor=principal.actor,
            now=brands.brand_now(brand_id, clock.now()),
        )
        shown = show_export(export, lambda name, done: make_cursor([done], {"part": name}))
        return json_response(shown)

    return transact(brand_id, use_case)
