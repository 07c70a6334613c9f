"""Consents on pages: nothing is ticked, each on its own, as easily taken back as given."""

import psycopg
import pytest

from tests.consents.asking import publish
from tests.shopper.phone import Page, Phone, Shop

MARKETING = ("marketing_pi", "ad_sms", "ad_night", "third_party")


@pytest.fixture
def asking(shop: Shop) -> Shop:
    for purpose in ("warranty_service", *MARKETING):
        publish(shop.brand, purpose)
    return shop


def states(shop: Shop, number: int = 0) -> dict[str, str | None]:
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[number]}&status=active")
    member = found["data"][0]["member"]
    consents = shop.brand.api.get(f"/v1/members/{member}/consents")["consents"]
    return {each["purpose"]: each["state"] for each in consents if each["purpose"] in MARKETING}


def test_c5_nothing_optional_is_ticked_when_it_is_asked(asking: Shop) -> None:
    page = asking.phone().register(asking.codes[0])
    form = page.form("/my/consents")
    assert set(MARKETING) <= form.names
    assert page.ticked == []
    assert "동의하지 않아도 보증은 그대로예요" in page.text


def test_c4_registration_stands_with_everything_optional_refused(asking: Shop) -> None:
    phone = asking.phone()
    phone.register(asking.codes[0])
    assert asking.owner() == "+821024681357"
    assert set(states(asking).values()) == {None}  # leaving the page agrees to nothing
    phone.send("/my/consents")
    assert set(states(asking).values()) == {"refused"}
    assert asking.owner() == "+821024681357"


def test_each_consent_is_given_on_its_own_with_the_evidence_of_the_text_shown(
    asking: Shop, owner: psycopg.Connection
) -> None:
    phone = asking.phone()
    phone.register(asking.codes[0])
    phone.send("/my/consents", {"ad_sms": "yes"})
    found = states(asking)
    assert found == {**dict.fromkeys(MARKETING, "refused"), "ad_sms": "granted"}
    record = owner.execute(
        "SELECT source, actor, version, evidence_sha256 IS NOT NULL FROM consent_records"
        " WHERE brand_id = %s AND purpose = 'ad_sms'",
        (asking.brand.brand_id,),
    ).fetchone()
    assert record == ("qr_form", "subject", 1, True)


def test_c6_a_refusal_is_not_asked_again_with_the_next_product(asking: Shop) -> None:
    phone = asking.phone()
    phone.register(asking.codes[0])
    phone.send("/my/consents")
    asking.wait(days=7)
    again = phone.register(asking.codes[1])
    assert "보증을 등록했어요" in again.text
    assert not any(form.action == "/my/consents" for form in again.forms)


def test_r2_a_consent_is_taken_back_by_one_tick_from_every_page_of_the_member(
    asking: Shop,
) -> None:
    phone = asking.phone()
    done = phone.register(asking.codes[0])
    phone.send("/my/consents", {"ad_sms": "yes", "marketing_pi": "yes"})
    path = next(link for link in done.links if "/my/warranties/" in link)
    for page in (phone.open("/my"), phone.open(path)):
        assert "/my/consents" in page.links
    form = phone.open("/my/consents")
    assert sorted(form.ticked) == ["ad_sms", "marketing_pi"]
    values = form.form("/my/consents").values
    del values["ad_sms"]
    assert "저장했어요" in phone.send("/my/consents").text
    found = states(asking)
    assert (found["ad_sms"], found["marketing_pi"]) == ("withdrawn", "granted")


def test_saving_what_is_in_force_already_records_nothing_new(
    asking: Shop, owner: psycopg.Connection
) -> None:
    phone = asking.phone()
    phone.register(asking.codes[0])
    phone.send("/my/consents", {"ad_sms": "yes"})
    count = "SELECT count(*) FROM consent_records WHERE brand_id = %s"
    before = owner.execute(count, (asking.brand.brand_id,)).fetchone()
    phone.open("/my/consents")
    phone.send("/my/consents")
    assert owner.execute(count, (asking.brand.brand_id,)).fetchone() == before


def test_a_text_that_changed_while_it_was_read_is_not_agreed_to(asking: Shop) -> None:
    phone = asking.phone()
    phone.register(asking.codes[0])
    publish(asking.brand, "ad_sms", retention="10년")
    page = phone.send("/my/consents", {"ad_sms": "yes"}, expect=409)
    assert "동의문" in page.text
    assert states(asking)["ad_sms"] is None


def test_what_was_not_shown_cannot_be_agreed_to(asking: Shop) -> None:
    phone: Phone = asking.phone()
    page: Page = phone.register(asking.codes[0])
    token = page.form("/my/consents").values["token"]
    fields = {"token": token, "from": "my", "ad_sms": "yes", "pi_optional": "yes"}
    phone.post("/my/consents", fields, expect=200)
    assert states(asking)["ad_sms"] is None


def test_the_notice_of_the_service_leaves_no_choice_and_is_shown_before_data_is_typed(
    asking: Shop,
) -> None:
    page = asking.phone().open(f"/q/{asking.codes[0]}/register")
    assert "보증에 필요한 개인정보" in page.text
    assert "warranty_service" not in page.forms[0].names


def test_c9_under_14_is_told_to_have_a_guardian_register(asking: Shop) -> None:
    phone = asking.phone()
    path = f"/q/{asking.codes[0]}/register"
    phone.open(path)
    assert "보호자의 번호로" in phone.send(path, {**phone.details(), "age": ""}, expect=422).text
