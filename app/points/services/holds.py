"""Holds: points reserved for a checkout under way, captured, voided or timed out."""

from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.errors import DomainError
from app.ids import new_id
from app.points import queries
from app.points.errors import CaptureExceedsHold, HoldClosed, HoldExpired, HoldNotFound
from app.points.models import Hold
from app.points.rules import Balance
from app.points.services.ledger import balance_of, require
from app.points.services.operations import capture


def place_hold(
    brand_id: UUID,
    member_id: UUID,
    points: int,
    *,
    ttl_seconds: int | None,
    hold_id: UUID | None = None,
    actor: str,
    cause: str,
    now: datetime,
) -> tuple[Hold, Balance]:
    """Reserve points: no one else can spend them until captured, voided or timed out.

    ``hold_id`` is that of a checkout which reserves more than points.

    :raises InsufficientPoints: fewer than ``points`` are available at ``now``
    :raises AlreadyPosted: ``cause`` was posted before
    """
    balance = queries.lock_balance(brand_id, member_id, now)
    require(brand_id, balance, points, cause=cause)
    ttl = ttl_seconds or brands.current_settings(brand_id).redemption.hold_ttl_seconds
    hold_id = hold_id or new_id()
    operation = {
        "op": "hold",
        "points": points,
        "hold_id": hold_id,
        "expires_at": now + timedelta(seconds=ttl),
        "meta": {"actor": actor, "cause": cause},
    }
    row = queries.post(brand_id, member_id, [operation], now)
    return get_hold(brand_id, hold_id), balance_of(row)


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
    return get_hold(brand_id, hold_id), balance_of(row)


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
    return get_hold(brand_id, hold_id), balance_of(row)


def get_hold(brand_id: UUID, hold_id: UUID) -> Hold:
    """:raises HoldNotFound: there is no such hold"""
    hold = queries.find_hold(brand_id, hold_id)
    if hold is None:
        raise HoldNotFound
    return hold


def hold_refusal(
    state: str, expires_at: datetime, now: datetime, *, pointer: str | None = None
) -> DomainError | None:
    """Return why a hold cannot be captured: its time is over, or it is closed."""
    if state == "expired" or (state == "open" and expires_at <= now):
        return HoldExpired(pointer=pointer)
    return None if state == "open" else HoldClosed(pointer=pointer, state=state)


def _lock_open_hold(brand_id: UUID, hold_id: UUID, now: datetime) -> tuple[Hold, Balance]:
    hold = get_hold(brand_id, hold_id)
    balance = queries.lock_balance(brand_id, hold.member_id, now)
    hold = get_hold(brand_id, hold_id)  # as it is under the lock
    refusal = hold_refusal(hold.state, hold.expires_at, now)
    if refusal is not None:
        raise refusal
    return hold, balance
