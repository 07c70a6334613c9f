"""What is held on a person: what was given, and why. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "benefits": Part(
        ("benefit_grants",),
        """
        SELECT member_id, source, source_version, occasion, order_id, points, points_taken_back,
               gave, reason_ko, granted_at, reversed_at
          FROM benefit_grants
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY granted_at, id
        """,
    ),
}
LEFT_OUT: dict[str, str] = {}
