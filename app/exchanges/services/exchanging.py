"""Exchanging points for an item, and cancelling it.

The member's account is locked first: it is the lock of all that the member has, so
what is read next stays true. Points, coupons and the exchange are written under it;
the item's stock moves last, because everybody waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.coupons import services as coupons
from app.db import db
from app.events import publish
from app.exchanges import queries, rules
from app.exchanges.errors import CouponsUsed, ExchangeNotFound, PriceChanged
from app.exchanges.events import ExchangeCancelled, PointsExchanged
from app.exchanges.models import Exchange
from app.exchanges.rules import Item
from app.exchanges.services.items import exchangers, get_item, offered, zone_of
from app.ids import new_id
from app.members import services as members
from app.members.errors import MemberIsErased
from app.points import services as points
from app.points.errors import AlreadyPosted
from app.points.services import Balance


@dataclass(frozen=True)
class Exchanged:
    """An exchange that was made, and the member's points after it."""

    exchange: Exchange
    balance: Balance


@dataclass(frozen=True)
class Cancelled:
    """An exchange that was cancelled, and what became of its points."""

    exchange: Exchange
    restored: int
    restored_expired: int
    balance: Balance


def exchange(
    brand_id: UUID,
    member_id: UUID,
    code: str,
    quantity: int,
    *,
    expected_points: int | None = None,
    actor: str,
    cause: str,
    now: datetime,
) -> Exchanged:
    """Take points from a member and give the coupons of an item for them, or neither.

    :raises ExchangeItemNotFound: there is no such item
    :raises AlreadyPosted: ``cause`` made an exchange before
    :raises PriceChanged: it does not take ``expected_points``
    :raises DomainError: any of ``rules.refusals``, or the coupons' own
    """
    balance = points.lock_balance(brand_id, member_id, now=now)
    # Who repeats a request of days ago must not hear that it had failed.
    if queries.has_exchange(brand_id, cause):
        raise AlreadyPosted
    item = offered(brand_id, get_item(brand_id, code))
    member = exchangers(brand_id, member_id, balance.available, now=now)(item)
    for refusal in rules.refusals(item, member, quantity, now.astimezone(zone_of(brand_id))):
        raise refusal
    total = item.points * quantity
    if expected_points not in (None, total):
        raise PriceChanged(pointer="/expected_points", points=total)
    exchange_id = new_id()
    balance, seq = _pay(
        brand_id, member_id, item, quantity, exchange_id, actor=actor, cause=cause, now=now
    )
    made = Exchange(
        brand_id=brand_id,
        id=exchange_id,
        member_id=member_id,
        payer_id=member_id,
        item=item.code,
        item_version=item.version,
        quantity=quantity,
        points=total,
        entry_seq=seq,
        coupon_ids=_issue(brand_id, member_id, item, quantity, exchange_id, actor=actor, now=now),
        status="exchanged",
        actor=actor,
        cause=cause,
        exchanged_at=now,
    )
    db.session.add(made)
    db.session.flush()  # autoflush is off
    publish(PointsExchanged(brand_id, exchange_id, member_id, now))
    queries.take(brand_id, item, quantity)
    return Exchanged(made, balance)


