"""Advertising ends by a link without signing in; a wish to be erased is taken down."""

import pytest

from app import ids
from app.consents import services as consents
from tests.consents.asking import publish
from tests.shopper.phone import Shop


@pytest.fixture
def asked(shop: Shop) -> Shop:
    publish(shop.brand, "ad_sms")
    phone = shop.phone()
    phone.register(shop.codes[0])
    phone.send("/my/consents", {"ad_sms": "yes"})
    assert state(shop) == "granted"
    return shop


def member(shop: Shop) -> str:
    found: str = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]["member"]
    return found


def state(shop: Shop) -> str | None:
    found = shop.brand.api.get(f"/v1/members/{member(shop)}/consents")["consents"]
    return next(each["state"] for each in found if each["purpose"] == "ad_sms")


def link_of(shop: Shop) -> str:
    member_id = ids.read("mem", member(shop))
    assert member_id is not None
    with shop.brand.app.app_context():
        return f"/u/{consents.unsubscribe_token(shop.brand.brand_id, member_id, 'sms')}"


def test_a7_advertising_ends_without_signing_in(asked: Shop) -> None:
    stranger = asked.phone(ip="198.51.100.9")
    link = link_of(asked)
    assert "문자 광고를 그만 받을까요?" in stranger.open(link).text
    assert state(asked) == "granted"  # opening the link changes nothing
    assert "더 보내지 않아요" in stranger.send(link).text
    assert state(asked) == "withdrawn"
    stranger.open(link)
    stranger.send(link)
    assert state(asked) == "withdrawn"


def test_a_mail_program_ends_it_by_one_click(asked: Shop) -> None:
    answer = asked.brand.app.test_client().post(
        link_of(asked), data={"List-Unsubscribe": "One-Click"}, base_url=f"http://{asked.host}"
    )
    assert answer.status_code == 200
    assert state(asked) == "withdrawn"


def test_a_link_of_another_brand_or_of_nobody_does_nothing(asked: Shop, make_brand) -> None:
    other = Shop(make_brand())
    for phone, link in (
        (other.phone(), link_of(asked)),
        (asked.phone(), link_of(asked)[:-2]),
        (asked.phone(), "/u/x"),
    ):
        phone.open(link, expect=404)
        phone.post(link, {}, expect=404)
    assert state(asked) == "granted"


def test_r1_a_wish_to_be_erased_is_taken_down_with_its_last_day(asked: Shop) -> None:
    phone = asked.phone()
    asked.wait(minutes=2)
    phone.sign_in()
    assert "/my/erase" in phone.page.links
    phone.open("/my/erase")
    assert "2026.12.10" in phone.send("/my/erase").text
    phone.open("/my/erase")
    phone.send("/my/erase")  # asking again changes nothing
    requests = asked.brand.api.get("/v1/erasure-requests")["data"]
    assert [(each["due_on"], each["state"]) for each in requests] == [("2026-12-10", "open")]
