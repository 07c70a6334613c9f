"""What guessing, pressing twice, going back and pressing at the same moment come to: nothing."""

import io
import threading
import time
from typing import Any

import pytest

from app import clock, ids
from app.db import transaction
from app.warranties import services as warranties
from tests.shopper.phone import Shop
from tests.shopper.test_evidence import evidence, reviews, ship
from tests.shopper.test_transfers import Deal
from tests.support.api import TestBrand


@pytest.mark.parametrize("path", ["", "/register", "/report"])
def test_codes_are_not_guessed_by_another_page_either(shop: Shop, path: str) -> None:
    phone = shop.phone()
    for number in range(30):
        phone.open(f"/q/{number:016}{path}", expect=404)
    refused = phone.open(f"/q/{shop.codes[0]}{path}", expect=429)
    assert "10분 뒤에 다시" in refused.text
    shop.phone(ip="198.51.100.9").open(f"/q/{shop.codes[0]}{path}")


def test_forms_do_not_guess_codes_either(shop: Shop) -> None:
    phone = shop.phone()
    token = phone.open("/login").form("/login").values["token"]
    for number in range(30):
        path = f"/q/{number:016}/{('register', 'report')[number % 2]}"
        phone.post(path, {"token": token, "kind": "doubtful"}, expect=404)
    phone.post(f"/q/{shop.codes[0]}/report", {"token": token, "kind": "doubtful"}, expect=429)
    assert shop.brand.api.get(f"/v1/units/{shop.serials[0]}/reports")["data"] == []


@pytest.mark.parametrize("path", ["/%09/evil.example", "/%0a/evil.example", "/%0d%0aX:1", "/ /x"])
def test_no_sign_that_browsers_leave_out_leads_to_another_site(shop: Shop, path: str) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    answer = phone.client.get(f"/login?next={path}", base_url=f"http://{shop.host}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my")


def test_going_back_and_registering_once_more_leads_to_the_certificate(shop: Shop) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    form = phone.open(path)
    phone.register(shop.codes[0])
    phone.page = form
    assert "디지털 보증서" in phone.send(path, phone.details()).text
    assert reviews(shop) == []
    assert "내가 등록한 제품이에요" in phone.open(path).text


def test_the_form_is_not_shown_for_what_cannot_be_registered(shop: Shop) -> None:
    shop.phone().register(shop.codes[0])
    shop.flag("stolen", 1)
    other = shop.phone(ip="198.51.100.9")
    assert "이미 등록된 제품이에요" in other.open(f"/q/{shop.codes[0]}/register").text
    assert "신고된 제품이에요" in other.open(f"/q/{shop.codes[1]}/register").text
    assert "claimed_again" not in str(reviews(shop))


def test_a_double_click_on_a_report_is_one_report_to_staff(shop: Shop) -> None:
    ship(shop)
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/report"
    page = phone.open(path)
    for _ in range(2):
        phone.page = page
        phone.send(path, {"kind": "doubtful"})
    assert reviews(shop) == []
    other = shop.phone(ip="198.51.100.9")
    other.open(path)
    other.send(path, {"kind": "doubtful"})
    assert evidence(shop) == {"reported_doubtful": 4}


def test_one_address_reports_so_often_a_day_and_no_oftener(shop: Shop) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/report"
    page = phone.open(path)
    for expect in [200] * 50 + [429]:
        phone.page = page
        phone.send(path, {"kind": "doubtful"}, expect=expect)
    unit = shop.brand.api.get(f"/v1/units/{shop.serials[0]}/reports?limit=100")
    assert len(unit["data"]) == 50


def test_looks_of_one_address_are_written_down_so_often_and_no_oftener(
    shop: Shop, owner: Any
) -> None:
    for _ in range(23):
        shop.phone().open(f"/q/{shop.codes[0]}")
    count = "SELECT count(*) FROM warranty_scans WHERE brand_id = %s"
    assert owner.execute(count, (shop.brand.brand_id,)).fetchone() == (20,)
    shop.phone(ip="198.51.100.9").open(f"/q/{shop.codes[0]}")
    shop.wait(hours=1, seconds=1)
    shop.phone().open(f"/q/{shop.codes[0]}")
    assert owner.execute(count, (shop.brand.brand_id,)).fetchone() == (22,)


