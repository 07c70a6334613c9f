"""Proof of referrals: who was rewarded had qualified, and nothing is left with the merged."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "rewarded_referral_is_qualified": """
        SELECT g.member_id, 'grant ' || g.id || ' is of referral '
               || coalesce(r.id::text || ', which is ' || r.state, 'that is not there') AS detail
          FROM benefit_grants g
          LEFT JOIN referrals r
            ON r.brand_id = :brand_id
           AND r.id::text = split_part(split_part(g.occasion, '/', 2), '#', 1)
         WHERE g.brand_id = :brand_id AND g.occasion LIKE 'referral/%'
           AND g.reversed_at IS NULL AND r.state IS DISTINCT FROM 'qualified'
    """,
    "nothing_is_left_with_the_merged": """
        SELECT m.id AS member_id, left_over.what || ' of a merged member' AS detail
          FROM (
              SELECT inviter_id AS member_id, 'a referral' AS what
                FROM referrals WHERE brand_id = :brand_id
              UNION ALL
              SELECT invitee_id, 'an open invitation' FROM referrals
               WHERE brand_id = :brand_id AND state IN ('pending', 'review')
              UNION ALL
              SELECT member_id, 'an address' FROM referral_addresses WHERE brand_id = :brand_id
              UNION ALL
              SELECT member_id, 'an event' FROM member_events WHERE brand_id = :brand_id
          ) left_over
          JOIN members m ON m.brand_id = :brand_id AND m.id = left_over.member_id
         WHERE m.status = 'merged'
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
