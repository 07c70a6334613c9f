"""What a refund would do: tried, shown line by line, and undone. Refunds are asked by shops."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from app.console.pages import pages
from app.console.pages.desk import Desk, current_desk, on_desk, permitted, read_id
from app.db import dry_run
from app.errors import DomainError
from app.ids import new_id
from app.orders import services as orders
from app.orders.services import RefundRequest
from app.web.pages import render

QUANTITY_MAX = 6  # digits


@pages.get("/orders/<order>/refund")
@permitted("orders:read")
def refund_form(order: str) -> AnyResponse:
    """Show what giving back some or all of an order would do; nothing is given back."""
    order_id = read_id("ord", order)
    quantities = _quantities()
    is_asked = "try" in request.args

    def drawn(desk: Desk, refusal: DomainError | None = None) -> AnyResponse:
        found = orders.get_order(desk.brand_id, order_id=order_id)
        receipt = orders.receipt_of(found, now=desk.now)
        refunded = None
        if is_asked and refusal is None:
            refunded = orders.refund_order(
                desk.brand_id,
                order_id,
                RefundRequest(
                    f"try-{new_id()}",
                    None if "all" in request.args else quantities,
                    "shipping" in request.args,
                    None,
                ),
                fingerprint=b"",
                actor=desk.actor,
                now=desk.now,
            )
        return render(
            "console/refund.html",
            422 if refusal else 200,
            order=found,
            id=order,
            lines=receipt.lines,
            refunded=refunded,
            quantities=quantities,
            refusal=refusal,
        )

    desk = current_desk()
    try:
        return dry_run(desk.brand_id, lambda: drawn(desk))
    except DomainError as refusal:
        wrong = refusal
        return on_desk(lambda desk: drawn(desk, wrong))


def _quantities() -> dict[int, int]:
    """Return how many of which line were asked for, from ``line-1=2``."""
    found = {}
    for name, value in request.args.items():
        line = name.removeprefix("line-")
        for text in (line, value):
            if not (text.isascii() and text.isdigit() and len(text) <= QUANTITY_MAX):
                break
        else:
            if name != line and int(value) > 0:
                found[int(line)] = int(value)
    return found
