"""Named reads of orders, the lock, and the two calls of the checkout."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update

from app.db import db
from app.orders.models import Order, OrderEffect, OrderLine, Refund, RefundLine

_OPEN = text(
    "SELECT * FROM order_open(:brand_id, :member_id, :member_external, :key, :external_id,"
    " :hold_id, :now, :lock)"
)
_PLACE = text(
    "SELECT available, pending, held, debt FROM order_place(:brand_id, :member_id, :now,"
    " CAST(:operations AS jsonb), :redeem_at, :accrue_at, CAST(:order AS jsonb),"
    " CAST(:lines AS jsonb), CAST(:effects AS jsonb), :key, :fingerprint, :status, :body)"
)


def open_checkout(
    brand_id: UUID,
    *,
    member_id: UUID | None,
    member_external: str | None,
    key: str | None,
    external_id: str | None,
    hold_id: UUID | None,
    now: datetime,
    lock: bool,
) -> Row[Any]:
    """Return all that the checkout needs to decide; see ``sql/10_open.sql``."""
    return db.session.execute(
        _OPEN,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "member_external": member_external,
            "key": key,
            "external_id": external_id,
            "hold_id": hold_id,
            "now": now,
            "lock": lock,
        },
    ).one()


def place(parameters: dict[str, Any]) -> Row[Any]:
    """Write an order and post its points in one call; see ``sql/20_place.sql``.

    ``operations``, ``order``, ``lines`` and ``effects`` are given as values.

    :returns: the member's counters afterwards, NULLs without points
    """
    for name in ("operations", "order", "lines", "effects"):
        parameters[name] = json.dumps(parameters[name], default=_plain)
    return db.session.execute(_PLACE, parameters).one()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return str(value)


def find_order(
    brand_id: UUID, *, order_id: UUID | None = None, external_id: str | None = None
) -> Order | None:
    statement = select(Order).where(Order.brand_id == brand_id)
    if order_id is not None:
        statement = statement.where(Order.id == order_id)
    else:
        statement = statement.where(Order.external_id == external_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def lock_order(brand_id: UUID, order_id: UUID) -> Order:
    """Return the order, held against other changes. Lock the member's account first."""
    return db.session.scalars(
        select(Order)
        .where(Order.brand_id == brand_id, Order.id == order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def list_lines(brand_id: UUID, order_id: UUID) -> list[OrderLine]:
    return list(
        db.session.scalars(
            select(OrderLine)
            .where(OrderLine.brand_id == brand_id, OrderLine.order_id == order_id)
            .order_by(OrderLine.line_no)
            .execution_options(populate_existing=True)
        )
    )


def list_effects(brand_id: UUID, order_id: UUID) -> list[OrderEffect]:
    return list(
        db.session.scalars(
            select(OrderEffect)
            .where(OrderEffect.brand_id == brand_id, OrderEffect.order_id == order_id)
            .order_by(OrderEffect.effect_no)
        )
    )


def list_refunds(brand_id: UUID, order_id: UUID) -> list[Refund]:
    return list(
        db.session.scalars(
            select(Refund)
            .where(Refund.brand_id == brand_id, Refund.order_id == order_id)
            .order_by(Refund.id)
        )
    )


def find_refund(brand_id: UUID, order_id: UUID, external_id: str) -> Refund | None:
    return db.session.scalar(
        select(Refund).where(
            Refund.brand_id == brand_id,
            Refund.order_id == order_id,
            Refund.external_id == external_id,
        )
    )


def list_refund_lines(brand_id: UUID, refund_id: UUID) -> list[RefundLine]:
    return list(
        db.session.scalars(
            select(RefundLine)
            .where(RefundLine.brand_id == brand_id, RefundLine.refund_id == refund_id)
            .order_by(RefundLine.line_no)
        )
    )


def list_orders(
    brand_id: UUID,
    *,
    member_ids: Sequence[UUID] | None,
    before: UUID | None,
    limit: int,
) -> list[Order]:
    """Return orders, the newest first, below ``before`` if it is given."""
    statement = (
        select(Order).where(Order.brand_id == brand_id).order_by(Order.id.desc()).limit(limit)
    )
    if member_ids is not None:
        statement = statement.where(Order.member_id.in_(member_ids))
    if before is not None:
        statement = statement.where(Order.id < before)
    return list(db.session.scalars(statement))


def confirm_due(brand_id: UUID, now: datetime, limit: int) -> int:
    """Mark up to ``limit`` orders as confirmed whose day has come; return how many."""
    due = (
        select(Order.id)
        .where(
            Order.brand_id == brand_id,
            Order.confirmed_at.is_(None),
            Order.confirm_due_at <= now,
        )
        .order_by(Order.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    changed = db.session.execute(
        update(Order)
        .where(Order.brand_id == brand_id, Order.id.in_(due))
        .values(confirmed_at=Order.confirm_due_at)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(changed)
