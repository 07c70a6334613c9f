"""Proof of the consent ledger: nothing was changed, left out or added behind its back.

A query returns what does *not* hold as (member, detail).
"""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "records_say_what_they_said": """
        SELECT member_id, 'record ' || seq || ' (' || purpose || ', ' || action
               || ') does not hash to its hash' AS detail
          FROM consent_records
         WHERE brand_id = :brand_id
           AND row_hash IS DISTINCT FROM consents_hash(
               prev_hash, brand_id, member_id, seq, purpose, action, language, version,
               text_sha256, source, actor, recorded_by, method, evidence_sha256, at)
    """,
    "records_follow_each_other": """
        SELECT member_id, 'record ' || seq || ' does not follow the one before' AS detail
          FROM (
              SELECT member_id, seq, prev_hash,
                     lag(seq, 1, 0::bigint) OVER chain AS before,
                     lag(row_hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS hash_before
                FROM consent_records WHERE brand_id = :brand_id
              WINDOW chain AS (PARTITION BY member_id ORDER BY seq)
          ) r
         WHERE seq <> before + 1 OR prev_hash <> hash_before
    """,
    "chains_end_where_they_should": """
        SELECT coalesce(c.member_id, r.member_id) AS member_id,
               'the chain has ' || coalesce(c.seq::text, 'no end') || ', records '
               || coalesce(r.seq, 0) AS detail
          FROM (SELECT * FROM consent_chains WHERE brand_id = :brand_id) c
          FULL JOIN (
              SELECT DISTINCT ON (member_id) member_id, seq, row_hash
                FROM consent_records WHERE brand_id = :brand_id ORDER BY member_id, seq DESC
          ) r USING (member_id)
         WHERE c.seq IS DISTINCT FROM coalesce(r.seq, 0)
            OR c.head IS DISTINCT FROM coalesce(r.row_hash, decode(repeat('00', 32), 'hex'))
    """,
    "states_are_the_last_decisions": """
        SELECT coalesce(s.member_id, d.member_id) AS member_id,
               coalesce(s.purpose, d.purpose) || ' is ' || coalesce(s.state, 'nothing')
               || ', by its records ' || coalesce(d.action, 'nothing') AS detail
          FROM (SELECT * FROM consent_states WHERE brand_id = :brand_id) s
          FULL JOIN (
              SELECT DISTINCT ON (member_id, purpose)
                     member_id, purpose, action, seq, language, version, at
                FROM consent_records
               WHERE brand_id = :brand_id
                 AND action NOT IN ('reconfirm_notice', 'reconfirmed')
               ORDER BY member_id, purpose, seq DESC
          ) d USING (member_id, purpose)
         WHERE (s.state, s.decided_seq, s.language, s.version, s.decided_at)
               IS DISTINCT FROM (d.action, d.seq, d.language, d.version, d.at)
    """,
    "texts_say_what_was_agreed_to": """
        SELECT NULL::uuid AS member_id,
               purpose || ' ' || language || ' version ' || version
               || ' does not hash to its hash' AS detail
          FROM consent_texts
         WHERE brand_id = :brand_id
           AND sha256 <> sha256(convert_to(
               jsonb_build_array(purpose, language, definition)::text, 'UTF8'))
    """,
    "records_name_the_text_by_its_hash": """
        SELECT r.member_id, 'record ' || r.seq || ' names another text than ' || r.purpose
               || ' version ' || r.version AS detail
          FROM consent_records r
          LEFT JOIN consent_texts t
            ON t.brand_id = r.brand_id AND t.purpose = r.purpose AND t.language = r.language
           AND t.version = r.version
         WHERE r.brand_id = :brand_id AND r.version IS NOT NULL
           AND r.text_sha256 IS DISTINCT FROM t.sha256
    """,
    "evidence_is_what_was_kept": """
        SELECT r.member_id, 'the evidence of record ' || r.seq || ' is not what it was' AS detail
          FROM consent_records r
          LEFT JOIN consent_evidence e
            ON e.brand_id = r.brand_id AND e.id = r.evidence_id
         WHERE r.brand_id = :brand_id AND r.evidence_id IS NOT NULL
           AND (e.sha256 IS DISTINCT FROM r.evidence_sha256
                OR e.member_id <> r.member_id
                OR e.emptied_at IS NULL AND e.sha256 <> sha256(convert_to(jsonb_build_array(
                   encode(e.salt, 'hex'), encode(e.ip_hash, 'hex'), e.user_agent, e.otp_ref,
                   encode(e.ui_snapshot_sha256, 'hex'), e.guardian_ref)::text, 'UTF8')))
    """,
    "answers_have_their_result_notice": """
        SELECT r.member_id, 'record ' || r.seq || ' (' || r.purpose || ', ' || r.action
               || ') has no notice of its result' AS detail
          FROM consent_records r
         WHERE r.brand_id = :brand_id AND r.purpose LIKE 'ad\\_%'
           AND r.action IN ('granted', 'refused', 'withdrawn')
           AND r.source NOT IN ('merge', 'erasure')
           AND NOT EXISTS (
               SELECT 1 FROM consent_notices n
                WHERE n.brand_id = r.brand_id AND n.member_id = r.member_id
                  AND n.seq = r.seq AND n.kind = 'result')
    """,
    "nobody_who_is_gone_agrees": """
        SELECT s.member_id, s.purpose || ' is granted by a member who is ' || m.status AS detail
          FROM consent_states s
          JOIN members m ON m.brand_id = s.brand_id AND m.id = s.member_id
         WHERE s.brand_id = :brand_id AND s.state = 'granted' AND m.status <> 'active'
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
