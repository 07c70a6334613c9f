"""The audit finds what does not hold, one tampering at a time."""

import pytest

from app.consents.audits import CHECKS
from tests.consents.asking import answer, audit

# Each changes one thing behind the application's back.
BROKEN = {
    "records_say_what_they_said": "UPDATE consent_records SET action = 'granted' WHERE seq = 2",
    "records_follow_each_other": "DELETE FROM consent_records WHERE seq = 2",
    "chains_end_where_they_should": "DELETE FROM consent_records WHERE seq = 3",
    "states_are_the_last_decisions": "UPDATE consent_states SET state = 'granted'",
    "texts_say_what_was_agreed_to": """
        UPDATE consent_texts SET definition = definition || '{"retention": "100년"}'
         WHERE purpose = 'ad_sms'
    """,
    "records_name_the_text_by_its_hash": """
        UPDATE consent_texts SET sha256 = decode(repeat('00', 32), 'hex') WHERE purpose = 'ad_sms'
    """,
    "evidence_is_what_was_kept": "UPDATE consent_evidence SET user_agent = 'other' WHERE true",
    "answers_have_their_result_notice": "DELETE FROM consent_notices WHERE seq = 1",
    "nobody_who_is_gone_agrees": "UPDATE members SET status = 'erased' WHERE true",
}


@pytest.fixture
def ledger(asking, alice):
    evidence = {"user_agent": "Safari", "ip": "203.0.113.9"}
    answer(asking, alice, ad_sms="granted", evidence=evidence)
    answer(asking, alice, ad_email="refused")
    answer(asking, alice, ad_push="granted")
    assert audit(asking) == []
    return asking


def test_every_check_is_tried() -> None:
    assert set(BROKEN) == set(CHECKS)


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_tampered_with_is_found(ledger, owner, check) -> None:
    statement = BROKEN[check]
    glue = "AND" if "WHERE" in statement else "WHERE"
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")  # no triggers, no keys
        owner.execute(f"{statement} {glue} brand_id = %s", (ledger.brand_id,))
    assert check in {finding.check for finding in audit(ledger)}


def test_a_record_that_is_forged_with_its_own_hash_breaks_the_chain(ledger, owner) -> None:
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(
            "UPDATE consent_records SET action = 'granted', row_hash = consents_hash("
            " prev_hash, brand_id, member_id, seq, purpose, 'granted', language, version,"
            " text_sha256, source, actor, recorded_by, method, evidence_sha256, at)"
            " WHERE seq = 2 AND brand_id = %s",
            (ledger.brand_id,),
        )
    found = {finding.check for finding in audit(ledger)}
    assert "records_say_what_they_said" not in found
    assert "records_follow_each_other" in found
