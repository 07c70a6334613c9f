"""The application of the bench: the real one, and a route that stops at the database.

``POST /v1/bench/floor`` does what the checkout does around it: authenticate, count
against the rate limit, parse and validate the body, render an answer of its size.
"""

from typing import Any

from flask import Response

from app.orders.schemas import OrderIn
from app.web.auth import requires
from app.web.blueprint import Blueprint
from app.web.responses import json_response
from wsgi import app

blp = Blueprint("bench", __name__, url_prefix="/v1/bench")

LINE = {"line": 1, "sku": "85123A", "name": "머그컵", "category": "kitchen", "quantity": 6,
        "unit_price": 2550, "amount": 15300, "discount": 0, "points_share": 4,
        "refunded_quantity": 0}  # fmt: skip
EFFECT = {"kind": "accrual", "points": 437, "status": "pending", "rule": "accrual",
          "reason": "상품 결제 금액 43,790 × 1% = 437P (1P 단위 내림)", "rule_version": 1,
          "terms": {"basis": 43790, "rate_basis_points": 100}, "refund": None}  # fmt: skip


@blp.post("/floor")  # type: ignore[untyped-decorator]
@requires("orders:write")
@blp.arguments(OrderIn)
@blp.response(201)
def floor(body: dict[str, Any]) -> Response:
    """Answer as the checkout would, without the database."""
    return json_response(
        {
            "object": "order",
            "external_id": body["external_id"],
            "member": body["member"],
            "amounts": {"goods": 43800, "discounts": 0, "shipping_fee": 3000, "due": 46790},
            "lines": [LINE] * len(body["lines"]),
            "effects": [EFFECT, EFFECT],
        },
        201,
    )


app.register_blueprint(blp)
