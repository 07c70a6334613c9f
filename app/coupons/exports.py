"""What is held on a person: coupons. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "coupons": Part(
        ("coupons",),
        """
        SELECT c.id, c.member_id, t.code AS template, c.version, c.code, c.status, c.valid_from,
               c.valid_until, c.issued_at, c.redeemed_at, c.order_id, c.discount, c.cause,
               c.reason, c.actor
          FROM coupons c
          JOIN coupon_templates t ON t.brand_id = c.brand_id AND t.id = c.template_id
         WHERE c.brand_id = :brand_id AND c.member_id = ANY (:member_ids) ORDER BY c.id
        """,
        ids={"id": "cpn"},
    ),
}
LEFT_OUT: dict[str, str] = {}
