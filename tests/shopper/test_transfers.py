"""Handing a unit on: both prove their numbers, and the former owner's data stays behind."""

from collections.abc import Callable

import pytest

from app.db import transaction
from app.warranties import services as warranties
from tests.consents.asking import publish
from tests.shopper.phone import Phone, Shop
from tests.support.api import TestBrand
from tests.support.parallel import at_once

BUYER = "010-9999-0000"


class Deal:
    """An owner who registered a unit, and a buyer who has another number."""

    def __init__(self, shop: Shop, owner: Phone | None = None, path: str = "") -> None:
        self.shop = shop
        self.owner, self.path = owner or shop.phone(), path
        self.buyer = shop.phone(number=BUYER, ip="198.51.100.9")
        if not path:
            done = self.owner.register(shop.codes[0])
            self.path = next(link for link in done.links if "/my/warranties/" in link)
        shop.wait(minutes=1)

    def offer(self) -> str:
        """Offer the unit to the buyer, and return the path of the link."""
        self.owner.open(f"{self.path}/transfer")
        self.owner.send(f"{self.path}/transfer", {"phone": BUYER})
        self.owner.type_code()
        return self.buyer.link("transfer_offered")

    def accept(self, link: str, *, expect: int = 200) -> str:
        self.buyer.open(link)
        self.buyer.send(link, {"name": "이구매", "phone": BUYER, "age": "yes"})
        return self.buyer.type_code(expect=expect).text


@pytest.fixture
def deal(shop: Shop) -> Deal:
    return Deal(shop)


def test_a_unit_goes_to_who_was_offered_it(deal: Deal) -> None:
    link = deal.offer()
    assert "링크를 보냈어요" in deal.owner.page.text
    assert "보증을 등록했어요" in deal.accept(link)
    assert deal.shop.owner() == "+821099990000"
    assert "넘어갔어요" in deal.owner.messages("transfer_completed")[0]
    certificate = deal.buyer.open(
        next(each for each in deal.buyer.page.links if "/my/warranties/" in each)
    )
    assert f"{deal.shop.serials[0]}-2" in certificate.text
    assert "2027.11.20" in certificate.text  # what is left of the warranty goes along
    for personal in ("김단골", "1357", "2468-1357"):
        assert personal not in certificate.html


def test_the_former_owner_sees_no_more_of_it(deal: Deal) -> None:
    deal.accept(deal.offer())
    for path in (
        deal.path,
        f"{deal.path}/certificate.pdf",
        f"{deal.path}/end.ics",
        f"{deal.path}/transfer",
        f"{deal.path}/done",
    ):
        deal.owner.open(path, expect=404)
    assert deal.shop.serials[0] not in deal.owner.open("/my").html
    assert "이미 등록된 제품이에요" in deal.owner.open(f"/q/{deal.shop.codes[0]}").text


def test_consents_of_the_former_owner_stay_with_them(deal: Deal) -> None:
    publish(deal.shop.brand, "ad_sms")
    deal.owner.open("/my/consents")
    deal.owner.send("/my/consents", {"ad_sms": "yes"})
    deal.accept(deal.offer())
    found = deal.shop.brand.api.get(f"/v1/warranties?unit={deal.shop.serials[0]}&status=active")
    consents = deal.shop.brand.api.get(f"/v1/members/{found['data'][0]['member']}/consents")
    assert not any(each["granted"] for each in consents["consents"])


def test_opening_the_link_changes_nothing_and_tells_nothing_of_the_owner(deal: Deal) -> None:
    link = deal.offer()
    for _ in range(3):
        page = deal.buyer.open(link)
    assert "제품을 넘겨받을까요?" in page.text
    for personal in ("김단골", "1357", deal.shop.serials[0]):
        assert personal not in page.html
    assert deal.shop.owner() == "+821024681357"


def test_the_link_works_once(deal: Deal) -> None:
    link = deal.offer()
    deal.accept(link)
    assert "이미 썼거나" in deal.buyer.open(link, expect=404).text


def test_a_double_click_on_accepting_shows_the_same(deal: Deal) -> None:
    link = deal.offer()
    deal.buyer.open(link)
    form = deal.buyer.send(link, {"name": "이구매", "phone": BUYER, "age": "yes"})
    action, code = deal.buyer.url, deal.buyer.last_code()
    for _ in range(2):
        deal.buyer.page, deal.buyer.url = form, action
        assert "보증을 등록했어요" in deal.buyer.type_code(code).text
    assert len(deal.shop.brand.api.get(f"/v1/warranties?unit={deal.shop.serials[0]}")["data"]) == 2


def test_a_double_click_on_offering_sends_one_link(deal: Deal) -> None:
    deal.owner.open(f"{deal.path}/transfer")
    form = deal.owner.send(f"{deal.path}/transfer", {"phone": BUYER})
    action, code = deal.owner.url, deal.owner.last_code()
    for _ in range(2):
        deal.owner.page, deal.owner.url = form, action
        deal.owner.type_code(code)
    assert len(deal.buyer.messages("transfer_offered")) == 1


