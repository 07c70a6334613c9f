"""Summaries over JSON: parse, call one use case in one transaction, render."""

from flask import Response

from app import clock
from app.brands import services as brands
from app.db import transact
from app.summaries import services
from app.summaries.schemas import SummaryOut, show_summary
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
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
