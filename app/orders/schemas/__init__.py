"""The wire format of orders: syntax only."""

from app.orders.schemas.answers import (
    CheckoutHoldOut,
    OrderOut,
    OrderSummaryOut,
    RefundOut,
    ReleasedOut,
    show_checkout_hold,
    show_dry_run,
    show_receipt,
    show_refunded,
    show_summary,
)
from app.orders.schemas.requests import (
    LINES_MAX,
    CheckoutHoldIn,
    OrderIn,
    OrderLineIn,
    PreviewIn,
    RefundIn,
    read_cart,
    read_refund,
)

__all__ = [
    "LINES_MAX", "CheckoutHoldIn", "CheckoutHoldOut", "OrderIn", "OrderLineIn", "OrderOut",
    "OrderSummaryOut", "PreviewIn", "RefundIn", "RefundOut", "ReleasedOut", "read_cart",
    "read_refund",
    "show_checkout_hold", "show_dry_run", "show_receipt", "show_refunded", "show_summary",
]  # fmt: skip
