"""Refunds: whatever of an order is given back, its effects are reversed with it.

Redeemed points go back to the very lots they came from, earned points are taken
back by the policy that was in force when the order was placed. A dry run is the
same use case in a transaction that is rolled back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.brands.services import Settings
from app.db import db
from app.events import publish
from app.ids import new_id
from app.members import services as members
from app.orders import queries, rules
from app.orders.errors import RefundAlreadyExists
from app.orders.events import OrderRefunded
from app.orders.models import Order, OrderEffect, OrderLine, Refund, RefundLine
from app.orders.services.reading import Effect, Receipt, effect_of, receipt_of
from app.points import services as points
from app.points.services import Balance

RESTORED = "쓴 포인트를 원래 적립분에 돌려줬어요"
RESTORED_EXPIRED = "돌려준 포인트 중 기한이 지난 것은 바로 사라졌어요"
TAKEN_BACK = "남은 금액의 적립만 남기고 {:,}P를 거둬들였어요"
DEBT_ADDED = "이미 쓴 포인트라 다음 적립에서 갚아요"
WAIVED = "이미 쓴 포인트라 거둬들이지 않았어요"


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


@dataclass(frozen=True)
class Accounts:
    """Whose points an order moved, and who has them now (another one after a merge)."""

    source: UUID
    survivor: UUID


def lock_accounts(order: Order, *, now: datetime) -> Accounts | None:
    """Lock the accounts that reversing the order will touch, in ascending order."""
    if order.member_id is None:
        return None
    survivor = members.survivor_id(order.brand_id, order.member_id, keep=True)
    accounts = Accounts(order.member_id, survivor)
    for member_id in sorted({accounts.source, accounts.survivor}):
        points.lock_balance(order.brand_id, member_id, now=now)
    return accounts


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
    accounts = lock_accounts(queries.known_order(brand_id, order_id), now=now)
    order = queries.lock_order(brand_id, order_id)
    earlier = queries.find_refund(brand_id, order_id, request.external_id)
    if earlier is not None:
        if bytes(earlier.fingerprint) != fingerprint:
            raise RefundAlreadyExists(pointer="/external_id", external_id=request.external_id)
        return told_again(earlier, order, now=now)
    settings = brands.settings_of(brand_id, order.settings_version)
    lines = queries.list_lines(brand_id, order_id)
    plan = rules.plan_refund(
        [sold(line) for line in lines],
        request.quantities,
        shipping_left=0 if order.shipping_refunded else order.shipping_fee,
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


def reverse(
    order: Order,
    lines: Sequence[OrderLine],
    plan: rules.RefundPlan,
    settings: Settings,
    accounts: Accounts | None,
    request: RefundRequest,
    *,
    fingerprint: bytes,
    actor: str,
    now: datetime,
) -> Refunded:
    """Carry out a refund that is planned; accounts and order are locked."""
    refund_id = new_id()
    take_back = _to_take_back(order, plan, settings)
    outcome, balance = _post(
        order,
        refund_id,
        plan.points,
        take_back,
        settings,
        accounts,
        meta={
            "order_id": order.id,
            "refund_id": refund_id,
            "rule_version": settings.version,
            "actor": actor,
            "occurred_at": request.refunded_at or now,
        },
        now=now,
    )
    refund = Refund(
        brand_id=order.brand_id,
        id=refund_id,
        order_id=order.id,
        external_id=request.external_id,
        fingerprint=fingerprint,
        refunded_at=request.refunded_at or now,
        cash=plan.cash,
        shipping=plan.shipping,
        restored=plan.points,
        restored_expired=outcome.get("restored_expired", 0),
        clawed_back=outcome.get("clawed_back", 0),
        debt_added=outcome.get("debt_added", 0),
        waived=outcome.get("waived", 0),
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
    effects = queries.list_effects(order.brand_id, order.id)
    reversals = _reversals(order, refund, settings, first_no=len(effects) + 1)
    db.session.add_all([*refund_lines, *reversals])
    _update_order(order, lines, plan, refund)
    db.session.flush()  # autoflush is off
    publish(OrderRefunded(order.brand_id, order.id, refund_id, order.member_id, now))
    receipt = receipt_of(
        order, now=now, lines=lines, effects=[*effects, *reversals], balance=balance
    )
    return Refunded(refund, refund_lines, [effect_of(row) for row in reversals], receipt)


def sold(line: OrderLine) -> rules.SoldLine:
    return rules.SoldLine(
        line_no=line.line_no,
        quantity=line.quantity,
        net=line.amount - line.discount,
        points_share=line.points_share,
        accrues=line.accrues,
        refunded_quantity=line.refunded_quantity,
    )


def _to_take_back(order: Order, plan: rules.RefundPlan, settings: Settings) -> int:
    """Return the earned points that the order no longer deserves and still has.

    What the remaining amount would have earned under the order's own rule stays. What
    an earlier refund had to waive is asked for again: the points that this one gives
    back may cover it, as they would if all had been refunded at once.
    """
    kept = 0 if plan.wholly else points.points_for(plan.basis_left, settings.accrual)
    return max(0, order.earned - kept - order.points_taken_back)


def _post(
    order: Order,
    refund_id: UUID,
    restore: int,
    take_back: int,
    settings: Settings,
    accounts: Accounts | None,
    *,
    meta: dict[str, Any],
    now: datetime,
) -> tuple[dict[str, int], Balance | None]:
    """Move the points; return what came of it by name, and the balance if it was read."""
    outcome: dict[str, int] = {}
    balance = None
    if accounts is None:
        return outcome, balance
    brand_id, merged = order.brand_id, accounts.source != accounts.survivor
    operations = []
    if restore:
        assert order.redemption_seq is not None  # noqa: S101 - points were used
        operations.append(
            points.restoration(
                restore,
                source_seq=order.redemption_seq,
                grace_until=_grace_until(settings, now),
                meta={**meta, "rule": "redemption", "cause": f"refund/{refund_id}/restoration"},
            )
        )
    if merged and operations:
        # The lots are the merged member's; what comes back to them moves on.
        _, results = points.post(brand_id, accounts.source, operations, now=now)
        points.forward(brand_id, accounts.source, accounts.survivor, now=now)
        outcome.update(results[0])
        operations = []
    if take_back:
        own = [] if order.accrual_lot is None else [order.accrual_lot]
        operations.append(
            points.claw_back(
                take_back,
                lots=points.list_order_lots(brand_id, accounts.survivor, order.id)
                if merged
                else own,
                policy=settings.refund.clawback,
                meta={**meta, "rule": "accrual", "cause": f"refund/{refund_id}/clawback"},
            )
        )
    if operations:
        balance, results = points.post(brand_id, accounts.survivor, operations, now=now)
        for result in results:
            outcome.update(result)
    return outcome, balance


def _grace_until(settings: Settings, now: datetime) -> datetime | None:
    """Return until when points live that come back to a lot that has lapsed."""
    if not settings.refund.grace_days:
        return None
    days = timedelta(days=settings.refund.grace_days + 1)
    return points.midnight_of(now + days, ZoneInfo(settings.timezone))


def _reversals(
    order: Order, refund: Refund, settings: Settings, *, first_no: int
) -> list[OrderEffect]:
    """Return the effects of a refund: what of the order's own it reversed."""
    told = (
        ("redemption_reversed", refund.restored, "redemption", RESTORED),
        ("restored_expired", refund.restored_expired, "redemption", RESTORED_EXPIRED),
        ("accrual_reversed", refund.clawed_back, "accrual", TAKEN_BACK.format(refund.clawed_back)),
        ("debt_added", refund.debt_added, "accrual", DEBT_ADDED),
        ("clawback_waived", refund.waived, "accrual", WAIVED),
    )
    return [
        OrderEffect(
            brand_id=order.brand_id,
            order_id=order.id,
            effect_no=number,
            refund_id=refund.id,
            kind=kind,
            points=amount,
            status="posted",
            reason=reason,
            rule=rule,
            rule_version=settings.version,
            terms=None,
        )
        for number, (kind, amount, rule, reason) in enumerate(
            (each for each in told if each[1]), first_no
        )
    ]


def _update_order(
    order: Order, lines: Sequence[OrderLine], plan: rules.RefundPlan, refund: Refund
) -> None:
    quantities = {line.line_no: line.quantity for line in plan.lines}
    for line in lines:
        line.refunded_quantity += quantities.get(line.line_no, 0)
    order.cash_refunded += plan.cash
    order.points_restored += plan.points
    order.points_taken_back += refund.clawed_back + refund.debt_added
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
