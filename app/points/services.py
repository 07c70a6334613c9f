"""The point use cases. None of them commits; none of them knows about HTTP.

Each begins by locking and settling the account (``queries.lock_balance``), decides,
and then posts. An *operation* is a plain dict that the posting function applies;
the builders at the end of this module are how other features make them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from app.brands import services as brands
from app.brands.services import Accrual, Settings
from app.errors import DomainError
from app.events import publish
from app.ids import new_id
from app.members.events import MemberErased, MemberMerged, MemberRegistered
from app.points import audits, queries, rules
from app.points.audits import Finding
from app.points.errors import (
    CaptureExceedsHold,
    EntryNotFound,
    ExpiryInThePast,
    HoldClosed,
    HoldExpired,
    HoldNotFound,
    InsufficientPoints,
    TransferToSelf,
)
from app.points.events import PointsTransferred
from app.points.models import Entry, Hold
from app.points.rules import (
    Balance,
)
from app.points.rules import (
    after_accrual as balance_after_accrual,
)
from app.points.rules import (
    after_capture as balance_after_capture,
)
from app.points.rules import (
    after_redemption as balance_after_redemption,
)

__all__ = [
    "Balance",
    "balance_after_accrual",
    "balance_after_capture",
    "balance_after_redemption",
]

Operation = dict[str, Any]


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


def open_account(event: MemberRegistered) -> None:
    """Give a new member an account."""
    queries.open_account(event.brand_id, event.member_id)


def move_to_survivor(event: MemberMerged) -> None:
    """Move everything a merged member has, pending points and debt included.

    Open holds of the merged member are released first.
    """
    queries.move(
        event.brand_id,
        event.member_id,
        event.into_id,
        None,
        event.now,
        {
            "group_id": new_id(),
            "reason": "member_merged",
            "actor": event.actor,
            "cause": f"merge/{event.member_id}",
        },
    )


def forfeit(event: MemberErased) -> None:
    """End the account of an erased member: pending, held and available points lapse."""
    meta = {"reason": "member_erased", "actor": event.actor, "cause": f"erasure/{event.member_id}"}
    queries.post(event.brand_id, event.member_id, [{"op": "forfeit", "meta": meta}], event.now)


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
    _require(queries.lock_balance(brand_id, member_id, now), points)
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
        _require(balance, -points)
    settings = brands.current_settings(brand_id)
    meta = {"reason": reason, "note": note, "actor": actor, "cause": cause}
    operation = {
        "op": "adjust",
        "points": points,
        "expires_at": _instant(_expiry(expires_at, settings, now)),
        "meta": meta,
    }
    return _post(brand_id, member_id, operation, now)


def place_hold(
    brand_id: UUID,
    member_id: UUID,
    points: int,
    *,
    ttl_seconds: int | None,
    actor: str,
    cause: str,
    now: datetime,
) -> tuple[Hold, Balance]:
    """Reserve points: no one else can spend them until captured, voided or timed out.

    :raises InsufficientPoints: fewer than ``points`` are available at ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    _require(queries.lock_balance(brand_id, member_id, now), points)
    ttl = ttl_seconds or brands.current_settings(brand_id).redemption.hold_ttl_seconds
    hold_id = new_id()
    operation = {
        "op": "hold",
        "points": points,
        "hold_id": hold_id,
        "expires_at": now + timedelta(seconds=ttl),
        "meta": {"actor": actor, "cause": cause},
    }
    row = queries.post(brand_id, member_id, [operation], now)
    return get_hold(brand_id, hold_id), _balance_of(row)


def capture_hold(
    brand_id: UUID, hold_id: UUID, points: int | None, *, actor: str, now: datetime
) -> tuple[Hold, Balance]:
    """Spend a hold, whole or in part; the rest returns to its lots.

    :raises HoldNotFound: there is no such hold
    :raises HoldExpired: its time is over, whether or not a job has noticed
    :raises HoldClosed: it was captured or voided before
    :raises CaptureExceedsHold: more than was held
    """
    hold, _ = _lock_open_hold(brand_id, hold_id, now)
    captured = hold.amount if points is None else points
    if captured > hold.amount:
        raise CaptureExceedsHold(pointer="/points", required=captured, held=hold.amount)
    operation = capture(
        hold_id, captured, meta={"actor": actor, "cause": f"hold/{hold_id}/capture"}
    )
    row = queries.post(brand_id, hold.member_id, [operation], now)
    return get_hold(brand_id, hold_id), _balance_of(row)


def void_hold(brand_id: UUID, hold_id: UUID, *, actor: str, now: datetime) -> tuple[Hold, Balance]:
    """Release a hold. A hold that is voided or timed out already stays as it is.

    :raises HoldNotFound: there is no such hold
    :raises HoldClosed: it was captured
    """
    hold = get_hold(brand_id, hold_id)
    balance = queries.lock_balance(brand_id, hold.member_id, now)
    hold = get_hold(brand_id, hold_id)
    if hold.state == "captured":
        raise HoldClosed(state=hold.state)
    if hold.state in ("voided", "expired"):
        return hold, balance
    operation = {
        "op": "void",
        "hold_id": hold_id,
        "meta": {"actor": actor, "cause": f"hold/{hold_id}/void"},
    }
    row = queries.post(brand_id, hold.member_id, [operation], now)
    return get_hold(brand_id, hold_id), _balance_of(row)


def get_hold(brand_id: UUID, hold_id: UUID) -> Hold:
    """:raises HoldNotFound: there is no such hold"""
    hold = queries.find_hold(brand_id, hold_id)
    if hold is None:
        raise HoldNotFound
    return hold


