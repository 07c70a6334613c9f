"""What is held on a person: stamp cards, and every stamp. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "stamp_cards": Part(
        ("stamp_cards", "stamp_accounts"),
        """
        SELECT c.member_id, c.programme, c.card_no, c.goal, c.stamps, c.state, c.opened_at,
               c.expires_at, c.completed_at, a.debt AS stamps_owed
          FROM stamp_cards c
          JOIN stamp_accounts a
            ON a.brand_id = c.brand_id AND a.member_id = c.member_id AND a.programme = c.programme
         WHERE c.brand_id = :brand_id AND c.member_id = ANY (:member_ids)
         ORDER BY c.member_id, c.programme, c.card_no
        """,
    ),
    "stamp_entries": Part(
        ("stamp_entries",),
        """
        SELECT member_id, programme, seq, kind, card_no, d_stamps, d_debt, order_id, refund_id,
               reason, actor, occasion, at
          FROM stamp_entries
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids)
         ORDER BY member_id, programme, seq
        """,
    ),
}
LEFT_OUT: dict[str, str] = {}
