"""Consent texts: what may be published, and what never changes again (warranty.md §5.1)."""

import psycopg
import pytest

from app.consents.rules.purposes import PURPOSES
from app.consents.rules.texts import faults_of
from tests.consents.asking import (
    MARKETING,
    OVERSEAS,
    PLAIN,
    TEXTS,
    THIRD_PARTY,
    draft,
    publish,
    text_path,
)


def refused(brand, purpose, **changes):
    draft(brand, purpose, **changes)
    problem = brand.api.refused("POST", f"{text_path(purpose)}/publish", code="consent_text_faulty")
    assert brand.api.get(text_path(purpose))["published"] is None
    return problem


@pytest.mark.parametrize("missing", ["title", "use", "items", "retention", "refusal"])
def test_c1_a_text_that_lacks_a_required_item_is_not_published(brand, missing) -> None:
    problem = refused(brand, "marketing_pi", **{missing: None})
    assert [(fault["case"], fault["field"]) for fault in problem["faults"]] == [("C1", missing)]
    assert problem["faults"][0]["ko"] in problem["detail"]


def test_c1_the_missing_item_is_named_in_korean_and_english(brand) -> None:
    draft(brand, "pi_optional", retention=None)
    for language, sentence in (("ko", "보유·이용 기간 항목이 빠졌어요."), ("en", "retention")):
        response = brand.api.send(
            "POST", f"{text_path('pi_optional')}/publish", headers={"Accept-Language": language}
        )
        assert sentence in response.get_json()["detail"]
        assert response.get_json()["errors"][0]["pointer"] == "/retention"


@pytest.mark.parametrize(
    "missing", ["recipient", "recipient_use", "recipient_items", "recipient_retention"]
)
def test_c2_a_third_party_text_names_the_recipient_and_what_it_does(missing) -> None:
    lacking = {name: value for name, value in THIRD_PARTY.items() if name != missing}
    assert [(fault.case, fault.field) for fault in faults_of("third_party", lacking)] == [
        ("C2", missing)
    ]


def test_c2_a_third_party_text_without_the_right_to_refuse_is_not_published(brand) -> None:
    assert refused(brand, "third_party", refusal=None)["faults"][0]["field"] == "refusal"


def test_c3_one_tick_agrees_to_one_purpose(brand) -> None:
    problem = refused(brand, "pi_optional", covers=["pi_optional", "third_party"])
    assert [fault["case"] for fault in problem["faults"]] == ["C3"]
    assert "third_party" in problem["faults"][0]["en"]


@pytest.mark.parametrize(
    ("purpose", "use"),
    [
        ("pi_optional", "맞춤 추천과 마케팅"),
        ("marketing_pi", "마케팅 및 제3자 제공"),
        ("ad_sms", "광고 문자와 국외 이전"),
        ("warranty_service", "보증 처리와 프로모션 안내"),
    ],
)
def test_c3_a_second_purpose_in_the_words_of_a_tick_is_found(purpose, use) -> None:
    faults = faults_of(purpose, {**TEXTS[purpose], "use": use})
    assert [fault.case for fault in faults] == ["C3"]


def test_c8_marketing_bundled_with_personalised_use_is_not_published(brand) -> None:
    problem = refused(brand, "marketing_pi", use="마케팅과 맞춤형 서비스")
    assert [fault["case"] for fault in problem["faults"]] == ["C8"]


def test_c5_no_text_can_say_that_its_tick_is_set_beforehand(brand) -> None:
    body = {**MARKETING, "checked": True}
    brand.api.refused("PUT", text_path("marketing_pi"), body, code="invalid_request")


@pytest.mark.parametrize(
    ("purpose", "key"),
    [
        ("marketing_pi", "use"),
        ("marketing_pi", "retention"),
        ("ad_sms", "use"),
        ("third_party", "recipient"),
        ("third_party", "recipient_use"),
        ("pi_optional", "retention"),
    ],
)
def test_c11_key_facts_stand_out_or_the_text_is_not_published(purpose, key) -> None:
    text = TEXTS[purpose]
    dull = [name for name in text["emphasised"] if name != key]
    assert [fault.case for fault in faults_of(purpose, {**text, "emphasised": dull})] == ["C11"]