def test_a_photo_is_read_only_where_the_rest_is_right(shop: Shop) -> None:
    phone = shop.phone()
    phone.open(f"/q/{shop.codes[0]}/register")
    token = phone.page.form(f"/q/{shop.codes[0]}/register").values["token"]

    def send(code: str, expect: int, **fields: str) -> str:
        form: dict[str, Any] = {**phone.details(), **fields, "token": token}
        form["receipt"] = (io.BytesIO(b"no photo"), "r.jpg")
        return phone.post(f"/q/{code}/register", form, expect=expect).text

    send("0123456789ABCDEF", 404)
    assert "사진으로" not in send(shop.codes[0], 422, name="")
    assert "사진으로 읽을 수 없어요" in send(shop.codes[0], 422)


def test_photos_without_a_session_are_not_even_received(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    path = next(link for link in phone.page.links if "/my/warranties/" in link)
    stranger = shop.phone()
    token = stranger.open("/login").form("/login").values["token"]
    form = {"token": token, "photos": (io.BytesIO(b"x" * 100_000_000), "a.jpg")}
    stranger.post(f"{path}/service", form, expect=200)  # would be too large for anybody
    assert stranger.url == "/login"


def test_a_test_clock_that_was_put_back_does_not_keep_codes_away(shop: Shop) -> None:
    phone = shop.phone()
    phone.open("/login")
    phone.send("/login", {"phone": phone.number})
    shop.wait(days=-1)
    phone.open("/login")
    phone.send("/login", {"phone": phone.number})
    assert len(phone.messages("verification_code")) == 2


def test_a_link_to_the_certificate_is_sent_ten_times_a_day_at_most(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    path = next(link for link in phone.page.links if "/my/warranties/" in link)
    for expect in [200] * 10 + [429]:
        shop.wait(minutes=1)
        phone.open(path)
        phone.send(f"{path}/send", expect=expect)
    assert "시간 뒤에 다시" in phone.page.text
    assert len(phone.messages("certificate_link")) == 10


def test_an_erasure_that_waits_for_a_handover_leaves_the_new_owner_alone(
    busy: TestBrand,
) -> None:
    deal = Deal(Shop(busy, quantity=1))
    former = busy.api.get(f"/v1/warranties?unit={deal.shop.serials[0]}")["data"][0]
    buyer = busy.api.put("/v1/members/ext:buyer", {"phone": "010-9999-0000"}, expect=201)["id"]
    held, answers = threading.Event(), []

    def hand_over() -> None:
        with busy.app.app_context(), transaction(busy.brand_id):
            warranties.hand_over(
                busy.brand_id,
                ids.read("wty", former["id"]),
                ids.read("mem", buyer),  # type: ignore[arg-type]
                reason="양도",
                actor="staff",
                now=clock.now(),
            )
            held.set()
            time.sleep(0.5)

    def erase() -> None:
        held.wait(10)
        answers.append(busy.api.send("POST", f"/v1/members/{former['member']}/erase").status_code)

    threads = [threading.Thread(target=each) for each in (hand_over, erase)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200]
    assert deal.shop.owner() == "+821099990000"
    assert deal.shop.unit()["state"] == "claimed"
    with busy.app.app_context(), transaction(busy.brand_id):
        assert warranties.audit(busy.brand_id) == []


@pytest.mark.parametrize(("state", "kind"), [("owned", "mine"), ("reported", "found")])
def test_a_report_says_what_its_button_said(shop: Shop, state: str, kind: str) -> None:
    if state == "owned":
        shop.phone().register(shop.codes[0])
    else:
        shop.flag("lost")
    phone = shop.phone(ip="198.51.100.9")
    page = phone.open(f"/q/{shop.codes[0]}")
    form = phone.open(next(link for link in page.links if f"kind={kind}" in link))
    assert form.form(f"/q/{shop.codes[0]}/report").values["kind"] == kind
