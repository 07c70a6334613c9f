"""Writing a decided order: one call that posts its points and stores everything."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.orders import queries
from app.orders.services.deciding import Cart, Decision, balance_of
from app.points import services as points


def write_order(
    brand_id: UUID,
    cart: Cart,
    state: Row[Any],
    decision: Decision,
    *,
    answer: dict[str, Any],
    actor: str,
) -> None:
    receipt = decision.receipt
    operations, redeem_at, accrue_at = _operations(cart, decision, actor=actor)
    after = queries.place(
        {
            "brand_id": brand_id,
            "member_id": state.member_id,
            "now": state.now,
            "operations": operations,
            "redeem_at": redeem_at,
            "accrue_at": accrue_at,
            "order": _order_row(brand_id, cart, state, decision, answer["fingerprint"]),
            "lines": _line_rows(brand_id, cart, decision),
            "effects": [
                {
                    "brand_id": brand_id,
                    "order_id": receipt.order_id,
                    "effect_no": number,
                    "kind": effect.kind,
                    "points": effect.points,
                    "status": effect.status,
                    "reason": effect.reason,
                    "rule": effect.rule,
                    "rule_version": effect.rule_version,
                    "terms": effect.terms,
                }
                for number, effect in enumerate(receipt.effects, 1)
            ],
            **answer,
        }
    )
    if operations and balance_of(after) != receipt.balance:
        # The answer is stored already with what was decided: undo all of it.
        raise RuntimeError("the ledger did not do what the checkout decided")


def _operations(
    cart: Cart, decision: Decision, *, actor: str
) -> tuple[list[points.Operation], int | None, int | None]:
    """Return the ledger operations, and where the redemption and the accrual stand."""
    order_id = decision.receipt.order_id
    version = decision.receipt.settings_version
    meta = {"order_id": order_id, "rule_version": version, "actor": actor}
    operations = []
    redeem_at = accrue_at = None
    if cart.hold_id is not None:
        # A hold was taken from lots when it was placed: refunds go back to those.
        cause = {**meta, "rule": "redemption", "cause": f"order/{order_id}/capture"}
        operations.append(points.capture(cart.hold_id, decision.redeem, meta=cause))
    elif decision.redeem:
        cause = {**meta, "rule": "redemption", "cause": f"order/{order_id}/redemption"}
        redeem_at = len(operations)
        operations.append(points.redemption(decision.redeem, meta=cause))
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


def _order_row(
    brand_id: UUID, cart: Cart, state: Row[Any], decision: Decision, fingerprint: bytes
) -> dict[str, Any]:
    receipt = decision.receipt
    return {
        "brand_id": brand_id,
        "id": receipt.order_id,
        "external_id": cart.external_id,
        "fingerprint": fingerprint,
        "member_id": state.member_id,
        "channel": cart.channel,
        "currency": receipt.currency,
        "status": "paid",
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
        "redemption_seq": state.hold_entry_seq,
        "confirm_due_at": receipt.confirm_due_at,
        "shipping_refunded": False,
        "cash_refunded": 0,
        "points_restored": 0,
        "points_taken_back": 0,
        "created_at": state.now,
    }


def _line_rows(brand_id: UUID, cart: Cart, decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "brand_id": brand_id,
            "order_id": decision.receipt.order_id,
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
            "refunded_quantity": 0,
        }
        for number, (line, share, accrues) in enumerate(
            zip(cart.lines, decision.shares, decision.accrues, strict=True), 1
        )
    ]
