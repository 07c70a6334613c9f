"""What is held on a person: the tier, what counts for it, how it changed. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "tier": Part(
        ("member_tiers",),
        """
        SELECT member_id, tier, since, grace_until, manual_tier, manual_until
          FROM member_tiers
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id
        """,
    ),
    "tier_changes": Part(
        ("tier_changes",),
        """
        SELECT member_id, seq, from_tier, to_tier, kind, changed_on, amount, note, actor, changed_at
          FROM tier_changes
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id, seq
        """,
    ),
    "tier_postings": Part(
        ("tier_postings",),
        """
        SELECT member_id, kind, order_id, counted_on, net, gross, orders, points, external_id,
               reason, actor, recorded_at
          FROM tier_postings
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY recorded_at, id
        """,
    ),
}
LEFT_OUT: dict[str, str] = {}
