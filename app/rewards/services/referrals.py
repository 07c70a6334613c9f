"""What becomes of an invitation: qualified by an order, decided by staff, taken back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import services as members
from app.points import services as points
from app.rewards.errors import ReferralNotDecidable, ReferralNotFound
from app.rewards.events import ReferralQualified, ReferralReversed
from app.rewards.models import Referral
from app.rewards.queries import referrals as queries
from app.rewards.rules import Evaluation, Facts
from app.rewards.rules import referrals as rules
from app.rewards.services.firing import fire
from app.rewards.services.inviting import close, standing_of

OPEN = ("pending", "review")


@dataclass(frozen=True)
class ReferralOutcome:
    """A referral after an order of the invited member, and what it gave to whom."""

    referral: Referral
    given: Mapping[str, Evaluation] = field(default_factory=dict)  # inviter, invitee


@dataclass(frozen=True)
class ReferralReversal:
    """A referral that is undone: whoever gives the order back takes the rewards back, too.

    They are the grants of that order on the occasion of the referral.
    """

    referral: Referral


def list_waiting(brand_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the inviter of each of the members whose invitation waits for an order.

    Whoever confirms an order of theirs locks both accounts, in ascending order, first.
    """
    return {each.invitee_id: each.inviter_id for each in queries.list_waiting(brand_id, member_ids)}


def qualify_referral(
    brand_id: UUID,
    invitee_id: UUID,
    *,
    order_id: UUID,
    amount: int,
    is_first_order: bool,
    confirmed_at: datetime,
    address_index: bytes | None = None,
    actor: str,
    now: datetime,
) -> ReferralOutcome | None:
    """Let a confirmed order qualify the invitation of who placed it; None: there is none.

    ``amount`` is what was paid for its goods, ``is_first_order`` says that no order of
    the member came before. An order that was confirmed before the invitation, told only
    now, qualifies nothing: who placed it was a customer already, which the next order
    finds out. Repeating it changes nothing.
    """
    if address_index is not None:
        queries.add_address(brand_id, invitee_id, address_index, now)
    waiting = queries.list_waiting(brand_id, [invitee_id])
    if not waiting or confirmed_at < waiting[0].invited_at:
        return None
    referral = _lock(waiting[0], now=now)
    if referral.state not in OPEN or referral.order_id is not None:
        return None
    settings = brands.current_settings(brand_id)
    if is_first_order and referral.first_order_id is None:
        referral.first_order_id = order_id
    if amount >= settings.referral.minimum_amount:
        referral.order_id = order_id
        referral.order_amount = amount
        referral.settings_version = settings.version
        return _judge_and_proceed(referral, actor=actor, now=now)
    db.session.flush()  # autoflush is off
    return ReferralOutcome(referral)


def pass_gate(
    brand_id: UUID, member_id: UUID, event_type: str, *, actor: str, now: datetime
) -> ReferralOutcome | None:
    """Let an invitation go on that waited for an event of this type."""
    if event_type not in brands.current_settings(brand_id).referral.gates:
        return None
    referral = queries.find_by_invitee(brand_id, member_id)
    if referral is None or referral.state != "pending" or referral.order_id is None:
        return None
    referral = _lock(referral, now=now)
    if referral.state != "pending" or referral.order_id is None:
        return None
    return _judge_and_proceed(referral, actor=actor, now=now)


def reverse_referral(
    brand_id: UUID, order_id: UUID, *, amount_left: int = 0, actor: str, now: datetime
) -> ReferralReversal | None:
    """Take back what an order's referral gave, if what is left of it is too little.

    An invitation that was not rewarded yet waits for another order; one that was stays
    reversed. Lock both accounts first, or let this do it. Repeating it changes nothing.

    :returns: None if the order qualified nothing, or still does
    """
    referral = queries.find_by_order(brand_id, order_id)
    if referral is None or referral.state == "reversed":
        return None
    referral = _lock(referral, now=now)
    if referral.order_id != order_id or referral.settings_version is None:
        return None
    policy = brands.settings_of(brand_id, referral.settings_version).referral
    if amount_left > 0 and amount_left >= policy.minimum_amount:
        return None
    if referral.state == "qualified":
        referral.state = "reversed"
        referral.reversed_at = now
        publish(
            ReferralReversed(
                brand_id, referral.id, referral.inviter_id, referral.invitee_id, order_id, now
            )
        )
    elif referral.state != "reversed":
        referral.order_id = referral.order_amount = referral.settings_version = None
    db.session.flush()  # autoflush is off
    return ReferralReversal(referral)


def approve_referral(
    brand_id: UUID, referral_id: UUID, *, note: str | None, actor: str, now: datetime
) -> ReferralOutcome:
    """Let an invitation count whatever speaks against it; its order may qualify it at once.

    :raises ReferralNotFound: there is no such referral
    :raises ReferralNotDecidable: it is neither in review nor refused
    """
    referral = _decide(brand_id, referral_id, ("review", "refused"), note, actor=actor, now=now)
    referral.approved = True
    referral.state = "pending"
    _record(referral, "referral.approved", actor=actor, now=now)
    if referral.order_id is None:
        db.session.flush()  # autoflush is off
        return ReferralOutcome(referral)
    return _proceed(referral, actor=actor, now=now)


