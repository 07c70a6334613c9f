"""Writing a decided order: one call that posts its points and stores everything."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.coupons import services as coupons
from app.orders import queries
from app.orders.queries import CheckoutState
from app.orders.services.deciding import Cart, Decision
from app.orders.services.reading import Effect
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
    address_index: bytes | None,
    actor: str,
) -> None:
    """Write an order as it was decided, with the answer that repeats of it will get."""
    operations, redeem_at, accrue_at = _operations(order_id, cart, state, decision, actor=actor)
    counters = queries.place(
        brand_id,
        {
            "operations": operations + decision.consequences.operations,
            "redeem_at": redeem_at,
            "accrue_at": accrue_at,
            "order": _order_row(order_id, cart, state, decision, address_index),
            "lines": _line_rows(decision),
            "effects": effect_rows(decision.receipt.effects),
            **_programme_rows(cart, state, decision),
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
    order_id: UUID, cart: Cart, state: CheckoutState, decision: Decision, *, actor: str
) -> tuple[list[points.Operation], int | None, int | None]:
    """Return the ledger operations, and where the redemption and the accrual stand."""
    meta = {
        "order_id": order_id,
        "rule_version": decision.receipt.settings_version,
        "actor": actor,
    }
    operations = []
    redeem_at = accrue_at = None
    if cart.hold_id is not None and state.hold is not None:
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


def _programme_rows(cart: Cart, state: CheckoutState, decision: Decision) -> dict[str, Any]:
    rows = decision.consequences.rows()
    changes: dict[str, Any] = {}
    if redeemed := coupons.redeem_changes(decision.priced.coupons, state.member_id):
        changes["redeem"] = redeemed
    if decision.consequences.issued:
        changes["issue"] = decision.consequences.issued
    if cart.hold_id is not None and state.holds_coupons:
        changes["release"] = cart.hold_id  # what of it the order does not use
    if changes:
        rows["coupons"] = changes
    return rows


def _order_row(
    order_id: UUID,
    cart: Cart,
    state: CheckoutState,
    decision: Decision,
    address_index: bytes | None,
) -> dict[str, Any]:
    receipt, amounts = decision.receipt, decision.receipt.amounts
    return {
        "id": order_id,
        "member_id": state.member_id,
        "external_id": cart.external_id,
        "channel": cart.channel,
        "currency": receipt.currency,
        "placed_at": receipt.placed_at,
        "goods": amounts.goods,
        "discounts": amounts.discounts,
        "member_discount": amounts.member_discount,
        "coupon_discount": amounts.coupon_discount,
        "shipping_fee": amounts.shipping_fee,
        "shipping_discount": amounts.shipping_discount,
        "points_used": amounts.points_used,
        "due": amounts.due,
        "earned": decision.earned,
        "earned_pending": decision.pending,
        "accrual_rate": decision.accrual_rate,
        "tier": decision.tier,
        "settings_version": receipt.settings_version,
        "programme_version": state.programme_version,
        "address_index": address_index and f"\\x{address_index.hex()}",
        "hold_id": cart.hold_id,
        "redemption_seq": state.hold and state.hold.entry_seq,
        "confirm_due_at": receipt.confirm_due_at,
        "confirmed_at": receipt.confirmed_at,
    }


def _line_rows(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "line_no": told["line"],
            "sku": told["sku"],
            "name": told["name"],
            "category": told["category"],
            "quantity": told["quantity"],
            "unit_price": told["unit_price"],
            "amount": told["amount"],
            "discount": told["discount"],
            "member_discount": told["member_discount"],
            "coupon_discount": told["coupon_discount"],
            "points_share": told["points_share"],
            "accrues": accrues,
        }
        for told, accrues in zip(decision.receipt.lines, decision.accrues, strict=True)
    ]


def effect_rows(effects: Sequence[Effect], *, first: int = 1) -> list[dict[str, Any]]:
    """Return effects as rows, numbered from ``first``."""
    return [
        {
            "effect_no": number,
            "kind": effect.kind,
            "points": effect.points,
            "status": effect.status,
            "reason": effect.reason,
            "reason_en": effect.reason_en,
            "rule": effect.rule,
            "rule_version": effect.rule_version,
            "terms": effect.terms,
        }
        for number, effect in enumerate(effects, first)
    ]
