"""A/S on the phone: asked for with photos, quoted, approved by one button, followed."""

import io
from functools import partial
from typing import Any

import pytest

from tests.shopper.phone import Page, Phone, Shop
from tests.shopper.pictures import photo
from tests.shopper.test_transfers import Deal
from tests.support.parallel import at_once

TOLD = {
    "symptom": "other",
    "description": "밑창이 떨어졌어요",
    "method": "pick_up",
    "address": "서울시 마포구 월드컵로 1",
}


class Repair:
    """A buyer who asked for repair of a registered unit."""

    def __init__(self, shop: Shop, phone: Phone | None = None, **fields: str) -> None:
        self.shop, self.phone = shop, phone or shop.phone()
        done = self.phone.register(shop.codes[0], **fields)
        self.certificate = next(link for link in done.links if "/my/warranties/" in link)

    def ask(
        self, photos: int = 2, *, files: tuple[bytes, ...] = (), expect: int = 200, **fields: Any
    ) -> Page:
        path = f"{self.certificate}/service"
        self.phone.open(path)
        contents = files or tuple(photo() for _ in range(photos))
        form = {**self.phone.page.form(path).values, **TOLD, **fields}
        form["photos"] = [(io.BytesIO(content), "a.jpg") for content in contents]
        page = self.phone.post(path, form, expect=expect)
        self.path = self.phone.url
        self.number = self.path.rpartition("/")[2]
        return page

    def api(self, method: str, path: str, body: Any = None) -> Any:
        response = self.shop.brand.api.send(
            method, f"/v1/service-requests/{self.number}{path}", body
        )
        assert response.status_code < 300, response.get_data(as_text=True)
        return response.get_json()

    def step(self, step: str, **options: Any) -> None:
        self.api("POST", "/steps", {"step": step, **options})

    def quote(self, price: int = 45_000) -> None:
        self.step("charge", reason="다른 곳에서 수선한 제품")
        line = {"kind": "labour", "name": "밑창 수선", "quantity": 1, "unit_price": price}
        self.api("PUT", "/lines", {"lines": [line]})
        self.api("POST", "/quotes", {})


@pytest.fixture
def repair(shop: Shop) -> Repair:
    return Repair(shop)


def test_a_repair_goes_from_the_phone_to_the_end(repair: Repair) -> None:
    page = repair.ask()
    assert repair.number.startswith("AS-261130-")
    for said in ("밑창이 떨어졌어요", "접수됐어요", "월드컵로"):
        assert said in page.text
    assert repair.number in repair.phone.messages("service_request_received")[0]
    repair.quote()
    assert "45,000원" in repair.phone.messages("service_request_quote")[0]
    page = repair.phone.open(repair.path)
    assert "내실 금액 45,000원" in page.text
    page = repair.phone.send(f"{repair.path}/quote", {"answer": "accept"})
    assert "승인한 견적: 45,000원" in page.text
    for step in ("arrive", "repair", "finish", "send", "deliver"):
        repair.step(step)
    page = repair.phone.open(repair.path)
    for said in ("수리가 끝났어요", "전달됐어요"):
        assert said in page.text
    assert "그 밖의 증상 · 수리" in repair.phone.open(repair.certificate).text


def test_photos_are_shown_back_without_what_the_phone_wrote_into_them(repair: Repair) -> None:
    repair.ask(photos=2)
    for number in (1, 2):
        answer = repair.phone.client.get(
            f"{repair.path}/photos/{number}", base_url=f"http://{repair.shop.host}"
        )
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert "카나리아".encode() not in answer.data
    repair.phone.open(f"{repair.path}/photos/3", expect=404)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"symptom": ""}, "어떤 증상인지"),
        ({"symptom": "nonsense"}, "고를 수 없는 증상"),
        ({"description": ""}, "무엇이 문제인지"),
        ({"method": ""}, "어떻게 보낼지"),
        ({"address": ""}, "가지러 갈 주소"),
        ({"incident_on": "2026-12-01"}, "오늘보다 뒤"),
        ({"files": (b"%PDF-1.7",)}, "사진으로 읽을 수 없어요"),
        ({"files": (photo(), b"GIF89a" * 9)}, "사진으로 읽을 수 없어요"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    repair: Repair, fields: dict[str, Any], said: str
) -> None:
    page = repair.ask(photos=0, expect=422, **fields)
    assert said in page.text
    assert repair.shop.brand.api.get("/v1/service-requests")["data"] == []


def test_six_photos_are_one_too_many_and_nothing_is_kept(repair: Repair) -> None:
    assert "5장까지" in repair.ask(photos=6, expect=422).text
    assert repair.shop.brand.api.get("/v1/service-requests")["data"] == []


def test_a_double_click_asks_once(repair: Repair) -> None:
    repair.ask(photos=0)
    first = repair.number
    repair.ask(photos=0)
    assert repair.number == first
    repair.shop.wait(minutes=2)
    repair.ask(photos=0)
    assert repair.number != first


