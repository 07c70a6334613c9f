"""The checkout: one path that previews an order and places it.

Two calls to the database: ``order_open`` locks the member's account and reads all
that is needed; ``order_place`` writes all that was decided. Between them are pure
functions. A preview is the same without the second call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.brands import services as brands
from app.brands.services import Settings
from app.errors import DomainError
from app.events import publish
from app.ids import new_id
from app.members.errors import MemberNotFound
from app.orders import queries, rules
from app.orders.errors import HoldOfAnotherMember, MemberRequired, OrderAlreadyExists
from app.orders.events import OrderPlaced
from app.orders.rules import CartLine
from app.orders.services.reading import Effect, Receipt, get_order, receipt_of
from app.points import services as points
from app.points.errors import CaptureExceedsHold, HoldNotFound, InsufficientPoints
from app.points.services import Balance


@dataclass(frozen=True)
class Cart:
    """What a storefront asks for. ``redeem_points`` None: a hold's whole amount, else 0."""

    member_id: UUID | None
    member_external: str | None
    channel: str | None
    placed_at: datetime | None
    lines: tuple[CartLine, ...]
    shipping_fee: int
    redeem_points: int | None
    hold_id: UUID | None
    external_id: str | None = None

    @property
    def names_member(self) -> bool:
        return self.member_id is not None or self.member_external is not None


@dataclass(frozen=True)
class StoredAnswer:
    """An answer that the idempotency key has already."""

    fingerprint: bytes
    status: int
    body: str


@dataclass(frozen=True)
class _Decision:
    """What an order will do: told as a receipt, and as what is to be posted."""

    receipt: Receipt
    shares: Sequence[int]
    accrues: Sequence[bool]
    redeem: int
    earned: int
    pending: bool
    expires_at: datetime | None


def preview_order(brand_id: UUID, cart: Cart, *, now: datetime) -> Receipt:
    """Return what placing the cart now would answer. Changes and locks nothing.

    :raises DomainError: as :func:`place_order` would
    """
    state = _open(brand_id, cart, key=None, now=now, lock=False)
    settings = brands.settings_of(brand_id, state.settings_version)
    return _decide(cart, state, settings).receipt


def place_order(
    brand_id: UUID,
    cart: Cart,
    *,
    key: str,
    fingerprint: bytes,
    actor: str,
    render: Callable[[Receipt], str],
    now: datetime,
) -> Receipt | StoredAnswer:
    """Place a paid order: points are redeemed and earned, everything is written once.

    The answer, made by ``render``, is stored with the order. Repeated with the same
    ``key`` it returns the :class:`StoredAnswer`, whoever it belongs to; an order
    that exists with the same content is returned as it is now.

    :raises MemberNotFound: the member named does not exist
    :raises OrderAlreadyExists: the external id belongs to an order of other content
    :raises InsufficientPoints: fewer points are available than are to be redeemed
    :raises RedemptionBelowMinimum: and the other refusals of ``rules.check_redemption``
    :raises HoldExpired: the hold's time is over
    :raises HoldClosed: the hold was captured or voided before
    """
    state = _open(brand_id, cart, key=key, now=now, lock=True)
    if state.answer_status is not None:
        return StoredAnswer(bytes(state.answer_fingerprint), state.answer_status, state.answer_body)
    if state.order_id is not None:
        if bytes(state.order_fingerprint) != fingerprint:
            raise OrderAlreadyExists(pointer="/external_id", external_id=cart.external_id)
        return receipt_of(get_order(brand_id, order_id=state.order_id), now=state.now)
    settings = brands.settings_of(brand_id, state.settings_version)
    decision = _decide(cart, state, settings, order_id=new_id())
    _write(
        brand_id,
        cart,
        state,
        decision,
        answer={
            "key": key,
            "fingerprint": fingerprint,
            "status": 201,
            "body": render(decision.receipt),
        },
        actor=actor,
    )
    order_id = decision.receipt.order_id
    assert order_id is not None  # noqa: S101 - given above, for the type checker
    publish(OrderPlaced(brand_id, order_id, state.member_id, state.now))
    return decision.receipt


def _open(brand_id: UUID, cart: Cart, *, key: str | None, now: datetime, lock: bool) -> Row[Any]:
    state = queries.open_checkout(
        brand_id,
        member_id=cart.member_id,
        member_external=cart.member_external,
        key=key,
        external_id=cart.external_id,
        hold_id=cart.hold_id,
        now=now,
        lock=lock,
    )
    if cart.names_member and (state.member_id is None or state.member_status == "erased"):
        raise MemberNotFound(pointer="/member")
    return state


