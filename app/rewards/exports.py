"""What is held on a person: invitations, and what the shop told of it. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "referral_codes": Part(
        ("referral_codes",),
        """
        SELECT member_id, code, created_at FROM referral_codes
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY code
        """,
    ),
    # Of the other side nothing but that there is one: it is somebody else's.
    "referrals": Part(
        ("referrals",),
        """
        SELECT id, CASE WHEN inviter_id = ANY (:member_ids) THEN 'inviter' ELSE 'invited' END
                   AS as_whom,
               state, reasons, invited_at, qualified_at, reversed_at, decided_at, note
          FROM referrals
         WHERE brand_id = :brand_id
           AND (inviter_id = ANY (:member_ids) OR invitee_id = ANY (:member_ids)) ORDER BY id
        """,
        ids={"id": "ref"},
    ),
    "events": Part(
        ("member_events",),
        """
        SELECT id, member_id, type, external_id, data, occurred_at, recorded_at
          FROM member_events
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "evt"},
    ),
}
LEFT_OUT = {"referral_addresses": "keyed hashes of addresses, out of which nothing can be read"}
