"""What members answer is written down once, in order, and provable (warranty.md §5.1)."""

from datetime import datetime

import pytest

from tests.consents.asking import (
    answer,
    audit,
    draft,
    history,
    publish,
    refuse_answer,
    standing,
    states,
    text_path,
)
from tests.support.members import advance, make_member


def test_several_purposes_are_answered_at_once_each_on_its_own(asking, alice) -> None:
    done = answer(asking, alice, marketing_pi="granted", ad_sms="granted", third_party="refused")
    assert sorted(done["changed"]) == ["ad_sms", "marketing_pi", "third_party"]
    assert states(asking, alice) == {
        "marketing_pi": "granted",
        "ad_sms": "granted",
        "third_party": "refused",
    }
    assert audit(asking) == []


def test_c4_what_was_asked_and_is_missing_is_stored_as_refused(asking, alice) -> None:
    answer(asking, alice, asked=("marketing_pi", "ad_sms"), marketing_pi="refused")
    assert states(asking, alice) == {"marketing_pi": "refused", "ad_sms": "refused"}
    assert standing(asking, alice, "ad_sms")["granted"] is False


def test_c6_after_a_refusal_the_brand_does_not_ask_again_before_the_stated_time(
    asking, alice
) -> None:
    answer(asking, alice, ad_sms="refused")
    shown = standing(asking, alice, "ad_sms")
    assert shown["may_ask"] is False
    waited = datetime.fromisoformat(shown["ask_again_at"]) - datetime.fromisoformat(
        shown["decided_at"]
    )
    assert waited.days == 365
    problem = refuse_answer(
        asking, alice, "consent_asked_too_soon", ad_sms="granted", source="prompt"
    )
    assert problem["purpose"] == "ad_sms"
    assert states(asking, alice)["ad_sms"] == "refused"
    advance(asking, "P365D")
    assert standing(asking, alice, "ad_sms")["may_ask"] is True
    answer(asking, alice, ad_sms="granted", source="prompt")
    assert states(asking, alice)["ad_sms"] == "granted"


def test_c6_a_second_refusal_puts_off_the_next_asking(asking, alice) -> None:
    answer(asking, alice, ad_sms="refused")
    advance(asking, "P366D")
    answer(asking, alice, asked=("ad_sms",), source="prompt")
    assert standing(asking, alice, "ad_sms")["may_ask"] is False
    assert len(history(asking, alice)) == 2


def test_who_refused_may_still_agree_of_their_own_accord(asking, alice) -> None:
    answer(asking, alice, ad_sms="refused")
    answer(asking, alice, ad_sms="granted", source="my_page")
    assert states(asking, alice)["ad_sms"] == "granted"


@pytest.fixture
def child(asking):
    """Born on 26 November 2012; the brand's clock stands on the day before the 14th birthday."""
    asking.api.post("/v1/test-clock", {"now": "2026-11-25T23:59:59+09:00"}, expect=200)
    asking.api.put("/v1/members/ext:child", {"birthday": "2012-11-26"}, expect=201)
    return "/v1/members/ext:child"


def test_c9_a_child_under_14_needs_a_guardian_until_the_birthday_in_seoul(asking, child) -> None:
    refuse_answer(asking, child, "guardian_consent_required", pi_optional="granted")
    assert states(asking, child) == {}
    advance(asking, "PT1S")
    answer(asking, child, pi_optional="granted")
    assert states(asking, child) == {"pi_optional": "granted"}


def test_c9_a_child_may_refuse_without_a_guardian(asking, child) -> None:
    answer(asking, child, asked=("marketing_pi",))
    assert states(asking, child) == {"marketing_pi": "refused"}


def test_c9_a_guardian_agrees_and_the_child_may_then(asking, child) -> None:
    agreed = {"by": "guardian", "guardian_method": "phone_identity"}
    answer(asking, child, guardian="granted", pi_optional="granted", **agreed)
    assert states(asking, child) == {"guardian": "granted", "pi_optional": "granted"}
    first = history(asking, child)[0]
    assert (first["purpose"], first["actor"], first["guardian_method"]) == (
        "guardian", "guardian", "phone_identity",
    )  # fmt: skip