def refuse_referral(
    brand_id: UUID, referral_id: UUID, *, note: str | None, actor: str, now: datetime
) -> Referral:
    """Refuse an invitation that is not rewarded yet.

    :raises ReferralNotFound: there is no such referral
    :raises ReferralNotDecidable: it is neither pending nor in review
    """
    referral = _decide(brand_id, referral_id, OPEN, note, actor=actor, now=now)
    close(referral, "refused_by_staff", actor=actor, now=now)
    referral.approved = False
    _record(referral, "referral.refused", actor=actor, now=now)
    db.session.flush()  # autoflush is off
    return referral


def get_referral(brand_id: UUID, referral_id: UUID) -> Referral:
    """:raises ReferralNotFound: there is no such referral"""
    referral = queries.find_referral(brand_id, referral_id)
    if referral is None:
        raise ReferralNotFound
    return referral


def list_referrals(
    brand_id: UUID,
    *,
    state: str | None,
    inviter: str | None,
    before: UUID | None,
    limit: int,
) -> list[Referral]:
    """Return referrals, the newest first; of one state or inviter, if it is named.

    :raises MemberNotFound: the brand has no such inviter
    """
    inviter_id = members.resolve(brand_id, inviter).id if inviter is not None else None
    return queries.list_referrals(
        brand_id, state=state, inviter_id=inviter_id, before=before, limit=limit
    )


def missing_events(brand_id: UUID, referral: Referral) -> list[str]:
    """Return the types of events that the invited member still lacks."""
    gates = brands.current_settings(brand_id).referral.gates
    if not gates or referral.state not in OPEN:
        return []
    there = queries.list_event_types(brand_id, referral.invitee_id, gates)
    return [each for each in gates if each not in there]


def _judge_and_proceed(referral: Referral, *, actor: str, now: datetime) -> ReferralOutcome:
    """Judge anew: phone, addresses and earlier orders may tell more than at the invitation."""
    if not referral.approved:
        settings = brands.current_settings(referral.brand_id)
        verdict = rules.judge(
            standing_of(
                referral.brand_id,
                referral.inviter_id,
                referral.invitee_id,
                referral_id=referral.id,
                policy=settings.referral,
                zone=ZoneInfo(settings.timezone),
                entered_at=referral.invited_at,
                bought_before=referral.first_order_id is None,
            ),
            settings.referral,
        )
        found = [each for each in verdict.reasons if each not in referral.reasons]
        referral.reasons = [*referral.reasons, *found]
        if verdict.state == "refused" or referral.state == "pending":
            referral.state = verdict.state
    return _proceed(referral, actor=actor, now=now)


def _proceed(referral: Referral, *, actor: str, now: datetime) -> ReferralOutcome:
    """Reward both sides of an invitation that nothing holds up any more."""
    brand_id, order_id = referral.brand_id, referral.order_id
    if (
        referral.state != "pending"
        or order_id is None
        or missing_events(brand_id, referral)
        or _is_over_limit(referral, now)
    ):
        db.session.flush()  # autoflush is off
        return ReferralOutcome(referral)
    referral.state = "qualified"
    referral.qualified_at = now
    db.session.flush()  # autoflush is off
    sides = {"inviter": referral.inviter_id, "invitee": referral.invitee_id}
    given = {
        side: fire(
            brand_id,
            member_id,
            "referral_qualified",
            Facts(brand_id, member_id, side=side),
            occasion=f"referral/{referral.id}",
            order_id=order_id,
            actor=actor,
            now=now,
        )
        for side, member_id in sides.items()
        if not members.is_erased(brand_id, member_id)
    }
    publish(
        ReferralQualified(
            brand_id, referral.id, referral.inviter_id, referral.invitee_id, order_id, now
        )
    )
    return ReferralOutcome(referral, given)


def _is_over_limit(referral: Referral, now: datetime) -> bool:
    """Refuse the invitation if its inviter was rewarded often enough; staff may allow it."""
    settings = brands.current_settings(referral.brand_id)
    policy = settings.referral
    if policy.inviter_limit is None or referral.approved:
        return False
    since = rules.limit_since(policy.inviter_limit_period, now, ZoneInfo(settings.timezone))
    count = queries.count_qualified(referral.brand_id, referral.inviter_id, since)
    if count < policy.inviter_limit:
        return False
    close(referral, "inviter_limit", actor="rule", now=now)
    return True


def _lock(referral: Referral, *, now: datetime) -> Referral:
    """Return the referral, locked after the accounts of both members."""
    for member_id in sorted({referral.inviter_id, referral.invitee_id}):
        points.lock_balance(referral.brand_id, member_id, now=now)
    return queries.lock_referral(referral.brand_id, referral.id)


def _decide(
    brand_id: UUID,
    referral_id: UUID,
    states: Collection[str],
    note: str | None,
    *,
    actor: str,
    now: datetime,
) -> Referral:
    referral = _lock(get_referral(brand_id, referral_id), now=now)
    if referral.state not in states:
        raise ReferralNotDecidable(state=referral.state)
    referral.decided_by = actor
    referral.decided_at = now
    referral.note = note
    return referral


def _record(referral: Referral, action: str, *, actor: str, now: datetime) -> None:
    brands.record_audit(
        referral.brand_id,
        actor=actor,
        action=action,
        subject=f"referral:{ids.show('ref', referral.id)}",
        now=now,
        before={"reasons": list(referral.reasons)},
        after={"state": referral.state},
    )
