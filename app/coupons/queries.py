"""Named reads of templates and coupons, their locks, and the calls that write."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, text, update

from app.coupons.models import Coupon, CouponCounter, CouponTemplate, CouponTemplateVersion
from app.coupons.rules.definitions import Template
from app.db import db

IN_BEING = ("issued", "reserved", "redeemed")

_STATE = text(
    "SELECT coupons_state(:brand_id, :member_id, CAST(:wanted AS jsonb), :hold_id, :owned, :now)"
)
_WRITE = text(
    "SELECT coupons_write(:brand_id, :member_id, :order_id, :now, CAST(:changes AS jsonb))"
)
_COUNT = text("SELECT coupons_count(:brand_id, :template_id, :issued, :used, :now)")
_RELEASE = text("SELECT coupons_release(:brand_id, :hold_id, :now)")
_LET_GO = text("SELECT coupons_let_go(:brand_id, :ids, :now)")
_ISSUE_CODES = text(
    "INSERT INTO coupons (brand_id, id, template_id, version, code, batch_id, generic, status,"
    " valid_from, valid_until, issued_at, discount, actor)"
    " SELECT :brand_id, c.id, :template_id, :version, c.code, :batch_id, false, 'issued',"
    " :valid_from, :valid_until, :now, 0, :actor"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[])) AS c (id, code)"
)
_TIDY = text("SELECT coupons_tidy_chunk(:brand_id, :limit, :now)")


def read_state(
    brand_id: UUID,
    member_id: UUID | None,
    wanted: Sequence[dict[str, Any]],
    *,
    hold_id: UUID | None,
    owned: bool,
    now: datetime,
) -> dict[str, Any]:
    """Return what ``coupons_state`` tells; lock the member's account first to act on it."""
    state: dict[str, Any] = db.session.execute(
        _STATE,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "wanted": json.dumps(wanted),
            "hold_id": hold_id,
            "owned": owned,
            "now": now,
        },
    ).scalar_one()
    return state


def write(
    brand_id: UUID,
    member_id: UUID | None,
    order_id: UUID | None,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    """Apply changes; see ``sql/20_write.sql``."""
    db.session.execute(
        _WRITE,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "order_id": order_id,
            "now": now,
            "changes": json.dumps(changes, default=str),
        },
    )


def count(brand_id: UUID, template_id: UUID, *, issued: int, used: int, now: datetime) -> None:
    """Count coupons of a template if it is limited. Templates in ascending order."""
    db.session.execute(
        _COUNT,
        {
            "brand_id": brand_id,
            "template_id": template_id,
            "issued": issued,
            "used": used,
            "now": now,
        },
    )


def release(brand_id: UUID, hold_id: UUID, now: datetime) -> int:
    values = {"brand_id": brand_id, "hold_id": hold_id, "now": now}
    return int(db.session.execute(_RELEASE, values).scalar_one())


def let_go(brand_id: UUID, ids: Collection[UUID], now: datetime) -> int:
    values = {"brand_id": brand_id, "ids": list(ids), "now": now}
    return int(db.session.execute(_LET_GO, values).scalar_one())