def test_c9_of_a_guardian_nothing_more_than_a_reference_is_taken(asking, child) -> None:
    refuse_answer(
        asking,
        child,
        "invalid_request",
        guardian="granted",
        by="guardian",
        evidence={"guardian_ref": "case 1", "guardian_birthday": "1980-01-01"},
    )


def test_c10_a_guardians_consent_without_a_lawful_method_stays_pending(asking, child) -> None:
    answer(asking, child, guardian="granted", by="guardian")
    assert states(asking, child) == {"guardian": "pending"}
    refuse_answer(asking, child, "guardian_consent_required", pi_optional="granted")
    answer(asking, child, guardian="granted", by="guardian", guardian_method="sms_notice")
    assert states(asking, child) == {"guardian": "granted"}
    assert audit(asking) == []


def test_nobody_but_the_guardian_answers_for_the_guardian(asking, child) -> None:
    refuse_answer(asking, child, "guardian_must_answer", guardian="granted", guardian_method="card")


def test_c12_an_old_record_keeps_the_hash_of_the_text_it_was_given_to(asking, alice) -> None:
    old = asking.api.get(text_path("marketing_pi"))["published"]
    answer(asking, alice, marketing_pi="granted")
    new = publish(asking, "marketing_pi", retention="5년")["published"]
    assert new["sha256"] != old["sha256"]
    assert history(asking, alice)[0]["text_sha256"] == old["sha256"]
    assert history(asking, alice)[0]["version"] == 1


def test_c12_a_changed_retention_needs_a_new_consent_and_other_words_do_not(asking, alice) -> None:
    answer(asking, alice, marketing_pi="granted", pi_optional="granted")
    publish(asking, "pi_optional", title="선택 정보 동의")
    publish(asking, "marketing_pi", retention="5년")
    assert standing(asking, alice, "pi_optional")["granted"] is True
    shown = standing(asking, alice, "marketing_pi")
    assert (shown["state"], shown["granted"], shown["same_text"]) == ("granted", False, False)
    assert shown["may_ask"] is True
    answer(asking, alice, marketing_pi="granted")
    assert standing(asking, alice, "marketing_pi")["granted"] is True


def test_a_form_that_shows_an_outdated_text_is_refused(asking, alice) -> None:
    publish(asking, "marketing_pi", retention="5년")
    body = {
        "decisions": [{"purpose": "marketing_pi", "choice": "granted", "version": 1}],
        "source": "qr_form",
    }
    problem = asking.api.refused("POST", f"{alice}/consents", body, code="consent_text_outdated")
    assert problem["current"] == 2
    body["decisions"][0]["choice"] = "refused"
    asking.api.post(f"{alice}/consents", body, expect=200)
    assert states(asking, alice) == {"marketing_pi": "refused"}


def test_without_a_published_text_nobody_can_agree_and_everybody_can_refuse(brand) -> None:
    member = make_member(brand, "1")
    draft(brand, "ad_sms")
    refuse_answer(brand, member, "consent_text_not_published", ad_sms="granted")
    answer(brand, member, ad_sms="refused")
    assert states(brand, member) == {"ad_sms": "refused"}


def test_all_of_an_answer_is_written_or_none(asking, alice) -> None:
    refuse_answer(asking, alice, "consent_not_granted", ad_sms="granted", ad_push="reconfirmed")
    assert history(asking, alice) == []


def test_r2_withdrawing_takes_the_same_one_call_as_giving(asking, alice) -> None:
    answer(asking, alice, ad_sms="granted", marketing_pi="granted")
    answer(asking, alice, ad_sms="withdrawn", marketing_pi="withdrawn")
    assert states(asking, alice) == {"ad_sms": "withdrawn", "marketing_pi": "withdrawn"}


def test_a_repeat_adds_nothing(asking, alice) -> None:
    for choice in ("granted", "withdrawn"):
        assert answer(asking, alice, ad_sms=choice)["changed"] == ["ad_sms"]
        assert answer(asking, alice, ad_sms=choice)["changed"] == []
    assert [each["action"] for each in history(asking, alice)] == ["granted", "withdrawn"]


