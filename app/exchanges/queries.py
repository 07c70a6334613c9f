"""Named reads of items and exchanges, the lock, and the one way to take from a stock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, update
from sqlalchemy.types import Boolean

from app.db import UTCDateTime, db
from app.exchanges.models import Exchange, ExchangeItem, ExchangeItemVersion
from app.exchanges.rules import Item, item_of

_TAKE = text("SELECT exchanges_take(:brand_id, :code, :version, :pieces, :stock)")
_ANEW = {"populate_existing": True}


def find_item(brand_id: UUID, code: str) -> Item | None:
    """Return an item as it is now."""
    row = db.session.execute(_items(brand_id).where(ExchangeItem.code == code)).first()
    return None if row is None else item_of(*row)


def lock_item(brand_id: UUID, code: str) -> ExchangeItem | None:
    """Return an item's row, held against other changes and exchanges."""
    statement = (
        select(ExchangeItem)
        .where(ExchangeItem.brand_id == brand_id, ExchangeItem.code == code)
        .with_for_update(key_share=True)
    )
    return db.session.scalar(statement, execution_options=_ANEW)


def list_items(
    brand_id: UUID, *, open_at: datetime | None, after: str | None, limit: int
) -> list[Item]:
    """Return items in the order of their codes; with ``open_at`` those offered then."""
    statement = _items(brand_id)
    if open_at is not None:
        statement = statement.where(_is_open(open_at))
    if after is not None:
        statement = statement.where(ExchangeItem.code > after)
    return [
        item_of(*row)
        for row in db.session.execute(statement.order_by(ExchangeItem.code).limit(limit))
    ]


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[ExchangeItemVersion]:
    """Return the versions of an item, the newest first."""
    statement = select(ExchangeItemVersion).where(
        ExchangeItemVersion.brand_id == brand_id, ExchangeItemVersion.code == code
    )
    if before is not None:
        statement = statement.where(ExchangeItemVersion.version < before)
    statement = statement.order_by(ExchangeItemVersion.version.desc()).limit(limit)
    return list(db.session.scalars(statement))


def count_pieces(
    brand_id: UUID, member_id: UUID, begin: Mapping[str, datetime]
) -> dict[str, dict[str, int]]:
    """Return by item how many pieces a member had, in all and since each period began."""
    counts: dict[str, ColumnElement[int]] = {
        "total": func.sum(Exchange.quantity),
        **{
            period: func.coalesce(
                func.sum(Exchange.quantity).filter(Exchange.exchanged_at >= since), 0
            )
            for period, since in begin.items()
        },
    }
    statement = (
        select(Exchange.item, *(count.label(period) for period, count in counts.items()))
        .where(
            Exchange.brand_id == brand_id,
            Exchange.member_id == member_id,
            Exchange.status == "exchanged",
        )
        .group_by(Exchange.item)
    )
    return {
        row.item: {period: int(getattr(row, period)) for period in counts}
        for row in db.session.execute(statement)
    }


def take(brand_id: UUID, item: Item, pieces: int) -> None:
    """Count pieces as taken, or (below 0) as given back; see ``sql/10_exchanges.sql``."""
    db.session.execute(
        _TAKE,
        {
            "brand_id": brand_id,
            "code": item.code,
            "version": item.version,
            "pieces": pieces,
            "stock": item.stock,
        },
    )


def find_exchange(brand_id: UUID, exchange_id: UUID, *, lock: bool = False) -> Exchange | None:
    statement = select(Exchange).where(Exchange.brand_id == brand_id, Exchange.id == exchange_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    return db.session.scalar(statement, execution_options=_ANEW)


def has_exchange(brand_id: UUID, cause: str) -> bool:
    """Return whether the request made an exchange before, however long ago."""
    statement = select(Exchange.id).where(Exchange.brand_id == brand_id, Exchange.cause == cause)
    return db.session.scalar(statement) is not None


def list_exchanges(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[Exchange]:
    """Return a member's exchanges, the newest first."""
    statement = select(Exchange).where(
        Exchange.brand_id == brand_id, Exchange.member_id == member_id
    )
    if before is not None:
        statement = statement.where(Exchange.id < before)
    return list(db.session.scalars(statement.order_by(Exchange.id.desc()).limit(limit)))


def change_exchanges(brand_id: UUID, member_id: UUID, values: Mapping[str, Any]) -> None:
    """Change all exchanges of a member."""
    db.session.execute(
        update(Exchange)
        .where(Exchange.brand_id == brand_id, Exchange.member_id == member_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _items(brand_id: UUID) -> Select[tuple[str, int, int, dict[str, Any]]]:
    return (
        select(
            ExchangeItem.code,
            ExchangeItem.version,
            ExchangeItem.taken,
            ExchangeItemVersion.definition,
        )
        .join(
            ExchangeItemVersion,
            and_(
                ExchangeItemVersion.brand_id == ExchangeItem.brand_id,
                ExchangeItemVersion.code == ExchangeItem.code,
                ExchangeItemVersion.version == ExchangeItem.version,
            ),
        )
        .where(ExchangeItem.brand_id == brand_id)
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    stored = ExchangeItemVersion.definition
    starts_at = stored["starts_at"].astext.cast(UTCDateTime())
    ends_at = stored["ends_at"].astext.cast(UTCDateTime())
    return and_(
        stored["active"].astext.cast(Boolean),
        or_(starts_at.is_(None), starts_at <= now),
        or_(ends_at.is_(None), ends_at > now),
    )
