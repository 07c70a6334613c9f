"""What members answered to each text, counted in one pass over the records."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

# A withdrawal names no text: it takes back what was last agreed to. What a merge or an
# erasure wrote down nobody said. Of several answers to one text a member's last one counts.
_STATS = text("""
    WITH told AS (
        SELECT member_id, purpose, action, seq, language, version,
               max(seq) FILTER (WHERE action = 'granted') OVER (
                   PARTITION BY member_id, purpose ORDER BY seq) AS granted_seq
          FROM consent_records
         WHERE brand_id = :brand_id AND source NOT IN ('merge', 'erasure')
           AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)
           AND action IN ('granted', 'refused', 'pending', 'withdrawn')
    ), answers AS (
        SELECT DISTINCT ON (member_id, purpose, language, version)
               member_id, purpose, language, version, action, seq
          FROM told
         WHERE action <> 'withdrawn' AND version IS NOT NULL
         ORDER BY member_id, purpose, language, version, seq DESC
    ), withdrawn AS (
        SELECT DISTINCT member_id, purpose, granted_seq AS seq
          FROM told WHERE action = 'withdrawn' AND granted_seq IS NOT NULL
    ), counted AS (
        SELECT a.purpose, a.language, a.version, count(*) AS asked,
               count(*) FILTER (WHERE a.action = 'granted') AS granted,
               count(*) FILTER (WHERE a.action = 'refused') AS refused,
               count(*) FILTER (WHERE a.action = 'pending') AS pending,
               count(w.seq) AS withdrawn
          FROM answers a
          LEFT JOIN withdrawn w
            ON w.member_id = a.member_id AND w.purpose = a.purpose AND w.seq = a.seq
         GROUP BY a.purpose, a.language, a.version
    )
    SELECT t.purpose, t.language, t.version, t.published_at, t.sha256,
           coalesce(c.asked, 0) AS asked, coalesce(c.granted, 0) AS granted,
           coalesce(c.refused, 0) AS refused, coalesce(c.pending, 0) AS pending,
           coalesce(c.withdrawn, 0) AS withdrawn
      FROM consent_texts t
      LEFT JOIN counted c USING (purpose, language, version)
     WHERE t.brand_id = :brand_id AND t.status = 'published'
       AND (CAST(:purpose AS text) IS NULL OR t.purpose = :purpose)
       AND (CAST(:after_purpose AS text) IS NULL OR (t.purpose, t.language, t.version)
            > (:after_purpose, :after_language, CAST(:after_version AS integer)))
     ORDER BY t.purpose, t.language, t.version LIMIT :limit
""")


def count_answers(
    brand_id: UUID, *, purpose: str | None, after: tuple[str, str, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return every published text with how it was answered, by purpose, language, version."""
    after_purpose, after_language, after_version = after or (None, None, None)
    values = {
        "brand_id": brand_id,
        "purpose": purpose,
        "after_purpose": after_purpose,
        "after_language": after_language,
        "after_version": after_version,
        "limit": limit,
    }
    return db.session.execute(_STATS, values).all()