def test_the_same_idempotency_key_answers_again(asking, alice) -> None:
    body = {"decisions": [{"purpose": "ad_sms", "choice": "granted"}], "source": "my_page"}
    first = asking.api.post(f"{alice}/consents", body, key="one", expect=200)
    assert asking.api.post(f"{alice}/consents", body, key="one", expect=200) == first
    assert len(history(asking, alice)) == 1


def test_the_notice_of_the_service_is_no_choice(asking, alice) -> None:
    refuse_answer(asking, alice, "consent_not_optional", warranty_service="withdrawn")
    answer(asking, alice, warranty_service="granted")
    assert states(asking, alice) == {"warranty_service": "granted"}


def test_evidence_is_kept_apart_and_the_address_only_as_a_hash(asking, alice, owner) -> None:
    evidence = {
        "ip": "203.0.113.9", "user_agent": "KAKAOTALK 11", "otp_ref": "otp_1",
        "ui_snapshot_sha256": "ab" * 32,
    }  # fmt: skip
    answer(asking, alice, ad_sms="granted", ad_push="granted", evidence=evidence)
    hashes = {each["evidence_sha256"] for each in history(asking, alice)}
    assert len(hashes) == 1
    assert None not in hashes
    row = owner.execute(
        "SELECT e::text FROM consent_evidence e WHERE brand_id = %s", (asking.brand_id,)
    ).fetchall()
    assert len(row) == 1
    assert "203.0.113.9" not in row[0][0]
    assert "KAKAOTALK 11" in row[0][0]
    assert audit(asking) == []


def test_staff_who_record_a_call_are_named(asking, alice) -> None:
    answer(asking, alice, ad_sms="withdrawn", source="cs_phone", by="staff")
    record = history(asking, alice)[0]
    assert record["actor"] == record["recorded_by"]
    assert record["actor"].startswith("key:")
    assert record["source"] == "cs_phone"


def test_a_consent_lapses_when_the_text_says_so_without_any_job(asking, alice) -> None:
    publish(asking, "pi_optional", valid_months=12)
    asking.api.post("/v1/test-clock", {"now": "2026-03-15T12:00:00+09:00"}, expect=200)
    answer(asking, alice, pi_optional="granted")
    assert standing(asking, alice, "pi_optional")["expires_at"] == "2027-03-14T15:00:00+00:00"
    asking.api.post("/v1/test-clock", {"now": "2027-03-14T23:59:59+09:00"}, expect=200)
    assert standing(asking, alice, "pi_optional")["granted"] is True
    advance(asking, "PT1S")
    shown = standing(asking, alice, "pi_optional")
    assert (shown["granted"], shown["may_ask"]) == (False, True)


def test_history_is_paged_the_newest_first(asking, alice) -> None:
    for purpose in ("ad_sms", "ad_push", "ad_email"):
        answer(asking, alice, **{purpose: "granted"})
    first = asking.api.get(f"{alice}/consents/history?limit=2")
    rest = asking.api.get(f"{alice}/consents/history?limit=2&cursor={first['next_cursor']}")
    assert [each["seq"] for each in first["data"] + rest["data"]] == [3, 2, 1]
    assert rest["has_more"] is False


def test_r3_after_a_withdrawal_nothing_more_is_sent_and_the_proof_stays_with_its_reason(
    asking, alice
) -> None:
    """What the consent was for ends at once; that it was given has to be proved later."""
    answer(asking, alice, marketing_pi="granted", ad_email="granted")
    path = f"{alice}/consents/may-send?purpose=campaign&channel=email"
    assert asking.api.get(path)["allowed"] is True
    answer(asking, alice, marketing_pi="withdrawn")
    assert asking.api.get(path)["reasons"] == ["marketing_consent_withdrawn"]
    last = history(asking, alice)[-1]
    assert (last["purpose"], last["action"], last["source"]) == (
        "marketing_pi", "withdrawn", "my_page",
    )  # fmt: skip
