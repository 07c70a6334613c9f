"""Named reads of orders, the lock, and the two calls of the checkout."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from app.db import db
from app.orders.models import Order, OrderEffect, OrderLine, Refund, RefundLine

_OPEN = text("SELECT order_open(:brand_id, :now, CAST(:asked AS jsonb))")
_PLACE = text(
    "SELECT order_place(:brand_id, :now, CAST(:placed AS jsonb),"
    " :key, :fingerprint, :status, :body)"
)
_PROGRAMME = text("SELECT order_programme(:brand_id, :member_id, :now, CAST(:asked AS jsonb))")
_FOLLOW = text(
    "SELECT counters, results"
    " FROM order_follow(:brand_id, :member_id, :order_id, :now, CAST(:done AS jsonb))"
)
_ADD_EFFECTS = text("SELECT order_effects_add(:brand_id, :order_id, CAST(:effects AS jsonb))")


@dataclass(frozen=True)
class StoredAnswer:
    """The answer that an idempotency key has already; the fingerprint in hexadecimal."""

    fingerprint: str
    status: int
    body: str


@dataclass(frozen=True)
class HoldState:
    """The hold that a cart wants to capture; ``alive``: from lots that have not lapsed."""

    member_id: UUID
    amount: int
    state: str
    expires_at: datetime
    entry_seq: int
    alive: int


@dataclass(frozen=True)
class CheckoutState:
    """All that the checkout needs to decide, as of one moment; see ``sql/10_open.sql``."""

    settings_version: int
    programme_version: int
    now: datetime
    member_id: UUID | None
    member_status: str | None
    counters: dict[str, int] | None
    answer: StoredAnswer | None
    order_id: UUID | None
    order_fingerprint: str | None  # hexadecimal
    hold: HoldState | None
    programme: dict[str, Any] | None  # see ``sql/15_programme.sql``; None: there is none

    @property
    def holds_coupons(self) -> bool:
        return bool(self.programme and self.programme["coupons"]["held"])


def open_checkout(
    brand_id: UUID,
    *,
    member_id: UUID | None,
    member_external: str | None,
    key: str | None,
    external_id: str | None,
    hold_id: UUID | None,
    placed_at: datetime | None,
    skus: Sequence[str],
    coupons: Sequence[dict[str, str]],
    owned: bool,
    now: datetime,
    lock: bool,
) -> CheckoutState:
    """Lock the member's account and read the state; shows the rows of the brand."""
    asked = {
        "member_id": member_id,
        "member_external": member_external,
        "key": key,
        "external_id": external_id,
        "hold_id": hold_id,
        "placed_at": placed_at,
        "skus": skus,
        "coupons": coupons,
        "owned": owned,
        "lock": lock,
    }
    row: dict[str, Any] = db.session.execute(
        _OPEN, {"brand_id": brand_id, "now": now, "asked": _json(asked)}
    ).scalar_one()
    answer, hold = row["answer"], row["hold"]
    return CheckoutState(
        settings_version=row["settings_version"],
        programme_version=row["programme_version"],
        now=datetime.fromisoformat(row["now"]),
        member_id=row["member_id"] and UUID(row["member_id"]),
        member_status=row["member_status"],
        counters=row["counters"],
        answer=answer and StoredAnswer(**answer),
        order_id=row["order_id"] and UUID(row["order_id"]),
        order_fingerprint=row["order_fingerprint"],
        hold=hold
        and HoldState(
            **{
                **hold,
                "member_id": UUID(hold["member_id"]),
                "expires_at": datetime.fromisoformat(hold["expires_at"]),
            }
        ),
        programme=row["programme"],
    )


def place(
    brand_id: UUID,
    placed: dict[str, Any],
    *,
    key: str,
    fingerprint: bytes,
    status: int,
    body: str,
    now: datetime,
) -> dict[str, int] | None:
    """Write an order and all it does in one call; see ``sql/20_place.sql``.

    :returns: the member's counters afterwards, None without a member
    """
    counters: dict[str, int] | None = db.session.execute(
        _PLACE,
        {
            "brand_id": brand_id,
            "now": now,
            "placed": _json(placed),
            "key": key,
            "fingerprint": fingerprint,
            "status": status,
            "body": body,
        },
    ).scalar_one()
    return counters


def read_programme(
    brand_id: UUID,
    member_id: UUID | None,
    *,
    skus: Sequence[str],
    placed_at: datetime,
    except_order: UUID | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Return what the programme knows of a member; lock the account first.

    ``except_order`` is left out of the member's history.
    """
    asked = {"skus": skus, "placed_at": placed_at, "except_order": except_order}
    state: dict[str, Any] = db.session.execute(
        _PROGRAMME,
        {"brand_id": brand_id, "member_id": member_id, "now": now, "asked": _json(asked)},
    ).scalar_one()
    return state


def follow(
    brand_id: UUID, member_id: UUID, order_id: UUID, done: dict[str, Any], *, now: datetime
) -> dict[str, int]:
    """Post what an order does by the programme; see ``sql/15_programme.sql``.

    :returns: the member's counters afterwards
    """
    row = db.session.execute(
        _FOLLOW,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "order_id": order_id,
            "now": now,
            "done": _json(done),
        },
    ).one()
    counters: dict[str, int] = row.counters
    return counters


def add_effects(brand_id: UUID, order_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Write effects of an order, rows by column name."""
    db.session.execute(
        _ADD_EFFECTS, {"brand_id": brand_id, "order_id": order_id, "effects": _json(rows)}
    )


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
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


def known_order(brand_id: UUID, order_id: UUID) -> Order:
    """Return the order as it was last read: good for what never changes, as its member."""
    return db.session.get_one(Order, (brand_id, order_id))


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


def list_effects_of(brand_id: UUID, order_ids: Collection[UUID]) -> list[OrderEffect]:
    """Return the effects of several orders, those of each in their order."""
    return list(
        db.session.scalars(
            select(OrderEffect)
            .where(OrderEffect.brand_id == brand_id, OrderEffect.order_id.in_(order_ids))
            .order_by(OrderEffect.order_id, OrderEffect.effect_no)
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


def next_effect_no(brand_id: UUID, order_id: UUID) -> int:
    """Return the number of the next effect of an order that is locked."""
    newest = db.session.scalar(
        select(func.max(OrderEffect.effect_no)).where(
            OrderEffect.brand_id == brand_id, OrderEffect.order_id == order_id
        )
    )
    return (newest or 0) + 1


def list_due(brand_id: UUID, now: datetime, limit: int) -> list[UUID]:
    """Return orders that are to be confirmed, in the order in which accounts are locked."""
    due = (
        select(Order.id, Order.member_id)
        .where(
            Order.brand_id == brand_id,
            Order.confirmed_at.is_(None),
            Order.confirm_due_at <= now,
        )
        .order_by(Order.confirm_due_at)
        .limit(limit)
        .subquery()
    )
    return list(db.session.scalars(select(due.c.id).order_by(due.c.member_id, due.c.id)))


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
