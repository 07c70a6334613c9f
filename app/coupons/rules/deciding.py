"""What coupons take off an order.

The order of discounts: goods coupons (those with a selection), then order coupons,
then shipping, then gifts. Within each of these groups either all stackable coupons
apply or one exclusive coupon alone, whichever takes off more; fixed amounts before
percentages, larger ones first. The result does not depend on the order in which
coupons are named. A coupon that would take off nothing is not used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app import ids
from app.coupons.rules.combining import Taken, combine
from app.coupons.rules.definitions import Gift, Template, Templates, terms_of
from app.coupons.rules.judging import Candidate, Order, Refusal, Rejected, judge
from app.coupons.rules.state import CouponRow, CouponsState, Wanted
from app.coupons.rules.wording import discount_of
from app.purchases import Purchase


@dataclass(frozen=True)
class Applied:
    """A coupon that an order uses. ``coupon_id`` None: a new use of a generic code.

    ``terms`` is what a refund has to know; see ``refunds``.
    """

    name: str
    coupon_id: UUID | None
    code: str | None
    template: str
    template_id: UUID
    version: int
    title: str
    kind: str
    discount: int
    shipping_discount: int
    gift: Gift | None
    shares: Mapping[int, int]
    ko: str
    en: str
    terms: dict[str, Any]
    hold_id: UUID | None
    valid_from: datetime
    valid_until: datetime | None
    template_version: int
    template_status: str


@dataclass(frozen=True)
class Owned:
    """A coupon of the member: what it would take off alone, or why nothing."""

    coupon: CouponRow
    template: Template
    discount: int
    shipping_discount: int
    refused: Rejected | None


@dataclass(frozen=True)
class Best:
    """The owned coupons that together take off most, in the order they apply."""

    coupon_ids: Sequence[UUID] = ()
    discount: int = 0
    shipping_discount: int = 0


@dataclass(frozen=True)
class CouponOutcome:
    applied: Sequence[Applied] = ()
    rejected: Sequence[Rejected] = ()
    line_discounts: Mapping[int, int] = field(default_factory=dict)
    shipping_discount: int = 0
    owned: Sequence[Owned] = ()
    best: Best = field(default_factory=Best)


def apply_coupons(
    state: CouponsState,
    purchase: Purchase,
    *,
    shipping_fee: int,
    tier: str | None,
    is_first_order: bool,
    hold_id: UUID | None,
    templates: Templates,
    now: datetime,
) -> CouponOutcome:
    """Decide which of the wanted coupons apply and what they take off.

    ``purchase.lines[].amount`` is the won of each line after line discounts and member
    price; minimums are measured against these amounts. If nothing is wanted by name, what
    the hold reserves is.
    """
    order = Order(state, purchase, tier, is_first_order, hold_id, templates, now)
    candidates: list[Candidate] = []
    rejected: list[Rejected] = []
    named = set()
    for wanted in state.wanted or _held(state):
        judged = judge(wanted, order)
        if isinstance(judged, Candidate):
            key = (judged.template.id, judged.coupon.id if judged.coupon else None)
            if key in named:
                judged = Refusal("named_twice")
            else:
                named.add(key)
        if isinstance(judged, Refusal):
            rejected.append(judged.of(wanted.name))
        else:
            candidates.append(judged)
    taken, left = combine(candidates, purchase, shipping_fee)
    rejected += [refusal.of(candidate.name) for candidate, refusal in left]
    line_discounts: dict[int, int] = {}
    for each in taken:
        for line_no, share in each.shares.items():
            line_discounts[line_no] = line_discounts.get(line_no, 0) + share
    owned, best = _appraise(order, shipping_fee)
    return CouponOutcome(
        applied=[_applied(each, order) for each in taken],
        rejected=rejected,
        line_discounts=line_discounts,
        shipping_discount=sum(each.shipping_discount for each in taken),
        owned=owned,
        best=best,
    )


def _held(state: CouponsState) -> list[Wanted]:
    return [Wanted(ids.show("cpn", row.id), row.template_id, row) for row in state.held]


def _applied(taken: Taken, order: Order) -> Applied:
    candidate, template = taken.candidate, taken.candidate.template
    coupon = candidate.coupon
    told = discount_of(template, taken.base, taken.discount + taken.shipping_discount)
    return Applied(
        name=candidate.name,
        coupon_id=coupon.id if coupon else None,
        code=coupon.code if coupon and coupon.code else template.generic_code,
        template=template.code,
        template_id=template.id,
        version=template.version,
        title=template.name,
        kind=template.pricing.kind,
        discount=taken.discount,
        shipping_discount=taken.shipping_discount,
        gift=template.gift,
        shares=taken.shares,
        ko=told.ko,
        en=told.en,
        terms={
            "coupon": ids.show("cpn", coupon.id) if coupon else None,
            "template": template.code,
            "version": template.version,
            **terms_of(template.pricing),
        },
        hold_id=order.hold_id if candidate.held else None,
        valid_from=coupon.valid_from if coupon else template.starts_at or order.now,
        valid_until=coupon.valid_until if coupon else template.ends_at,
        template_version=candidate.state.version,
        template_status=candidate.state.status,
    )


def _appraise(order: Order, shipping_fee: int) -> tuple[list[Owned], Best]:
    """Judge every coupon the member owns, alone and all of them together."""
    owned: list[Owned] = []
    usable: list[Candidate] = []
    for row in order.state.owned:
        name = ids.show("cpn", row.id)
        template = order.templates.get(row.template_id, row.version)
        judged = judge(Wanted(name, row.template_id, row), order)
        alone: Sequence[Taken] = ()
        if isinstance(judged, Candidate):
            alone, left = combine([judged], order.purchase, shipping_fee)
            if left:
                judged = left[0][1]
            else:
                usable.append(judged)
        owned.append(
            Owned(
                coupon=row,
                template=template,
                discount=sum(each.discount for each in alone),
                shipping_discount=sum(each.shipping_discount for each in alone),
                refused=judged.of(name) if isinstance(judged, Refusal) else None,
            )
        )
    taken = _best_of_all(usable, order.purchase, shipping_fee)
    best = Best(
        coupon_ids=[each.candidate.coupon.id for each in taken if each.candidate.coupon],
        discount=sum(each.discount for each in taken),
        shipping_discount=sum(each.shipping_discount for each in taken),
    )
    return owned, best


def _best_of_all(usable: Sequence[Candidate], purchase: Purchase, shipping_fee: int) -> list[Taken]:
    """Return what takes off most, all of a member's coupons considered.

    More coupons may take off less: one that is taken first leaves other lines, and other
    won to round, to the next. So each that is taken is left out for once, as long as that
    takes off more.
    """
    best, _ = combine(usable, purchase, shipping_fee)
    improved = True
    while improved:
        improved = False
        for left_out in [taken.candidate for taken in best]:
            fewer = [each for each in usable if each is not left_out]
            tried, _ = combine(fewer, purchase, shipping_fee)
            if _worth(tried) > _worth(best):
                best, usable, improved = tried, fewer, True
                break
    return best


def _worth(taken: Sequence[Taken]) -> int:
    return sum(each.worth for each in taken)
