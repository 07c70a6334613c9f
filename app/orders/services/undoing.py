"""Giving back what an order did by the programme: stamps, tier, rewards, referral.

What the remaining goods still deserve stays, under the versions pinned to the order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import BenefitGrant, TakenBack
from app.brands import services as brands
from app.brands.services import Settings
from app.orders import rules
from app.orders.models import Order, OrderLine
from app.orders.services.accounts import Accounts
from app.orders.services.following import tier_effects
from app.orders.services.reading import Effect
from app.orders.services.remaining import purchase_left
from app.purchases import Purchase
from app.rewards import services as rewards
from app.stamps import services as stamps
from app.stamps.services import StampReversal
from app.tiers import services as tiers


@dataclass
class Undone:
    """What is undone: told as effects, and the grants whose points are to be taken."""

    effects: list[Effect] = field(default_factory=list)
    taken: list[TakenBack] = field(default_factory=list)


def undo_programme(
    order: Order,
    accounts: Accounts,
    lines: Sequence[OrderLine],
    plan: rules.RefundPlan,
    settings: Settings,
    refund_id: UUID,
    *,
    points_back: int,
    is_cancelled: bool,
    refunded_at: datetime,
    actor: str,
    now: datetime,
) -> Undone:
    """Undo what the order did by the programme; accounts and order are locked.

    Writes stamps, tier and referral; the points of grants are for the caller to take,
    who then calls ``benefits.record_taken_back``.
    """
    brand_id, member_id = order.brand_id, accounts.survivor
    zone = ZoneInfo(settings.timezone)
    refunding = {line.line_no: line.quantity for line in plan.lines}
    before = purchase_left(order, lines, zone)
    left = None if plan.wholly else purchase_left(order, lines, zone, refunding=refunding)
    reversal = rewards.reverse_referral(
        brand_id, order.id, amount_left=left.amount() if left else 0, actor=actor, now=now
    )
    rows = {row.id: row for row in benefits.of_order(brand_id, order.id)}

    def is_gone(row: BenefitGrant) -> bool:
        """Whether nothing of a grant is deserved, as far as that is the order's own matter."""
        if row.terms.get("kind") == "order":
            return benefits.deserved(row.terms, left) is None
        if row.occasion.startswith("referral/"):
            return reversal is not None
        return plan.wholly

    stamped = {
        holder: _take_stamps(
            order,
            holder,
            refund_id,
            left,
            [row for row in rows.values() if row.member_id == holder and not is_gone(row)],
            actor=actor,
            now=now,
        )
        for holder in {member_id, *(row.member_id for row in rows.values())}
    }
    fell = tiers.post_refund(
        brand_id,
        member_id,
        order_id=order.id,
        refund_id=refund_id,
        refunded_on=refunded_at.astimezone(zone).date(),
        net=before.amount() - (left.amount() if left else 0),
        gross=sum(line.amount for line in lines) if is_cancelled else 0,
        orders=int(plan.wholly and order.status != "refunded"),
        points=points_back,
        now=now,
    )
    ladder = tiers.ladder_of(brand_id, brands.programme_version(brand_id))
    lost = {(member_id, *each) for each in (fell.undone if fell else ())}
    # What rules gave on the same occasions.
    lost_occasions = {
        (member_id, f"tier/{occasion}")
        for _, source, occasion in lost
        if source.startswith("tier:")
    }
    for holder, taken in stamped.items():
        lost |= {(holder, *each) for each in taken.grants}
        lost_occasions |= {
            (holder, f"card/{each.programme}/{card_no}")
            for each in taken.programmes
            for card_no in each.uncompleted
        }
    for holder in stamped:
        found = benefits.find(
            brand_id,
            holder,
            {(source, occasion) for who, source, occasion in lost if who == holder},
            occasions={occasion for who, occasion in lost_occasions if who == holder},
        )
        for row in found:
            rows.setdefault(row.id, row)

    def points_left(row: BenefitGrant) -> int | None:
        """Return what of a grant is still deserved, None: nothing at all."""
        kind = row.terms.get("kind")
        if kind == "order":
            return benefits.deserved(row.terms, left)
        if kind in ("stamps", "tier") or row.occasion.startswith(("tier/", "card/")):
            gone = (row.member_id, row.source, row.occasion) in lost
            gone = gone or (row.member_id, row.occasion) in lost_occasions
        else:
            gone = is_gone(row)
        return None if gone else row.points - row.points_taken_back

    return Undone(
        effects=[
            *(told for taken in stamped.values() for told in _stamps_told(taken)),
            *tier_effects(fell, ladder),
        ],
        taken=benefits.take_back(list(rows.values()), points_left),
    )


def _take_stamps(
    order: Order,
    holder: UUID,
    refund_id: UUID,
    left: Purchase | None,
    deserved: Sequence[BenefitGrant],
    *,
    actor: str,
    now: datetime,
) -> StampReversal:
    """Take the order's stamps back from who has them: who bought, or who had invited.

    Of those that rules gave stay what the grants give that are still ``deserved``.
    """
    extra: Counter[str] = Counter()
    for row in deserved:
        extra.update(row.gave.get("stamps", {}))
    return stamps.take_back(
        order.brand_id,
        holder,
        order.id,
        refund_id,
        purchase_left=left,
        extra_left=dict(extra),
        used=lambda programme, card_no, at: benefits.is_used(
            order.brand_id, holder, f"stamps:{programme}", f"card/{card_no}/{at}"
        ),
        actor=actor,
        now=now,
    )


def reversal_effects(taken: Sequence[TakenBack]) -> list[Effect]:
    """Tell what was taken back of what was granted."""
    effects = []
    for each in taken:
        row = each.row
        effects.append(
            Effect(
                kind="reward_reversed",
                points=each.points,
                status="posted",
                reason=f"{row.reason_ko}: {each.points:,}P를 거둬들였어요",
                reason_en=f"{row.reason_en}: {each.points:,} points are taken back",
                rule=row.source,
                rule_version=row.source_version,
                terms={
                    "grant": str(row.id),
                    "wholly": each.wholly,
                    "coupons_used": each.coupons_used,
                },
            )
        )
    return effects


def _stamps_told(stamped: stamps.StampReversal) -> list[Effect]:
    return [
        Effect(
            kind="stamps_taken_back",
            points=0,
            status="posted",
            reason=each.reason.ko,
            reason_en=each.reason.en,
            rule=f"stamps:{each.programme}",
            rule_version=each.version,
            terms={
                "programme": each.programme,
                "policy": each.policy,
                "taken": each.taken,
                "debt": each.debt,
                "kept": each.kept,
                "reopened": list(each.reopened),
            },
        )
        for each in stamped.programmes
    ]
