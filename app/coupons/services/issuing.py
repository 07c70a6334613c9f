"""Giving coupons to members."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.coupons import queries
from app.coupons.errors import (
    CouponAlreadyIssued,
    CouponLimitReached,
    CouponMemberLimitReached,
    CouponNotIssuable,
    CouponTemplateNotFound,
)
from app.coupons.models import Coupon
from app.coupons.rules.changes import issue_changes
from app.coupons.rules.definitions import Template, Templates
from app.coupons.rules.state import CouponsState
from app.coupons.services.templates import templates_of
from app.points import services as points


def issuable(
    templates: Templates, code: str, state: CouponsState, *, now: datetime
) -> Template | None:
    """Return the template if a benefit can bring a coupon of it now, else None.

    It cannot if the template is unknown, paused, ended, out of date or used up. A limit
    for each member does not count here: whoever gives says how often.
    """
    found = templates.by_code(code)
    if found is None:
        return None
    template, status = found
    if status != "active" or template.id in state.exhausted:
        return None
    return None if template.ends_at is not None and template.ends_at <= now else template


def issue(
    brand_id: UUID,
    member_id: UUID,
    template_code: str,
    *,
    cause: str,
    reason: str | None,
    actor: str,
    now: datetime,
) -> Coupon:
    """Give a member one coupon of a template.

    :raises CouponTemplateNotFound: the brand has no such template
    :raises CouponNotIssuable: it is paused, has ended, or its dates are over
    :raises CouponMemberLimitReached: the member has as many as a member may
    :raises CouponLimitReached: as many as there may be are issued
    :raises CouponAlreadyIssued: ``cause`` brought a coupon before
    """
    points.lock_balance(brand_id, member_id, now=now)
    if queries.has_cause(brand_id, cause):
        raise CouponAlreadyIssued
    template = _issuable(brand_id, template_code, now=now)
    limit = template.per_member_limit
    if limit is not None and queries.count_of_member(brand_id, member_id, template.id) >= limit:
        raise CouponMemberLimitReached(limit=limit)
    require_left(brand_id, template.id, 1)
    change = issue_changes(
        template,
        member_id,
        source_order_id=None,
        cause=cause,
        now=now,
        zone=ZoneInfo(brands.current_settings(brand_id).timezone),
        reason=reason,
        actor=actor,
    )
    queries.write(brand_id, member_id, None, {"issue": [change]}, now)
    coupon = queries.find_coupon(brand_id, coupon_id=UUID(change["id"]))
    assert coupon is not None  # noqa: S101 - just written
    return coupon


def require_left(brand_id: UUID, template_id: UUID, quantity: int) -> None:
    """:raises CouponLimitReached: fewer than ``quantity`` coupons are left to issue"""
    counter = queries.find_counter(brand_id, template_id)
    if counter is not None and counter.issued + quantity > counter.total_limit:
        raise CouponLimitReached(
            total_limit=counter.total_limit, left=max(0, counter.total_limit - counter.issued)
        )


def _issuable(brand_id: UUID, code: str, *, now: datetime) -> Template:
    found = templates_of(brand_id, brands.programme_version(brand_id)).by_code(code)
    if found is None:
        ended = queries.find_template(brand_id, code)
        if ended is None:
            raise CouponTemplateNotFound(template=code)
        raise CouponNotIssuable(status=ended.status)
    template, status = found
    if status != "active":
        raise CouponNotIssuable(status=status)
    if template.ends_at is not None and template.ends_at <= now:
        raise CouponNotIssuable(status="expired")
    return template