def hold_refusal(state: str, expires_at: datetime, now: datetime) -> DomainError | None:
    """Return why a hold cannot be captured: its time is over, or it is closed."""
    if state == "expired" or (state == "open" and expires_at <= now):
        return HoldExpired(pointer="/hold")
    return None if state == "open" else HoldClosed(pointer="/hold", state=state)


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
    _require(balances[source], points)
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
    return _balance_of(row), row.results


def forward(brand_id: UUID, source: UUID, target: UUID, *, now: datetime) -> None:
    """Move what a merged member came by after the merge on to the survivor."""
    queries.move(
        brand_id, source, target, None, now, {"group_id": new_id(), "reason": "member_merged"}
    )


def expire_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Expire the next ``limit`` due lots, set-based; returns how many lapsed."""
    return queries.run_chunk("points_expire_chunk", brand_id, limit, now)


def confirm_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Make the next ``limit`` due pending lots spendable; returns how many."""
    return queries.run_chunk("points_confirm_chunk", brand_id, limit, now)


def release_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Release the next ``limit`` holds that timed out; returns how many accounts."""
    return queries.run_chunk("points_release_chunk", brand_id, limit, now)


def audit(brand_id: UUID) -> list[Finding]:
    """Prove every equality of a brand's books; returns what does not hold."""
    return audits.audit(brand_id)


def rebuild(brand_id: UUID) -> list[Finding]:
    """Recompute accounts and lots from entries and allocations; returns what differs."""
    return audits.rebuild(brand_id)


def accrual(
    points: int,
    *,
    pending: bool,
    expires_at: datetime | None,
    confirms_at: datetime | None = None,
    meta: dict[str, Any],
) -> Operation:
    """Build an accrual; ``expires_at`` None never lapses."""
    return {
        "op": "accrue",
        "points": points,
        "pending": pending,
        "expires_at": _instant(expires_at),
        "confirms_at": confirms_at,
        "meta": meta,
    }


def redemption(points: int, *, meta: dict[str, Any]) -> Operation:
    return {"op": "redeem", "points": points, "meta": meta}


def capture(hold_id: UUID, points: int, *, meta: dict[str, Any]) -> Operation:
    return {"op": "capture", "hold_id": hold_id, "points": points, "meta": meta}


def confirmation(lots: Sequence[int], *, meta: dict[str, Any]) -> Operation:
    return {"op": "confirm", "lots": list(lots), "meta": meta}


def claw_back(points: int, *, lots: Sequence[int], policy: str, meta: dict[str, Any]) -> Operation:
    """Build the taking back of earned points; see ``points_claw_back`` for the policies."""
    return {"op": "claw_back", "points": points, "lots": list(lots), "policy": policy, "meta": meta}


def restoration(
    points: int, *, source_seq: int, grace_until: datetime | None, meta: dict[str, Any]
) -> Operation:
    """Build the giving back of redeemed points to the lots of entry ``source_seq``."""
    return {
        "op": "restore",
        "points": points,
        "source_seq": source_seq,
        "grace_until": grace_until,
        "meta": meta,
    }


def points_for(basis: int, accrual: Accrual) -> int:
    """Return the points that an amount earns by the brand's rule."""
    return rules.points_for(
        basis,
        rate_basis_points=accrual.rate_basis_points,
        unit=accrual.rounding_unit,
        rounding=accrual.rounding,
    )


def midnight_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the local day that an instant falls on."""
    return rules.midnight(instant.astimezone(zone).date(), zone)


def expiry_of(earned_at: datetime, settings: Settings) -> datetime | None:
    """Return when points earned at an instant lapse by the brand's rule, None for never."""
    rule = settings.accrual.expiry
    return rules.expires_at(
        earned_at, kind=rule.kind, count=rule.count, zone=ZoneInfo(settings.timezone)
    )


def confirmation_of(placed_at: datetime, settings: Settings) -> datetime | None:
    """Return when an order is confirmed by itself, None for never."""
    days = settings.accrual.confirm_after_days
    return rules.confirms_at(placed_at, days, ZoneInfo(settings.timezone))


def _post(brand_id: UUID, member_id: UUID, operation: Operation, now: datetime) -> Posted:
    row = queries.post(brand_id, member_id, [operation], now)
    return Posted(
        get_entry(brand_id, member_id, row.results[0]["seq"]),
        _balance_of(row),
    )


def _balance_of(row: Row[Any]) -> Balance:
    return Balance(row.available, row.pending, row.held, row.debt)


def _require(balance: Balance, points: int) -> None:
    if points > balance.available:
        raise InsufficientPoints(pointer="/points", required=points, available=balance.available)


def _lock_open_hold(brand_id: UUID, hold_id: UUID, now: datetime) -> tuple[Hold, Balance]:
    hold = get_hold(brand_id, hold_id)
    balance = queries.lock_balance(brand_id, hold.member_id, now)
    hold = get_hold(brand_id, hold_id)  # as it is under the lock
    refusal = hold_refusal(hold.state, hold.expires_at, now)
    if refusal is not None:
        raise refusal
    return hold, balance


def _expiry(expires_at: datetime | None, settings: Settings, now: datetime) -> datetime | None:
    if expires_at is None:
        return expiry_of(now, settings)
    if expires_at <= now:
        raise ExpiryInThePast(pointer="/expires_at")
    return expires_at


def _instant(value: datetime | None) -> datetime | str:
    return rules.NEVER if value is None else value
