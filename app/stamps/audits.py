"""Proof of the stamps: every card and every debt follows from entries, one query each.

A query returns what does *not* hold as (member, detail). A card whose time is over
and that nobody has emptied yet is no finding.
"""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "account_equals_its_entries": """
        SELECT a.member_id, a.programme || ': ' || a.seq || ' entries, rows '
               || coalesce(e.rows, 0) || ', newest ' || coalesce(e.newest, 0) || '; owed '
               || a.debt || ', by entries ' || coalesce(e.debt, 0) AS detail
          FROM stamp_accounts a
          LEFT JOIN (
              SELECT member_id, programme, count(*) AS rows, max(seq) AS newest,
                     sum(d_debt) AS debt
                FROM stamp_entries WHERE brand_id = :brand_id GROUP BY member_id, programme
          ) e USING (member_id, programme)
         WHERE a.brand_id = :brand_id
           AND (a.seq, a.seq, a.debt) IS DISTINCT FROM
               (coalesce(e.rows, 0), coalesce(e.newest, 0), coalesce(e.debt, 0))
    """,
    "account_counts_its_cards": """
        SELECT a.member_id, a.programme || ': ' || a.cards || ' cards, rows '
               || coalesce(c.rows, 0) || ', newest ' || coalesce(c.newest, 0) AS detail
          FROM stamp_accounts a
          LEFT JOIN (
              SELECT member_id, programme, count(*) AS rows, max(card_no) AS newest
                FROM stamp_cards WHERE brand_id = :brand_id GROUP BY member_id, programme
          ) c USING (member_id, programme)
         WHERE a.brand_id = :brand_id
           AND (a.cards, a.cards) IS DISTINCT FROM (coalesce(c.rows, 0), coalesce(c.newest, 0))
    """,
    "card_equals_its_entries": """
        SELECT member_id, programme || ' card ' || card_no || ' has '
               || coalesce(c.stamps::text, 'no row') || ', by entries '
               || coalesce(e.stamps, 0) AS detail
          FROM (SELECT * FROM stamp_cards WHERE brand_id = :brand_id) c
          FULL JOIN (
              SELECT member_id, programme, card_no, sum(d_stamps) AS stamps
                FROM stamp_entries WHERE brand_id = :brand_id AND card_no IS NOT NULL
               GROUP BY member_id, programme, card_no
          ) e USING (member_id, programme, card_no)
         WHERE c.stamps IS DISTINCT FROM coalesce(e.stamps, 0)
    """,
    "card_is_of_its_version": """
        SELECT c.member_id, c.programme || ' card ' || c.card_no || ' for ' || c.goal
               || ' stamps, version ' || c.version || ' says '
               || coalesce(v.definition ->> 'goal', 'nothing') AS detail
          FROM stamp_cards c
          LEFT JOIN stamp_programme_versions v
            ON v.brand_id = c.brand_id AND v.code = c.programme AND v.version = c.version
         WHERE c.brand_id = :brand_id
           AND c.goal IS DISTINCT FROM (v.definition ->> 'goal')::integer
    """,
    # What refunds left although it is undeserved may have cost the card its rewards.
    "stamps_have_their_rewards": """
        SELECT c.member_id, c.programme || ' card ' || c.card_no || ' with ' || c.stamps
               || ' has no reward of ' || (r ->> 'at') AS detail
          FROM stamp_cards c
          JOIN stamp_programme_versions v
            ON v.brand_id = c.brand_id AND v.code = c.programme AND v.version = c.version
         CROSS JOIN jsonb_array_elements(v.definition -> 'rewards') AS r
         WHERE c.brand_id = :brand_id AND c.state IN ('open', 'completed')
           AND (r ->> 'at')::integer <= c.stamps
           AND NOT EXISTS (
               SELECT 1 FROM benefit_grants g
                WHERE g.brand_id = c.brand_id AND g.member_id = c.member_id
                  AND g.source = 'stamps:' || c.programme AND g.reversed_at IS NULL
                  AND g.occasion = 'card/' || c.card_no || '/' || (r ->> 'at'))
           AND NOT EXISTS (
               SELECT 1 FROM stamp_entries e
                WHERE e.brand_id = c.brand_id AND e.member_id = c.member_id
                  AND e.programme = c.programme AND e.card_no = c.card_no AND e.kept > 0)
    """,
    "rewards_have_their_stamps": """
        SELECT g.member_id, 'reward ' || g.occasion || ' of ' || g.source || ' for '
               || coalesce(c.stamps::text, 'no card') AS detail
          FROM (
              SELECT member_id, source, occasion, substr(source, 8) AS programme,
                     split_part(occasion, '/', 2)::integer AS card_no,
                     split_part(split_part(occasion, '/', 3), '#', 1)::integer AS at
                FROM benefit_grants
               WHERE brand_id = :brand_id AND reversed_at IS NULL
                 AND source LIKE 'stamps:%' AND occasion LIKE 'card/%/%'
          ) g
          LEFT JOIN stamp_cards c
            ON c.brand_id = :brand_id AND c.member_id = g.member_id
           AND c.programme = g.programme AND c.card_no = g.card_no
         WHERE c.state IS NULL OR (c.state <> 'expired' AND c.stamps < g.at)
    """,
    "refunds_take_at_most_what_the_order_gave": """
        SELECT member_id, programme || ' order ' || order_id || ' is left with '
               || sum(d_stamps - d_debt - kept) AS detail
          FROM stamp_entries
         WHERE brand_id = :brand_id AND order_id IS NOT NULL
         GROUP BY member_id, programme, order_id
        HAVING sum(d_stamps - d_debt - kept) < 0
    """,
    "merged_members_have_no_cards": """
        SELECT a.member_id, 'was merged and still has an account of ' || a.programme AS detail
          FROM stamp_accounts a
          JOIN members m ON m.brand_id = a.brand_id AND m.id = a.member_id
         WHERE a.brand_id = :brand_id AND m.status = 'merged'
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
