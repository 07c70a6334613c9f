"""Coupon templates: defining, changing, pausing and ending them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.coupons import queries
from app.coupons.errors import (
    CouponCodeTaken,
    CouponKindFixed,
    CouponTemplateEnded,
    CouponTemplateNotFound,
)
from app.coupons.models import CouponCounter, CouponTemplate, CouponTemplateVersion
from app.coupons.rules.codes import normalised
from app.coupons.rules.definitions import Template, Templates, template_of
from app.db import db
from app.ids import new_id


@lru_cache(maxsize=4096)
def templates_of(brand_id: UUID, programme_version: int) -> Templates:
    """Return what the brand offers as of one number of its programme, compiled once."""
    current = [
        (template_of(row.id, row.code, row.version, version.definition), row.status)
        for row, version in queries.list_current(brand_id)
    ]
    return Templates(current, partial(template_version, brand_id))


@lru_cache(maxsize=65_536)
def template_version(brand_id: UUID, template_id: UUID, version: int) -> Template:
    """Return one version of a template, which never changes."""
    code = queries.get_template(brand_id, template_id).code
    stored = queries.get_version(brand_id, template_id, version).definition
    return template_of(template_id, code, version, stored)


@dataclass(frozen=True)
class Defined:
    """A template with one of its versions; ``usage`` is (issued, used) if it was counted."""

    template: CouponTemplate
    version: CouponTemplateVersion
    created: bool = False
    usage: tuple[int, int] | None = None


def put_template(
    brand_id: UUID, code: str, definition: dict[str, Any], *, actor: str, now: datetime
) -> Defined:
    """Define a template, or put a new version of it in force; the same again changes nothing.

    Coupons issued before keep the version they were issued under.

    :raises CouponKindFixed: the template exists with another kind
    :raises CouponTemplateEnded: it has ended
    :raises CouponCodeTaken: the generic code belongs to another template
    """
    # The brand's row is held from here on, so that definitions change one by one.
    brands.change_programme(brand_id)
    definition = _stored(definition)
    template = queries.find_template(brand_id, code, lock=True)
    before = None
    if template is None:
        template = CouponTemplate(
            brand_id=brand_id,
            id=new_id(),
            code=code,
            kind=definition["kind"],
            status="active",
            version=0,
            generic_code=None,
            created_at=now,
            changed_at=now,
        )
        db.session.add(template)
    else:
        if template.status == "ended":
            raise CouponTemplateEnded
        if template.kind != definition["kind"]:
            raise CouponKindFixed(pointer="/kind", kind=template.kind)
        current = queries.get_version(brand_id, template.id, template.version)
        before = current.definition
        if before == definition:
            return Defined(template, current)
    _claim_code(template, definition.get("generic_code"))
    template.version += 1
    template.changed_at = now
    db.session.flush()  # its versions refer to the template
    version = CouponTemplateVersion(
        brand_id=brand_id,
        template_id=template.id,
        version=template.version,
        definition=definition,
        actor=actor,
        created_at=now,
    )
    db.session.add(version)
    _limit(template, definition.get("total_limit"))
    brands.record_audit(
        brand_id,
        actor=actor,
        action="coupon_template.changed" if before else "coupon_template.created",
        subject=f"coupon_template:{code}",
        now=now,
        before=before,
        after=definition,
    )
    db.session.flush()  # autoflush is off
    return Defined(template, version, created=before is None)


def set_status(brand_id: UUID, code: str, status: str, *, actor: str, now: datetime) -> Defined:
    """Pause, resume (``active``) or end a template. Repeating it changes nothing.

    Paused, nobody can be given or use a coupon of it. Ended, nobody new can: what
    members own stays theirs until its date.

    :raises CouponTemplateNotFound: the brand has no such template
    :raises CouponTemplateEnded: it has ended for good
    """
    brands.change_programme(brand_id)
    template = _found(queries.find_template(brand_id, code, lock=True), code)
    if template.status != status:
        if template.status == "ended":
            raise CouponTemplateEnded
        brands.record_audit(
            brand_id,
            actor=actor,
            action="coupon_template.status_changed",
            subject=f"coupon_template:{code}",
            now=now,
            before={"status": template.status},
            after={"status": status},
        )
        template.status = status
        template.changed_at = now
        db.session.flush()  # autoflush is off
    return _defined(template)


def get_template(brand_id: UUID, code: str) -> Defined:
    """Return a template as it is, with how many coupons of it there are.

    :raises CouponTemplateNotFound: the brand has no such template
    """
    defined = _defined(_found(queries.find_template(brand_id, code), code))
    return replace(defined, usage=queries.totals_of(brand_id, defined.template.id))


def list_templates(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int
) -> list[Defined]:
    """Return templates as they are, in the order of their codes."""
    found = queries.list_templates(brand_id, status=status, after=after, limit=limit)
    return [_defined(template) for template in found]


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[CouponTemplateVersion]:
    """Return the versions of a template, the newest first.

    :raises CouponTemplateNotFound: the brand has no such template
    """
    template = _found(queries.find_template(brand_id, code), code)
    return queries.list_versions(brand_id, template.id, before=before, limit=limit)


def _found(template: CouponTemplate | None, code: str) -> CouponTemplate:
    if template is None:
        raise CouponTemplateNotFound(template=code)
    return template


def _defined(template: CouponTemplate) -> Defined:
    version = queries.get_version(template.brand_id, template.id, template.version)
    return Defined(template, version)


def _stored(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition as it is kept: JSON without what is not said."""
    stored = {name: value for name, value in definition.items() if value not in (None, [], {})}
    if "generic_code" in stored:
        stored["generic_code"] = normalised(stored["generic_code"])
    if "validity" in stored:
        stored["validity"] = {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in stored["validity"].items()
            if value is not None
        }
    return stored


def _claim_code(template: CouponTemplate, generic_code: str | None) -> None:
    if generic_code is not None and generic_code != template.generic_code:
        holder = queries.find_by_generic_code(template.brand_id, generic_code)
        if holder is not None:
            raise CouponCodeTaken(
                pointer="/generic_code", generic_code=generic_code, template=holder.code
            )
    template.generic_code = generic_code


def _limit(template: CouponTemplate, total_limit: int | None) -> None:
    """Count what there is if a limit is new; the template is locked, so it is complete."""
    counter = queries.find_counter(template.brand_id, template.id)
    if total_limit is None:
        if counter is not None:
            db.session.delete(counter)
    elif counter is not None:
        counter.total_limit = total_limit
    else:
        issued, used = queries.totals_of(template.brand_id, template.id)
        db.session.add(
            CouponCounter(
                brand_id=template.brand_id,
                template_id=template.id,
                total_limit=total_limit,
                issued=issued,
                used=used,
            )
        )
