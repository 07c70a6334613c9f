"""What becomes of coupons: given back, taken back, let go."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from app.coupons import queries
from app.coupons.models import Coupon
from app.db import db


def release(brand_id: UUID, hold_id: UUID, *, now: datetime) -> int:
    """End the reservations of a hold: its coupons can be used again.

    :returns: how many were reserved
    """
    return queries.release(brand_id, hold_id, now)


def restore_redeemed(brand_id: UUID, order_id: UUID, *, now: datetime) -> list[Coupon]:
    """Give back the coupons that an order used; lock the member's account first.

    A coupon is the member's again, until its own date: if that has passed, it stays
    expired. The use of a generic code ends, and its place is free for anyone.
    """
    coupons = queries.lock_of_order(brand_id, order_id)
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
            end(coupon)
            revoked.append(coupon)
    db.session.flush()  # rows before counters
    _uncount(brand_id, revoked, [], now=now)
    return [coupon.id for coupon in revoked], used


def end(coupon: Coupon) -> None:
    """Revoke one coupon; whoever does counts it down."""
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
