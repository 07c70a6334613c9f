"""Finding and listing coupons."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.coupons import queries
from app.coupons.errors import CouponNotFound
from app.coupons.models import Coupon
from app.coupons.rules.codes import normalised, unique_code
from app.coupons.rules.definitions import Template
from app.coupons.rules.state import CouponRow, state_of
from app.coupons.services.templates import templates_of


@dataclass(frozen=True)
class InHand:
    """A coupon that a member may use, in the version it was issued of.

    ``usable`` now, or only once its dates have come or its template is no longer paused.
    """

    coupon: CouponRow
    template: Template
    usable: bool


def find_coupon(brand_id: UUID, reference: str) -> Coupon:
    """Return the coupon of an id (``cpn_…``) or of a unique code, however it is typed.

    :raises CouponNotFound: the brand has no such coupon
    """
    coupon_id = ids.read("cpn", reference)
    if coupon_id is not None:
        coupon = queries.find_coupon(brand_id, coupon_id=coupon_id)
    else:
        code = unique_code(normalised(reference))
        coupon = queries.find_coupon(brand_id, code=code) if code else None
    if coupon is None:
        raise CouponNotFound
    return coupon


def list_of_member(
    brand_id: UUID,
    member_id: UUID,
    *,
    status: str | None,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> list[Coupon]:
    """Return a member's coupons, the newest first."""
    return queries.list_of_member(
        brand_id, member_id, status=status, before=before, limit=limit, now=now
    )


def list_in_hand(brand_id: UUID, member_id: UUID, *, now: datetime) -> list[InHand]:
    """Return what a member has to use, the soonest to lapse first, at most 100.

    Coupons that a checkout under way holds are left out.
    """
    state = state_of(queries.read_state(brand_id, member_id, [], hold_id=None, owned=True, now=now))
    if not state.owned:
        return []
    templates = templates_of(brand_id, brands.programme_version(brand_id))
    return [
        InHand(
            row,
            templates.get(row.template_id, row.version),
            row.valid_from <= now and state.templates[row.template_id].status == "active",
        )
        for row in state.owned
    ]


def status_at(coupon: Coupon, now: datetime) -> str:
    """Return the status to show: dates and time-outs are looked at, whether or not a job was."""
    status = coupon.status
    if status == "reserved" and coupon.reserved_until is not None and coupon.reserved_until <= now:
        status = "released" if coupon.generic else "issued"
    if status in ("issued", "reserved"):
        if coupon.valid_until is not None and coupon.valid_until <= now:
            return "expired"
        if status == "issued" and coupon.valid_from > now:
            return "not_yet_valid"
    return status
