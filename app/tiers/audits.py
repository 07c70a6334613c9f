"""Proof of the tiers: every standing follows from what happened, one query each.

A query returns what does *not* hold as (member, detail).
"""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "changes_are_counted": """
        SELECT t.member_id, 'changes ' || t.changes || ', rows ' || coalesce(c.count, 0)
               || ', newest ' || coalesce(c.newest, 0) AS detail
          FROM member_tiers t
          LEFT JOIN (
              SELECT member_id, count(*), max(seq) AS newest
                FROM tier_changes WHERE brand_id = :brand_id GROUP BY member_id
          ) c USING (member_id)
         WHERE t.brand_id = :brand_id
           AND (t.changes, t.changes) IS DISTINCT FROM
               (coalesce(c.count, 0)::integer, coalesce(c.newest, 0))
    """,
    # By the ladder of the change: a later one may have other names for the same. Who has
    # nothing of their own has the tier that asks for nothing, if there is one.
    "tier_equals_last_change": """
        SELECT t.member_id, 'has ' || coalesce(t.tier, 'no tier') || ', by hand '
               || coalesce(t.manual_tier, 'none') || '; the last change says '
               || coalesce(c.to_tier, 'no tier') AS detail
          FROM member_tiers t
          JOIN tier_changes c
            ON c.brand_id = t.brand_id AND c.member_id = t.member_id AND c.seq = t.changes
          JOIN (
              SELECT version,
                     CASE WHEN definition -> 'tiers' -> 0 ->> 'threshold' = '0'
                          THEN definition -> 'tiers' -> 0 ->> 'code' END AS lowest
                FROM tier_ladders WHERE brand_id = :brand_id ORDER BY version DESC LIMIT 1
          ) l ON l.version = c.ladder_version
         WHERE t.brand_id = :brand_id
           AND CASE WHEN c.to_tier IS NULL THEN num_nonnulls(t.tier, t.manual_tier) > 0
                    ELSE c.to_tier IS DISTINCT FROM coalesce(t.tier, l.lowest)
                         AND c.to_tier IS DISTINCT FROM t.manual_tier END
    """,
    "changes_chain": """
        SELECT member_id, 'change ' || seq || ' does not follow from the one before' AS detail
          FROM (
              SELECT c.member_id, c.seq, c.from_tier,
                     lag(c.seq) OVER w AS seq_before, lag(c.to_tier) OVER w AS to_before,
                     lag(c.ladder_version) OVER w AS version_before, c.ladder_version
                FROM tier_changes c WHERE c.brand_id = :brand_id
              WINDOW w AS (PARTITION BY c.member_id ORDER BY c.seq)
          ) chain
         WHERE seq <> coalesce(seq_before, 0) + 1
            OR (ladder_version = version_before AND from_tier IS DISTINCT FROM to_before)
    """,
    "changes_change_something": """
        SELECT member_id, 'change ' || seq || ' from ' || from_tier || ' to itself' AS detail
          FROM tier_changes WHERE brand_id = :brand_id AND from_tier = to_tier
    """,
    "no_change_without_standing": """
        SELECT DISTINCT c.member_id, 'has changes and no standing' AS detail
          FROM tier_changes c
         WHERE c.brand_id = :brand_id AND NOT EXISTS (
               SELECT 1 FROM member_tiers t
                WHERE t.brand_id = c.brand_id AND t.member_id = c.member_id)
    """,
    "no_standing_of_nobody": """
        SELECT t.member_id, 'has a standing and is no member' AS detail
          FROM member_tiers t
         WHERE t.brand_id = :brand_id AND NOT EXISTS (
               SELECT 1 FROM members m WHERE m.brand_id = t.brand_id AND m.id = t.member_id)
    """,
    "a_tier_is_grounded": """
        SELECT member_id, 'tier ' || tier || ' is grounded on nothing' AS detail
          FROM member_tiers
         WHERE brand_id = :brand_id AND tier IS NOT NULL
           AND (grounded_on IS NULL OR ladder_version IS NULL)
    """,
    "grace_is_of_an_unearned_tier": """
        SELECT member_id, 'grace until ' || grace_until || ' of a tier that is earned' AS detail
          FROM member_tiers
         WHERE brand_id = :brand_id AND grace_until IS NOT NULL
           AND (unearned_on IS NULL OR grace_until <= unearned_on)
    """,
    # Each refund lowers an order that counts, of the same member, and never below nothing.
    "refund_of_an_order_that_counts": """
        SELECT r.member_id, 'refund ' || r.id || ' of order ' || r.order_id
               || ', which does not count' AS detail
          FROM tier_postings r
          LEFT JOIN tier_postings o
            ON o.brand_id = r.brand_id AND o.member_id = r.member_id AND o.id = r.order_id
         WHERE r.brand_id = :brand_id AND r.kind = 'refund'
           AND (o.id IS NULL OR o.counted_on <> r.order_on)
    """,
    "refunds_at_most_their_order": """
        SELECT member_id, 'order ' || order_id || ' is left with ' || net || ', ' || orders
               || ', ' || points AS detail
          FROM (
              SELECT member_id, order_id, sum(net) AS net, sum(orders) AS orders,
                     sum(points) AS points
                FROM tier_postings
               WHERE brand_id = :brand_id AND order_id IS NOT NULL
               GROUP BY member_id, order_id
          ) sums
         WHERE net < 0 OR orders NOT IN (0, 1) OR points < 0
    """,
    "merged_members_have_no_tier": """
        SELECT t.member_id, 'was merged and still has ' || coalesce(t.tier, t.manual_tier) AS detail
          FROM member_tiers t JOIN members m ON m.brand_id = t.brand_id AND m.id = t.member_id
         WHERE t.brand_id = :brand_id AND m.status = 'merged'
           AND coalesce(t.tier, t.manual_tier) IS NOT NULL
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
