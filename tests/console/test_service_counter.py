"""Requests made at the counter, and texts that are written often."""

import io
import re

import pytest

from tests.console.counter import open_case
from tests.console.desk import Desk
from tests.service_requests.pictures import picture
from tests.service_requests.shop import ask, open_service
from tests.support.api import TestBrand
from tests.support.parallel import at_once

XSS = "<script>alert(1)</script>"
NEW = "/console/service/new"
MACROS = "/console/service/macros"


def listed(brand: TestBrand) -> list[dict]:
    return brand.api.get("/v1/service-requests?limit=100")["data"]


def test_a_request_is_made_for_a_unit_by_its_serial(brand) -> None:
    serial = open_service(brand)[0]
    desk = Desk(brand, "cs")
    page = desk.open(f"{NEW}?serial={serial.lower()}")
    assert "레인부츠" in page.text
    assert "등록한 고객" in page.text
    assert "밑창 떨어짐" in page.text
    fields = {"symptom": "SOLE", "description": "밑창이 너덜너덜", "method": "parcel",
              "photos": (io.BytesIO(picture()), "a.jpg")}  # fmt: skip
    desk.send(NEW, fields)
    assert re.fullmatch(r"/console/service/AS-261122-\d{4}", desk.url)
    assert "밑창이 너덜너덜" in desk.page.text
    assert "사진 (1)" in desk.page.text
    [made] = listed(brand)
    assert (made["unit"], made["symptom"], made["member"] is None) == (serial, "SOLE", False)


def test_a_request_is_made_for_a_product_without_a_unit(brand) -> None:
    open_service(brand)
    desk = Desk(brand, "cs")
    assert "레인부츠 (BOOT)" in desk.open(NEW).text
    desk.open(f"{NEW}?product=BOOT")
    desk.send(NEW, {"symptom": "LEAK", "description": "물이 새요", "method": "visit"})
    [made] = listed(brand)
    assert (made["unit"], made["product"]) == (None, "BOOT")


def test_an_unknown_unit_and_nothing_told_are_said(brand) -> None:
    serial = open_service(brand)[0]
    desk = Desk(brand, "cs")
    assert "시리얼" in desk.open(f"{NEW}?serial=NOPE", expect=422).text
    desk.open(f"{NEW}?product=NOPE", expect=404)
    desk.open(f"{NEW}?serial={serial}")
    page = desk.send(NEW, {"symptom": "SOLE", "description": " "}, expect=422)
    assert "무엇이 문제인지" in page.text
    page = desk.send(NEW, {"symptom": "NOPE", "description": "그대로 남는 말"}, expect=422)
    assert "그대로 남는 말" in page.html
    page = desk.send(NEW, {"symptom": "SOLE", "description": "말", "incident_on": "2027-01-01"},
                     expect=422)  # fmt: skip
    assert listed(brand) == []


def test_a_double_click_makes_one_request(brand) -> None:
    serial = open_service(brand)[0]
    desk = Desk(brand, "cs")
    desk.open(f"{NEW}?serial={serial}")
    given = {**desk.page.form(NEW).values, "symptom": "SOLE", "description": "밑창", "photos": ""}
    del given["photos"]
    answers = at_once([lambda: desk.ask("POST", NEW, data=given) for _ in range(4)])
    assert {each.status_code for each in answers} == {303}
    assert len({each.headers["Location"] for each in answers}) == 1
    assert len(listed(brand)) == 1


@pytest.fixture
def operator(brand) -> Desk:
    return Desk(brand, "operator")


def write(desk: Desk, name: str, text: str, *, expect: int = 200) -> None:
    desk.open(MACROS)
    desk.send(MACROS, {"name": name, "text": text}, expect=expect)


def test_a_macro_is_filled_for_the_case_and_sent_by_hand(brand, operator) -> None:
    request = ask(brand, open_service(brand)[0])
    write(operator, "입고 안내", "#{고객}님, #{번호} #{제품} 잘 받았어요")
    desk = Desk(brand, "cs")
    page = open_case(desk, request)
    macro = re.search(r'<option value="(mac_\w+)">입고 안내', page.html)
    assert macro is not None
    path = f"/console/service/{request['number']}"
    given = {"macro": macro[1], "text": "안녕하세요.", "visibility": "customer"}
    page = desk.post(f"{path}/draft", given)
    written = f"{request['number']} 레인부츠 잘 받았어요"
    assert re.search(rf"안녕하세요\.\n\S+님, {written}</textarea>", page.html)
    events = brand.api.get(f"/v1/service-requests/{request['id']}/events")["data"]
    assert written not in str(events)  # nothing is sent yet


def test_macros_are_changed_and_deleted_and_written_down(brand, operator) -> None:
    open_service(brand)
    write(operator, "인사", "안녕하세요")
    macro = re.search(r"macro=(mac_\w+)", operator.page.html)
    assert macro is not None
    operator.open(f"{MACROS}?macro={macro[1]}")
    operator.send(MACROS, {"name": "인사", "text": "반가워요"})
    assert "반가워요" in operator.page.text
    assert "안녕하세요" not in operator.page.text
    operator.send(f"{MACROS}/{macro[1]}/delete")
    assert "아직 매크로가 없어요" in operator.page.text
    actions = [each["action"] for each in brand.api.get("/v1/audit-log?limit=100")["data"]]
    for what in ("created", "changed", "deleted"):
        assert f"service_macro.{what}" in actions


def test_a_macro_needs_a_name_of_its_own_and_places_that_can_be_filled(brand, operator) -> None:
    open_service(brand)
    write(operator, "인사", "안녕하세요")
    write(operator, "인사", "또 안녕하세요", expect=422)
    write(operator, "", "글", expect=422)
    write(operator, "주소", "#{주소}로 보냈어요", expect=422)
    assert "채울 수 없는 변수예요: 주소" in operator.page.text
    assert "#{주소}로 보냈어요" in operator.page.html


def test_macros_are_of_one_brand_and_written_by_operators(brand, make_brand, operator) -> None:
    open_service(brand)
    write(operator, "인사", f"안녕 {XSS}")
    assert "<script>" not in operator.page.html
    macro = re.search(r"macro=(mac_\w+)", operator.page.html)
    assert macro is not None
    agent = Desk(brand, "cs")
    assert "안녕" in agent.open(MACROS).text
    agent.post(MACROS, {"name": "x", "text": "y"}, expect=403)
    agent.post(f"{MACROS}/{macro[1]}/delete", expect=403)
    other = make_brand()
    request = ask(other, open_service(other)[0])
    stranger = Desk(other, "admin")
    assert "안녕" not in stranger.open(MACROS).text
    stranger.open(f"{MACROS}?macro={macro[1]}", expect=404)
    stranger.post(MACROS, {"macro": macro[1], "name": "x", "text": "y"}, expect=404)
    stranger.post(f"{MACROS}/{macro[1]}/delete", expect=404)
    stranger.post(f"/console/service/{request['number']}/draft", {"macro": macro[1]}, expect=404)
    assert "안녕" in operator.open(MACROS).text


def test_the_texts_of_a_macro_run_nowhere(brand, operator) -> None:
    request = ask(brand, open_service(brand)[0])
    write(operator, "<img src=x onerror=1>", XSS)
    macro = re.search(r"macro=(mac_\w+)", operator.page.html)
    assert macro is not None
    for page in (
        operator.open(f"{MACROS}?macro={macro[1]}"),
        open_case(operator, request),
        operator.post(f"/console/service/{request['number']}/draft", {"macro": macro[1]}),
    ):
        assert "<script>" not in page.html
        assert "<img src=x" not in page.html
