"""Deciding an order: what a cart costs, uses and earns. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands.services import Accrual, Settings
from app.coupons.services import CouponOutcome, Rejected
from app.errors import DomainError
from app.orders import rules
from app.orders.errors import CouponNotApplicable, HoldOfAnotherMember, MemberRequired
from app.orders.queries import CheckoutState
from app.orders.rules import CartLine, Discounts
from app.orders.services import telling
from app.orders.services.following import Consequences, Occasion, follow
from app.orders.services.programme import Known, Programme
from app.orders.services.reading import Effect, Receipt
from app.points import services as points
from app.points.errors import CaptureExceedsHold, HoldNotFound, InsufficientPoints
from app.points.services import Balance
from app.purchases import Purchase, PurchaseLine, apportion


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
    coupons: tuple[str, ...] = ()
    shipping_address: str | None = None

    @property
    def names_member(self) -> bool:
        return self.member_id is not None or self.member_external is not None


@dataclass(frozen=True)
class Decision:
    """What an order will do: told as a receipt, and as what is to be posted."""

    receipt: Receipt
    discounts: Discounts
    shares: Sequence[int]
    accrues: Sequence[bool]
    redeem: int
    earned: int
    pending: bool
    expires_at: datetime | None
    accrual_rate: int
    tier: str | None
    is_first: bool  # no order of the member came before it
    priced: "Priced"
    consequences: Consequences


@dataclass(frozen=True)
class Priced:
    """A cart after Dangol's own discounts."""

    discounts: Discounts
    nets: Sequence[int]  # won per line, before points
    coupons: CouponOutcome


@dataclass(frozen=True)
class Earning:
    """What the goods earn by the brand's rule and the member's tier."""

    rate: int
    accrues: Sequence[bool]
    basis: int
    points: int


def decide(
    brand_id: UUID,
    cart: Cart,
    state: CheckoutState,
    settings: Settings,
    programme: Programme,
    *,
    order_id: UUID | None = None,
    actor: str,
) -> Decision:
    """Decide what the cart costs, uses and earns. Pure but for reading its arguments.

    Discounts come in one order: those of the lines as sent, the member price of the
    tier, coupons, points.
    """
    zone = ZoneInfo(settings.timezone)
    placed_at = cart.placed_at or state.now
    known = programme.known(state.programme, state.now.astimezone(zone).date())
    cart = _with_categories(cart, known)
    balance = _balance_of(state)
    priced = price(cart, state, programme, known, placed_at=placed_at, zone=zone)
    if order_id is not None and priced.coupons.rejected:
        raise coupon_refusal(priced.coupons.rejected[0], cart)
    redeem = _redemption(cart, state, settings, balance, sum(priced.nets))
    amounts = rules.amounts_of(cart.lines, cart.shipping_fee, priced.discounts, redeem)
    shares = apportion(redeem, priced.nets)
    paid = [net - share for net, share in zip(priced.nets, shares, strict=True)]
    earning = _earn(cart, settings.accrual, known, paid, member=balance is not None)
    confirm_due_at = points.confirmation_of(placed_at, settings)
    confirmed = confirm_due_at is not None and confirm_due_at <= state.now
    pending = settings.accrual.pending == "confirmation" and not confirmed
    expires_at = points.expiry_of(placed_at, settings)
    consequences = Consequences()
    if state.member_id is not None and state.programme is not None:
        occasion = Occasion(
            brand_id=brand_id,
            order_id=order_id or UUID(int=0),
            member_id=state.member_id,
            purchase=_purchase(cart, paid, placed_at, zone),
            gross=amounts.goods,
            base_points=earning.points,
            rate=earning.rate,
            accrues=earning.accrues,
            triggers=("paid", "confirmed") if confirmed else ("paid",),
            pending=pending,
            confirms_at=confirm_due_at,
            number=known.history.orders + 1,
            first=(1 if state.hold or redeem else 0) + (1 if earning.points else 0),
        )
        consequences = follow(programme, known, occasion, settings, actor=actor, now=state.now)
    if balance is not None:
        balance = _balance_after(balance, cart, state, redeem)
        balance = points.balance_after_accrual(
            balance,
            earning.points,
            pending=pending,
            lapsed=expires_at is not None and expires_at <= state.now,
        )
        balance = consequences.balance_after(balance, state.now)
    effects = [
        *_money_effects(settings, programme, known, priced, redeem, earning, pending=pending),
        *consequences.effects,
    ]
    receipt = Receipt(
        order_id=order_id,
        external_id=cart.external_id,
        member_id=state.member_id,
        status=("confirmed" if confirmed else "paid") if order_id else "preview",
        channel=cart.channel,
        currency=settings.currency,
        placed_at=placed_at,
        amounts=amounts,
        lines=telling.line_rows(cart.lines, priced.discounts, shares),
        earned=earning.points,
        earned_status="pending" if pending else "available",
        balance=balance,
        effects=effects,
        settings_version=settings.version,
        programme_version=state.programme_version,
        redeemable=_redeemable(sum(priced.nets), settings, _balance_of(state)),
        why_not_more=_why_not_more(sum(priced.nets), settings, _balance_of(state)),
        confirm_due_at=confirm_due_at,
        confirmed_at=confirm_due_at if confirmed else None,
        coupons=priced.coupons,
        programme=consequences.told,
    )
    return Decision(
        receipt=receipt,
        discounts=priced.discounts,
        shares=shares,
        accrues=earning.accrues,
        redeem=redeem,
        earned=earning.points,
        pending=pending,
        expires_at=expires_at,
        accrual_rate=earning.rate,
        tier=known.tier_code,
        is_first=known.history.orders == 0,
        priced=priced,
        consequences=consequences,
    )


