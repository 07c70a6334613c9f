"""Whether a coupon can be used at all, and on this order: the conditions, in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.coupons.rules.definitions import Template, Templates
from app.coupons.rules.state import CouponRow, CouponsState, TemplateState, Wanted
from app.coupons.rules.wording import refusal_of
from app.purchases import Purchase

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_UNCAPPED = 1 << 62


@dataclass(frozen=True)
class Rejected:
    name: str
    reason: str
    ko: str
    en: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> Rejected:
        told = refusal_of(self.reason, self.params)
        return Rejected(name, self.reason, told.ko, told.en, self.params)


@dataclass(frozen=True)
class Order:
    """The order that is decided, as coupons see it."""

    state: CouponsState
    purchase: Purchase
    tier: str | None
    is_first_order: bool
    hold_id: UUID | None
    templates: Templates
    now: datetime


@dataclass(frozen=True)
class Candidate:
    name: str
    template: Template
    coupon: CouponRow | None
    state: TemplateState
    held: bool
    lines: Sequence[int]  # those it is for

    @property
    def turn(self) -> tuple[Any, ...]:
        """Where it stands among the coupons of its group."""
        pricing, coupon = self.template.pricing, self.coupon
        size = pricing.amount or pricing.percent_basis_points
        if pricing.kind == "free_shipping":
            size = _UNCAPPED if pricing.maximum_discount is None else pricing.maximum_discount
        until = coupon.valid_until if coupon else self.template.ends_at
        return (
            pricing.kind != "fixed",
            -size,
            until or _FOR_EVER,
            self.template.code,
            coupon.id.int if coupon else 0,
        )


def judge(wanted: Wanted, order: Order) -> Candidate | Refusal:
    """Return the coupon if its conditions are met, else why they are not."""
    coupon = wanted.coupon
    if wanted.template_id is None or (coupon and coupon.status == "released"):
        return Refusal("not_found")
    state = order.state.templates[wanted.template_id]
    template = order.templates.get(wanted.template_id, coupon.version if coupon else state.version)
    refusal = _life(coupon, template, state, order) or _conditions(template, order)
    if refusal is not None:
        return refusal
    eligible = template.pricing.eligible(order.purchase)
    return Candidate(
        name=wanted.name,
        template=template,
        coupon=coupon,
        state=state,
        held=coupon is not None and _is_held(coupon, order),
        lines=[line.line_no for line in eligible],
    )


def _is_held(coupon: CouponRow, order: Order) -> bool:
    return (
        coupon.status == "reserved"
        and coupon.reserved_by == order.hold_id
        and coupon.reserved_until is not None
        and coupon.reserved_until > order.now
    )


def _life(
    coupon: CouponRow | None, template: Template, state: TemplateState, order: Order
) -> Refusal | None:
    """Return why a coupon cannot be used whatever is bought, None if it can."""
    member_id, now = order.state.member_id, order.now
    owned = coupon is not None and coupon.member_id is not None
    if coupon is not None:
        if coupon.member_id not in (None, member_id):
            return Refusal("member_required" if member_id is None else "belongs_to_another")
        if coupon.status == "revoked":
            return Refusal("revoked")
        if coupon.status == "redeemed":
            return Refusal("already_used")
        if coupon.status == "reserved" and not _is_held(coupon, order):
            until = coupon.reserved_until
            if until is not None and until > now:
                return Refusal("reserved_elsewhere", {"reserved_until": until.isoformat()})
            if coupon.generic:
                return Refusal("not_found")
    if state.status == "paused":
        return Refusal("paused")
    if state.status == "ended" and not owned:
        return Refusal("ended")
    starts = coupon.valid_from if coupon else template.starts_at
    ends = coupon.valid_until if coupon else template.ends_at
    if starts is not None and now < starts:
        return Refusal("not_yet_valid", {"valid_from": starts.isoformat()})
    if ends is not None and now >= ends:
        return Refusal("expired", {"valid_until": ends.isoformat()})
    if member_id is None and template.needs_member:
        return Refusal("member_required")
    limit = template.per_member_limit
    if not owned and limit is not None and state.has >= limit:
        return Refusal("member_limit_reached", {"limit": limit})
    if coupon is None and state.left is not None and state.left <= 0:
        return Refusal("limit_reached")
    return None


def _conditions(template: Template, order: Order) -> Refusal | None:
    """Return why a coupon is not for this order, None if it is."""
    purchase, pricing = order.purchase, template.pricing
    if template.channels and purchase.channel not in template.channels:
        return Refusal("not_for_channel", {"channels": sorted(template.channels)})
    if template.tiers and order.tier not in template.tiers:
        return Refusal("not_for_tier", {"tiers": sorted(template.tiers)})
    if template.first_order_only and not order.is_first_order:
        return Refusal("not_first_order")
    if not pricing.eligible(purchase):
        return Refusal("no_eligible_goods")
    amount, minimum = pricing.measured(purchase), pricing.minimum_order_amount
    if amount < minimum:
        return Refusal(
            "minimum_not_met",
            {"minimum": minimum, "amount": amount, "missing": minimum - amount},
        )
    return None
