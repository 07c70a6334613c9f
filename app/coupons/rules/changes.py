"""What is written when an order uses, reserves or brings coupons; see ``sql/20_write.sql``.

Rows are plain JSON. Each says under which version and status of its template it was
decided, so that a change in between is noticed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.coupons.rules.deciding import Applied, CouponOutcome
from app.coupons.rules.definitions import Template
from app.ids import new_id


def redeem_changes(outcome: CouponOutcome, member_id: UUID | None) -> list[dict[str, Any]]:
    """Return the rows of ``"redeem"`` for the coupons that apply."""
    return [
        {**_row(each, member_id), "discount": each.discount + each.shipping_discount}
        for each in outcome.applied
    ]


def reserve_changes(
    outcome: CouponOutcome, member_id: UUID | None, *, hold_id: UUID, until: datetime
) -> list[dict[str, Any]]:
    """Return the rows of ``"reserve"``: what applies is kept for a hold until then."""
    return [
        {**_row(each, member_id), "hold_id": str(hold_id), "reserved_until": until.isoformat()}
        for each in outcome.applied
    ]


def issue_changes(
    template: Template,
    member_id: UUID | None,
    *,
    source_order_id: UUID | None,
    cause: str | None,
    now: datetime,
    zone: ZoneInfo,
    reason: str | None = None,
    actor: str | None = None,
) -> dict[str, Any]:
    """Return a row of ``"issue"``: one coupon for a member, under the present version."""
    valid_from, valid_until = template.validity(now, zone)
    return {
        "id": str(new_id()),
        "template_id": str(template.id),
        "version": template.version,
        "template_version": template.version,
        "template_status": "active",
        "member_id": str(member_id) if member_id else None,
        "valid_from": valid_from.isoformat(),
        "valid_until": valid_until.isoformat() if valid_until else None,
        "source_order_id": str(source_order_id) if source_order_id else None,
        "cause": cause,
        "reason": reason,
        "actor": actor,
    }


def _row(applied: Applied, member_id: UUID | None) -> dict[str, Any]:
    return {
        "id": str(applied.coupon_id or new_id()),
        "fresh": applied.coupon_id is None,
        "template_id": str(applied.template_id),
        "version": applied.version,
        "template_version": applied.template_version,
        "template_status": applied.template_status,
        "member_id": str(member_id) if member_id else None,
        "hold_id": str(applied.hold_id) if applied.hold_id else None,
        "valid_from": applied.valid_from.isoformat(),
        "valid_until": applied.valid_until.isoformat() if applied.valid_until else None,
    }