def _decide(
    cart: Cart, state: Row[Any], settings: Settings, *, order_id: UUID | None = None
) -> _Decision:
    """Decide what the cart costs, uses and earns. Pure but for reading its arguments."""
    balance = _balance_of(state)
    redeem = _redemption(cart, state, settings, balance)
    amounts = rules.amounts_of(cart.lines, cart.shipping_fee, redeem)
    shares = rules.apportion(redeem, [line.net for line in cart.lines])
    accrual = settings.accrual
    accrues = [line.category not in accrual.excluded_categories for line in cart.lines]
    basis = sum(
        line.net - share
        for line, share, counts in zip(cart.lines, shares, accrues, strict=True)
        if counts
    )
    earned = 0
    if balance is not None:
        earned = points.points_for(basis, accrual)
    placed_at = cart.placed_at or state.now
    confirm_due_at = points.confirmation_of(placed_at, settings)
    pending = accrual.pending == "confirmation" and not (
        confirm_due_at is not None and confirm_due_at <= state.now
    )
    receipt = Receipt(
        order_id=order_id,
        external_id=cart.external_id,
        member_id=state.member_id,
        status="paid" if order_id else "preview",
        channel=cart.channel,
        currency=settings.currency,
        placed_at=placed_at,
        amounts=amounts,
        lines=[
            {
                "line": number,
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "amount": line.amount,
                "discount": line.discount,
                "points_share": share,
                "refunded_quantity": 0,
            }
            for number, (line, share) in enumerate(zip(cart.lines, shares, strict=True), 1)
        ],
        earned=earned,
        earned_status="pending" if pending else "available",
        balance=_balance_after(balance, cart, state, redeem, earned, pending=pending),
        effects=_effects(settings, redeem, basis, earned, pending=pending),
        settings_version=settings.version,
        redeemable=_redeemable(cart, settings, balance),
        confirm_due_at=confirm_due_at,
    )
    return _Decision(
        receipt=receipt,
        shares=shares,
        accrues=accrues,
        redeem=redeem,
        earned=earned,
        pending=pending,
        expires_at=points.expiry_of(placed_at, settings),
    )


def _redemption(cart: Cart, state: Row[Any], settings: Settings, balance: Balance | None) -> int:
    """Return how many points are used, or refuse."""
    goods_paid = sum(line.net for line in cart.lines)
    wanted = cart.redeem_points
    if cart.hold_id is not None:
        wanted = _check_hold(cart, state)
    if not wanted:
        return 0
    if balance is None:
        raise MemberRequired(pointer="/member")
    if cart.hold_id is None and wanted > balance.available:
        raise InsufficientPoints(
            pointer="/redeem_points", required=wanted, available=balance.available
        )
    rules.check_redemption(wanted, goods_paid, _terms(settings))
    return wanted


def _check_hold(cart: Cart, state: Row[Any]) -> int:
    if state.hold_state is None:
        raise HoldNotFound(pointer="/hold")
    if state.hold_member_id != state.member_id:
        raise HoldOfAnotherMember(pointer="/hold")
    refusal: DomainError | None = points.hold_refusal(
        state.hold_state, state.hold_expires_at, state.now
    )
    if refusal is not None:
        raise refusal
    wanted: int = state.hold_amount if cart.redeem_points is None else cart.redeem_points
    if wanted > state.hold_amount:
        raise CaptureExceedsHold(pointer="/redeem_points", required=wanted, held=state.hold_amount)
    return wanted


def _redeemable(cart: Cart, settings: Settings, balance: Balance | None) -> int | None:
    if balance is None:
        return None
    goods_paid = sum(line.net for line in cart.lines)
    return rules.redeemable(goods_paid, _terms(settings), balance.available)


def _terms(settings: Settings) -> rules.RedemptionTerms:
    terms = settings.redemption
    return rules.RedemptionTerms(
        terms.minimum_points, terms.unit, terms.maximum_percent, terms.minimum_order_amount
    )


def _balance_of(state: Row[Any]) -> Balance | None:
    if state.available is None:  # an order without a member
        return None
    return Balance(state.available, state.pending, state.held, state.debt)


def _balance_after(
    balance: Balance | None,
    cart: Cart,
    state: Row[Any],
    redeem: int,
    earned: int,
    *,
    pending: bool,
) -> Balance | None:
    if balance is None:
        return None
    if cart.hold_id is not None:
        balance = points.balance_after_capture(balance, state.hold_amount, redeem)
    else:
        balance = points.balance_after_redemption(balance, redeem)
    return points.balance_after_accrual(balance, earned, pending=pending)


def _effects(
    settings: Settings, redeem: int, basis: int, earned: int, *, pending: bool
) -> list[Effect]:
    effects = []
    if redeem:
        effects.append(
            Effect(
                "redemption",
                redeem,
                "posted",
                f"포인트 {redeem:,}P를 상품 금액에 썼어요",
                "redemption",
                settings.version,
            )
        )
    if earned:
        accrual = settings.accrual
        effects.append(
            Effect(
                "accrual",
                earned,
                "pending" if pending else "available",
                rules.accrual_reason(
                    basis,
                    accrual.rate_basis_points,
                    accrual.rounding_unit,
                    accrual.rounding,
                    earned,
                ),
                "accrual",
                settings.version,
                {"basis": basis, "rate_basis_points": accrual.rate_basis_points},
            )
        )
    return effects


def _write(
    brand_id: UUID,
    cart: Cart,
    state: Row[Any],
    decision: _Decision,
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
    if operations and _balance_of(after) != receipt.balance:
        # The answer is stored already with what was decided: undo all of it.
        raise RuntimeError("the ledger did not do what the checkout decided")


def _operations(
    cart: Cart, decision: _Decision, *, actor: str
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
    brand_id: UUID, cart: Cart, state: Row[Any], decision: _Decision, fingerprint: bytes
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


def _line_rows(brand_id: UUID, cart: Cart, decision: _Decision) -> list[dict[str, Any]]:
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
