"""Deciding an order: what a cart costs, uses and earns. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.brands.services import Settings
from app.errors import DomainError
from app.orders import rules
from app.orders.errors import HoldOfAnotherMember, MemberRequired
from app.orders.queries import CheckoutState
from app.orders.rules import CartLine
from app.orders.services.reading import Effect, Receipt
from app.points import services as points
from app.points.errors import CaptureExceedsHold, HoldNotFound, InsufficientPoints
from app.points.services import Balance
from app.purchases import apportion


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
class Decision:
    """What an order will do: told as a receipt, and as what is to be posted."""

    receipt: Receipt
    shares: Sequence[int]
    accrues: Sequence[bool]
    redeem: int
    earned: int
    pending: bool
    expires_at: datetime | None


def decide(
    cart: Cart, state: CheckoutState, settings: Settings, *, order_id: UUID | None = None
) -> Decision:
    """Decide what the cart costs, uses and earns. Pure but for reading its arguments."""
    balance = _balance_of(state)
    redeem = _redemption(cart, state, settings, balance)
    amounts = rules.amounts_of(cart.lines, cart.shipping_fee, redeem)
    shares = apportion(redeem, [line.net for line in cart.lines])
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
    expires_at = points.expiry_of(placed_at, settings)
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
        balance=_balance_after(
            balance,
            cart,
            state,
            redeem,
            earned,
            pending=pending,
            lapsed=expires_at is not None and expires_at <= state.now,
        ),
        effects=_effects(settings, redeem, basis, earned, pending=pending),
        settings_version=settings.version,
        redeemable=_redeemable(cart, settings, balance),
        confirm_due_at=confirm_due_at,
    )
    return Decision(
        receipt=receipt,
        shares=shares,
        accrues=accrues,
        redeem=redeem,
        earned=earned,
        pending=pending,
        expires_at=expires_at,
    )


def _redemption(
    cart: Cart, state: CheckoutState, settings: Settings, balance: Balance | None
) -> int:
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


def _check_hold(cart: Cart, state: CheckoutState) -> int:
    hold = state.hold
    if hold is None:
        raise HoldNotFound(pointer="/hold")
    if hold.member_id != state.member_id:
        raise HoldOfAnotherMember(pointer="/hold")
    refusal: DomainError | None = points.hold_refusal(
        hold.state, hold.expires_at, state.now, pointer="/hold"
    )
    if refusal is not None:
        raise refusal
    wanted = hold.amount if cart.redeem_points is None else cart.redeem_points
    if wanted > hold.amount:
        raise CaptureExceedsHold(pointer="/redeem_points", required=wanted, held=hold.amount)
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


def _balance_of(state: CheckoutState) -> Balance | None:
    return None if state.counters is None else Balance(**state.counters)


def _balance_after(
    balance: Balance | None,
    cart: Cart,
    state: CheckoutState,
    redeem: int,
    earned: int,
    *,
    pending: bool,
    lapsed: bool,
) -> Balance | None:
    if balance is None:
        return None
    if state.hold is not None:
        balance = points.balance_after_capture(
            balance, state.hold.amount, redeem, alive=state.hold.alive
        )
    else:
        balance = points.balance_after_redemption(balance, redeem)
    return points.balance_after_accrual(balance, earned, pending=pending, lapsed=lapsed)


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
