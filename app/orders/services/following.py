"""What an order does by the programme: rewards, stamps, tier, and what they give.

Pure: from what is offered and what is known to what is to be posted and told. The
order of things is always the same: rules on the order, stamps (of programmes and of
those rules), rules on completed cards, the tier, rules on the tier reached. Nothing
later can set off something earlier, so it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import Grant
from app.brands.services import Settings
from app.orders.services.programme import Known, Programme, Told
from app.orders.services.reading import Effect
from app.points import services as points
from app.points.services import Balance, Operation
from app.purchases import Purchase
from app.rewards import services as rewards
from app.rewards.services import Facts
from app.stamps import services as stamps
from app.stamps.services import StampOutcome
from app.tiers import services as tiers
from app.tiers.services import Ladder, TierOutcome

# Which rules are asked when an order is paid, and when it is confirmed.
RULES_ON = {"paid": ("order_paid", "nth_order", "repurchase"), "confirmed": ("order_confirmed",)}


@dataclass(frozen=True)
class Occasion:
    """What happened to an order. ``purchase`` holds the won paid in money."""

    brand_id: UUID
    order_id: UUID
    member_id: UUID
    purchase: Purchase
    gross: int
    base_points: int
    rate: int
    accrues: Sequence[bool]
    triggers: Sequence[str]  # paid | confirmed; both if it is confirmed at once
    number: int  # which of the person's orders it is
    pending: bool
    confirms_at: datetime | None
    first: int = 0  # how many ledger operations come before those of the programme
    counted: bool = False  # whether it counts for the tier already


@dataclass
class Consequences:
    """What an order does: told as effects, and as what is to be posted and written."""

    effects: list[Effect] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    issued: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    stamps: Sequence[dict[str, Any]] = ()
    tiers: Mapping[str, Any] | None = None
    told: Told | None = None

    def balance_after(self, balance: Balance, now: datetime) -> Balance:
        """Return the balance after the programme's own accruals."""
        for operation in self.operations:
            expires_at = operation["expires_at"]
            balance = points.balance_after_accrual(
                balance,
                operation["points"],
                pending=operation["pending"],
                lapsed=isinstance(expires_at, datetime) and expires_at <= now,
            )
        return balance

    def rows(self) -> dict[str, Any]:
        """Return what ``order_follow`` writes besides the operations; see its SQL."""
        rows: dict[str, Any] = {}
        if self.stamps:
            rows["stamps"] = self.stamps
        if self.tiers:
            rows["tiers"] = self.tiers
        if self.grants:
            rows["grants"] = self.grants
        return rows


def follow(
    programme: Programme,
    known: Known,
    occasion: Occasion,
    settings: Settings,
    *,
    actor: str,
    now: datetime,
) -> Consequences:
    """Return what the programme makes of an order that was paid or confirmed."""
    zone = ZoneInfo(settings.timezone)
    facts = facts_of(known, occasion)
    grants: list[Grant] = []
    extra: dict[str, int] = {}
    skipped: list[Any] = []

    def ask(happened: Sequence[str], about: Facts) -> None:
        evaluation = rewards.evaluate(
            programme.rules,
            happened,
            about,
            known.benefits,
            holdout_percent=settings.rewards.holdout_percent,
            now=now,
            zone=zone,
        )
        grants.extend(evaluation.grants)
        skipped.extend(evaluation.skipped)
        for code, count in evaluation.stamps.items():
            extra[code] = extra.get(code, 0) + count

    ask([name for trigger in occasion.triggers for name in RULES_ON[trigger]], facts)
    stamped = stamps.earn(
        programme.stamps,
        known.stamps,
        occasion.purchase,
        counted_when=occasion.triggers,
        extra=extra,
        now=now,
        zone=zone,
    )
    grants.extend(stamped.grants)
    for code, card_no in stamped.completed:
        ask(
            ["stamp_card_completed"],
            replace(facts, programme=code, occasion=f"card/{code}/{card_no}"),
        )
    ladder = programme.ladder
    climbed = _climb(ladder, known, occasion, now=now, zone=zone)
    counts = climbed is not None and _counts(ladder, occasion)
    if climbed is not None and counts:
        # A tier that was lost and is reached again in one period gives nothing again.
        grants.extend(
            each for each in climbed.grants if not known.benefits.has(each.source, each.occasion)
        )
        if climbed.changed and climbed.after is not None and ladder is not None:
            reached = climbed.after.code
            period = ladder.period.key(now.astimezone(zone).date())
            ask(
                ["tier_reached"],
                replace(facts, tier=reached, occasion=f"tier/{reached}/{period}"),
            )
    planned = benefits.plan(
        grants,
        occasion.member_id,
        settings,
        programme.templates,
        known.coupons,
        order_id=occasion.order_id,
        earned_at=occasion.purchase.at,
        pending=occasion.pending,
        confirms_at=occasion.confirms_at,
        first=occasion.first,
        actor=actor,
        now=now,
    )
    return Consequences(
        effects=[
            *_stamp_effects(stamped),
            *tier_effects(climbed if counts else None, ladder),
            *_grant_effects(planned.granted, pending=occasion.pending),
        ],
        operations=planned.operations,
        issued=planned.coupons,
        grants=planned.rows,
        stamps=stamped.changes,
        tiers=climbed.changes if climbed and counts else None,
        told=Told(
            stamped,
            ladder,
            climbed,
            expected=_expected(programme, known, occasion, settings, facts, now=now, zone=zone),
            skipped=skipped,
        ),
    )


