"""Events of the shop's own: a review written, a survey answered, a quiz passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import ids
from app.db import db
from app.members import services as members
from app.members.events import MemberErased, MemberMerged
from app.points import services as points
from app.rewards.errors import EventAlreadyExists, EventInFuture
from app.rewards.models import MemberEvent
from app.rewards.queries import events as queries
from app.rewards.rules import Evaluation, Facts
from app.rewards.services.firing import fire
from app.rewards.services.referrals import ReferralOutcome, pass_gate

# What clocks of different machines may differ by.
AHEAD_MAX = timedelta(minutes=5)


@dataclass(frozen=True)
class Recorded:
    """An event as it is kept, and what it brought about when it was new."""

    event: MemberEvent
    is_new: bool
    evaluation: Evaluation
    referral: ReferralOutcome | None = None


def record_event(
    brand_id: UUID,
    member: str,
    *,
    event_type: str,
    external_id: str,
    data: Mapping[str, Any],
    occurred_at: datetime | None,
    fingerprint: bytes,
    actor: str,
    now: datetime,
) -> Recorded:
    """Write down that something happened, and give what the rules say for it.

    The shop's own id makes it happen once: told again it changes nothing.

    :raises MemberNotFound: the brand has no such member, or it is erased
    :raises EventInFuture: ``occurred_at`` lies ahead
    :raises EventAlreadyExists: the id belongs to an event of other content
    """
    found = members.resolve(brand_id, member, pointer="/member", keep=True)
    if occurred_at is not None and occurred_at > now + AHEAD_MAX:
        raise EventInFuture(pointer="/occurred_at")
    points.lock_balance(brand_id, found.id, now=now)
    earlier = queries.find_event(brand_id, event_type, external_id)
    if earlier is not None:
        if bytes(earlier.fingerprint) != fingerprint:
            raise EventAlreadyExists(
                pointer="/external_id", event_type=event_type, external_id=external_id
            )
        return Recorded(earlier, is_new=False, evaluation=Evaluation())
    event = MemberEvent(
        brand_id=brand_id,
        id=ids.new_id(),
        member_id=found.id,
        type=event_type,
        external_id=external_id,
        fingerprint=fingerprint,
        data=dict(data),
        occurred_at=now if occurred_at is None else occurred_at,
        recorded_at=now,
    )
    db.session.add(event)
    db.session.flush()  # whether the gates are passed is read from the table
    referral = pass_gate(brand_id, found.id, event_type, actor=actor, now=now)
    evaluation = fire(
        brand_id,
        found.id,
        "event",
        Facts(brand_id, found.id, event=event_type),
        occasion=f"event/{event.id}",
        actor=actor,
        now=now,
    )
    return Recorded(event, is_new=True, evaluation=evaluation, referral=referral)


def list_events(
    brand_id: UUID,
    member: str,
    *,
    event_type: str | None,
    before: UUID | None,
    limit: int,
) -> list[MemberEvent]:
    """Return what was told of a member, the newest first.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    found = members.resolve(brand_id, member)
    return queries.list_events(
        brand_id, found.id, event_type=event_type, before=before, limit=limit
    )


def move_events(event: MemberMerged) -> None:
    """Hand the events of a merged member to the survivor."""
    queries.move_events(event.brand_id, event.member_id, event.into_id)


def empty_events(event: MemberErased) -> None:
    """Forget what events say of an erased member."""
    queries.empty_events(event.brand_id, event.member_id)