def issue_codes(
    brand_id: UUID,
    template: Template,
    batch_id: UUID,
    coupons: Mapping[UUID, str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write unclaimed coupons, each with its code, in one statement."""
    db.session.execute(
        _ISSUE_CODES,
        {
            "brand_id": brand_id,
            "template_id": template.id,
            "version": template.version,
            "batch_id": batch_id,
            "valid_from": max(now, template.starts_at or now),
            # Days from issue begin when somebody registers the code.
            "valid_until": template.ends_at,
            "now": now,
            "actor": actor,
            "ids": list(coupons),
            "codes": list(coupons.values()),
        },
    )


def move_to(brand_id: UUID, source: UUID, target: UUID) -> None:
    db.session.execute(
        update(Coupon)
        .where(Coupon.brand_id == brand_id, Coupon.member_id == source)
        .values(member_id=target)
    )


def tidy_chunk(brand_id: UUID, limit: int, now: datetime) -> int:
    values = {"brand_id": brand_id, "limit": limit, "now": now}
    return int(db.session.execute(_TIDY, values).scalar_one())


def find_template(brand_id: UUID, code: str, *, lock: bool = False) -> CouponTemplate | None:
    """Return a template; with ``lock`` alone, once all that count its coupons are done."""
    statement = select(CouponTemplate).where(
        CouponTemplate.brand_id == brand_id, CouponTemplate.code == code
    )
    if lock:
        statement = statement.with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def get_template(brand_id: UUID, template_id: UUID) -> CouponTemplate:
    return db.session.get_one(CouponTemplate, (brand_id, template_id), populate_existing=True)


def find_by_generic_code(brand_id: UUID, generic_code: str) -> CouponTemplate | None:
    """Return the template that has not ended and is entered with this code."""
    return db.session.scalar(
        select(CouponTemplate).where(
            CouponTemplate.brand_id == brand_id,
            CouponTemplate.generic_code == generic_code,
            CouponTemplate.status != "ended",
        )
    )


def list_templates(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int
) -> list[CouponTemplate]:
    """Return templates in the order of their codes."""
    statement = (
        select(CouponTemplate)
        .where(CouponTemplate.brand_id == brand_id)
        .order_by(CouponTemplate.code)
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(CouponTemplate.status == status)
    if after is not None:
        statement = statement.where(CouponTemplate.code > after)
    return list(db.session.scalars(statement))


def list_current(brand_id: UUID) -> list[tuple[CouponTemplate, CouponTemplateVersion]]:
    """Return every template that has not ended, with its current version."""
    rows = db.session.execute(
        select(CouponTemplate, CouponTemplateVersion)
        .join(
            CouponTemplateVersion,
            (CouponTemplateVersion.brand_id == CouponTemplate.brand_id)
            & (CouponTemplateVersion.template_id == CouponTemplate.id)
            & (CouponTemplateVersion.version == CouponTemplate.version),
        )
        .where(CouponTemplate.brand_id == brand_id, CouponTemplate.status != "ended")
        .execution_options(populate_existing=True)
    )
    return [(template, version) for template, version in rows]


def get_version(brand_id: UUID, template_id: UUID, version: int) -> CouponTemplateVersion:
    return db.session.get_one(CouponTemplateVersion, (brand_id, template_id, version))


def list_versions(
    brand_id: UUID, template_id: UUID, *, before: int | None, limit: int
) -> list[CouponTemplateVersion]:
    """Return the versions of a template, the newest first."""
    statement = (
        select(CouponTemplateVersion)
        .where(
            CouponTemplateVersion.brand_id == brand_id,
            CouponTemplateVersion.template_id == template_id,
        )
        .order_by(CouponTemplateVersion.version.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(CouponTemplateVersion.version < before)
    return list(db.session.scalars(statement))


def find_counter(brand_id: UUID, template_id: UUID) -> CouponCounter | None:
    return db.session.get(CouponCounter, (brand_id, template_id), populate_existing=True)


def totals_of(brand_id: UUID, template_id: UUID) -> tuple[int, int]:
    """Return how many coupons of a template are in being, and how many of them redeemed."""
    issued, used = db.session.execute(
        select(func.count(), func.count().filter(Coupon.status == "redeemed")).where(
            Coupon.brand_id == brand_id,
            Coupon.template_id == template_id,
            Coupon.status.in_(IN_BEING),
        )
    ).one()
    return int(issued), int(used)


def find_coupon(
    brand_id: UUID,
    *,
    coupon_id: UUID | None = None,
    code: str | None = None,
    lock: bool = False,
) -> Coupon | None:
    statement = select(Coupon).where(Coupon.brand_id == brand_id)
    if coupon_id is not None:
        statement = statement.where(Coupon.id == coupon_id)
    else:
        statement = statement.where(Coupon.code == code)
    if lock:
        statement = statement.with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def get_coupon(brand_id: UUID, coupon_id: UUID) -> Coupon:
    return db.session.get_one(Coupon, (brand_id, coupon_id), populate_existing=True)


def list_of_member(
    brand_id: UUID,
    member_id: UUID,
    *,
    status: str | None,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> list[Coupon]:
    """Return a member's coupons, the newest first; uses of generic codes included."""
    statement = (
        select(Coupon)
        .where(
            Coupon.brand_id == brand_id, Coupon.member_id == member_id, Coupon.status != "released"
        )
        .order_by(Coupon.id.desc())
        .limit(limit)
    )
    over = Coupon.valid_until <= now
    if status == "usable":
        statement = statement.where(
            Coupon.status.in_(("issued", "reserved")), Coupon.valid_until.is_(None) | ~over
        )
    elif status == "expired":
        statement = statement.where(Coupon.status.in_(("issued", "reserved")), over)
    elif status is not None:
        statement = statement.where(Coupon.status == status)
    if before is not None:
        statement = statement.where(Coupon.id < before)
    return list(db.session.scalars(statement))


def list_codes(
    brand_id: UUID, template_id: UUID, *, batch_id: UUID | None, after: UUID | None, limit: int
) -> list[Coupon]:
    """Return coupons with a unique code, in the order they were made."""
    statement = (
        select(Coupon)
        .where(
            Coupon.brand_id == brand_id,
            Coupon.template_id == template_id,
            Coupon.batch_id.is_not(None) if batch_id is None else Coupon.batch_id == batch_id,
        )
        .order_by(Coupon.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Coupon.id > after)
    return list(db.session.scalars(statement))


def has_cause(brand_id: UUID, cause: str) -> bool:
    return (
        db.session.scalar(
            select(Coupon.id).where(Coupon.brand_id == brand_id, Coupon.cause == cause)
        )
        is not None
    )


def count_of_member(brand_id: UUID, member_id: UUID, template_id: UUID) -> int:
    """Return how many coupons of a template a member has or had and used."""
    return int(
        db.session.scalar(
            select(func.count()).where(
                Coupon.brand_id == brand_id,
                Coupon.member_id == member_id,
                Coupon.template_id == template_id,
                Coupon.status.in_(IN_BEING),
            )
        )
        or 0
    )


def lock_of_order(brand_id: UUID, order_id: UUID, templates: Collection[str]) -> list[Coupon]:
    """Return the coupons of templates that an order redeemed, held against other changes."""
    of_templates = select(CouponTemplate.id).where(
        CouponTemplate.brand_id == brand_id, CouponTemplate.code.in_(list(templates))
    )
    return _locked(brand_id, (Coupon.order_id == order_id) & Coupon.template_id.in_(of_templates))


def any_used(brand_id: UUID, ids: Collection[UUID]) -> bool:
    """Return whether one of the coupons is redeemed, or kept for a checkout."""
    used = exists().where(
        Coupon.brand_id == brand_id,
        Coupon.id.in_(list(ids)),
        Coupon.status.in_(("redeemed", "reserved")),
    )
    return bool(db.session.scalar(select(used)))


def lock_by_ids(brand_id: UUID, ids: Collection[UUID]) -> list[Coupon]:
    return _locked(brand_id, Coupon.id.in_(list(ids)))


def lock_of_member(brand_id: UUID, member_id: UUID) -> list[Coupon]:
    return _locked(brand_id, Coupon.member_id == member_id)


def _locked(brand_id: UUID, chosen: ColumnElement[bool]) -> list[Coupon]:
    return list(
        db.session.scalars(
            select(Coupon)
            .where(Coupon.brand_id == brand_id, chosen)
            .order_by(Coupon.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
