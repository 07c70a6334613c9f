"""Giving back what an order did by the programme: stamps, tier, rewards, referral.

What the remaining goods still deserve stays, under the versions pinned to the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import TakenBack
from app.brands import services as brands
from app.brands.services import Settings
from app.orders import rules
from app.orders.models import Order, OrderLine
from app.orders.services.accounts import Accounts
from app.orders.services.following import tier_effects
from app.orders.services.reading import Effect
from app.orders.services.remaining import purchase_left
from app.rewards import services as rewards
from app.stamps import services as stamps
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
    stamped = stamps.take_back(
        brand_id,
        member_id,
        order.id,
        refund_id,
        purchase_left=left,
        used=lambda programme, card_no, at: benefits.is_used(
            brand_id, member_id, f"stamps:{programme}", f"card/{card_no}/{at}"
        ),
        actor=actor,
        now=now,
    )
    fell = tiers.post_refund(
        brand_id,
        member_id,
        order_id=order.id,
        refund_id=refund_id,
        refunded_on=refunded_at.astimezone(zone).date(),
        net=before.amount() - (left.amount() if left else 0),
        orders=int(plan.wholly),
        points=points_back,
        now=now,
    )
    reversal = rewards.reverse_referral(
        brand_id, order.id, amount_left=left.amount() if left else 0, actor=actor, now=now
    )
    ladder = tiers.ladder_of(brand_id, brands.programme_version(brand_id))
    lost = {*stamped.grants, *(fell.undone if fell else ())}
    # What rules gave on the same occasions.
    lost_occasions = {
        *(f"tier/{occasion}" for source, occasion in lost if source.startswith("tier:")),
        *(
            f"card/{each.programme}/{card_no}"
            for each in stamped.programmes
            for card_no in each.uncompleted
        ),
    }
    rows = {row.id: row for row in benefits.of_order(brand_id, order.id)}
    for row in benefits.find(brand_id, member_id, lost, occasions=lost_occasions):
        rows.setdefault(row.id, row)

    def points_left(row: benefits.BenefitGrant) -> int | None:
        """Return what of a grant is still deserved, None: nothing at all."""
        kind = row.terms.get("kind")
        if kind == "order":
            return benefits.deserved(row.terms, left)
        if row.occasion.startswith("referral/"):
            gone = reversal is not None
        elif kind in ("stamps", "tier") or row.occasion.startswith(("tier/", "card/")):
            gone = (row.source, row.occasion) in lost or row.occasion in lost_occasions
        else:
            gone = plan.wholly
        return None if gone else row.points - row.points_taken_back

    return Undone(
        effects=[*_stamps_told(stamped), *tier_effects(fell, ladder)],
        taken=benefits.take_back(list(rows.values()), points_left),
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
