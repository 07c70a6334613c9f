"""Refunds: whatever of an order is given back, its effects are reversed with it.

Redeemed points go back to the very lots they came from, earned points are taken
back by the policy that was in force when the order was placed. A dry run is the
same use case in a transaction that is rolled back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.benefits import services as benefits
from app.brands import services as brands
from app.brands.services import Settings
from app.coupons import services as coupons
from app.db import db
from app.events import publish
from app.ids import new_id
from app.orders import queries, rules
from app.orders.errors import RefundAlreadyExists
from app.orders.events import OrderRefunded
from app.orders.models import Order, OrderEffect, OrderLine, Refund, RefundLine
from app.orders.services.accounts import Accounts, lock_accounts
from app.orders.services.confirming import confirm
from app.orders.services.coupon_refunds import refund_coupons
from app.orders.services.moving import Moved, move_points
from app.orders.services.reading import Effect, Receipt, effect_of, receipt_of
from app.orders.services.remaining import sold
from app.orders.services.undoing import Undone, reversal_effects, undo_programme
from app.orders.services.writing import effect_rows
from app.points import services as points

RESTORED = rules.Sentence(
    "쓴 포인트를 원래 적립분에 돌려줬어요", "The points used went back to the lots they came from"
)
RESTORED_EXPIRED = rules.Sentence(
    "돌려준 포인트 중 기한이 지난 것은 바로 사라졌어요",
    "Of the points given back, those past their date lapsed at once",
)
TAKEN_BACK = rules.Sentence(
    "남은 금액의 적립만 남기고 {:,}P를 거둬들였어요",
    "{:,} points are taken back; those of what is left stay",
)
DEBT_ADDED = rules.Sentence(
    "이미 쓴 포인트라 다음 적립에서 갚아요", "Spent already: the next points pay for them"
)
LAPSED = rules.Sentence(
    "{:,}P는 이미 소멸해서 다시 거둬들이지 않아요",
    "{:,} points had lapsed, and are not taken again",
)
WAIVED = rules.Sentence("이미 쓴 포인트라 거둬들이지 않았어요", "Spent already, and not asked for")


@dataclass(frozen=True)
class RefundRequest:
    """What is to be given back. ``quantities`` None: all that is left, shipping too."""

    external_id: str
    quantities: dict[int, int] | None
    refund_shipping: bool
    refunded_at: datetime | None


@dataclass(frozen=True)
class Refunded:
    """A refund as it is told, with the order as it is afterwards."""

    refund: Refund
    lines: Sequence[RefundLine]
    effects: Sequence[Effect]
    receipt: Receipt
    repeated: bool = False


def refund_order(
    brand_id: UUID,
    order_id: UUID,
    request: RefundRequest,
    *,
    fingerprint: bytes,
    actor: str,
    now: datetime,
) -> Refunded:
    """Give some or all of an order back. The same refund again changes nothing.

    :raises RefundAlreadyExists: the external id belongs to a refund of other content
    :raises RefundExceedsOrder: more is asked for than is left
    """
    accounts, order = lock_all(brand_id, order_id, now=now)
    earlier = queries.find_refund(brand_id, order_id, request.external_id)
    if earlier is not None:
        if bytes(earlier.fingerprint) != fingerprint:
            raise RefundAlreadyExists(pointer="/external_id", external_id=request.external_id)
        return told_again(earlier, order, now=now)
    confirm_if_due(order, accounts, actor=actor, now=now)
    settings = brands.settings_of(brand_id, order.settings_version)
    lines = queries.list_lines(brand_id, order_id)
    plan = rules.plan_refund(
        [sold(line) for line in lines],
        request.quantities,
        shipping_left=shipping_left(order),
        refund_shipping=request.refund_shipping,
        round_up=settings.refund.rounding_paid_by == "brand",
    )
    return reverse(
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


def lock_all(brand_id: UUID, order_id: UUID, *, now: datetime) -> tuple[Accounts | None, Order]:
    """Lock every account that the order gave something, then the order."""
    others = {row.member_id for row in benefits.of_order(brand_id, order_id)}
    accounts = lock_accounts(queries.known_order(brand_id, order_id), others=others, now=now)
    return accounts, queries.lock_order(brand_id, order_id)


def shipping_left(order: Order) -> int:
    """Return the shipping that was paid and not given back."""
    return 0 if order.shipping_refunded else order.shipping_fee - order.shipping_discount


def confirm_if_due(order: Order, accounts: Accounts | None, *, actor: str, now: datetime) -> None:
    """Confirm an order whose day has come, if no job has yet: what it did is then undone."""
    if order.status in ("paid", "partially_refunded") and rules.is_confirmed(
        None, order.confirm_due_at, now
    ):
        confirm(order, accounts, actor=actor, now=now)


def reverse(
    order: Order,
    lines: Sequence[OrderLine],
    plan: rules.RefundPlan,
    settings: Settings,
    accounts: Accounts | None,
    request: RefundRequest,
    *,
    is_cancelled: bool = False,
    fingerprint: bytes,
    actor: str,
    now: datetime,
) -> Refunded:
    """Carry out a refund that is planned; accounts and order are locked."""
    refund_id = new_id()
    refunded_at = request.refunded_at or now
    earlier = queries.list_effects(order.brand_id, order.id)
    coupon_refund = refund_coupons(order, lines, earlier, plan, settings)
    take_back = _to_take_back(order, plan, settings)
    undone = Undone()
    if accounts is not None and order.programme_version + brands.programme_version(order.brand_id):
        undone = undo_programme(
            order,
            accounts,
            lines,
            plan,
            settings,
            refund_id,
            points_back=take_back,
            is_cancelled=is_cancelled,
            refunded_at=refunded_at,
            actor=actor,
            now=now,
        )
    moved = move_points(
        order,
        plan.points,
        take_back,
        undone.taken,
        settings,
        accounts,
        meta={
            "order_id": order.id,
            "refund_id": refund_id,
            "rule_version": settings.version,
            "actor": actor,
            "occurred_at": refunded_at,
        },
        now=now,
    )
    taken = benefits.record_taken_back(undone.taken, now=now)
    if coupon_refund.restored:
        coupons.restore_redeemed(
            order.brand_id, order.id, templates=coupon_refund.restored, now=now
        )
    refund = Refund(
        brand_id=order.brand_id,
        id=refund_id,
        order_id=order.id,
        external_id=request.external_id,
        fingerprint=fingerprint,
        refunded_at=refunded_at,
        cash=coupon_refund.goods_cash + plan.shipping,
        coupon_adjustment=coupon_refund.adjustment,
        shipping=plan.shipping,
        restored=plan.points,
        restored_expired=moved.total("restored_expired"),
        clawed_back=moved.total("clawed_back"),
        debt_added=moved.total("debt_added"),
        waived=moved.total("waived"),
        lapsed=moved.total("lapsed"),
        created_at=now,
    )
    db.session.add(refund)
    db.session.flush()  # its lines refer to it
    refund_lines = [
        RefundLine(
            brand_id=order.brand_id,
            refund_id=refund_id,
            line_no=line.line_no,
            quantity=line.quantity,
            cash=line.cash,
            points=line.points,
        )
        for line in plan.lines
    ]
    told = [
        *_points_told(refund, moved, settings),
        *coupon_refund.effects,
        *undone.effects,
        *reversal_effects(taken),
    ]
    reversals = _effect_models(
        order, refund_id, told, first=queries.next_effect_no(order.brand_id, order.id)
    )
    db.session.add_all([*refund_lines, *reversals])
    _update_order(order, lines, plan, refund, moved)
    db.session.flush()  # autoflush is off
    publish(OrderRefunded(order.brand_id, order.id, refund_id, order.member_id, now))
    receipt = receipt_of(
        order, now=now, lines=lines, effects=[*earlier, *reversals], balance=moved.balance
    )
    return Refunded(refund, refund_lines, [effect_of(row) for row in reversals], receipt)


def _to_take_back(order: Order, plan: rules.RefundPlan, settings: Settings) -> int:
    """Return the earned points that the order no longer deserves and still has.

    What the remaining amount would have earned under the order's own rule stays. What
    an earlier refund had to waive is asked for again: the points that this one gives
    back may cover it, as they would if all had been refunded at once.
    """
    kept = 0
    if not plan.wholly:
        kept = points.points_for(plan.basis_left, settings.accrual, rate=order.accrual_rate)
    return max(0, order.earned - kept - order.points_taken_back)


def _points_told(refund: Refund, moved: Moved, settings: Settings) -> list[Effect]:
    """Tell what became of the order's own points."""
    own = moved.own
    told = (
        ("redemption_reversed", refund.restored, "redemption", RESTORED),
        ("restored_expired", refund.restored_expired, "redemption", RESTORED_EXPIRED),
        ("accrual_reversed", own.get("clawed_back", 0), "accrual", TAKEN_BACK),
        ("accrual_lapsed", own.get("lapsed", 0), "accrual", LAPSED),
        ("debt_added", own.get("debt_added", 0), "accrual", DEBT_ADDED),
        ("clawback_waived", own.get("waived", 0), "accrual", WAIVED),
    )
    return [
        Effect(
            kind=kind,
            points=amount,
            status="posted",
            reason=reason.ko.format(amount),
            reason_en=reason.en.format(amount),
            rule=rule,
            rule_version=settings.version,
        )
        for kind, amount, rule, reason in told
        if amount
    ]


