"""Named reads of the ledger, the lock, and the one way to post.

These are texts, not ORM: each is one call of a function in ``sql/`` or one read
that a partial index answers (its predicate stands as a literal for that reason).
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import db, violated_constraint
from app.points.errors import AccountNotFound, AlreadyPosted
from app.points.models import Entry, ExpiryNotice, Hold
from app.points.rules import Balance

_COUNTERS = "available, pending, held, debt"
_OPEN = text(f"SELECT {_COUNTERS} FROM points_open(:brand_id, :member_id, :now)")
_READ = text(f"SELECT {_COUNTERS} FROM points_read(:brand_id, :member_id, :now)")
_CREATE = text("SELECT points_create_account(:brand_id, :member_id)")
_POST = text(
    "SELECT (account).available, (account).pending, (account).held, (account).debt,"
    " (account).seq, results"
    " FROM points_post(:brand_id, :member_id, :now, CAST(:ops AS jsonb))"
)
_MOVE = text(
    "SELECT (source).seq FROM"
    " points_move(:brand_id, :source, :target, :points, :now, CAST(:meta AS jsonb))"
)
_EXPIRIES = text(
    "SELECT NULLIF(expires_at, 'infinity') AS expires_at, sum(remaining)::bigint AS points"
    "  FROM point_lots"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND remaining > 0"
    "   AND expires_at > :now"
    " GROUP BY expires_at ORDER BY expires_at"
)
_PENDING = text(
    "SELECT confirms_at, sum(pending)::bigint AS points FROM point_lots"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND pending > 0"
    " GROUP BY confirms_at ORDER BY confirms_at NULLS LAST"
)
_ALLOCATIONS = text(
    "SELECT m.lot_no, m.d_remaining, m.d_pending, m.source_seq, l.entry_seq, l.order_id,"
    "       l.original, NULLIF(l.expires_at, 'infinity') AS expires_at"
    "  FROM point_allocations m JOIN point_lots l USING (brand_id, member_id, lot_no)"
    " WHERE m.brand_id = :brand_id AND m.member_id = :member_id AND m.entry_seq = :seq"
    " ORDER BY l.expires_at, m.lot_no"
)
_LOTS_OF_ORDER = text(
    "SELECT lot_no FROM point_lots"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND order_id = :order_id"
    " ORDER BY lot_no"
)


def open_account(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(_CREATE, {"brand_id": brand_id, "member_id": member_id})


def lock_balance(brand_id: UUID, member_id: UUID, now: datetime) -> Balance:
    """Return the balance as of ``now``, its account locked until the transaction ends.

    :raises AccountNotFound: the member has no account
    """
    return _balance(_OPEN, brand_id, member_id, now)


def get_balance(brand_id: UUID, member_id: UUID, now: datetime) -> Balance:
    """:raises AccountNotFound: the member has no account"""
    return _balance(_READ, brand_id, member_id, now)


def _balance(statement: Any, brand_id: UUID, member_id: UUID, now: datetime) -> Balance:
    try:
        row = db.session.execute(
            statement, {"brand_id": brand_id, "member_id": member_id, "now": now}
        ).one()
    except DBAPIError as error:
        raise_ledger_error(error)
        raise
    return Balance(*row)


def post(
    brand_id: UUID, member_id: UUID, operations: Sequence[dict[str, Any]], now: datetime
) -> Row[Any]:
    """Apply operations to one account; see ``sql/30_post.sql`` for what they are.

    :returns: the counters after them, ``seq``, and ``results``, one for each
    :raises AlreadyPosted: a cause was posted before
    """
    try:
        return db.session.execute(
            _POST,
            {
                "brand_id": brand_id,
                "member_id": member_id,
                "now": now,
                "ops": json.dumps(operations, default=_plain),
            },
        ).one()
    except DBAPIError as error:
        raise_ledger_error(error)
        raise


def move(
    brand_id: UUID,
    source: UUID,
    target: UUID,
    points: int | None,
    now: datetime,
    meta: dict[str, Any],
) -> int:
    """Move points (None: all of the account) and return the source's entry number.

    :raises AlreadyPosted: the cause was posted before
    """
    try:
        return int(
            db.session.execute(
                _MOVE,
                {
                    "brand_id": brand_id,
                    "source": source,
                    "target": target,
                    "points": points,
                    "now": now,
                    "meta": json.dumps(meta, default=_plain),
                },
            ).scalar_one()
        )
    except DBAPIError as error:
        raise_ledger_error(error)
        raise


def raise_ledger_error(error: DBAPIError) -> None:
    """Turn the ledger's own refusals into errors of the domain; leave others alone."""
    if getattr(error.orig, "sqlstate", None) == "DG404":
        raise AccountNotFound from error
    if isinstance(error, IntegrityError) and violated_constraint(error) == "uq_point_entries_cause":
        raise AlreadyPosted from error


