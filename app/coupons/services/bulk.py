"""Unique codes in bulk: made at once, downloaded piece by piece."""

from datetime import datetime
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.coupons import queries
from app.coupons.errors import CouponTemplateNotFound
from app.coupons.models import Coupon
from app.coupons.rules.codes import new_codes
from app.coupons.rules.definitions import Template
from app.coupons.services.issuing import require_issuable, require_left
from app.ids import new_id


def make_codes(
    brand_id: UUID, template_code: str, quantity: int, *, actor: str, now: datetime
) -> tuple[Template, UUID]:
    """Make coupons that belong to whoever enters their codes.

    :returns: the template, and the id of the batch
    :raises CouponTemplateNotFound: the brand has no such template
    :raises CouponNotIssuable: it is paused, has ended, or its dates are over
    :raises CouponLimitReached: fewer are left than asked for
    """
    template = require_issuable(brand_id, template_code, now=now)
    require_left(brand_id, template.id, quantity)
    batch_id = new_id()
    coupons = {new_id(): code for code in new_codes(quantity)}
    queries.issue_codes(brand_id, template, batch_id, coupons, actor=actor, now=now)
    queries.count(brand_id, template.id, issued=quantity, used=0, now=now)
    _record(
        brand_id, template_code, "coupon_codes.created", batch_id, quantity, actor=actor, now=now
    )
    return template, batch_id


def open_download(
    brand_id: UUID, template_code: str, batch_id: UUID | None, *, actor: str, now: datetime
) -> UUID:
    """Write down that codes are downloaded, and return the template's id.

    :raises CouponTemplateNotFound: the brand has no such template
    """
    template = queries.find_template(brand_id, template_code)
    if template is None:
        raise CouponTemplateNotFound(template=template_code)
    _record(
        brand_id, template_code, "coupon_codes.downloaded", batch_id, None, actor=actor, now=now
    )
    return template.id


def list_codes(
    brand_id: UUID, template_id: UUID, *, batch_id: UUID | None, after: UUID | None, limit: int
) -> list[Coupon]:
    """Return coupons with codes, of one batch if it is named, in the order they were made."""
    return queries.list_codes(brand_id, template_id, batch_id=batch_id, after=after, limit=limit)


def _record(
    brand_id: UUID,
    template_code: str,
    action: str,
    batch_id: UUID | None,
    quantity: int | None,
    *,
    actor: str,
    now: datetime,
) -> None:
    brands.record_audit(
        brand_id,
        actor=actor,
        action=action,
        subject=f"coupon_template:{template_code}",
        now=now,
        after={"batch": batch_id and ids.show("cpb", batch_id), "quantity": quantity},
    )
