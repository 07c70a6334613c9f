"""Writing a decided order: one call that posts its points and stores everything."""

from typing import Any
from uuid import UUID

from app.orders import queries
from app.orders.queries import CheckoutState
from app.orders.services.deciding import Cart, Decision
from app.points import services as points
from app.points.services import Balance

CREATED = 201


def write_order(
    brand_id: UUID,
    order_id: UUID,
    cart: Cart,
    state: CheckoutState,
    decision: Decision,
    *,
    key: str,
    fingerprint: bytes,
    body: str,
    actor: str,
) -> None:
    """Write an order as it was decided, with the answer that repeats of it will get."""
    operations, redeem_at, accrue_at = _operations(order_id, cart, decision, actor=actor)
    counters = queries.place(
        brand_id,
        order_id,
        state.member_id,
        {
            "operations": operations,
            "redeem_at": redeem_at,
            "accrue_at": accrue_at,
            "order": _order_row(cart, state, decision),
            "lines": _line_rows(cart, decision),
            "effects": _effect_rows(decision),
        },
        key=key,
        fingerprint=fingerprint,
        status=CREATED,
        body=body,
        now=state.now,
    )
    if counters is not None and Balance(**counters) != decision.receipt.balance:
        # The answer stored says what was decided: undo all of it.
        raise RuntimeError("the ledger did not do what the checkout decided")


def _operations(
    order_id: UUID, cart: Cart, decision: Decision, *, actor: str
) -> tuple[list[points.Operation], int | None, int | None]:
    """Return the ledger operations, and where the redemption and the accrual stand."""
    meta = {
        "order_id": order_id,
        "rule_version": decision.receipt.settings_version,
        "actor": actor,
    }
    operations = []
    redeem_at = accrue_at = None
    if cart.hold_id is not None:
        # A hold was taken from lots when it was placed: refunds go back to those.
        told = {**meta, "rule": "redemption", "cause": f"order/{order_id}/capture"}
        operations.append(points.capture(cart.hold_id, decision.redeem, meta=told))
    elif decision.redeem:
        told = {**meta, "rule": "redemption", "cause": f"order/{order_id}/redemption"}
        redeem_at = len(operations)
        operations.append(points.redemption(decision.redeem, meta=told))
    if decision.earned:
        accrue_at = len(operations)
        operations.append(
            points.accrual(
                decision.earned,
                pending=decision.pending,
                expires_at=decision.expires_at,
                confirms_at=decision.receipt.confirm_due_at,
                meta={
                    **meta,
                    "rule": "accrual",
                    "origin": "purchase",
                    "occurred_at": decision.receipt.placed_at,
                    "cause": f"order/{order_id}/accrual",
                },
            )
        )
    return operations, redeem_at, accrue_at


def _order_row(cart: Cart, state: CheckoutState, decision: Decision) -> dict[str, Any]:
    receipt = decision.receipt
    return {
        "external_id": cart.external_id,
        "channel": cart.channel,
        "currency": receipt.currency,
        "placed_at": receipt.placed_at,
        "goods": receipt.amounts.goods,
        "discounts": receipt.amounts.discounts,
        "shipping_fee": receipt.amounts.shipping_fee,
        "points_used": receipt.amounts.points_used,
        "due": receipt.amounts.due,
        "earned": decision.earned,
        "earned_pending": decision.pending,
        "settings_version": receipt.settings_version,
        "hold_id": cart.hold_id,
        "redemption_seq": state.hold and state.hold.entry_seq,
        "confirm_due_at": receipt.confirm_due_at,
    }


def _line_rows(cart: Cart, decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "line_no": number,
            "sku": line.sku,
            "name": line.name,
            "category": line.category,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount": line.amount,
            "discount": line.discount,
            "points_share": share,
            "accrues": accrues,
        }
        for number, (line, share, accrues) in enumerate(
            zip(cart.lines, decision.shares, decision.accrues, strict=True), 1
        )
    ]


def _effect_rows(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "effect_no": number,
            "kind": effect.kind,
            "points": effect.points,
            "status": effect.status,
            "reason": effect.reason,
            "rule": effect.rule,
            "rule_version": effect.rule_version,
            "terms": effect.terms,
        }
        for number, effect in enumerate(decision.receipt.effects, 1)
    ]