@pytest.mark.parametrize("missing", ["country", "transfer_when", "transfer_how", "recipient"])
def test_c13_an_overseas_text_tells_where_when_how_and_to_whom(missing) -> None:
    lacking = {name: value for name, value in OVERSEAS.items() if name != missing}
    assert [fault.field for fault in faults_of("overseas", lacking)] == [missing]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_complete_text_of_every_purpose_is_published(brand, purpose) -> None:
    shown = publish(brand, purpose)
    assert shown["published"]["version"] == 1
    assert shown["draft"] is None
    assert len(bytes.fromhex(shown["published"]["sha256"])) == 32


def test_a_notice_of_the_service_needs_no_right_to_refuse(brand) -> None:
    assert publish(brand, "warranty_service", refusal=None, emphasised=[])["published"]


def test_c12_an_edited_text_is_a_new_version_and_the_old_one_keeps_its_hash(brand) -> None:
    first = publish(brand, "marketing_pi")["published"]
    edited = draft(brand, "marketing_pi", title="마케팅 동의(선택)")
    assert edited["published"] == first
    assert edited["draft"]["version"] == 2
    second = publish(brand, "marketing_pi", title="마케팅 동의(선택)")["published"]
    assert second["sha256"] != first["sha256"]
    versions = brand.api.get(f"{text_path('marketing_pi')}/versions")["data"]
    assert [(each["version"], each["sha256"]) for each in versions] == [
        (2, second["sha256"]),
        (1, first["sha256"]),
    ]
    assert versions[1] == first


def test_c12_another_purpose_or_retention_asks_anew_and_other_words_do_not(brand) -> None:
    publish(brand, "marketing_pi")
    reworded = publish(brand, "marketing_pi", title="다른 제목")["published"]
    longer = publish(brand, "marketing_pi", title="다른 제목", retention="5년")["published"]
    assert (reworded["version"], reworded["same_consent_since"]) == (2, 1)
    assert (longer["version"], longer["same_consent_since"]) == (3, 3)


def test_a_draft_is_written_in_place_until_it_is_published(brand) -> None:
    first = draft(brand, "ad_sms", refusal=None)
    second = draft(brand, "ad_sms")
    assert first["draft"]["version"] == second["draft"]["version"] == 1
    assert (first["faults"][0]["field"], second["faults"]) == ("refusal", [])


def test_saying_the_same_again_makes_no_version(brand) -> None:
    publish(brand, "ad_sms")
    assert draft(brand, "ad_sms")["draft"] is None
    brand.api.refused("POST", f"{text_path('ad_sms')}/publish", code="consent_text_has_no_draft")


def test_languages_are_texts_of_their_own(brand) -> None:
    publish(brand, "ad_sms")
    english = {**PLAIN, "title": "Text messages"}
    brand.api.put(text_path("ad_sms", "en"), english, expect=201)
    listed = brand.api.get("/v1/consent-texts")["data"]
    assert [(each["purpose"], each["language"]) for each in listed] == [
        ("ad_sms", "en"),
        ("ad_sms", "ko"),
    ]
    brand.api.refused("GET", text_path("ad_push"), code="consent_text_not_found")
    brand.api.refused("PUT", text_path("ad_fax"), PLAIN, code="consent_purpose_unknown")
    brand.api.refused("GET", text_path("ad_sms", "fr"), code="consent_purpose_unknown")


def test_a_published_text_can_be_changed_by_nobody(brand, owner) -> None:
    publish(brand, "ad_sms")
    for statement in (
        "UPDATE consent_texts SET definition = '{}' WHERE brand_id = %s",
        "DELETE FROM consent_texts WHERE brand_id = %s",
    ):
        with pytest.raises(psycopg.Error) as refusal:
            owner.execute(statement, (brand.brand_id,))
        assert "never changes" in str(refusal.value)


def test_publishing_is_written_down_with_both_hashes(brand) -> None:
    publish(brand, "ad_sms")
    publish(brand, "ad_sms", retention="2년")
    record = next(
        each
        for each in brand.api.get("/v1/audit-log")["data"]
        if each["action"] == "consent_text.published"
    )
    assert (record["before"]["version"], record["after"]["version"]) == (1, 2)