def _effect_models(
    order: Order, refund_id: UUID, told: Sequence[Effect], *, first: int
) -> list[OrderEffect]:
    return [
        OrderEffect(brand_id=order.brand_id, order_id=order.id, refund_id=refund_id, **row)
        for row in effect_rows(told, first=first)
    ]


def _update_order(
    order: Order,
    lines: Sequence[OrderLine],
    plan: rules.RefundPlan,
    refund: Refund,
    moved: Moved,
) -> None:
    quantities = {line.line_no: line.quantity for line in plan.lines}
    for line in lines:
        line.refunded_quantity += quantities.get(line.line_no, 0)
    order.cash_refunded += refund.cash
    order.points_restored += plan.points
    order.points_taken_back += sum(
        moved.own.get(name, 0) for name in ("clawed_back", "debt_added", "lapsed")
    )
    order.shipping_refunded = order.shipping_refunded or plan.shipping > 0
    order.status = "refunded" if plan.wholly else "partially_refunded"
    if plan.wholly and order.confirmed_at is None:
        order.confirm_due_at = None  # nothing of it is left to be confirmed


def told_again(refund: Refund, order: Order, *, now: datetime) -> Refunded:
    """Return a refund that was made before, with the order as it is now."""
    rows = queries.list_effects(order.brand_id, order.id)
    return Refunded(
        refund,
        queries.list_refund_lines(order.brand_id, refund.id),
        [effect_of(row) for row in rows if row.refund_id == refund.id],
        receipt_of(order, now=now, effects=rows),
        repeated=True,
    )
