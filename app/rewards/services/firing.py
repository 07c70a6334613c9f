"""What happens outside of the checkout: rules are asked, and what they give is given."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.benefits import services as benefits
from app.benefits.services import Grant, Granted, MemberBenefits
from app.brands import services as brands
from app.members import services as members
from app.members.events import MemberRegistered
from app.points import services as points
from app.rewards import rules
from app.rewards.rules import Evaluation, Facts
from app.rewards.services.evaluating import rules_of
from app.stamps import services as stamps
from app.stamps.events import StampCardCompleted
from app.tiers import services as tiers
from app.tiers.events import TierChanged

BY_ITSELF = "rules"


def fire(
    brand_id: UUID,
    member_id: UUID,
    trigger: str,
    facts: Facts,
    *,
    occasion: str,
    order_id: UUID | None = None,
    only: Collection[str] | None = None,
    actor: str,
    now: datetime,
) -> Evaluation:
    """Ask the rules that wait for ``trigger``, and give what they say, stamps included.

    ``only`` names the rules that are meant, by code. Locks the member's account.
    Repeating it gives nothing again: ``occasion`` makes it happen once for each rule.

    :returns: what was given, and why the other rules gave nothing
    :raises AccountNotFound: the member has no account
    """
    asked = [
        rule
        for rule in rules_of(brand_id, brands.programme_version(brand_id))
        if only is None or rule.code in only
    ]
    if not any(rule.trigger.on == trigger for rule in asked):
        return Evaluation()
    points.lock_balance(brand_id, member_id, now=now)
    settings = brands.current_settings(brand_id)
    zone = ZoneInfo(settings.timezone)
    evaluation = rules.evaluate(
        asked,
        trigger,
        replace(
            facts,
            occasion=occasion,
            tier=facts.tier or tier_of(brand_id, member_id, zone, now=now),
        ),
        _state_of(brand_id, member_id, settings.timezone, order_id, now=now),
        holdout_percent=settings.rewards.holdout_percent,
        now=now,
        zone=zone,
    )
    granted = give(brand_id, member_id, evaluation.grants, order_id=order_id, actor=actor, now=now)
    given = [each.grant for each in granted]
    return replace(evaluation, grants=given, stamps=rules.stamps_of(given))


def greet(event: MemberRegistered) -> None:
    """Ask the rules that wait for a member to join: on the day of joining, not later.

    Members whose joining lies back were brought along from another system.
    """
    if not _waits(event.brand_id, "member_joined"):
        return
    member = members.find_member(event.brand_id, ids.show("mem", event.member_id))
    zone = ZoneInfo(brands.current_settings(event.brand_id).timezone)
    if member.joined_on == event.now.astimezone(zone).date():
        fire(
            event.brand_id,
            event.member_id,
            "member_joined",
            Facts(event.brand_id, event.member_id),
            occasion="joined",
            actor=BY_ITSELF,
            now=event.now,
        )


def reward_tier(event: TierChanged) -> None:
    """Ask the rules that wait for a tier that an adjustment reached.

    Within an order the checkout asks them; a tier set by hand is no reason for a reward.
    """
    version = brands.programme_version(event.brand_id)
    ladder = tiers.ladder_of(event.brand_id, version)
    if event.kind != "adjustment" or event.to_tier is None or ladder is None:
        return
    ranks = {tier.code: tier.rank for tier in ladder.tiers}
    if ranks[event.to_tier] <= (ranks.get(event.from_tier, -1) if event.from_tier else -1):
        return
    zone = ZoneInfo(brands.current_settings(event.brand_id).timezone)
    period = ladder.period.key(event.now.astimezone(zone).date())
    fire(
        event.brand_id,
        event.member_id,
        "tier_reached",
        Facts(event.brand_id, event.member_id, tier=event.to_tier),
        occasion=f"tier/{event.to_tier}/{period}",
        actor=BY_ITSELF,
        now=event.now,
    )


def reward_card(event: StampCardCompleted) -> None:
    """Ask the rules that wait for a card that a rule or a person has filled.

    Within an order the checkout asks them.
    """
    if event.kind == "order":
        return
    fire(
        event.brand_id,
        event.member_id,
        "stamp_card_completed",
        Facts(event.brand_id, event.member_id, programme=event.programme),
        occasion=f"card/{event.programme}/{event.card_no}",
        order_id=event.order_id,
        actor=BY_ITSELF,
        now=event.now,
    )


def _waits(brand_id: UUID, trigger: str) -> bool:
    found = rules_of(brand_id, brands.programme_version(brand_id))
    return any(rule.trigger.on == trigger for rule in found)


def give(
    brand_id: UUID,
    member_id: UUID,
    grants: Sequence[Grant],
    *,
    order_id: UUID | None,
    actor: str,
    now: datetime,
) -> list[Granted]:
    """Give a member what rules grant, stamps included; see ``benefits.grant``.

    A card that the stamps fill asks the rules that wait for it, in turn. It ends there:
    those rules cannot give stamps.
    """
    granted = benefits.grant(brand_id, member_id, grants, order_id=order_id, actor=actor, now=now)
    for grant in (each.grant for each in granted):
        for programme, count in grant.stamps.items():
            stamps.add(
                brand_id,
                member_id,
                programme,
                count,
                reason=grant.reason.ko,
                occasion=f"{grant.source}/{grant.occasion}",
                order_id=order_id,
                actor=actor,
                now=now,
            )
    return granted


def tier_of(brand_id: UUID, member_id: UUID, zone: ZoneInfo, *, now: datetime) -> str | None:
    ladder = tiers.ladder_of(brand_id, brands.programme_version(brand_id))
    state = tiers.read_state(brand_id, member_id, now=now) if ladder else None
    if ladder is None or state is None:
        return None
    tier = tiers.current_tier(ladder, state, now.astimezone(zone).date())
    return None if tier is None else tier.code


def _state_of(
    brand_id: UUID, member_id: UUID, zone: str, order_id: UUID | None, *, now: datetime
) -> MemberBenefits:
    """Return what the member was given, that for the order at hand included."""
    state = benefits.read_state(brand_id, member_id, zone, now=now)
    return state if order_id is None else benefits.with_order(state, brand_id, member_id, order_id)
