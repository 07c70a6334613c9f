"""The checkout: one path that previews an order and places it.

Two calls to the database: ``order_open`` locks the member's account and reads all
that is needed; ``order_place`` writes all that was decided. Between them are pure
functions. A preview is the same without the second call.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app import crypto
from app.brands import services as brands
from app.coupons import services as coupons
from app.events import publish
from app.ids import new_id
from app.members.errors import MemberNotFound
from app.orders import queries, rules
from app.orders.errors import OrderAlreadyExists
from app.orders.events import OrderPlaced
from app.orders.queries import CheckoutState, StoredAnswer
from app.orders.services.confirming import qualify_invitation
from app.orders.services.deciding import Cart, Decision, decide
from app.orders.services.following import tell_cards
from app.orders.services.programme import programme_of
from app.orders.services.reading import Receipt, get_order, receipt_of
from app.orders.services.writing import effect_rows, write_order


def preview_order(brand_id: UUID, cart: Cart, *, now: datetime) -> Receipt:
    """Return what placing the cart now would answer. Changes and locks nothing.

    :raises DomainError: as :func:`place_order` would
    """
    state = open_cart(brand_id, cart, key=None, now=now, lock=False)
    check_member(cart, state)
    settings = brands.settings_of(brand_id, state.settings_version)
    programme = programme_of(brand_id, state.programme_version)
    return decide(brand_id, cart, state, settings, programme, actor="preview").receipt


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
    :raises CouponNotApplicable: a coupon that was asked for does not fit
    :raises HoldExpired: the hold's time is over
    :raises HoldClosed: the hold was captured or voided before
    """
    state = open_cart(brand_id, cart, key=key, now=now, lock=True)
    if state.answer is not None:
        return state.answer
    if state.order_id is not None:
        if state.order_fingerprint != fingerprint.hex():
            raise OrderAlreadyExists(pointer="/external_id", external_id=cart.external_id)
        return receipt_of(get_order(brand_id, order_id=state.order_id), now=state.now)
    # Only now: who ordered may be erased since, and a repeat gets its answer all the same.
    check_member(cart, state)
    settings = brands.settings_of(brand_id, state.settings_version)
    programme = programme_of(brand_id, state.programme_version)
    order_id = new_id()
    decision = decide(brand_id, cart, state, settings, programme, order_id=order_id, actor=actor)
    write_order(
        brand_id,
        order_id,
        cart,
        state,
        decision,
        key=key,
        fingerprint=fingerprint,
        body=render(decision.receipt),
        address_index=_address_index(brand_id, cart.shipping_address),
        actor=actor,
    )
    _qualify_invitation(brand_id, order_id, cart, state, decision, actor=actor)
    publish(OrderPlaced(brand_id, order_id, state.member_id, state.now))
    tell_cards(decision.consequences, brand_id, state.member_id, order_id, now=state.now)
    return decision.receipt


def _qualify_invitation(
    brand_id: UUID,
    order_id: UUID,
    cart: Cart,
    state: CheckoutState,
    decision: Decision,
    *,
    actor: str,
) -> None:
    """Let an order that is told late, confirmed as it is placed, make an invitation good.

    That rewards two members, so it comes after the answer, which tells of the order
    alone. The inviter's account is locked last: where that runs into a deadlock, the
    whole is tried again.
    """
    confirmed_at = decision.receipt.confirmed_at
    if confirmed_at is None or state.member_id is None or not state.programme_version:
        return
    effects = qualify_invitation(
        brand_id,
        state.member_id,
        order_id,
        amount=sum(decision.priced.nets) - decision.redeem,
        is_first_order=decision.is_first,
        confirmed_at=confirmed_at,
        address_index=_address_index(brand_id, cart.shipping_address),
        actor=actor,
        now=state.now,
    )
    if effects:
        first = queries.next_effect_no(brand_id, order_id)
        queries.add_effects(brand_id, order_id, effect_rows(effects, first=first))


def open_cart(
    brand_id: UUID, cart: Cart, *, key: str | None, now: datetime, lock: bool
) -> CheckoutState:
    """Lock the member's account and read all that deciding the cart needs."""
    return queries.open_checkout(
        brand_id,
        member_id=cart.member_id,
        member_external=cart.member_external,
        key=key,
        external_id=cart.external_id,
        hold_id=cart.hold_id,
        placed_at=cart.placed_at,
        skus=sorted({line.sku for line in cart.lines}),
        coupons=coupons.wanted_of(cart.coupons),
        owned=not lock,
        now=now,
        lock=lock,
    )


def check_member(cart: Cart, state: CheckoutState) -> None:
    """:raises MemberNotFound: the cart names a member, and there is none"""
    if cart.names_member and (state.member_id is None or state.member_status == "erased"):
        raise MemberNotFound(pointer="/member")


def _address_index(brand_id: UUID, address: str | None) -> bytes | None:
    """Return what an address is found by; the address itself is not kept."""
    if address is None:
        return None
    return crypto.blind_index(brand_id, "orders", "address", rules.address_key(address))