def test_another_number_than_the_one_it_was_sent_to_is_refused(deal: Deal) -> None:
    link = deal.offer()
    thief = deal.shop.phone(number="010-7777-7777")
    thief.open(link)
    page = thief.send(link, {"name": "남", "phone": thief.number, "age": "yes"}, expect=422)
    assert "양도받기로 한 번호가 아니에요" in page.text
    assert thief.messages("verification_code") == []
    assert BUYER[-4:] not in page.html


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("010-2468-1357", "내 번호로는 양도할 수 없어요"),
        ("12", "휴대폰 번호를 확인해 주세요"),
        ("02-555-1234", "휴대폰 번호를 확인해 주세요"),
        ("+1 415 555 0100", "휴대폰 번호를 확인해 주세요"),
    ],
)
def test_an_offer_needs_the_number_of_another(deal: Deal, phone: str, said: str) -> None:
    deal.owner.open(f"{deal.path}/transfer")
    page = deal.owner.send(f"{deal.path}/transfer", {"phone": phone}, expect=422)
    assert said in page.text


def test_an_offer_can_be_taken_back_declined_and_grows_old(deal: Deal) -> None:
    link = deal.offer()
    deal.owner.send(f"{deal.path}/transfer/cancel")
    deal.buyer.open(link, expect=404)
    deal.shop.wait(minutes=1)
    link = deal.offer()
    deal.buyer.open(link)
    deal.buyer.send(f"{link}/decline")
    deal.buyer.open(link, expect=404)
    deal.shop.wait(minutes=1)
    link = deal.offer()
    deal.shop.wait(hours=72)
    deal.buyer.open(link, expect=404)
    assert deal.shop.owner() == "+821024681357"


def test_a_second_offer_takes_the_place_of_the_first(deal: Deal) -> None:
    first = deal.offer()
    deal.shop.wait(minutes=1)
    deal.owner.open(deal.path)
    deal.owner.send(f"{deal.path}/transfer/cancel")
    second = deal.offer()
    assert first != second
    deal.buyer.open(first, expect=404)
    assert "보증을 등록했어요" in deal.accept(second)


def test_a_unit_reported_stolen_after_the_offer_is_not_handed_over(deal: Deal) -> None:
    link = deal.offer()
    deal.buyer.open(link)
    deal.buyer.send(link, {"name": "이구매", "phone": BUYER, "age": "yes"})
    deal.owner.open(deal.path)
    deal.owner.send(f"{deal.path}/report", {"kind": "stolen"})
    assert "신고된 제품" in deal.buyer.type_code(expect=409).text
    assert deal.shop.owner() == "+821024681357"
    deal.owner.open(deal.path)
    deal.owner.send(f"{deal.path}/report", {"kind": "found"})
    assert deal.shop.unit()["flags"] == []


def test_terms_may_forbid_a_transfer(shop: Shop) -> None:
    terms = {"name": "양도 불가", "months": 12, "transferable": False}
    shop.brand.api.put("/v1/warranty-terms/BASE", terms, expect=200)
    shop.make(1)
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    phone.open(f"{path}/transfer")
    refused = phone.send(f"{path}/transfer", {"phone": BUYER}, expect=409)
    assert "양도를 허용하지 않는" in refused.text


def test_releasing_a_unit_ends_what_was_offered(deal: Deal) -> None:
    link = deal.offer()
    body = {"step": "release", "reason": "반품"}
    deal.shop.brand.api.post(f"/v1/units/{deal.shop.serials[0]}/steps", body, expect=200)
    deal.buyer.open(link, expect=404)


@pytest.mark.parametrize("_", range(4))
def test_accepting_cancelling_and_voiding_at_once_leave_nobody_with_it(
    busy: TestBrand, _: int
) -> None:
    shop = Shop(busy, quantity=1)
    deal = Deal(shop)
    link = deal.offer()
    deal.buyer.open(link)
    deal.buyer.send(link, {"name": "이구매", "phone": BUYER, "age": "yes"})
    code = deal.buyer.last_code()
    deal.owner.open(deal.path)

    def void() -> int:
        body = {"step": "void", "reason": "도난"}
        return busy.api.send("POST", f"/v1/units/{shop.serials[0]}/steps", body).status_code

    calls: list[Callable[[], int]] = [
        lambda: deal.buyer.press(deal.buyer.url, {"code": code})[0],
        lambda: deal.owner.press(f"{deal.path}/transfer/cancel", {})[0],
        void,
    ]
    accepted, cancelled, voided = at_once(calls)
    assert voided == 200
    assert (accepted, cancelled) in [(303, 404), (404, 303), (404, 404), (303, 303)]
    assert shop.unit()["state"] == "void"
    assert shop.owner() is None
    with busy.app.app_context(), transaction(busy.brand_id):
        assert warranties.audit(busy.brand_id) == []
