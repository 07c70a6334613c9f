"""What becomes of an order after it is placed: confirmed, or cancelled."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.events import publish
from app.orders import queries, rules
from app.orders.errors import OrderNotCancellable, OrderNotConfirmable
from app.orders.events import OrderConfirmed
from app.orders.models import Order
from app.orders.services.reading import Receipt, receipt_of
from app.orders.services.refunds import (
    Accounts,
    Refunded,
    RefundRequest,
    lock_accounts,
    reverse,
    sold,
    told_again,
)
from app.points import services as points

CANCELLATION = "cancellation"


def confirm_order(brand_id: UUID, order_id: UUID, *, actor: str, now: datetime) -> Receipt:
    """Confirm the purchase: its pending points can be spent. Repeating it changes nothing.

    :raises OrderNotConfirmable: the order is cancelled or wholly refunded
    """
    accounts = lock_accounts(queries.known_order(brand_id, order_id), now=now)
    order = queries.lock_order(brand_id, order_id)
    if order.status in ("refunded", "cancelled"):
        raise OrderNotConfirmable(status=order.status)
    if not rules.is_confirmed(order.confirmed_at, order.confirm_due_at, now):
        order.confirmed_at = now
        lots = _pending_lots(order, accounts)
        if accounts is not None and lots:
            meta = {
                "rule": "accrual",
                "rule_version": order.settings_version,
                "actor": actor,
                "cause": f"order/{order_id}/confirmation",
            }
            points.post(
                brand_id, accounts.survivor, [points.confirmation(lots, meta=meta)], now=now
            )
        db.session.flush()  # what is told below is read from the tables
        publish(OrderConfirmed(brand_id, order_id, order.member_id, now))
    return receipt_of(order, now=now)


def cancel_order(
    brand_id: UUID, order_id: UUID, *, fingerprint: bytes, actor: str, now: datetime
) -> Refunded:
    """Undo an order that is neither confirmed nor refunded. Repeating it changes nothing.

    :raises OrderNotCancellable: it is confirmed or refunded already; refund it instead
    """
    accounts = lock_accounts(queries.known_order(brand_id, order_id), now=now)
    order = queries.lock_order(brand_id, order_id)
    request = RefundRequest(CANCELLATION, None, refund_shipping=True, refunded_at=None)
    shown = rules.status_at(order.status, order.confirmed_at, order.confirm_due_at, now)
    if shown == "cancelled":
        refund = queries.find_refund(brand_id, order_id, CANCELLATION)
        assert refund is not None  # noqa: S101 - cancelling writes one
        return told_again(refund, order, now=now)
    if shown != "paid":
        raise OrderNotCancellable(status=shown)
    settings = brands.settings_of(brand_id, order.settings_version)
    lines = queries.list_lines(brand_id, order_id)
    # An order of nothing has nothing to refund, and may be cancelled all the same.
    plan = rules.RefundPlan((), 0, 0, wholly=True)
    if lines or order.shipping_fee:
        plan = rules.plan_refund(
            [sold(line) for line in lines],
            None,
            shipping_left=order.shipping_fee,
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
        fingerprint=fingerprint,
        actor=actor,
        now=now,
    )
    order.status = "cancelled"
    db.session.flush()  # what is told below is read from the tables
    return replace(refunded, receipt=receipt_of(order, now=now))


def confirm_due_orders(brand_id: UUID, *, limit: int, now: datetime) -> int:
    """Mark orders confirmed whose day has come; their points follow by their own clock."""
    return queries.confirm_due(brand_id, now, limit)


def _pending_lots(order: Order, accounts: Accounts | None) -> list[int]:
    if accounts is None or not order.earned_pending:
        return []
    if accounts.source != accounts.survivor:
        return points.list_order_lots(order.brand_id, accounts.survivor, order.id)
    return [] if order.accrual_lot is None else [order.accrual_lot]
