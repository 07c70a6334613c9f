"""The checkout: one path that previews an order and places it.

Two calls to the database: ``order_open`` locks the member's account and reads all
that is needed; ``order_place`` writes all that was decided. Between them are pure
functions. A preview is the same without the second call.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.events import publish
from app.ids import new_id
from app.members.errors import MemberNotFound
from app.orders import queries
from app.orders.errors import OrderAlreadyExists
from app.orders.events import OrderPlaced
from app.orders.queries import CheckoutState, StoredAnswer
from app.orders.services.deciding import Cart, decide
from app.orders.services.reading import Receipt, get_order, receipt_of
from app.orders.services.writing import write_order


def preview_order(brand_id: UUID, cart: Cart, *, now: datetime) -> Receipt:
    """Return what placing the cart now would answer. Changes and locks nothing.

    :raises DomainError: as :func:`place_order` would
    """
    state = _open(brand_id, cart, key=None, now=now, lock=False)
    _check_member(cart, state)
    settings = brands.settings_of(brand_id, state.settings_version)
    return decide(cart, state, settings).receipt


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
    if state.answer is not None:
        return state.answer
    if state.order_id is not None:
        if state.order_fingerprint != fingerprint.hex():
            raise OrderAlreadyExists(pointer="/external_id", external_id=cart.external_id)
        return receipt_of(get_order(brand_id, order_id=state.order_id), now=state.now)
    # Only now: who ordered may be erased since, and a repeat gets its answer all the same.
    _check_member(cart, state)
    settings = brands.settings_of(brand_id, state.settings_version)
    order_id = new_id()
    decision = decide(cart, state, settings, order_id=order_id)
    write_order(
        brand_id,
        order_id,
        cart,
        state,
        decision,
        key=key,
        fingerprint=fingerprint,
        body=render(decision.receipt),
        actor=actor,
    )
    publish(OrderPlaced(brand_id, order_id, state.member_id, state.now))
    return decision.receipt


def _open(
    brand_id: UUID, cart: Cart, *, key: str | None, now: datetime, lock: bool
) -> CheckoutState:
    return queries.open_checkout(
        brand_id,
        member_id=cart.member_id,
        member_external=cart.member_external,
        key=key,
        external_id=cart.external_id,
        hold_id=cart.hold_id,
        now=now,
        lock=lock,
    )


def _check_member(cart: Cart, state: CheckoutState) -> None:
    if cart.names_member and (state.member_id is None or state.member_status == "erased"):
        raise MemberNotFound(pointer="/member")
