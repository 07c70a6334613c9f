"""One case at the desk: steps, notes, holding, photos, who else looks, what is masked."""

import io
import re
from urllib.parse import urlsplit

import pytest

from app.staff import services as staff
from tests.console.counter import act, open_case, version_of
from tests.console.desk import Desk
from tests.service_requests.pictures import picture
from tests.service_requests.shop import LABOUR, SOLE, ask, open_service, set_lines, step
from tests.support.members import unit_of_work
from tests.support.parallel import at_once
from tests.support.printed import read_back

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def fresh(brand, request) -> dict:
    return brand.api.get(f"/v1/service-requests/{request['id']}")


def events(brand, request) -> list[dict]:
    return brand.api.get(f"/v1/service-requests/{request['id']}/events?limit=100")["data"]


@pytest.fixture
def request_(brand) -> dict:
    return ask(brand, open_service(brand)[0], address="서울시 성동구 1", contact="010-9876-5432")


def test_a_case_shows_what_was_told_and_hides_how_to_reach_them(brand, request_) -> None:
    page = open_case(Desk(brand, "cs"), request_)
    assert "밑창이 떨어졌어요" in page.text
    assert "레인부츠" in page.text
    assert "보증 안" in page.text
    for hidden in ("성동구", "9876-5432"):
        assert hidden not in page.html


def test_what_is_hidden_is_shown_for_a_reason_and_written_down(brand, request_) -> None:
    desk = Desk(brand, "cs")
    open_case(desk, request_)
    fields = {"kind": "service_request", "of": request_["number"], "field": "address",
              "back": "/console/service"}  # fmt: skip
    desk.post("/console/reveal", {**fields, "reason": "delivery"})
    assert "서울시 성동구 1" in desk.page.text
    with unit_of_work(brand):
        seen = staff.list_access(brand.brand_id, actor=desk.actor, limit=10)
    assert [(each.action, list(each.items), each.reason) for each in seen[:2]] == [
        ("revealed", ["address"], "delivery"),
        ("seen", ["service_request"], None),
    ]


def test_only_steps_that_lead_on_are_offered(brand, request_) -> None:
    desk = Desk(brand, "cs")
    html = open_case(desk, request_).html
    offered = set(re.findall(r'name="step" value="(\w+)"', html))
    assert {"ask", "triage", "cover", "arrive"} <= offered
    assert not offered & {"deliver", "close", "reopen", "check"}
    act(desk, request_, "steps", step="cover")
    assert fresh(brand, request_)["status"] == "in_warranty"
    act(desk, request_, "steps", step="deliver", expect=409)
    act(desk, request_, "steps", step="expire_quote", expect=409)
    act(desk, request_, "steps", step="nonsense", expect=409)


def test_what_has_to_be_done_first_is_said(brand, request_) -> None:
    desk = Desk(brand, "cs")
    set_lines(brand, request_, SOLE, LABOUR)
    act(desk, request_, "steps", step="charge", reason="다른 곳에서 수리함")
    page = open_case(desk, request_)
    assert "고객이 최신 견적을 승인해야" in page.text
    assert 'name="step" value="repair"' not in page.html


def test_a_step_that_needs_a_reason_keeps_what_was_typed(brand, request_) -> None:
    desk = Desk(brand, "cs")
    page = act(desk, request_, "steps", step="reject", expect=422)
    assert "이유가 필요해요" in page.text
    act(desk, request_, "steps", step="reject", reason="정품이 아님", visibility="customer")
    assert fresh(brand, request_)["status"] == "rejected"
    page = act(desk, request_, "steps", step="back", to="triage", reason="잘못 눌렀음")
    assert fresh(brand, request_)["status"] == "triage"
    assert "정품이 아님" in page.text


def test_parcels_and_vendor_are_kept_with_their_steps(brand, request_) -> None:
    desk = Desk(brand, "cs")
    act(desk, request_, "steps", step="cover")
    act(desk, request_, "steps", step="collect", tracking="CJ 1234")
    act(desk, request_, "steps", step="to_vendor", vendor="구두장인")
    act(desk, request_, "steps", step="finish")
    page = act(desk, request_, "steps", step="send", tracking="우체국 5678")
    for word in ("CJ 1234", "구두장인", "우체국 5678"):
        assert word in page.text
    shown = fresh(brand, request_)
    assert shown["status"] == "outbound_in_transit"


def test_a_note_stays_among_staff_and_a_message_does_not(brand, request_) -> None:
    desk = Desk(brand, "cs")
    act(desk, request_, "notes", text="까다로운 손님", visibility="internal")
    page = act(desk, request_, "notes", text="곧 연락드릴게요", visibility="customer")
    assert re.search(r'<li class="internal">(?:(?!</li>).)*까다로운 손님', page.html, re.S)
    assert re.search(r'<li class="customer">(?:(?!</li>).)*곧 연락드릴게요', page.html, re.S)
    assert [each["visibility"] for each in events(brand, request_)[:2]] == ["customer", "internal"]


