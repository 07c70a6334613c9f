"""Giving coupons to members."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.coupons import queries
from app.coupons.errors import (
    CouponAlreadyIssued,
    CouponLimitReached,
    CouponMemberLimitReached,
    CouponNotFound,
    CouponNotIssuable,
    CouponOfAnotherMember,
    CouponTemplateNotFound,
    CouponUsed,
)
from app.coupons.models import Coupon
from app.coupons.rules.changes import issue_changes
from app.coupons.rules.codes import normalised, unique_code
from app.coupons.rules.definitions import Template, Templates
from app.coupons.rules.state import CouponsState, state_of
from app.coupons.services.reading import status_at
from app.coupons.services.templates import template_version, templates_of
from app.db import db
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
    template = require_issuable(brand_id, template_code, now=now)
    _require_member_limit(brand_id, member_id, template)
    require_left(brand_id, template.id, 1)
    change = issue_changes(
        template,
        member_id,
        source_order_id=None,
        cause=cause,
        now=now,
        zone=zone_of(brand_id),
        reason=reason,
        actor=actor,
    )
    queries.write(brand_id, member_id, None, {"issue": [change]}, now)
    return queries.get_coupon(brand_id, UUID(change["id"]))


def register(
    brand_id: UUID,
    member_id: UUID,
    text: str,
    *,
    cause: str,
    reason: str | None,
    actor: str,
    now: datetime,
) -> Coupon:
    """Give a member the coupon of a code that it entered, to be used later.

    A generic code gives a coupon of its template; a unique one becomes the member's,
    and its days count from now. One's own code again changes nothing.

    :raises CouponNotFound: it is no code of the brand
    :raises CouponOfAnotherMember: another member has registered it
    :raises CouponUsed: it was used in an order
    :raises CouponNotIssuable: and the other refusals of :func:`issue`
    """
    points.lock_balance(brand_id, member_id, now=now)
    code = normalised(text)
    template = queries.find_by_generic_code(brand_id, code)
    if template is not None:
        return issue(
            brand_id, member_id, template.code, cause=cause, reason=reason, actor=actor, now=now
        )
    unique = unique_code(code)
    coupon = queries.find_coupon(brand_id, code=unique, lock=True) if unique else None
    if coupon is None:
        raise CouponNotFound(pointer="/code")
    if coupon.status == "redeemed":
        raise CouponUsed(pointer="/code")
    if coupon.member_id not in (None, member_id):
        raise CouponOfAnotherMember(pointer="/code")
    status = status_at(coupon, now)
    if status not in ("issued", "not_yet_valid"):
        raise CouponNotIssuable(state=status)
    if coupon.member_id is None:
        current = queries.get_template(brand_id, coupon.template_id)
        if current.status != "active":
            raise CouponNotIssuable(state=current.status)
        own = template_version(brand_id, coupon.template_id, coupon.version)
        _require_member_limit(brand_id, member_id, own)
        coupon.member_id = member_id
        _, until = own.validity(now, zone_of(brand_id))
        coupon.valid_until = min(filter(None, (coupon.valid_until, until)), default=None)
        coupon.reason = reason
        coupon.actor = actor
        db.session.flush()  # autoflush is off
    return coupon


def zone_of(brand_id: UUID) -> ZoneInfo:
    return ZoneInfo(brands.current_settings(brand_id).timezone)


def _require_member_limit(brand_id: UUID, member_id: UUID, template: Template) -> None:
    """:raises CouponMemberLimitReached: the member has as many as a member may"""
    limit = template.per_member_limit
    if limit is not None and queries.count_of_member(brand_id, member_id, template.id) >= limit:
        raise CouponMemberLimitReached(limit=limit)


def read_state(brand_id: UUID, member_id: UUID, *, now: datetime) -> CouponsState:
    """Return which templates are used up, for who issues; lock the account first."""
    return state_of(queries.read_state(brand_id, member_id, [], hold_id=None, owned=False, now=now))


def write_changes(
    brand_id: UUID,
    member_id: UUID,
    changes: dict[str, Any],
    *,
    order_id: UUID | None,
    now: datetime,
) -> None:
    """Write what was decided about coupons outside the checkout; see ``sql/20_write.sql``."""
    if any(changes.values()):
        queries.write(brand_id, member_id, order_id, changes, now)


def require_left(brand_id: UUID, template_id: UUID, quantity: int) -> None:
    """:raises CouponLimitReached: fewer than ``quantity`` coupons are left to issue"""
    counter = queries.find_counter(brand_id, template_id)
    if counter is not None and counter.issued + quantity > counter.total_limit:
        raise CouponLimitReached(
            total_limit=counter.total_limit, left=max(0, counter.total_limit - counter.issued)
        )


def require_issuable(brand_id: UUID, code: str, *, now: datetime) -> Template:
    """Return a template that coupons can be issued of now.

    :raises CouponTemplateNotFound: the brand has no such template
    :raises CouponNotIssuable: it is paused, has ended, or its dates are over
    """
    found = templates_of(brand_id, brands.programme_version(brand_id)).by_code(code)
    if found is None:
        ended = queries.find_template(brand_id, code)
        if ended is None:
            raise CouponTemplateNotFound(template=code)
        raise CouponNotIssuable(state=ended.status)
    template, status = found
    if status != "active":
        raise CouponNotIssuable(state=status)
    if template.ends_at is not None and template.ends_at <= now:
        raise CouponNotIssuable(state="expired")
    return template
