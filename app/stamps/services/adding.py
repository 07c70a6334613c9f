"""Stamps that come or go outside of orders: by rules, and by the hands of staff."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.benefits import services as benefits
from app.brands import services as brands
from app.events import publish
from app.points import services as points
from app.stamps import queries
from app.stamps.errors import (
    InsufficientStamps,
    StampProgrammeNotActive,
    StampsAlreadyMoved,
)
from app.stamps.events import StampCardCompleted
from app.stamps.rules.cards import Account
from app.stamps.rules.earning import StampOutcome, add_by_hand, removable
from app.stamps.rules.programmes import Programme
from app.stamps.services.programmes import find_current
from app.stamps.services.reading import read_state


@dataclass(frozen=True)
class ByHand:
    """What became of stamps to add or to take. ``stamps`` 0: nothing, and ``why``.

    ``why``: ``repeated`` (done on this occasion before) or ``not_active``; else None.
    """

    stamps: int
    outcome: StampOutcome = field(default_factory=StampOutcome)
    why: str | None = None


def add(
    brand_id: UUID,
    member_id: UUID,
    programme: str,
    count: int,
    *,
    reason: str,
    occasion: str,
    kind: str = "rule",
    order_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> ByHand:
    """Add stamps to a member's cards, give what the cards reach, and tell of full ones.

    Happens once for each ``occasion`` (``rule:BIRTHDAY/birthday/2026``) of a member and
    programme, whoever repeats it. A programme that is not active takes none. With
    ``order_id`` they go when nothing is left of the member's order. Locks the account.

    :param count: at least 1
    :param kind: ``rule`` or ``staff``
    :raises StampProgrammeNotFound: the brand has no such programme
    :raises AccountNotFound: the member has no account
    """
    found, account, zone = _open(brand_id, member_id, programme, now)
    if queries.has_occasion(brand_id, member_id, programme, occasion):
        return ByHand(0, why="repeated")
    if found.status != "active":
        return ByHand(0, why="not_active")
    outcome = add_by_hand(
        found,
        account,
        count,
        kind=kind,
        meta={"reason": reason, "actor": actor},
        occasion=occasion,
        now=now,
        zone=zone,
    )
    queries.write(brand_id, member_id, outcome.changes, order_id=order_id, now=now)
    benefits.grant(brand_id, member_id, outcome.grants, actor=actor, now=now)
    tell_completed(brand_id, member_id, outcome, kind=kind, order_id=order_id, now=now)
    return ByHand(count, outcome)


def take(
    brand_id: UUID,
    member_id: UUID,
    programme: str,
    count: int,
    *,
    reason: str,
    occasion: str,
    actor: str,
    now: datetime,
) -> ByHand:
    """Take stamps from the cards a member is filling, once for each ``occasion``.

    Only those that no reward was given for yet, from the newest card first. Locks the
    account.

    :param count: at least 1
    :raises StampProgrammeNotFound: the brand has no such programme
    :raises InsufficientStamps: there are fewer
    :raises AccountNotFound: the member has no account
    """
    found, account, zone = _open(brand_id, member_id, programme, now)
    if queries.has_occasion(brand_id, member_id, programme, occasion):
        return ByHand(0, why="repeated")
    available = removable(found, account, now)
    if available < count:
        raise InsufficientStamps(pointer="/stamps", required=count, available=available)
    outcome = add_by_hand(
        found,
        account,
        -count,
        kind="staff",
        meta={"reason": reason, "actor": actor},
        occasion=occasion,
        now=now,
        zone=zone,
    )
    queries.write(brand_id, member_id, outcome.changes, now=now)
    return ByHand(-count, outcome)


def adjust(
    brand_id: UUID,
    member_id: UUID,
    programme: str,
    stamps: int,
    *,
    reason: str,
    occasion: str,
    actor: str,
    now: datetime,
) -> ByHand:
    """Add stamps by the hand of staff, or take them if ``stamps`` is below 0.

    :raises StampProgrammeNotFound: the brand has no such programme
    :raises StampProgrammeNotActive: stamps are added only to one that is
    :raises InsufficientStamps: fewer can be taken
    :raises StampsAlreadyMoved: ``occasion`` added or took stamps before
    """
    common: dict[str, Any] = {
        "reason": reason, "occasion": occasion, "actor": actor, "now": now,
    }  # fmt: skip
    if stamps > 0:
        done = add(brand_id, member_id, programme, stamps, kind="staff", **common)
    else:
        done = take(brand_id, member_id, programme, -stamps, **common)
    if done.why == "repeated":
        raise StampsAlreadyMoved
    if done.why == "not_active":
        status = find_current(brand_id, programme).status
        raise StampProgrammeNotActive(pointer="/programme", state=status)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="stamps.adjusted",
        subject=f"member:{ids.show('mem', member_id)}",
        now=now,
        after={"programme": programme, "stamps": stamps},
    )
    return done


def tell_completed(
    brand_id: UUID,
    member_id: UUID,
    outcome: StampOutcome,
    *,
    kind: str,
    order_id: UUID | None,
    now: datetime,
) -> None:
    """Publish each card that is full now; all of it must be written."""
    for programme, card_no in outcome.completed:
        publish(StampCardCompleted(brand_id, member_id, programme, card_no, kind, order_id, now))


def _open(
    brand_id: UUID, member_id: UUID, code: str, now: datetime
) -> tuple[Programme, Account, ZoneInfo]:
    """Lock a member's account and return what there is to change."""
    found = find_current(brand_id, code)
    points.lock_balance(brand_id, member_id, now=now)
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    state = read_state(brand_id, member_id, zone, now=now)
    return found, state.get(code, Account()), zone
