"""What a brand offers and what is known of a member, as the checkout needs them.

The definitions are compiled once for each number of the brand's programme; what is
known of the member comes with every order as one jsonb (``sql/15_programme.sql``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.benefits import services as benefits
from app.benefits.services import Grant, MemberBenefits
from app.coupons import services as coupons
from app.coupons.services import CouponOutcome, CouponsState, Templates, Wanted
from app.products import services as products
from app.products.services import ProductFacts
from app.purchases import Purchase
from app.rewards import services as rewards
from app.rewards.services import Rule, Skip
from app.stamps import services as stamps
from app.stamps.services import Programme as StampProgramme
from app.stamps.services import StampOutcome, StampsState
from app.tiers import services as tiers
from app.tiers.services import Ladder, Tier, TierOutcome, TierState


@dataclass(frozen=True)
class History:
    """What a person bought before; ``purchases``: SKU → when it was bought last."""

    orders: int = 0
    last_order_at: datetime | None = None
    purchases: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Programme:
    """What a brand offers, as of one number of its programme."""

    version: int
    templates: Templates
    ladder: Ladder | None
    stamps: Sequence[StampProgramme]
    rules: Sequence[Rule]

    def known(self, raw: Mapping[str, Any] | None, today: date) -> "Known":
        """Return what ``order_programme`` tells of a member; None: nothing is offered."""
        raw = raw or {}
        tier_state = tiers.state_of(raw.get("tier"))
        tier = None
        if self.ladder is not None and tier_state is not None:
            tier = tiers.current_tier(self.ladder, tier_state, today)
        return Known(
            tier_state=tier_state,
            tier=tier,
            stamps=stamps.state_of(raw.get("stamps")),
            benefits=benefits.state_of(raw.get("benefits")),
            coupons=coupons.state_of(raw.get("coupons")),
            products=products.state_of(raw.get("products")),
            history=_history_of(raw.get("history")),
        )


@dataclass(frozen=True)
class Known:
    """What is known of a member at one moment."""

    tier_state: TierState | None
    tier: Tier | None
    stamps: StampsState
    benefits: MemberBenefits
    coupons: CouponsState
    products: Mapping[str, ProductFacts]
    history: History

    @property
    def tier_code(self) -> str | None:
        return None if self.tier is None else self.tier.code

    def member_discount(self, amount: int) -> int:
        """Return what the tier's member price takes off an amount."""
        return tiers.member_discount(self.tier, amount)

    def accrual_rate(self, base: int) -> int:
        """Return the rate in basis points at which the member earns."""
        return tiers.accrual_rate(self.tier, base)

    def apply_coupons(
        self,
        programme: Programme,
        purchase: Purchase,
        *,
        asked: Sequence[str],
        shipping_fee: int,
        hold_id: UUID | None,
        now: datetime,
    ) -> CouponOutcome:
        """Return what coupons take off; of a brand that has none, every one is unknown."""
        state = self.coupons
        if asked and not state.wanted:
            state = CouponsState(wanted=[Wanted(name) for name in asked])
        return coupons.apply_coupons(
            state,
            purchase,
            shipping_fee=shipping_fee,
            tier=self.tier_code,
            is_first_order=self.history.orders == 0,
            hold_id=hold_id,
            templates=programme.templates,
            now=now,
        )


@dataclass(frozen=True)
class Told:
    """What the programme says of an order, for the receipt."""

    stamps: StampOutcome
    ladder: Ladder | None
    tier: TierOutcome | None  # once the order counts, which may be when it is confirmed
    expected: Sequence[Grant]  # of rules on confirmed orders
    skipped: Sequence[Skip]


def programme_of(brand_id: UUID, version: int) -> Programme:
    """Return the compiled programme; each feature keeps its part for each number."""
    return Programme(
        version=version,
        templates=coupons.templates_of(brand_id, version),
        ladder=tiers.ladder_of(brand_id, version) if version else None,
        stamps=stamps.programmes_of(brand_id, version) if version else (),
        rules=rewards.rules_of(brand_id, version) if version else (),
    )


def _history_of(raw: Mapping[str, Any] | None) -> History:
    if raw is None:
        return History()
    return History(
        orders=raw["orders"],
        last_order_at=raw["last_order_at"] and datetime.fromisoformat(raw["last_order_at"]),
        purchases={
            sku: datetime.fromisoformat(bought_at) for sku, bought_at in raw["purchases"].items()
        },
    )
