"""What is held on a person: who it is. See ``app.parts``."""

from app.parts import Part, opener

PARTS = {
    "members": Part(
        ("members",),
        """
        SELECT id, external_id, status, merged_into_id, name_sealed, phone_sealed,
               phone_verified_at, email_sealed, birth_year, birth_month, birth_day,
               birth_calendar, birth_leap_month, birthday_changed_at, joined_on,
               referred_by_code, created_at, updated_at
          FROM members WHERE brand_id = :brand_id AND id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "mem", "merged_into_id": "mem"},
        finish=opener("members", "name", "phone", "email"),
    ),
    "tags": Part(
        ("member_tags",),
        """
        SELECT member_id, tag, created_at FROM member_tags
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id, tag
        """,
    ),
    "erasure_requests": Part(
        ("erasure_requests",),
        """
        SELECT id, member_id, state, source, requested_at, due_on, decided_at, decided_by, reason
          FROM erasure_requests
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "era"},
    ),
}
LEFT_OUT: dict[str, str] = {}
