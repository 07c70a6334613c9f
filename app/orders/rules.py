"""Rules of the checkout: what an order costs and earns, what a refund gives back.

Plain functions over plain values. Everything a refund needs is a function of how
much of each line has been refunded *in all*; a refund is the difference between
two such totals. Any number of partial refunds, in any order, therefore adds up to
exactly one full refund.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.orders.errors import (
    NothingToRefund,
    OrderBelowRedemptionMinimum,
    OrderTooLarge,
    RedemptionAboveMaximum,
    RedemptionBelowMinimum,
    RedemptionNotInUnits,
    RefundExceedsOrder,
)

AMOUNT_MAX = 1_000_000_000_000


@dataclass(frozen=True)
class CartLine:
    """One line as it was sent. ``amount`` is quantity × price, before ``discount``."""

    sku: str
    name: str | None
    category: str | None
    quantity: int
    unit_price: int | None
    amount: int
    discount: int

    @property
    def net(self) -> int:
        return self.amount - self.discount


@dataclass(frozen=True)
class Amounts:
    """An order's money in minor units. Points pay for goods, never for shipping."""

    goods: int
    discounts: int
    shipping_fee: int
    points_used: int

    @property
    def due(self) -> int:
        return self.goods - self.discounts + self.shipping_fee - self.points_used


@dataclass(frozen=True)
class RedemptionTerms:
    minimum_points: int
    unit: int
    maximum_percent: int
    minimum_order_amount: int


def amounts_of(lines: Sequence[CartLine], shipping_fee: int, points_used: int) -> Amounts:
    """:raises OrderTooLarge: the goods and shipping exceed what is accepted"""
    amounts = Amounts(
        goods=sum(line.amount for line in lines),
        discounts=sum(line.discount for line in lines),
        shipping_fee=shipping_fee,
        points_used=points_used,
    )
    if amounts.goods + shipping_fee > AMOUNT_MAX:
        raise OrderTooLarge(maximum=AMOUNT_MAX)
    return amounts


def redeemable(goods_paid: int, terms: RedemptionTerms, available: int) -> int:
    """Return the most points that an order may use, 0 if it may use none.

    >>> terms = RedemptionTerms(1000, 10, 30, 5000)
    >>> redeemable(15_300, terms, 99_999), redeemable(15_300, terms, 1_234)
    (4590, 1230)
    >>> redeemable(4_999, terms, 99_999), redeemable(15_300, terms, 999)
    (0, 0)
    """
    if goods_paid < terms.minimum_order_amount:
        return 0
    most = min(goods_paid * terms.maximum_percent // 100, available)
    most -= most % terms.unit
    return most if most >= terms.minimum_points else 0


def check_redemption(points: int, goods_paid: int, terms: RedemptionTerms) -> None:
    """Refuse a redemption that the brand's rules do not allow on this order.

    :raises OrderBelowRedemptionMinimum: the goods cost too little
    :raises RedemptionBelowMinimum: fewer points than may be used at a time
    :raises RedemptionNotInUnits: not a multiple of the unit
    :raises RedemptionAboveMaximum: more than the allowed part of the goods
    """
    at = "/redeem_points"
    if goods_paid < terms.minimum_order_amount:
        raise OrderBelowRedemptionMinimum(
            pointer=at, minimum=terms.minimum_order_amount, amount=goods_paid
        )
    if points < terms.minimum_points:
        raise RedemptionBelowMinimum(pointer=at, minimum=terms.minimum_points, required=points)
    if points % terms.unit:
        raise RedemptionNotInUnits(pointer=at, unit=terms.unit, required=points)
    maximum = goods_paid * terms.maximum_percent // 100
    maximum -= maximum % terms.unit
    if points > maximum:
        raise RedemptionAboveMaximum(pointer=at, maximum=maximum, required=points)


@dataclass(frozen=True)
class SoldLine:
    """A line as the order keeps it."""

    line_no: int
    quantity: int
    net: int
    points_share: int
    accrues: bool
    refunded_quantity: int


@dataclass(frozen=True)
class LineRefund:
    line_no: int
    quantity: int
    cash: int
    points: int


@dataclass(frozen=True)
class RefundPlan:
    """What one refund gives back; the points earned are taken from ``basis_left``."""

    lines: tuple[LineRefund, ...]
    shipping: int
    basis_left: int
    wholly: bool

    @property
    def cash(self) -> int:
        return self.shipping + sum(line.cash for line in self.lines)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)


