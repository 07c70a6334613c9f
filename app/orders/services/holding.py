"""Holding a checkout: points and coupons reserved while the shopper pays.

One id names all of it. An order captures it with ``hold``; what it does not use goes
back, and so does everything when the time is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.coupons import services as coupons
from app.ids import new_id
from app.orders.errors import MemberRequired, NothingToHold
from app.orders.services.checkout import check_member, open_cart
from app.orders.services.deciding import Cart, coupon_refusal, decide
from app.orders.services.programme import programme_of
from app.points import services as points
from app.points.errors import HoldNotFound


@dataclass(frozen=True)
class CheckoutHold:
    """What is reserved, and until when. ``state``: open or released."""

    hold_id: UUID
    member_id: UUID
    points: int
    coupons: Sequence[str]  # as they were named
    state: str
    expires_at: datetime | None


def hold_checkout(
    brand_id: UUID, cart: Cart, *, ttl_seconds: int | None, actor: str, cause: str, now: datetime
) -> CheckoutHold:
    """Reserve the points and coupons that a cart wants to use.

    :raises MemberNotFound: the member named does not exist
    :raises MemberRequired: the cart names no member
    :raises NothingToHold: the cart uses neither points nor coupons
    :raises CouponNotApplicable: a coupon that was asked for does not fit
    :raises InsufficientPoints: and the other refusals of the checkout
    """
    state = open_cart(brand_id, cart, key=None, now=now, lock=True)
    check_member(cart, state)
    if state.member_id is None:
        raise MemberRequired(pointer="/member")
    settings = brands.settings_of(brand_id, state.settings_version)
    programme = programme_of(brand_id, state.programme_version)
    decision = decide(brand_id, cart, state, settings, programme, actor=actor)
    outcome = decision.priced.coupons
    if outcome.rejected:
        raise coupon_refusal(outcome.rejected[0], cart)
    if not decision.redeem and not outcome.applied:
        raise NothingToHold(pointer="/coupons")
    hold_id = new_id()
    ttl = ttl_seconds or settings.redemption.hold_ttl_seconds
    expires_at = state.now + timedelta(seconds=ttl)
    if decision.redeem:
        points.place_hold(
            brand_id,
            state.member_id,
            decision.redeem,
            ttl_seconds=ttl,
            hold_id=hold_id,
            actor=actor,
            cause=cause,
            now=state.now,
        )
    if outcome.applied:
        reserved = coupons.reserve_changes(
            outcome, state.member_id, hold_id=hold_id, until=expires_at
        )
        coupons.write_changes(
            brand_id, state.member_id, {"reserve": reserved}, order_id=None, now=state.now
        )
    return CheckoutHold(
        hold_id, state.member_id, decision.redeem, list(cart.coupons), "open", expires_at
    )


def release_checkout(brand_id: UUID, hold_id: UUID, *, actor: str, now: datetime) -> None:
    """Give back all that a hold reserves. Repeating it changes nothing.

    :raises HoldNotFound: there is no such hold
    :raises HoldClosed: its points were captured
    """
    released = coupons.release(brand_id, hold_id, now=now)
    try:
        points.void_hold(brand_id, hold_id, actor=actor, now=now)
    except HoldNotFound:
        if not released:
            raise