_OPEN_MANY = text("SELECT points_open_many(:brand_id, :member_ids, :now)")
_ACCRUE_MANY = text(
    "SELECT n, lot_no FROM points_accrue_many(:brand_id, :now, CAST(:rows AS jsonb))"
)


def open_many(brand_id: UUID, member_ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Lock and settle accounts, and return whose there are; see ``sql/45_accrue_many.sql``."""
    values = {"brand_id": brand_id, "member_ids": list(member_ids), "now": now}
    return list(db.session.scalars(_OPEN_MANY, values))


def accrue_many(brand_id: UUID, rows: Sequence[dict[str, Any]], now: datetime) -> dict[int, int]:
    """Post accruals of many accounts and return the lot of each row by its number."""
    values = {"brand_id": brand_id, "rows": json.dumps(rows, default=_plain), "now": now}
    try:
        return {row.n: row.lot_no for row in db.session.execute(_ACCRUE_MANY, values)}
    except DBAPIError as error:
        raise_ledger_error(error)
        raise


_SETTLE = text("SELECT points_settle_chunk(:brand_id, :now, :limit)")


def settle_chunk(brand_id: UUID, limit: int, now: datetime) -> int:
    """Settle the next accounts that are due; see ``sql/40_jobs.sql``."""
    return int(
        db.session.execute(_SETTLE, {"brand_id": brand_id, "now": now, "limit": limit}).scalar_one()
    )


def list_expiries(brand_id: UUID, member_id: UUID, now: datetime) -> Sequence[Row[Any]]:
    """Return (expires_at, points) of all that can be spent; None never expires."""
    return db.session.execute(
        _EXPIRIES, {"brand_id": brand_id, "member_id": member_id, "now": now}
    ).all()


def list_pending(brand_id: UUID, member_id: UUID) -> Sequence[Row[Any]]:
    """Return (confirms_at, points) of all that is pending; None waits for a call."""
    return db.session.execute(_PENDING, {"brand_id": brand_id, "member_id": member_id}).all()


def find_entry(brand_id: UUID, member_id: UUID, seq: int) -> Entry | None:
    return db.session.get(Entry, (brand_id, member_id, seq))


def is_posted(brand_id: UUID, cause: str) -> bool:
    """Return whether an entry exists that ``cause`` brought about."""
    posted = exists().where(Entry.brand_id == brand_id, Entry.cause == cause)
    return bool(db.session.scalar(select(posted)))


def list_entries(
    brand_id: UUID, member_id: UUID, *, before_seq: int | None, limit: int
) -> list[Entry]:
    """Return entries, the newest first, below ``before_seq`` if it is given."""
    statement = (
        select(Entry)
        .where(Entry.brand_id == brand_id, Entry.member_id == member_id)
        .order_by(Entry.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        statement = statement.where(Entry.seq < before_seq)
    return list(db.session.scalars(statement))


def list_allocations(brand_id: UUID, member_id: UUID, seq: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        _ALLOCATIONS, {"brand_id": brand_id, "member_id": member_id, "seq": seq}
    ).all()


def list_order_lots(brand_id: UUID, member_id: UUID, order_id: UUID) -> list[int]:
    """Return the lots that an order earned for a member."""
    return list(
        db.session.scalars(
            _LOTS_OF_ORDER,
            {"brand_id": brand_id, "member_id": member_id, "order_id": order_id},
        )
    )


def find_hold(brand_id: UUID, hold_id: UUID) -> Hold | None:
    return db.session.get(Hold, (brand_id, hold_id), populate_existing=True)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


_PREPARE_NOTICES = text(
    "SELECT last, prepared FROM points_notices_prepare("
    ":brand_id, :day, :zone, CAST(:days AS integer[]), :after, :limit, :now)"
)
_CLOSE_NOTICES = text("SELECT points_notices_close(:brand_id, :day, :limit)")
_REFRESH_NOTICES = text("SELECT points_notices_refresh(:brand_id, :member_id, :zone, :day)")
_MOVE_NOTICES = text("SELECT points_notices_move(:brand_id, :source, :target)")


def prepare_notices(
    brand_id: UUID,
    day: date,
    zone: str,
    days: Sequence[int],
    after: UUID,
    limit: int,
    now: datetime,
) -> tuple[UUID | None, int]:
    """Prepare notices for some members; see ``sql/46_notices.sql``."""
    last, prepared = db.session.execute(
        _PREPARE_NOTICES,
        {
            "brand_id": brand_id,
            "day": day,
            "zone": zone,
            "days": list(days),
            "after": after,
            "limit": limit,
            "now": now,
        },
    ).one()
    return last, prepared


def close_notices(brand_id: UUID, day: date, limit: int) -> int:
    values = {"brand_id": brand_id, "day": day, "limit": limit}
    return int(db.session.execute(_CLOSE_NOTICES, values).scalar_one())


def refresh_notices(brand_id: UUID, member_id: UUID, zone: str, day: date) -> None:
    values = {"brand_id": brand_id, "member_id": member_id, "zone": zone, "day": day}
    db.session.execute(_REFRESH_NOTICES, values)


def members_to_tell(brand_id: UUID, limit: int, day: date) -> list[UUID]:
    """Return members who are to be told of lapsing points, those with the least time first."""
    due = (
        select(ExpiryNotice.member_id, func.min(ExpiryNotice.expires_on).label("first"))
        .where(
            ExpiryNotice.brand_id == brand_id,
            ExpiryNotice.state == "due",
            ExpiryNotice.expires_on - ExpiryNotice.days_before <= day,
        )
        .group_by(ExpiryNotice.member_id)
        .subquery()
    )
    return list(db.session.scalars(select(due.c.member_id).order_by(due.c.first).limit(limit)))


def lock_due_notices(
    brand_id: UUID, member_ids: Sequence[UUID], day: date
) -> Sequence[ExpiryNotice]:
    """Return what members are still to be told today, held until the transaction ends."""
    return db.session.scalars(
        select(ExpiryNotice)
        .where(
            ExpiryNotice.brand_id == brand_id,
            ExpiryNotice.member_id.in_(member_ids),
            ExpiryNotice.state == "due",
            ExpiryNotice.expires_on - ExpiryNotice.days_before <= day,
        )
        .order_by(ExpiryNotice.member_id, ExpiryNotice.expires_on)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def move_notices(brand_id: UUID, source: UUID, target: UUID) -> None:
    values = {"brand_id": brand_id, "source": source, "target": target}
    db.session.execute(_MOVE_NOTICES, values)


def cancel_notices(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(
        update(ExpiryNotice)
        .where(
            ExpiryNotice.brand_id == brand_id,
            ExpiryNotice.member_id == member_id,
            ExpiryNotice.state == "due",
        )
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )


def list_notices(
    brand_id: UUID, member_id: UUID, *, before: tuple[date, int] | None, limit: int
) -> list[ExpiryNotice]:
    """Return notices, the latest date and its latest notice first, beyond ``before``."""
    position = tuple_(ExpiryNotice.expires_on, -ExpiryNotice.days_before)
    statement = (
        select(ExpiryNotice)
        .where(ExpiryNotice.brand_id == brand_id, ExpiryNotice.member_id == member_id)
        .order_by(ExpiryNotice.expires_on.desc(), ExpiryNotice.days_before)
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(position < tuple_(before[0], -before[1]))
    return list(db.session.scalars(statement))
