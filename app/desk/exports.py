"""What is held on a person: what staff noted, and what waited for approval. See ``app.parts``."""

from app.parts import Part, opener

PARTS = {
    "member_notes": Part(
        ("member_notes",),
        """
        SELECT id, member_id, text_sealed, created_at FROM member_notes
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        finish=opener("member_notes", "text"),
    ),
    "staff_approvals": Part(
        ("staff_approvals",),
        """
        SELECT id, member_id, points, reason_sealed, state, created_at, decided_at
          FROM staff_approvals
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        finish=opener("staff_approvals", "reason"),
    ),
}
LEFT_OUT = {"staff_actions": "says which form did what; what it did is told by the ledgers"}
