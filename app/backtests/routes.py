"""Backtests over JSON: parse, call one use case in one transaction, render."""

from typing import Any

from flask import Response

from app import clock
from app.backtests import services
from app.backtests.schemas import BacktestIn, BacktestOut, show_backtest
from app.brands import services as brands
from app.db import transaction
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.responses import json_response

blp = Blueprint("backtests", __name__, url_prefix="/v1", description="Rules tried on the past")


@blp.post("/reward-rules/<string:rule>/backtest")
@requires("programme:read")
@blp.arguments(BacktestIn)
@blp.response(200, BacktestOut)
def backtest_rule(body: dict[str, Any], rule: str) -> Response:
    """Tell what a rule, a draft or any version, would have given in a period. Changes nothing.

    Asked by the engine of the checkout, as if it had been in force from the first day to
    the last: its own schedule does not count, its limits, budget and holdout do. At most
    366 days, and 30,000 orders or whatever else it is asked about, at once.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        done = services.backtest(
            brand_id,
            rule,
            version=body["version"],
            first=body["from_"],
            last=body["to"],
            now=brands.brand_now(brand_id, clock.now()),
        )
    return json_response(show_backtest(done))
