"""Proof of what was granted: limits, counters, points."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "counter_equals_grants": """
        SELECT NULL::uuid AS member_id, 'source ' || coalesce(c.source, g.source) || ' counts '
               || coalesce(c.grants, 0) || '/' || coalesce(c.points, 0) || ', grants '
               || coalesce(g.grants, 0) || '/' || coalesce(g.points, 0) AS detail
          FROM (SELECT * FROM benefit_counters WHERE brand_id = :brand_id) c
          FULL JOIN (
              SELECT source, count(*) AS grants, sum(points - points_taken_back)::bigint AS points
                FROM benefit_grants
               WHERE brand_id = :brand_id AND counted AND reversed_at IS NULL GROUP BY source
          ) g USING (source)
         WHERE (coalesce(c.grants, 0), coalesce(c.points, 0)) IS DISTINCT FROM
               (coalesce(g.grants, 0), coalesce(g.points, 0))
    """,
    "grant_equals_its_accrual": """
        SELECT g.member_id, 'grant ' || g.id || ' of ' || g.points || ' points, posted '
               || coalesce((e.d_available + e.d_pending)::text, 'nothing') AS detail
          FROM benefit_grants g
          LEFT JOIN point_entries e
            ON e.brand_id = :brand_id AND e.cause = 'grant/' || g.id
         WHERE g.brand_id = :brand_id AND g.points > 0
           AND (e.d_available + e.d_pending) IS DISTINCT FROM g.points
    """,
    "reversed_grant_has_given_all_back": """
        SELECT member_id, 'grant ' || id || ' is reversed with ' || points_taken_back || ' of '
               || points || ' points' AS detail
          FROM benefit_grants
         WHERE brand_id = :brand_id AND reversed_at IS NOT NULL AND points_taken_back <> points
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
