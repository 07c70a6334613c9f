"""Moving a member's points, and reading what was moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.brands import services as brands
from app.brands.services import Settings
from app.events import publish
from app.ids import new_id
from app.points import queries, rules
from app.points.errors import (
    AlreadyPosted,
    EntryNotFound,
    ExpiryInThePast,
    InsufficientPoints,
    TransferToSelf,
)
from app.points.events import PointsTransferred
from app.points.models import Entry
from app.points.rules import Balance
from app.points.services.operations import Operation, accrual, instant_or_never, redemption
from app.points.services.terms import expiry_of


@dataclass(frozen=True)
class Posted:
    """What a posting did: the entry that stands for it and the balance after it."""

    entry: Entry
    balance: Balance


@dataclass(frozen=True)
class Statement:
    """A member's points: counters, and when what falls due."""

    balance: Balance
    expiries: Sequence[Row[Any]]  # (expires_at | None, points)
    pending: Sequence[Row[Any]]  # (confirms_at | None, points)


def get_statement(brand_id: UUID, member_id: UUID, *, now: datetime) -> Statement:
    """Return all that a member may want to know; dead lots are never counted.

    :raises AccountNotFound: the member has no account
    """
    balance = queries.get_balance(brand_id, member_id, now)
    return Statement(
        balance,
        queries.list_expiries(brand_id, member_id, now),
        queries.list_pending(brand_id, member_id),
    )


def accrue(
    brand_id: UUID,
    member_id: UUID,
    points: int,
    *,
    origin: str,
    reason: str | None,
    expires_at: datetime | None,
    actor: str,
    cause: str,
    now: datetime,
) -> Posted:
    """Give points that can be spent at once; debt is paid from them first.

    Without ``expires_at`` the brand's rule decides when they lapse.

    :raises ExpiryInThePast: ``expires_at`` is not after ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    queries.lock_balance(brand_id, member_id, now)
    settings = brands.current_settings(brand_id)
    meta = {"origin": origin, "reason": reason, "actor": actor, "cause": cause}
    operation = accrual(
        points, pending=False, expires_at=_expiry(expires_at, settings, now), meta=meta
    )
    return _post(brand_id, member_id, operation, now)


def redeem(
    brand_id: UUID,
    member_id: UUID,
    points: int,
    *,
    reason: str | None,
    actor: str,
    cause: str,
    now: datetime,
) -> Posted:
    """Spend points, the soonest to expire first.

    :raises InsufficientPoints: fewer than ``points`` are available at ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    balance = queries.lock_balance(brand_id, member_id, now)
    require(brand_id, balance, points, cause=cause)
    meta = {"reason": reason, "actor": actor, "cause": cause}
    return _post(brand_id, member_id, redemption(points, meta=meta), now)


def adjust(
    brand_id: UUID,
    member_id: UUID,
    points: int,
    *,
    reason: str,
    note: str | None,
    expires_at: datetime | None,
    actor: str,
    cause: str,
    now: datetime,
) -> Posted:
    """Correct a balance by hand, up or down, with a reason code and who did it.

    :raises InsufficientPoints: more is to be taken than is available
    :raises ExpiryInThePast: ``expires_at`` is not after ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    balance = queries.lock_balance(brand_id, member_id, now)
    if points < 0:
        require(brand_id, balance, -points, cause=cause)
    settings = brands.current_settings(brand_id)
    meta = {"reason": reason, "note": note, "actor": actor, "cause": cause}
    operation = {
        "op": "adjust",
        "points": points,
        "expires_at": instant_or_never(_expiry(expires_at, settings, now)),
        "meta": meta,
    }
    return _post(brand_id, member_id, operation, now)


def transfer(
    brand_id: UUID,
    source: UUID,
    target: UUID,
    points: int,
    *,
    reason: str | None,
    actor: str,
    cause: str,
    now: datetime,
) -> Posted:
    """Move points to another member; they keep their expiry. Returns the giver's side.

    :raises TransferToSelf: source and target are one
    :raises InsufficientPoints: fewer than ``points`` are available at ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    if source == target:
        raise TransferToSelf(pointer="/to")
    # In the order in which the move locks them, so that opposite transfers wait
    # for each other instead of deadlocking.
    balances = {
        member_id: queries.lock_balance(brand_id, member_id, now)
        for member_id in sorted((source, target))
    }
    require(brand_id, balances[source], points, cause=cause)
    meta = {"group_id": new_id(), "reason": reason, "actor": actor, "cause": cause}
    seq = queries.move(brand_id, source, target, points, now, meta)
    publish(PointsTransferred(brand_id, source, target, points))
    return Posted(
        get_entry(brand_id, source, seq), rules.after_redemption(balances[source], points)
    )


def get_entry(brand_id: UUID, member_id: UUID, seq: int) -> Entry:
    """:raises EntryNotFound: the member has no entry of that number"""
    entry = queries.find_entry(brand_id, member_id, seq)
    if entry is None:
        raise EntryNotFound(seq=seq)
    return entry


def list_entries(
    brand_id: UUID, member_id: UUID, *, before_seq: int | None, limit: int
) -> list[Entry]:
    return queries.list_entries(brand_id, member_id, before_seq=before_seq, limit=limit)


def list_allocations(brand_id: UUID, member_id: UUID, seq: int) -> Sequence[Row[Any]]:
    """Return what an entry took from lots or put into them."""
    return queries.list_allocations(brand_id, member_id, seq)


def list_order_lots(brand_id: UUID, member_id: UUID, order_id: UUID) -> list[int]:
    """Return the lots that an order earned for a member, moved ones included."""
    return queries.list_order_lots(brand_id, member_id, order_id)


def get_balance(brand_id: UUID, member_id: UUID, *, now: datetime) -> Balance:
    """Return the balance as of ``now``; dead lots are never counted.

    :raises AccountNotFound: the member has no account
    """
    return queries.get_balance(brand_id, member_id, now)


def lock_balance(brand_id: UUID, member_id: UUID, *, now: datetime) -> Balance:
    """Lock a member's account, settle what is due, and return the balance.

    :raises AccountNotFound: the member has no account
    """
    return queries.lock_balance(brand_id, member_id, now)


def post(
    brand_id: UUID, member_id: UUID, operations: Sequence[Operation], *, now: datetime
) -> tuple[Balance, list[dict[str, Any]]]:
    """Apply operations to one account, all or nothing.

    :returns: the balance after them, and what each did
    :raises AlreadyPosted: a cause was posted before
    """
    row = queries.post(brand_id, member_id, operations, now)
    return balance_of(row), row.results


def _post(brand_id: UUID, member_id: UUID, operation: Operation, now: datetime) -> Posted:
    row = queries.post(brand_id, member_id, [operation], now)
    return Posted(
        get_entry(brand_id, member_id, row.results[0]["seq"]),
        balance_of(row),
    )


def balance_of(row: Row[Any]) -> Balance:
    return Balance(row.available, row.pending, row.held, row.debt)


def require(brand_id: UUID, balance: Balance, points: int, *, cause: str) -> None:
    """:raises InsufficientPoints, AlreadyPosted: the points are not there, or were taken"""
    if points > balance.available:
        # Who repeats a request of days ago must not hear that it had failed.
        if queries.is_posted(brand_id, cause):
            raise AlreadyPosted
        raise InsufficientPoints(pointer="/points", required=points, available=balance.available)


def _expiry(expires_at: datetime | None, settings: Settings, now: datetime) -> datetime | None:
    if expires_at is None:
        return expiry_of(now, settings)
    if expires_at <= now:
        raise ExpiryInThePast(pointer="/expires_at")
    return expires_at