def test_many_clicks_at_once_ask_once(busy) -> None:
    repair = Repair(Shop(busy))
    path = f"{repair.certificate}/service"
    repair.phone.open(path)
    answers = at_once([partial(repair.phone.press, path, TOLD) for _ in range(6)])
    assert [status for status, _ in answers] == [303] * 6
    assert len(busy.api.get("/v1/service-requests")["data"]) == 1


def test_a_quote_that_was_replaced_meanwhile_is_not_accepted(repair: Repair) -> None:
    repair.ask(photos=0)
    repair.quote()
    repair.phone.open(repair.path)
    line = {"kind": "labour", "name": "밑창 교체", "quantity": 1, "unit_price": 90_000}
    repair.step("charge", reason="다시 봄")
    repair.api("PUT", "/lines", {"lines": [line]})
    repair.api("POST", "/quotes", {})
    page = repair.phone.send(f"{repair.path}/quote", {"answer": "accept"}, expect=409)
    assert "새 견적을 확인해 주세요" in page.text
    assert repair.api("GET", "")["status"] == "quoted"


def test_accepting_twice_changes_nothing_more(repair: Repair) -> None:
    repair.ask(photos=0)
    repair.quote()
    page = repair.phone.open(repair.path)
    for _ in range(2):
        repair.phone.page = page
        assert "승인한 견적" in repair.phone.send(f"{repair.path}/quote", {"answer": "accept"}).text
    steps = [each["step"] for each in repair.api("GET", "/events")["data"]]
    assert steps.count("accept_quote") == 1


def test_a_declined_quote_ends_without_work(repair: Repair) -> None:
    repair.ask(photos=0)
    repair.quote()
    repair.phone.open(repair.path)
    assert (
        "견적을 거절했어요" in repair.phone.send(f"{repair.path}/quote", {"answer": "decline"}).text
    )


def test_a_question_is_answered_on_the_page(repair: Repair) -> None:
    repair.ask(photos=0)
    repair.step("ask", reason="어느 쪽 발인가요?", visibility="customer")
    page = repair.phone.open(repair.path)
    assert "어느 쪽 발인가요?" in page.text
    page = repair.phone.send(f"{repair.path}/answer", {"note": "왼쪽이에요"})
    assert repair.api("GET", "")["status"] == "received"
    assert "왼쪽이에요" in page.text


def test_notes_among_staff_are_not_shown(repair: Repair) -> None:
    repair.ask(photos=0)
    repair.api("POST", "/notes", {"text": "카나리아 진상 고객", "visibility": "internal"})
    assert "카나리아" not in repair.phone.open(repair.path).html


def test_it_can_be_cancelled_until_it_has_arrived(repair: Repair) -> None:
    repair.ask(photos=0)
    assert "취소됐어요" in repair.phone.send(f"{repair.path}/cancel").text
    repair.shop.wait(minutes=3)
    repair.ask(photos=0)
    page = repair.phone.open(repair.path)
    repair.step("triage")
    repair.step("arrive")
    repair.phone.page = page
    refused = repair.phone.send(f"{repair.path}/cancel", expect=409)
    assert "진행이 바뀌어서" in refused.text
    assert not any("cancel" in form.action for form in repair.phone.open(repair.path).forms)


def test_the_same_fault_is_asked_for_again_on_the_same_page(repair: Repair) -> None:
    repair.ask(photos=0)
    for step in ("cover", "arrive", "repair", "finish", "deliver"):
        repair.step(step)
    repair.phone.open(repair.path)
    page = repair.phone.send(f"{repair.path}/reopen", {"note": "또 떨어졌어요"})
    assert "다시 접수됐어요" in page.text
    assert "또 떨어졌어요" in page.text


def test_a_request_of_another_member_is_not_there(repair: Repair) -> None:
    repair.ask()
    other: Phone = repair.shop.phone(number="010-9999-0000", ip="198.51.100.9")
    other.register(repair.shop.codes[1])
    for path in (repair.path, f"{repair.path}/photos/1"):
        page = other.open(path, expect=404)
        assert "밑창" not in page.html


def test_the_next_owner_sees_what_was_repaired_and_nothing_that_was_told(repair: Repair) -> None:
    repair.ask(photos=1)
    for step in ("cover", "arrive", "repair", "finish", "deliver"):
        repair.step(step)
    repair.shop.wait(minutes=1)
    deal = Deal(repair.shop, repair.phone, repair.certificate)
    deal.accept(deal.offer())
    page = deal.buyer.open(
        next(link for link in deal.buyer.page.links if "/my/warranties/" in link)
    )
    assert "수리 이력" in page.text
    assert "· 수리" in page.text
    for told in ("밑창이 떨어졌어요", "월드컵로", repair.number):
        assert told not in page.html
    deal.buyer.open(repair.path, expect=404)
    # Who asked still sees what they told, and can ask for nothing more.
    assert repair.number not in repair.phone.open("/my").html
    page = repair.phone.open(repair.path)
    assert "밑창이 떨어졌어요" in page.text
    assert not any("reopen" in form.action for form in page.forms)
    token = repair.phone.open("/my").form("/logout").values["token"]
    repair.phone.post(f"{repair.path}/reopen", {"token": token}, expect=422)
