"""Rules of the checkout: what an order costs and earns, what a refund gives back.

Plain functions over plain values. Everything a refund needs is a function of how
much of each line has been refunded *in all*; a refund is the difference between
two such totals. Any number of partial refunds, in any order, therefore adds up to
exactly one full refund.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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


class Sentence(NamedTuple):
    """A sentence in both languages."""

    ko: str
    en: str


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
    """An order's money in minor units. Points pay for goods, never for shipping.

    ``discounts`` are those the storefront sent; the member price of the tier and the
    coupons are Dangol's own.
    """

    goods: int
    discounts: int
    shipping_fee: int
    points_used: int
    member_discount: int = 0
    coupon_discount: int = 0
    shipping_discount: int = 0

    @property
    def goods_paid(self) -> int:
        """What the goods cost before points."""
        return self.goods - self.discounts - self.member_discount - self.coupon_discount

    @property
    def due(self) -> int:
        return self.goods_paid + self.shipping_fee - self.shipping_discount - self.points_used


@dataclass(frozen=True)
class RedemptionTerms:
    minimum_points: int
    unit: int
    maximum_percent: int
    minimum_order_amount: int


@dataclass(frozen=True)
class Discounts:
    """What Dangol takes off: for each line, and of the shipping."""

    member: Sequence[int]
    coupons: Sequence[int]
    shipping: int = 0


def amounts_of(
    lines: Sequence[CartLine], shipping_fee: int, discounts: Discounts, points_used: int
) -> Amounts:
    """:raises OrderTooLarge: the goods and shipping exceed what is accepted"""
    amounts = Amounts(
        goods=sum(line.amount for line in lines),
        discounts=sum(line.discount for line in lines),
        shipping_fee=shipping_fee,
        points_used=points_used,
        member_discount=sum(discounts.member),
        coupon_discount=sum(discounts.coupons),
        shipping_discount=discounts.shipping,
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


def why_not_more(goods_paid: int, terms: RedemptionTerms, available: int) -> Sentence | None:
    """Return what keeps an order from using more points, None if nothing does.

    >>> terms = RedemptionTerms(1000, 10, 30, 5000)
    >>> why_not_more(15_300, terms, 99_999).en
    'Points pay for at most 30% of the goods'
    >>> why_not_more(15_300, terms, 1_234).en
    '1,234 points are available'
    """
    if goods_paid < terms.minimum_order_amount:
        return Sentence(
            f"상품 금액이 {terms.minimum_order_amount:,} 이상이어야 쓸 수 있어요",
            f"The goods must cost at least {terms.minimum_order_amount:,}",
        )
    limit = goods_paid * terms.maximum_percent // 100
    if min(limit, available) < terms.minimum_points:
        return Sentence(
            f"포인트는 {terms.minimum_points:,}P부터 쓸 수 있어요",
            f"At least {terms.minimum_points:,} points must be used at a time",
        )
    if available < limit:
        return Sentence(
            f"쓸 수 있는 포인트가 {available:,}P예요", f"{available:,} points are available"
        )
    if terms.maximum_percent < 100:
        return Sentence(
            f"상품 금액의 {terms.maximum_percent}%까지 쓸 수 있어요",
            f"Points pay for at most {terms.maximum_percent}% of the goods",
        )
    return None


def address_key(text: str) -> str:
    """Return an address in the form in which equal ones are equal.

    >>> address_key("서울시 마포구  월드컵로 1, 101-2호")
    '서울시마포구월드컵로11012호'
    """
    composed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in composed if character.isalnum())


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
    """A line as the order keeps it. ``net`` is after every discount, before points."""

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
    """What one refund gives back; the points earned are taken from ``basis_left``.

    ``wholly``: no goods are left, whatever became of the shipping fee.
    """

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
    # Who changes his mind pays for the delivery: an order without goods is over all the same.
    wholly = all(line.refunded_quantity == line.quantity for line in after.values())
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
) -> Sentence:
    """Return the arithmetic of an accrual in words.

    >>> told = accrual_reason(13_850, 150, 1, "down", 207)
    >>> told.ko
    '상품 결제 금액 13,850 × 1.5% = 207P (1P 단위 내림)'
    >>> told.en
    'goods paid 13,850 × 1.5% = 207 points (to 1, rounded down)'
    """
    ko, en = {
        "down": ("내림", "down"),
        "half_up": ("반올림", "half up"),
        "up": ("올림", "up"),
    }[rounding]
    rate = f"{rate_basis_points / 100:.2f}".rstrip("0").rstrip(".")
    return Sentence(
        f"상품 결제 금액 {basis:,} × {rate}% = {points:,}P ({unit}P 단위 {ko})",
        f"goods paid {basis:,} × {rate}% = {points:,} points (to {unit}, rounded {en})",
    )
