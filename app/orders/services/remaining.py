"""What is left of an order: the goods that were not given back, in several prices."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from app.orders import rules
from app.orders.models import Order, OrderLine
from app.purchases import Purchase, PurchaseLine


def sold(line: OrderLine) -> rules.SoldLine:
    return rules.SoldLine(
        line_no=line.line_no,
        quantity=line.quantity,
        net=net_of(line),
        points_share=line.points_share,
        accrues=line.accrues,
        refunded_quantity=line.refunded_quantity,
    )


def net_of(line: OrderLine) -> int:
    """Return what the line cost after every discount, before points."""
    return line.amount - line.discount - line.member_discount - line.coupon_discount


def purchase_left(
    order: Order,
    lines: Sequence[OrderLine],
    zone: ZoneInfo,
    *,
    refunding: Mapping[int, int] | None = None,
    before_coupons: bool = False,
) -> Purchase:
    """Return what is left once ``refunding`` (line → quantity) is given back, too.

    Amounts are the won paid in money; or with ``before_coupons`` the price that
    coupons were taken off.
    """
    refunding = refunding or {}
    left = []
    for line in lines:
        gone = line.refunded_quantity + refunding.get(line.line_no, 0)
        whole = net_of(line) + (line.coupon_discount if before_coupons else -line.points_share)
        left.append(
            PurchaseLine(
                line.line_no,
                line.sku,
                line.category,
                line.quantity - gone,
                whole - rules.part(whole, gone, line.quantity, up=False),
            )
        )
    return Purchase(left, order.channel, order.placed_at, order.placed_at.astimezone(zone).date())