def _with_categories(cart: Cart, known: Known) -> Cart:
    """Return the cart with the catalogue's category where the storefront sent none."""
    if not known.products:
        return cart
    lines = [
        replace(line, category=known.products[line.sku].category)
        if line.category is None and line.sku in known.products
        else line
        for line in cart.lines
    ]
    return replace(cart, lines=tuple(lines))


def coupon_refusal(rejected: Rejected, cart: Cart) -> CouponNotApplicable:
    """Return the refusal of an order that asks for a coupon which does not fit."""
    at = cart.coupons.index(rejected.name) if rejected.name in cart.coupons else 0
    return CouponNotApplicable(
        pointer=f"/coupons/{at}",
        coupon=rejected.name,
        reason=rejected.reason,
        why={"ko": rejected.ko, "en": rejected.en},
    )


def price(
    cart: Cart,
    state: CheckoutState,
    programme: Programme,
    known: Known,
    *,
    placed_at: datetime,
    zone: ZoneInfo,
) -> Priced:
    """Take the member price and the coupons off."""
    member = [known.member_discount(line.net) for line in cart.lines]
    nets = [line.net - discount for line, discount in zip(cart.lines, member, strict=True)]
    outcome = known.apply_coupons(
        programme,
        _purchase(cart, nets, placed_at, zone),
        asked=cart.coupons,
        shipping_fee=cart.shipping_fee,
        hold_id=cart.hold_id,
        now=state.now,
    )
    off = [outcome.line_discounts.get(number, 0) for number in range(1, len(cart.lines) + 1)]
    discounts = Discounts(member, off, outcome.shipping_discount)
    nets = [net - discount for net, discount in zip(nets, discounts.coupons, strict=True)]
    return Priced(discounts, nets, outcome)


def _money_effects(
    settings: Settings,
    programme: Programme,
    known: Known,
    priced: Priced,
    redeem: int,
    earning: Earning,
    *,
    pending: bool,
) -> list[Effect]:
    effects = []
    if known.tier is not None and programme.ladder is not None and any(priced.discounts.member):
        effects.append(
            telling.member_price_effect(
                known.tier.code, programme.ladder.version, sum(priced.discounts.member)
            )
        )
    effects.extend(telling.coupon_effect(coupon) for coupon in priced.coupons.applied)
    if redeem:
        effects.append(telling.redemption_effect(settings, redeem))
    if earning.points:
        effects.append(
            telling.accrual_effect(
                settings, earning.basis, earning.rate, earning.points, pending=pending
            )
        )
    return effects


def _purchase(cart: Cart, amounts: Sequence[int], placed_at: datetime, zone: ZoneInfo) -> Purchase:
    """Return the cart as the programme sees it, its lines at ``amounts``."""
    lines = [
        PurchaseLine(number, line.sku, line.category, line.quantity, amount)
        for number, (line, amount) in enumerate(zip(cart.lines, amounts, strict=True), 1)
    ]
    return Purchase(lines, cart.channel, placed_at, placed_at.astimezone(zone).date())


def _earn(
    cart: Cart, accrual: Accrual, known: Known, paid: Sequence[int], *, member: bool
) -> Earning:
    rate = known.accrual_rate(accrual.rate_basis_points)
    accrues = [line.category not in accrual.excluded_categories for line in cart.lines]
    basis = sum(amount for amount, counts in zip(paid, accrues, strict=True) if counts)
    return Earning(
        rate, accrues, basis, points.points_for(basis, accrual, rate=rate) if member else 0
    )


def _redemption(
    cart: Cart,
    state: CheckoutState,
    settings: Settings,
    balance: Balance | None,
    goods_paid: int,
) -> int:
    """Return how many points are used, or refuse."""
    wanted = cart.redeem_points
    if cart.hold_id is not None:
        wanted = _check_hold(cart, state)
    if not wanted:
        return 0
    if balance is None:
        raise MemberRequired(pointer="/member")
    if state.hold is None and wanted > balance.available:
        raise InsufficientPoints(
            pointer="/redeem_points", required=wanted, available=balance.available
        )
    rules.check_redemption(wanted, goods_paid, _terms(settings))
    return wanted


def _check_hold(cart: Cart, state: CheckoutState) -> int | None:
    """Return how many of the points held are to be used."""
    hold = state.hold
    if hold is None:
        if not state.holds_coupons:
            raise HoldNotFound(pointer="/hold")
        return cart.redeem_points  # a hold of coupons alone
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


def _redeemable(goods_paid: int, settings: Settings, balance: Balance | None) -> int | None:
    if balance is None:
        return None
    return rules.redeemable(goods_paid, _terms(settings), balance.available)


def _why_not_more(
    goods_paid: int, settings: Settings, balance: Balance | None
) -> rules.Sentence | None:
    if balance is None:
        return None
    return rules.why_not_more(goods_paid, _terms(settings), balance.available)


def _terms(settings: Settings) -> rules.RedemptionTerms:
    terms = settings.redemption
    return rules.RedemptionTerms(
        terms.minimum_points, terms.unit, terms.maximum_percent, terms.minimum_order_amount
    )


def _balance_of(state: CheckoutState) -> Balance | None:
    return None if state.counters is None else Balance(**state.counters)


def _balance_after(balance: Balance, cart: Cart, state: CheckoutState, redeem: int) -> Balance:
    if state.hold is not None:
        return points.balance_after_capture(
            balance, state.hold.amount, redeem, alive=state.hold.alive
        )
    return points.balance_after_redemption(balance, redeem)
