"""What is held on a person: what was bought with points. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "exchanges": Part(
        ("exchanges",),
        """
        SELECT id, member_id, item, item_version, quantity, points, coupon_ids, status, actor,
               exchanged_at, cancelled_at, cancelled_by, cancel_reason
          FROM exchanges
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "exc", "coupon_ids": "cpn"},
    ),
}
LEFT_OUT: dict[str, str] = {}
