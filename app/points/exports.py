"""What is held on a person: points, and everything that moved them. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "points": Part(
        ("point_accounts",),
        """
        SELECT member_id, available, pending, held, debt
          FROM point_accounts
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id
        """,
    ),
    "point_entries": Part(
        ("point_entries",),
        """
        SELECT member_id, seq, kind, d_available, d_pending, d_held, d_debt, available_after,
               order_id, refund_id, hold_id, origin, rule, rule_version, reason, note, actor,
               occurred_at, recorded_at
          FROM point_entries
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id, seq
        """,
    ),
    "point_lots": Part(
        ("point_lots",),
        """
        SELECT member_id, lot_no, entry_seq, original, remaining, pending, lapsed,
               nullif(expires_at, 'infinity') AS expires_at, confirms_at, order_id
          FROM point_lots
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id, lot_no
        """,
    ),
    "point_holds": Part(
        ("point_holds",),
        """
        SELECT id, member_id, amount, captured, state, expires_at, created_at, closed_at
          FROM point_holds
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "hld"},
    ),
    "point_notices": Part(
        ("point_expiry_notices",),
        """
        SELECT member_id, expires_on, days_before, points, state, prepared_at
          FROM point_expiry_notices
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids)
         ORDER BY member_id, expires_on, days_before
        """,
    ),
}
LEFT_OUT = {"point_allocations": "which lots an entry took from; entries and lots are told whole"}