def tell_cards(
    consequences: Consequences,
    brand_id: UUID,
    member_id: UUID | None,
    order_id: UUID,
    *,
    now: datetime,
) -> None:
    """Publish the cards that an order made full, once all of it is written."""
    if member_id is not None and consequences.told is not None:
        stamped = consequences.told.stamps
        stamps.tell_completed(
            brand_id, member_id, stamped, kind="order", order_id=order_id, now=now
        )


def facts_of(known: Known, occasion: Occasion) -> Facts:
    """Return what rules may ask of an order and its member."""
    return Facts(
        brand_id=occasion.brand_id,
        member_id=occasion.member_id,
        tier=known.tier_code,
        purchase=occasion.purchase,
        rate_basis_points=occasion.rate,
        accruing=frozenset(
            line.line_no
            for line, accrues in zip(occasion.purchase.lines, occasion.accrues, strict=True)
            if accrues
        ),
        order_ref=f"order/{occasion.order_id}",
        order_number=occasion.number,
        last_order_at=known.history.last_order_at,
        products=known.products,
        purchases=known.history.purchases,
    )


def _counts(ladder: Ladder | None, occasion: Occasion) -> bool:
    """Return whether the order counts for the tier from now on.

    Once it is confirmed it counts in any case: the ladder may have said another thing
    when it was paid.
    """
    if ladder is None or occasion.counted:
        return False
    return "confirmed" in occasion.triggers or ladder.counted_when in occasion.triggers


def _climb(
    ladder: Ladder | None, known: Known, occasion: Occasion, *, now: datetime, zone: ZoneInfo
) -> TierOutcome | None:
    """Return what the order does for the tier once it counts."""
    if ladder is None or known.tier_state is None:
        return None
    return tiers.post_order(
        ladder,
        known.tier_state,
        order_id=occasion.order_id,
        on=occasion.purchase.on,
        net=occasion.purchase.amount(),
        gross=occasion.gross,
        points=occasion.base_points,
        today=now.astimezone(zone).date(),
    )


def _expected(
    programme: Programme,
    known: Known,
    occasion: Occasion,
    settings: Settings,
    facts: Facts,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Sequence[Grant]:
    """Return what rules on confirmed orders will give, as things are now."""
    if "confirmed" in occasion.triggers:
        return ()
    evaluation = rewards.evaluate(
        programme.rules,
        RULES_ON["confirmed"],
        facts,
        known.benefits,
        holdout_percent=settings.rewards.holdout_percent,
        now=now,
        zone=zone,
    )
    return evaluation.grants


def _grant_effects(granted: Sequence[benefits.Granted], *, pending: bool) -> list[Effect]:
    effects = []
    for each in granted:
        grant = each.grant
        effects.append(
            Effect(
                kind="reward",
                points=grant.points,
                status="pending" if pending and grant.points else "available",
                reason=grant.reason.ko,
                reason_en=grant.reason.en,
                rule=grant.source,
                rule_version=grant.version,
                terms={
                    "grant": str(each.id),
                    "occasion": grant.occasion,
                    "gives": [benefits.sentence_of(benefit).ko for benefit in grant.benefits],
                },
            )
        )
        effects.extend(
            Effect(
                kind="coupon_issued",
                points=0,
                status="posted",
                reason=f"쿠폰 {coupon['template']}을(를) 드려요",
                reason_en=f"A coupon {coupon['template']} is issued",
                rule=grant.source,
                rule_version=grant.version,
                terms={"coupon": coupon["id"], "template": coupon["template"]},
            )
            for coupon in each.coupons
        )
    return effects


def _stamp_effects(stamped: StampOutcome) -> list[Effect]:
    versions = {added.programme: added.version for added in stamped.added}
    effects = [
        Effect(
            kind="stamp_added",
            points=0,
            status="posted",
            reason=added.reason.ko,
            reason_en=added.reason.en,
            rule=f"stamps:{added.programme}",
            rule_version=added.version,
            terms={"programme": added.programme, "stamps": added.stamps},
        )
        for added in stamped.added
    ]
    effects.extend(
        Effect(
            kind="stamp_card_completed",
            points=0,
            status="posted",
            reason=f"{code} 스탬프 카드 {card_no}번을 다 채웠어요",
            reason_en=f"Stamp card {card_no} of {code} is full",
            rule=f"stamps:{code}",
            rule_version=versions[code],
            terms={"programme": code, "card": card_no},
        )
        for code, card_no in stamped.completed
    )
    return effects


def tier_effects(outcome: TierOutcome | None, ladder: Ladder | None) -> list[Effect]:
    """Tell that the tier changed, if it did."""
    if outcome is None or ladder is None or not outcome.changed or outcome.reason is None:
        return []
    return [
        Effect(
            kind="tier_changed",
            points=0,
            status="posted",
            reason=outcome.reason.ko,
            reason_en=outcome.reason.en,
            rule="tier_ladder",
            rule_version=ladder.version,
            terms={
                "before": outcome.before and outcome.before.code,
                "after": outcome.after and outcome.after.code,
                "qualifying_amount": outcome.amount,
            },
        )
    ]
