"""What is held on a person: what was answered, and what was told of it. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "consents": Part(
        ("consent_states",),
        """
        SELECT member_id, purpose, state, language, version, decided_at, expires_at, reconfirm_on
          FROM consent_states
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY member_id, purpose
        """,
    ),
    "consent_records": Part(
        ("consent_records", "consent_evidence"),
        """
        SELECT r.member_id, r.seq, r.purpose, r.action, r.language, r.version, r.text_sha256,
               t.definition AS text, r.source, r.actor, r.recorded_by, r.method, r.at, r.row_hash,
               e.user_agent, e.otp_ref, e.guardian_ref, e.ui_snapshot_sha256,
               e.ip_hash IS NOT NULL AS address_kept
          FROM consent_records r
          LEFT JOIN consent_texts t
            ON t.brand_id = r.brand_id AND t.purpose = r.purpose AND t.language = r.language
           AND t.version = r.version
          LEFT JOIN consent_evidence e ON e.brand_id = r.brand_id AND e.id = r.evidence_id
         WHERE r.brand_id = :brand_id AND r.member_id = ANY (:member_ids)
         ORDER BY r.member_id, r.seq
        """,
    ),
    "consent_notices": Part(
        ("consent_notices",),
        """
        SELECT member_id, seq, kind, purpose, due_at, state, sent_at
          FROM consent_notices
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids)
         ORDER BY member_id, seq, kind, due_at
        """,
    ),
}
LEFT_OUT = {"consent_chains": "the number and hash of the last record, which is told whole"}
