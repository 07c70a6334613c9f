"""Looking orders up, and the one form in which an order is told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.coupons.services import CouponOutcome
from app.members import services as members
from app.orders import queries, rules
from app.orders.errors import OrderNotFound
from app.orders.models import Order, OrderEffect, OrderLine, Refund
from app.orders.services.programme import Told
from app.points import services as points
from app.points.services import Balance


@dataclass(frozen=True)
class Effect:
    """One consequence of an order, with the rule it came from and its arithmetic."""

    kind: str
    points: int
    status: str
    reason: str
    rule: str
    rule_version: int
    reason_en: str | None = None
    terms: dict[str, Any] | None = None
    refund_id: UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """An order as it is told: previewed, just placed, or looked up later."""

    order_id: UUID | None
    external_id: str | None
    member_id: UUID | None
    status: str
    channel: str | None
    currency: str
    placed_at: datetime
    amounts: rules.Amounts
    lines: Sequence[dict[str, Any]]
    earned: int
    earned_status: str
    balance: Balance | None
    effects: Sequence[Effect]
    settings_version: int
    programme_version: int = 0
    redeemable: int | None = None  # most points the order may use; preview only
    why_not_more: rules.Sentence | None = None  # likewise
    confirm_due_at: datetime | None = None
    confirmed_at: datetime | None = None
    cash_refunded: int = 0
    points_restored: int = 0
    refunds: Sequence[Refund] = field(default=())
    coupons: CouponOutcome | None = None  # of a preview and of a new order
    programme: Told | None = None  # likewise


def get_order(
    brand_id: UUID, *, order_id: UUID | None = None, external_id: str | None = None
) -> Order:
    """:raises OrderNotFound: the brand has no such order"""
    order = queries.find_order(brand_id, order_id=order_id, external_id=external_id)
    if order is None:
        raise OrderNotFound
    return order


def list_orders(
    brand_id: UUID, *, member: str | None, before: UUID | None, limit: int
) -> list[Order]:
    """Return orders, the newest first; of a member, if a reference is given.

    Those of members merged into it are its own.
    """
    member_ids = None if member is None else members.ids_of_person(brand_id, member)
    return queries.list_orders(brand_id, member_ids=member_ids, before=before, limit=limit)


def effects_of(brand_id: UUID, order_ids: Collection[UUID]) -> dict[UUID, list[Effect]]:
    """Return what several orders brought about, with one query."""
    found: dict[UUID, list[Effect]] = {order_id: [] for order_id in order_ids}
    for row in queries.list_effects_of(brand_id, order_ids):
        found[row.order_id].append(effect_of(row))
    return found


def receipt_of(
    order: Order,
    *,
    now: datetime,
    lines: Sequence[OrderLine] | None = None,
    effects: Sequence[OrderEffect] | None = None,
    balance: Balance | None = None,
) -> Receipt:
    """Return all that is to be told of a stored order; what is given is not read again."""
    if balance is None and order.member_id is not None:
        survivor = members.survivor_id(order.brand_id, order.member_id)
        balance = points.get_balance(order.brand_id, survivor, now=now)
    if lines is None:
        lines = queries.list_lines(order.brand_id, order.id)
    if effects is None:
        effects = queries.list_effects(order.brand_id, order.id)
    confirmed = rules.is_confirmed(order.confirmed_at, order.confirm_due_at, now)
    return Receipt(
        order_id=order.id,
        external_id=order.external_id,
        member_id=order.member_id,
        status=rules.status_at(order.status, order.confirmed_at, order.confirm_due_at, now),
        channel=order.channel,
        currency=order.currency,
        placed_at=order.placed_at,
        amounts=rules.Amounts(
            goods=order.goods,
            discounts=order.discounts,
            shipping_fee=order.shipping_fee,
            points_used=order.points_used,
            member_discount=order.member_discount,
            coupon_discount=order.coupon_discount,
            shipping_discount=order.shipping_discount,
        ),
        lines=[line_of(line) for line in lines],
        earned=order.earned,
        earned_status="pending" if order.earned_pending and not confirmed else "available",
        balance=balance,
        effects=[effect_of(row) for row in effects],
        settings_version=order.settings_version,
        programme_version=order.programme_version,
        confirm_due_at=order.confirm_due_at,
        confirmed_at=order.confirmed_at or (order.confirm_due_at if confirmed else None),
        cash_refunded=order.cash_refunded,
        points_restored=order.points_restored,
        refunds=queries.list_refunds(order.brand_id, order.id),
    )


def line_of(line: OrderLine) -> dict[str, Any]:
    return {
        "line": line.line_no,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.amount,
        "discount": line.discount,
        "member_discount": line.member_discount,
        "coupon_discount": line.coupon_discount,
        "points_share": line.points_share,
        "refunded_quantity": line.refunded_quantity,
    }


def effect_of(row: OrderEffect) -> Effect:
    return Effect(
        kind=row.kind,
        points=row.points,
        status=row.status,
        reason=row.reason,
        reason_en=row.reason_en,
        rule=row.rule,
        rule_version=row.rule_version,
        terms=row.terms,
        refund_id=row.refund_id,
    )