def accrual_basis(lines: Sequence[SoldLine], *, round_up: bool) -> int:
    """Return the won that earn points: goods paid in money and not refunded."""
    return sum(
        line.net
        - line.points_share
        - part(line.net - line.points_share, line.refunded_quantity, line.quantity, up=round_up)
        for line in lines
        if line.accrues
    )


def part(amount: int, refunded: int, quantity: int, *, up: bool) -> int:
    """Return how much of a line's amount ``refunded`` of its ``quantity`` stand for, in all.

    A fraction is rounded down until the rest follows, or up if the brand pays for it;
    the whole quantity is always the whole amount.

    >>> [part(100, n, 3, up=False) for n in (1, 2, 3)]
    [33, 66, 100]
    >>> [part(100, n, 3, up=True) for n in (1, 2, 3)]
    [34, 67, 100]
    """
    return -(-amount * refunded // quantity) if up else amount * refunded // quantity


def plan_refund(
    lines: Sequence[SoldLine],
    wanted: dict[int, int] | None,
    *,
    shipping_left: int,
    refund_shipping: bool,
    round_up: bool,
) -> RefundPlan:
    """Return what refunding ``wanted`` (line → quantity; None for all that is left) gives.

    :raises RefundExceedsOrder: more of a line than is left, or an unknown line
    :raises NothingToRefund: nothing is left, or nothing was asked for
    """
    if wanted is None:
        wanted = {
            line.line_no: line.quantity - line.refunded_quantity
            for line in lines
            if line.quantity > line.refunded_quantity
        }
        refund_shipping = True
    known = {line.line_no: line for line in lines}
    refunds, after = [], dict(known)
    for line_no, quantity in sorted(wanted.items()):
        line = known.get(line_no)
        left = line.quantity - line.refunded_quantity if line else 0
        if line is None or quantity > left:
            raise RefundExceedsOrder(pointer="/lines", line=line_no, remaining=left)
        total = line.refunded_quantity + quantity
        refunds.append(
            LineRefund(
                line_no,
                quantity,
                cash=_difference(line, line.net - line.points_share, total, up=round_up),
                points=_difference(line, line.points_share, total, up=round_up),
            )
        )
        after[line_no] = SoldLine(
            line_no, line.quantity, line.net, line.points_share, line.accrues, total
        )
    shipping = shipping_left if refund_shipping else 0
    if not refunds and not shipping:
        raise NothingToRefund
    wholly = shipping == shipping_left and all(
        line.refunded_quantity == line.quantity for line in after.values()
    )
    return RefundPlan(
        tuple(refunds),
        shipping,
        accrual_basis(list(after.values()), round_up=round_up),
        wholly,
    )


def _difference(line: SoldLine, amount: int, total: int, *, up: bool) -> int:
    return part(amount, total, line.quantity, up=up) - part(
        amount, line.refunded_quantity, line.quantity, up=up
    )


def status_at(
    status: str, confirmed_at: datetime | None, confirm_due_at: datetime | None, now: datetime
) -> str:
    """Return the status to show: a paid order is confirmed once its day has come."""
    if status == "paid" and is_confirmed(confirmed_at, confirm_due_at, now):
        return "confirmed"
    return status


def is_confirmed(
    confirmed_at: datetime | None, confirm_due_at: datetime | None, now: datetime
) -> bool:
    """Whether the order is confirmed, even if no job has noticed yet."""
    return confirmed_at is not None or (confirm_due_at is not None and confirm_due_at <= now)


def accrual_reason(
    basis: int, rate_basis_points: int, unit: int, rounding: str, points: int
) -> str:
    """Return the arithmetic of an accrual in words.

    >>> accrual_reason(13_850, 150, 1, "down", 207)
    '상품 결제 금액 13,850 × 1.5% = 207P (1P 단위 내림)'
    """
    words = {"down": "내림", "half_up": "반올림", "up": "올림"}[rounding]
    rate = f"{rate_basis_points / 100:.2f}".rstrip("0").rstrip(".")
    return f"상품 결제 금액 {basis:,} × {rate}% = {points:,}P ({unit}P 단위 {words})"
