"""What becomes of an order after it is placed: cancelled, or confirmed by itself."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.orders import queries, rules
from app.orders.errors import OrderNotCancellable
from app.orders.services.confirming import confirm, lock_to_confirm
from app.orders.services.reading import receipt_of
from app.orders.services.refunds import (
    Refunded,
    RefundRequest,
    confirm_if_due,
    lock_all,
    reverse,
    shipping_left,
    told_again,
)
from app.orders.services.remaining import sold

CANCELLATION = "cancellation"
# Orders of a brand with a programme are confirmed one by one: each may do something.
SINGLE_CHUNK = 100


def cancel_order(
    brand_id: UUID, order_id: UUID, *, fingerprint: bytes, actor: str, now: datetime
) -> Refunded:
    """Undo an order that is neither confirmed nor refunded. Repeating it changes nothing.

    :raises OrderNotCancellable: it is confirmed or refunded already; refund it instead
    """
    accounts, order = lock_all(brand_id, order_id, now=now)
    request = RefundRequest(CANCELLATION, None, refund_shipping=True, refunded_at=None)
    confirm_if_due(order, accounts, actor=actor, now=now)
    shown = rules.status_at(order.status, order.confirmed_at, order.confirm_due_at, now)
    if shown == "cancelled":
        refund = queries.find_refund(brand_id, order_id, CANCELLATION)
        assert refund is not None  # noqa: S101 - cancelling writes one
        return told_again(refund, order, now=now)
    if shown != "paid":
        raise OrderNotCancellable(state=shown)
    settings = brands.settings_of(brand_id, order.settings_version)
    lines = queries.list_lines(brand_id, order_id)
    # An order of nothing has nothing to refund, and may be cancelled all the same.
    plan = rules.RefundPlan((), 0, 0, wholly=True)
    if lines or shipping_left(order):
        plan = rules.plan_refund(
            [sold(line) for line in lines],
            None,
            shipping_left=shipping_left(order),
            refund_shipping=True,
            round_up=False,
        )
    refunded = reverse(
        order,
        lines,
        plan,
        settings,
        accounts,
        request,
        is_cancelled=True,
        fingerprint=fingerprint,
        actor=actor,
        now=now,
    )
    order.status = "cancelled"
    db.session.flush()  # what is told below is read from the tables
    return replace(refunded, receipt=receipt_of(order, now=now))


def confirm_due_orders(brand_id: UUID, *, limit: int, now: datetime) -> int:
    """Confirm orders whose day has come; their points follow by their own clock.

    Without a programme nothing else follows, and many are marked at once.
    """
    if brands.programme_version(brand_id) == 0:
        return queries.confirm_due(brand_id, now, limit)
    due = queries.list_due(brand_id, now, min(limit, SINGLE_CHUNK))
    for order_id in due:
        accounts, order = lock_to_confirm(brand_id, order_id, now=now)
        if order.status in ("paid", "partially_refunded"):
            confirm(order, accounts, actor="job", now=now)
    return len(due)
