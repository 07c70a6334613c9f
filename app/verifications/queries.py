"""Named reads of challenges, the lock, and the counters."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from app.db import db
from app.verifications.models import Challenge

_COUNT = text(
    "INSERT INTO verification_limits AS l (kind, key, begins_at, ends_at, count)"
    " VALUES (:kind, :key, :begins_at, :ends_at, 1)"
    " ON CONFLICT (kind, key, begins_at) DO UPDATE SET count = l.count + 1 RETURNING count"
)
_COUNTED = text(
    "SELECT w.number, l.count AS taken FROM verification_limits l"
    " JOIN unnest(CAST(:kinds AS text[]), CAST(:keys AS bytea[]), CAST(:begins AS timestamptz[]))"
    "  WITH ORDINALITY AS w (kind, key, begins_at, number)"
    "  ON l.kind = w.kind AND l.key = w.key AND l.begins_at = w.begins_at"
)
_FORGET_LIMIT = text("DELETE FROM verification_limits WHERE kind = :kind AND key = :key")
_FORGET_LIMITS = text(
    "WITH past AS MATERIALIZED (SELECT kind, key, begins_at FROM verification_limits"
    "  WHERE ends_at < :now LIMIT :limit FOR UPDATE SKIP LOCKED),"
    " gone AS (DELETE FROM verification_limits l USING past p"
    "  WHERE (l.kind, l.key, l.begins_at) = (p.kind, p.key, p.begins_at) RETURNING 1)"
    " SELECT count(*) FROM gone"
)
_FORGET_CHALLENGES = text(
    "WITH gone AS (DELETE FROM verification_challenges WHERE (brand_id, id) IN"
    "  (SELECT brand_id, id FROM verification_challenges"
    "    WHERE brand_id = :brand_id AND expires_at < :before LIMIT :limit) RETURNING 1)"
    " SELECT count(*) FROM gone"
)
_FORGET_CONTENTS = text(
    "WITH past AS (SELECT id FROM verification_challenges"
    "  WHERE brand_id = :brand_id AND content_sealed IS NOT NULL AND created_at <= :before"
    "  LIMIT :limit FOR UPDATE SKIP LOCKED),"
    " gone AS (UPDATE verification_challenges c SET content_sealed = NULL FROM past p"
    "  WHERE c.brand_id = :brand_id AND c.id = p.id RETURNING 1)"
    " SELECT count(*) FROM gone"
)


def count(kind: str, key: bytes, begins_at: datetime, ends_at: datetime) -> int:
    """Count one more and return how many there are; in one statement, so none is lost."""
    values = {"kind": kind, "key": key, "begins_at": begins_at, "ends_at": ends_at}
    taken: int = db.session.scalars(_COUNT, values).one()
    return taken


def counted(limits: Sequence[tuple[str, bytes, datetime]]) -> list[int]:
    """Return how many there are of each kind, key and begin."""
    kinds, keys, begins = ([each[place] for each in limits] for place in range(3))
    rows = db.session.execute(_COUNTED, {"kinds": kinds, "keys": keys, "begins": begins})
    found = {row.number: row.taken for row in rows}
    return [found.get(number, 0) for number in range(1, len(limits) + 1)]


def forget_limit(kind: str, key: bytes) -> None:
    db.session.execute(_FORGET_LIMIT, {"kind": kind, "key": key})


def forget_limits(limit: int, *, now: datetime) -> int:
    gone: int = db.session.scalars(_FORGET_LIMITS, {"now": now, "limit": limit}).one()
    return gone


def forget_challenges(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_FORGET_CHALLENGES, values).one()
    return gone


def forget_contents(brand_id: UUID, limit: int, *, before: datetime) -> int:
    values = {"brand_id": brand_id, "before": before, "limit": limit}
    gone: int = db.session.scalars(_FORGET_CONTENTS, values).one()
    return gone


def find_challenge(brand_id: UUID, challenge_id: UUID) -> Challenge | None:
    return db.session.get(Challenge, (brand_id, challenge_id), populate_existing=True)


def lock_challenge(brand_id: UUID, challenge_id: UUID) -> Challenge | None:
    return db.session.get(
        Challenge, (brand_id, challenge_id), populate_existing=True, with_for_update=True
    )


def newest_challenge(brand_id: UUID, phone_index: bytes, purpose: str) -> Challenge | None:
    return db.session.scalars(
        select(Challenge)
        .where(
            Challenge.brand_id == brand_id,
            Challenge.phone_index == phone_index,
            Challenge.purpose == purpose,
            Challenge.state == "open",
        )
        .order_by(Challenge.created_at.desc())
        .limit(1)
    ).one_or_none()


def replace_open(
    brand_id: UUID, phone_index: bytes, purpose: str, device_hash: bytes | None
) -> None:
    """End the open challenges that a new one takes the place of."""
    db.session.execute(
        update(Challenge)
        .where(
            Challenge.brand_id == brand_id,
            Challenge.phone_index == phone_index,
            Challenge.purpose == purpose,
            Challenge.device_hash.is_not_distinct_from(device_hash),
            Challenge.state == "open",
        )
        .values(state="replaced")
        .execution_options(synchronize_session=False)
    )
