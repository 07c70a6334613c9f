"""What becomes of coupons: given back, taken back, let go."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.coupons import audits, queries
from app.coupons.errors import CouponNotRevoked, CouponUsed
from app.coupons.models import Coupon
from app.coupons.services.issuing import require_left
from app.coupons.services.reading import find_coupon
from app.db import db
from app.findings import Finding
from app.members import services as members
from app.members.events import MemberErased, MemberMerged
from app.points import services as points


def release(brand_id: UUID, hold_id: UUID, *, now: datetime) -> int:
    """End the reservations of a hold: its coupons can be used again.

    :returns: how many were reserved
    """
    return queries.release(brand_id, hold_id, now)


def any_used(brand_id: UUID, coupon_ids: Collection[UUID]) -> bool:
    """Whether one of the coupons is used or kept for a checkout under way."""
    return bool(coupon_ids) and queries.any_used(brand_id, coupon_ids)


def restore_redeemed(
    brand_id: UUID, order_id: UUID, *, templates: Collection[str], now: datetime
) -> list[Coupon]:
    """Give back the coupons of ``templates`` that an order used; lock the account first.

    A coupon is the member's again, until its own date: if that has passed, it stays
    expired. The use of a generic code ends, and its place is free for anyone.
    """
    coupons = queries.lock_of_order(brand_id, order_id, templates)
    for coupon in coupons:
        coupon.status = "released" if coupon.generic else "issued"
        coupon.order_id = None
        coupon.redeemed_at = None
        coupon.discount = 0
    db.session.flush()  # rows before counters
    _uncount(brand_id, [each for each in coupons if each.generic], coupons, now=now)
    return coupons


def revoke_issued(
    brand_id: UUID, coupon_ids: Collection[UUID], *, now: datetime
) -> tuple[list[UUID], list[UUID]]:
    """Take back coupons that were issued by what is undone now.

    :returns: the ids of those revoked, and of those that are used already
    """
    revoked, used = [], []
    for coupon in queries.lock_by_ids(brand_id, coupon_ids):
        if coupon.status == "redeemed":
            used.append(coupon.id)
        elif coupon.status in ("issued", "reserved"):
            _end(coupon)
            revoked.append(coupon)
    db.session.flush()  # rows before counters
    _uncount(brand_id, revoked, [], now=now)
    return [coupon.id for coupon in revoked], used


def revoke(brand_id: UUID, reference: str, *, reason: str, actor: str, now: datetime) -> Coupon:
    """Take a coupon back by hand. Repeating it changes nothing.

    :raises CouponNotFound: the brand has no such coupon
    :raises CouponUsed: an order used it
    """
    coupon = _locked(brand_id, reference, now=now)
    if coupon.status == "redeemed":
        raise CouponUsed
    if coupon.status in ("issued", "reserved"):
        _end(coupon)
        _record(coupon, "coupon.revoked", reason, actor=actor, now=now)
        _uncount(brand_id, [coupon], [], now=now)
    return coupon


def restore(brand_id: UUID, reference: str, *, reason: str, actor: str, now: datetime) -> Coupon:
    """Make a revoked coupon usable again. Repeating it changes nothing.

    :raises CouponNotFound: the brand has no such coupon
    :raises CouponNotRevoked: it ended in another way
    :raises CouponUsed: an order used it
    :raises CouponLimitReached: its place among the limited ones is taken
    :raises MemberNotFound: whose it was is erased
    """
    coupon = _locked(brand_id, reference, now=now)
    if coupon.status == "redeemed":
        raise CouponUsed
    if coupon.status == "released":
        raise CouponNotRevoked(state=coupon.status)
    if coupon.status == "revoked":
        if coupon.member_id is not None:
            members.resolve(brand_id, ids.show("mem", coupon.member_id), keep=True)
        require_left(brand_id, coupon.template_id, 1)
        coupon.status = "issued"
        _record(coupon, "coupon.restored", reason, actor=actor, now=now)
        queries.count(brand_id, coupon.template_id, issued=1, used=0, now=now)
    return coupon


def move_to_survivor(event: MemberMerged) -> None:
    """Give the survivor what a merged member has; reservations of the merged one end."""
    reserved = [
        coupon.id
        for coupon in queries.lock_of_member(event.brand_id, event.member_id)
        if coupon.status == "reserved"
    ]
    queries.let_go(event.brand_id, reserved, event.now)
    queries.move_to(event.brand_id, event.member_id, event.into_id)


def forget_member(event: MemberErased) -> None:
    """Revoke what an erased member could still use, and forget why it was given."""
    coupons = queries.lock_of_member(event.brand_id, event.member_id)
    ended = [coupon for coupon in coupons if coupon.status in ("issued", "reserved")]
    for coupon in coupons:
        coupon.reason = None
    for coupon in ended:
        _end(coupon)
    db.session.flush()  # rows before counters
    _uncount(event.brand_id, ended, [], now=event.now)


def tidy_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """End the next ``limit`` reservations that have timed out.

    :returns: how many there were, 0 when none is left
    """
    return queries.tidy_chunk(brand_id, limit, now)


def audit(brand_id: UUID) -> list[Finding]:
    """Prove the books of a brand's coupons; returns what does not hold."""
    return audits.audit(brand_id)


def _locked(brand_id: UUID, reference: str, *, now: datetime) -> Coupon:
    """Return a coupon held against other changes, its member's account locked before it."""
    found = find_coupon(brand_id, reference)
    if found.member_id is not None:
        points.lock_balance(brand_id, found.member_id, now=now)
    return queries.lock_by_ids(brand_id, [found.id])[0]


def _record(coupon: Coupon, action: str, reason: str, *, actor: str, now: datetime) -> None:
    brands.record_audit(
        coupon.brand_id,
        actor=actor,
        action=action,
        subject=f"coupon:{ids.show('cpn', coupon.id)}",
        now=now,
        after={"reason": reason},
    )
    db.session.flush()  # rows before counters


def _end(coupon: Coupon) -> None:
    coupon.status = "revoked"
    coupon.reserved_by = None
    coupon.reserved_until = None


def _uncount(
    brand_id: UUID, gone: Iterable[Coupon], unused: Iterable[Coupon], *, now: datetime
) -> None:
    issued = Counter(coupon.template_id for coupon in gone)
    used = Counter(coupon.template_id for coupon in unused)
    for template_id in sorted({*issued, *used}):
        queries.count(
            brand_id,
            template_id,
            issued=-issued[template_id],
            used=-used[template_id],
            now=now,
        )
