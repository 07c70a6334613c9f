"""Jobs of what HTTP entry points share."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.chunks import Report, in_chunks
from app.db import db

ANSWERS_KEPT = timedelta(hours=72)

_PURGE = text(
    # Materialized: as a subquery it may be run again for each row, and find others each time.
    "WITH over AS MATERIALIZED (SELECT key FROM idempotency_records"
    "  WHERE brand_id = :brand_id AND created_at < :before"
    "  ORDER BY created_at LIMIT :chunk FOR UPDATE SKIP LOCKED),"
    " gone AS (DELETE FROM idempotency_records r USING over"
    "  WHERE r.brand_id = :brand_id AND r.key = over.key RETURNING 1)"
    " SELECT count(*) FROM gone"
)


def purge_idempotency(
    brand_id: UUID, now: datetime, *, chunk: int = 5000, report: Report = lambda done: None
) -> int:
    """Delete answers kept for repeats of requests made more than 72 hours ago.

    A brand's test clock does not age them: they are stamped with the real time.
    """
    values = {"brand_id": brand_id, "before": now - ANSWERS_KEPT, "chunk": chunk}
    return in_chunks(brand_id, lambda: db.session.scalars(_PURGE, values).one(), report)