def cancel(
    brand_id: UUID, exchange_id: UUID, *, reason: str, actor: str, now: datetime
) -> Cancelled:
    """Cancel an exchange: revoke its coupons, give the points back to their very lots.

    Points whose time is over lapse at once, unless the brand's refunds grant days of
    grace. An exchange that is cancelled already stays as it is.

    :raises ExchangeNotFound: there is no such exchange
    :raises CouponsUsed: one of its coupons is used
    :raises MemberIsErased: there is nobody to give the points back to
    """
    payer_id = get_exchange(brand_id, exchange_id).payer_id
    survivor_id = members.survivor_id(brand_id, payer_id, keep=True)
    balances = {
        member_id: points.lock_balance(brand_id, member_id, now=now)
        for member_id in sorted({payer_id, survivor_id})
    }
    found = queries.find_exchange(brand_id, exchange_id, lock=True)
    assert found is not None  # noqa: S101 - exchanges are never deleted
    if found.status == "cancelled":
        return Cancelled(found, 0, 0, balances[survivor_id])
    if members.find_member(brand_id, ids.show("mem", survivor_id)).status == "erased":
        raise MemberIsErased
    _, used = coupons.revoke_issued(brand_id, found.coupon_ids, now=now)
    if used:
        raise CouponsUsed(coupons=", ".join(ids.show("cpn", coupon) for coupon in used))
    result = _give_back(found, survivor_id, actor=actor, now=now)
    found.status = "cancelled"
    found.cancelled_at = now
    found.cancelled_by = actor
    found.cancel_reason = reason
    brands.record_audit(
        brand_id,
        actor=actor,
        action="exchange.cancelled",
        subject=f"exchange:{ids.show('exc', exchange_id)}",
        now=now,
    )
    db.session.flush()  # what refers to the brand, before the item's row is waited for
    publish(ExchangeCancelled(brand_id, exchange_id, found.member_id, now))
    queries.take(brand_id, get_item(brand_id, found.item), -found.quantity)
    balance = points.get_balance(brand_id, survivor_id, now=now)
    return Cancelled(found, result["restored"], result["restored_expired"], balance)


def get_exchange(brand_id: UUID, exchange_id: UUID) -> Exchange:
    """:raises ExchangeNotFound: there is no such exchange"""
    found = queries.find_exchange(brand_id, exchange_id)
    if found is None:
        raise ExchangeNotFound
    return found


def list_exchanges(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Exchange]:
    """Return a member's exchanges, cancelled ones included, the newest first."""
    return queries.list_exchanges(brand_id, member_id, before=before, limit=limit)


def _pay(
    brand_id: UUID,
    member_id: UUID,
    item: Item,
    quantity: int,
    exchange_id: UUID,
    *,
    actor: str,
    cause: str,
    now: datetime,
) -> tuple[Balance, int]:
    """Take the points; return the balance after it and the entry's number."""
    meta = {
        "rule": f"exchange:{item.code}",
        "rule_version": item.version,
        "reason": f"{item.name} × {quantity}",
        "group_id": exchange_id,
        "actor": actor,
        "cause": cause,
    }
    balance, results = points.post(
        brand_id,
        member_id,
        [points.redemption(item.points * quantity, meta=meta)],
        now=now,
    )
    return balance, int(results[0]["seq"])


def _issue(
    brand_id: UUID,
    member_id: UUID,
    item: Item,
    quantity: int,
    exchange_id: UUID,
    *,
    actor: str,
    now: datetime,
) -> list[UUID]:
    return [
        coupons.issue(
            brand_id,
            member_id,
            item.template,
            cause=f"exchange/{exchange_id}/{number}",
            reason=item.name,
            actor=actor,
            now=now,
        ).id
        for number in range(1, quantity + 1)
    ]


def _give_back(found: Exchange, survivor_id: UUID, *, actor: str, now: datetime) -> dict[str, Any]:
    grace = brands.current_settings(found.brand_id).refund.grace_days
    last = points.midnight_of(now + timedelta(days=grace + 1), zone_of(found.brand_id))
    operation = points.restoration(
        found.points,
        source_seq=found.entry_seq,
        grace_until=last if grace else None,
        meta={
            "rule": f"exchange:{found.item}",
            "rule_version": found.item_version,
            "group_id": found.id,
            "actor": actor,
            "cause": f"exchange/{found.id}/cancellation",
        },
    )
    _, results = points.post(found.brand_id, found.payer_id, [operation], now=now)
    if survivor_id != found.payer_id:
        # The lots are the merged member's; what comes back to them moves on.
        points.forward(found.brand_id, found.payer_id, survivor_id, now=now)
    return results[0]
