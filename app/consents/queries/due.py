"""What falls due by itself: consents that lapse, and those to be told of again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

_LAPSING = text(
    "SELECT DISTINCT member_id FROM (SELECT member_id FROM consent_states"
    "  WHERE brand_id = :brand_id AND state = 'granted' AND expires_at <= :now"
    "  ORDER BY expires_at LIMIT :limit) due ORDER BY member_id"
)
_LOCK = text("SELECT consents_lock(:brand_id, each) FROM unnest(CAST(:ids AS uuid[])) AS each")
_LAPSE = text(
    "INSERT INTO consent_records (brand_id, member_id, seq, purpose, action, source, actor,"
    "  recorded_by, at, prev_hash, row_hash)"
    " SELECT brand_id, member_id, 0, purpose, 'expired', 'retention', 'job', 'job', :now, '', ''"
    "  FROM consent_states"
    " WHERE brand_id = :brand_id AND member_id = ANY (:ids) AND state = 'granted'"
    "   AND expires_at <= :now"
    " ORDER BY member_id, purpose RETURNING member_id, seq, purpose, action"
)
_RECONFIRM = text(
    "WITH made AS (INSERT INTO consent_notices"
    "  (brand_id, member_id, seq, kind, due_at, purpose, state, prepared_at)"
    " SELECT s.brand_id, s.member_id, s.decided_seq, 'reconfirm',"
    "        CAST(s.reconfirm_on AS timestamp) AT TIME ZONE 'Asia/Seoul', s.purpose, 'pending',"
    "        :now"
    "  FROM consent_states s"
    " WHERE s.brand_id = :brand_id AND s.state = 'granted' AND s.reconfirm_on <= :until"
    "   AND NOT EXISTS (SELECT 1 FROM consent_notices n"
    "        WHERE n.brand_id = s.brand_id AND n.member_id = s.member_id"
    "          AND n.seq = s.decided_seq AND n.kind = 'reconfirm'"
    "          AND n.due_at = CAST(s.reconfirm_on AS timestamp) AT TIME ZONE 'Asia/Seoul')"
    " ORDER BY s.reconfirm_on LIMIT :limit ON CONFLICT DO NOTHING RETURNING 1)"
    " SELECT count(*) FROM made"
)
_PURGE = text("SELECT consents_purge(:brand_id, :today, :limit)")
_OVERDUE = text(
    "SELECT count(*) FROM consent_notices"
    " WHERE brand_id = :brand_id AND state = 'pending' AND due_at <= :now"
)


def lapse(brand_id: UUID, limit: int, *, now: datetime) -> Sequence[Row[Any]]:
    """End consents whose time is over: locked first, then read anew; returns the records."""
    values = {"brand_id": brand_id, "now": now}
    ids = list(db.session.scalars(_LAPSING, {**values, "limit": limit}))
    if not ids:
        return []
    db.session.execute(_LOCK, {"brand_id": brand_id, "ids": ids})
    return db.session.execute(_LAPSE, {**values, "ids": ids}).all()


def prepare_reconfirmations(brand_id: UUID, until: date, limit: int, *, now: datetime) -> int:
    """Prepare the notices of consents to be told again up to a day; returns how many."""
    values = {"brand_id": brand_id, "until": until, "limit": limit, "now": now}
    count: int = db.session.scalars(_RECONFIRM, values).one()
    return count


def count_overdue(brand_id: UUID, *, now: datetime) -> int:
    count: int = db.session.scalars(_OVERDUE, {"brand_id": brand_id, "now": now}).one()
    return count


def purge(brand_id: UUID, today: date, limit: int) -> int:
    """Delete all that is left of erased members whose time of keeping is over; how many."""
    values = {"brand_id": brand_id, "today": today, "limit": limit}
    count: int = db.session.scalars(_PURGE, values).one()
    return count
