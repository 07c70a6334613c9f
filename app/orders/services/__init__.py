"""The use cases of orders. None of them commits; none of them knows about HTTP.

Locks are taken in one order everywhere: the member's account, then the order.
"""

from app.orders.models import Order
from app.orders.queries import StoredAnswer
from app.orders.rules import part
from app.orders.services.checkout import place_order, preview_order
from app.orders.services.confirming import confirm_order
from app.orders.services.deciding import Cart
from app.orders.services.holding import CheckoutHold, hold_checkout, release_checkout
from app.orders.services.lifecycle import cancel_order, confirm_due_orders
from app.orders.services.programme import Told
from app.orders.services.reading import (
    Effect,
    Receipt,
    effects_of,
    get_order,
    list_orders,
    receipt_of,
)
from app.orders.services.refunds import Refunded, RefundRequest, refund_order

__all__ = [
    "Cart",
    "CheckoutHold",
    "Effect",
    "Order",
    "Receipt",
    "RefundRequest",
    "Refunded",
    "StoredAnswer",
    "Told",
    "cancel_order",
    "confirm_due_orders",
    "confirm_order",
    "effects_of",
    "get_order",
    "hold_checkout",
    "list_orders",
    "part",
    "place_order",
    "preview_order",
    "receipt_of",
    "refund_order",
    "release_checkout",
]
