"""What is held on a person: what was registered. See ``app.parts``."""

from app.parts import Part, opener

PARTS = {
    "warranties": Part(
        ("warranties",),
        """
        SELECT w.id, w.member_id, u.serial, w.seq, b.sku AS product, w.channel, w.purchased_on,
               w.delivered_on, w.registered_on, w.proof, w.actor, w.created_at, w.changed_at,
               w.ended_at, w.end_cause, w.order_index IS NOT NULL AS order_number_compared
          FROM warranties w
          JOIN warranty_units u ON u.brand_id = w.brand_id AND u.id = w.unit_id
          JOIN warranty_batches b ON b.brand_id = u.brand_id AND b.id = u.batch_id
         WHERE w.brand_id = :brand_id AND w.member_id = ANY (:member_ids) ORDER BY w.id
        """,
        ids={"id": "wty"},
    ),
    # The pictures themselves are given by GET /v1/warranties/{warranty}/receipts/{receipt}.
    "warranty_receipts": Part(
        ("warranty_receipts",),
        """
        SELECT r.id, r.warranty_id, u.serial, r.sha256, r.content_sealed IS NOT NULL AS kept,
               r.created_at
          FROM warranty_receipts r
          JOIN warranties w ON w.brand_id = r.brand_id AND w.id = r.warranty_id
          JOIN warranty_units u ON u.brand_id = r.brand_id AND u.id = r.unit_id
         WHERE r.brand_id = :brand_id AND w.member_id = ANY (:member_ids) ORDER BY r.id
        """,
        ids={"id": "wrc", "warranty_id": "wty"},
    ),
    # The number that it was offered to is somebody else's.
    "warranty_transfers": Part(
        ("warranty_transfers",),
        """
        SELECT t.id, t.warranty_id, u.serial, t.state, t.created_at, t.expires_at,
               t.ended_at
          FROM warranty_transfers t
          JOIN warranties w ON w.brand_id = t.brand_id AND w.id = t.warranty_id
          JOIN warranty_units u ON u.brand_id = t.brand_id AND u.id = t.unit_id
         WHERE t.brand_id = :brand_id AND w.member_id = ANY (:member_ids) ORDER BY t.id
        """,
        ids={"id": "wtt", "warranty_id": "wty"},
    ),
    "warranty_reports": Part(
        ("warranty_reports",),
        """
        SELECT r.id, r.member_id, u.serial, r.kind, r.note_sealed, r.at
          FROM warranty_reports r
          JOIN warranty_units u ON u.brand_id = r.brand_id AND u.id = r.unit_id
         WHERE r.brand_id = :brand_id AND r.member_id = ANY (:member_ids) ORDER BY r.id
        """,
        ids={"id": "wrp"},
        finish=opener("warranty_reports", "note"),
    ),
}
LEFT_OUT: dict[str, str] = {}