def test_a_double_click_writes_once(brand, request_) -> None:
    desk = Desk(brand, "cs")
    open_case(desk, request_)
    path = f"/console/service/{request_['number']}/notes"
    fields = {**desk.page.form(path).values, "text": "한 번만", "visibility": "internal"}
    answers = at_once([lambda: desk.ask("POST", path, data=fields).status_code for _ in range(4)])
    assert answers == [303] * 4
    assert [each["note"] for each in events(brand, request_)].count("한 번만") == 1
    # The same form with another text, as after going back, is another note; but by now it is old.
    again = desk.ask("POST", path, data={**fields, "text": "다른 말"})
    assert again.status_code == 409
    assert "다른 말" in again.get_data(as_text=True)


def test_of_two_at_one_case_the_second_is_told(brand, request_) -> None:
    mina, jun = Desk(brand, "cs"), Desk(brand, "operator")
    assert "다른 사람도 보고" not in open_case(mina, request_).text
    page = open_case(jun, request_)
    assert "다른 사람도 보고 있어요: 최상담" in page.text
    assert "보고 있어요: 오운영" in open_case(mina, request_).text
    version = version_of(page)
    act(mina, request_, "steps", step="triage")
    refused = jun.post(
        f"/console/service/{request_['number']}/notes",
        {"version": version, "text": "제 답이에요", "visibility": "customer"},
        expect=409,
    )
    assert "다른 일이 있었어요" in refused.text
    assert "제 답이에요" in refused.text
    assert "제 답이에요" not in [each["note"] for each in events(brand, request_)]
    mina.open("/console/service")
    open_case(mina, ask(brand, request_["unit"]))  # she looks at another one
    assert "다른 사람도 보고" not in open_case(jun, request_).text


def test_on_hold_until_the_customer_answers(brand, request_) -> None:
    desk = Desk(brand, "cs")
    act(desk, request_, "hold", until="2026-11-22", expect=422)
    act(desk, request_, "hold", until="2027-11-22", expect=422)
    page = act(desk, request_, "hold", until="2026-11-25")
    assert "보류 2026.11.25" in page.text
    act(desk, request_, "hold", until="")
    assert "보류 2026.11.25" not in open_case(desk, request_).text


def test_photos_are_added_and_shown(brand, request_) -> None:
    desk = Desk(brand, "cs")
    version = version_of(open_case(desk, request_))
    path = f"/console/service/{request_['number']}/photos"
    desk.post(path, {"version": version, "photos": (io.BytesIO(picture()), "a.jpg")})
    assert f"{path}/1" in desk.page.html
    response = desk.ask("GET", f"{path}/1")
    assert (response.status_code, response.mimetype) == (200, "image/jpeg")
    desk.open(f"{path}/9", expect=404)


def test_the_code_on_a_printed_label_opens_the_case(brand, request_) -> None:
    desk = Desk(brand, "viewer")
    label = desk.ask("GET", f"/console/service/{request_['number']}/label.pdf")
    (address,), text = read_back(label.data)
    assert request_["number"] in text
    desk.open(urlsplit(address).path)
    assert request_["number"] in desk.page.html


def test_what_is_not_there_is_not_found(brand, make_brand, request_) -> None:
    stranger = Desk(make_brand(), "admin")
    number = request_["number"]
    for path in (number, f"{number}/label.pdf", f"{number}/photos/1", "AS-000101-0001", "x"):
        stranger.open(f"/console/service/{path}", expect=404)
    for path in ("notes", "steps", "assignee", "hold", "draft", "photos"):
        stranger.post(
            f"/console/service/{number}/{path}", {"version": "2", "text": "x"}, expect=404
        )


def test_texts_of_shoppers_and_staff_run_nowhere(brand) -> None:
    brand_serial = open_service(brand)[0]
    request = ask(brand, brand_serial, description=XSS)
    desk = Desk(brand, "operator")
    act(desk, request, "notes", text=XSS, visibility="customer")
    act(desk, request, "steps", step="triage", reason=XSS)
    desk.post("/console/service/views", {"name": "<img src=x onerror=1>", "shared": "yes"})
    for path in ("/console/service", f"/console/service/{request['number']}"):
        html = desk.open(path).html
        assert "<script>" not in html
        assert "<img src=x" not in html


def test_a_step_taken_over_the_api_shows_at_the_desk(brand, request_) -> None:
    step(brand, request_, "triage")
    assert "검토 중" in open_case(Desk(brand, "viewer"), request_).text
