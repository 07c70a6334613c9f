"""Costs and quotes at the desk: lines by plain forms, the rule behind each, sending, answers."""

import re

import pytest

from tests.console.counter import version_of
from tests.console.desk import Desk
from tests.service_requests.shop import ask, open_service, step
from tests.shopper.phone import Page
from tests.support.api import TestBrand

XSS = "<script>alert(1)</script>"


@pytest.fixture
def case(brand) -> dict:
    return ask(brand, open_service(brand)[0])


def fresh(brand: TestBrand, case: dict) -> dict:
    return brand.api.get(f"/v1/service-requests/{case['id']}")


def sheet(*rows: tuple[str, str, str, str, str, str]) -> dict[str, list[str]]:
    """Return the fields of lines: kind, name, quantity, price, decide, why."""
    names = ("kind", "name", "quantity", "unit_price", "decide", "why")
    fields = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return {**fields, "sku": ["" for _ in rows]}


SOLE = ("part", "밑창", "2", "30,000", "", "")
FEE = ("fee", "선물 포장", "1", "5000원", "", "")


def send(desk: Desk, case: dict, do: str, *rows, expect: int = 200, **fields: str) -> Page:
    path = f"/console/service/{case['number']}"
    version = version_of(desk.open(f"{path}/quote"))
    given = {"version": version, "do": do, **sheet(*rows), **fields}
    return desk.post(f"{path}/lines", given, expect=expect)


def test_lines_are_added_and_taken_away_before_anything_is_saved(brand, case) -> None:
    desk = Desk(brand, "cs")
    page = send(desk, case, "add", SOLE)
    assert page.html.count('name="unit_price"') == 2
    page = send(desk, case, "remove:0", SOLE, FEE)
    assert page.html.count('name="unit_price"') == 1
    assert "선물 포장" in page.html
    assert fresh(brand, case)["lines"] == []


def test_each_line_is_free_or_paid_by_a_rule_that_is_named(brand, case) -> None:
    page = send(Desk(brand, "cs"), case, "save", SOLE, FEE)
    assert "부품 보증 기간 안이에요" in page.text
    assert "보증과 상관없는 비용이에요" in page.text
    assert "고객이 내는 금액: 5,000원" in page.text
    lines = fresh(brand, case)["lines"]
    assert [(each["quantity"], each["unit_price"]) for each in lines] == [(2, 30000), (1, 5000)]


def test_a_line_decided_by_hand_needs_a_reason(brand, case) -> None:
    desk = Desk(brand, "cs")
    page = send(desk, case, "save", (*SOLE[:4], "paid", ""), expect=422)
    assert "이유를 적어" in page.text
    assert "밑창" in page.html
    send(desk, case, "save", (*SOLE[:4], "paid", "개조함"))
    assert "담당자가 따로 정했어요" in desk.page.text
    assert "고객이 내는 금액: 60,000원" in desk.page.text


@pytest.mark.parametrize(
    "row",
    [
        ("part", "", "1", "1", "", ""),
        ("part", "밑창", "0", "1", "", ""),
        ("part", "밑창", "1000", "1", "", ""),
        ("part", "밑창", "1", "-1", "", ""),
        ("part", "밑창", "1", "일만", "", ""),
        ("magic", "밑창", "1", "1", "", ""),
        ("part", "밑창", "²", "1", "", ""),
    ],
)
def test_what_cannot_be_read_is_marked_and_not_saved(brand, case, row) -> None:
    page = send(Desk(brand, "cs"), case, "save", SOLE, row, expect=422)
    assert page.html.count('class="table-danger"') == 1
    assert fresh(brand, case)["lines"] == []


def test_a_quote_is_sent_and_its_answer_is_written_down(brand, case) -> None:
    desk = Desk(brand, "cs")
    send(desk, case, "send", SOLE, FEE, note="포장을 원하셨어요")
    assert "견적을 보냈어요" in desk.page.text
    shown = fresh(brand, case)
    assert (shown["status"], shown["quotes"][-1]["total"]) == ("quoted", 5000)
    path = f"/console/service/{case['number']}"
    assert "선물 포장" in desk.open(f"{path}/quote").text
    desk.send(f"{path}/answer", {"answer": "accept"})
    assert fresh(brand, case)["status"] == "quote_accepted"
    assert "승인" in desk.page.text


def test_only_the_very_quote_that_was_read_is_accepted(brand, case) -> None:
    desk = Desk(brand, "cs")
    send(desk, case, "send", FEE)
    path = f"/console/service/{case['number']}"
    version = version_of(desk.open(f"{path}/quote"))
    for text in ("", "0" * 64):
        given = {"version": version, "answer": "accept", "quote": "1", "text": text}
        desk.post(f"{path}/answer", given, expect=422)
    desk.post(f"{path}/answer", {"version": version, "answer": "decline", "quote": "1"})
    assert fresh(brand, case)["status"] == "quote_declined"


def test_lines_stay_while_a_quote_waits(brand, case) -> None:
    desk = Desk(brand, "cs")
    send(desk, case, "send", FEE)
    page = send(desk, case, "save", SOLE, expect=409)
    assert "바꿀 수 없어요" in page.text
    assert len(fresh(brand, case)["lines"]) == 1


def test_a_quote_is_sent_once_however_often_the_button_is_pressed(brand, case) -> None:
    desk = Desk(brand, "cs")
    path = f"/console/service/{case['number']}"
    desk.open(f"{path}/quote")
    form = desk.page.form(f"{path}/lines").values
    given = {**form, "do": "send", **sheet(FEE)}
    assert [desk.ask("POST", f"{path}/lines", data=given).status_code for _ in range(3)] == [
        303, 303, 303,
    ]  # fmt: skip
    assert len(fresh(brand, case)["quotes"]) == 1


def test_of_two_who_set_lines_the_second_is_told(brand, case) -> None:
    desk = Desk(brand, "cs")
    path = f"/console/service/{case['number']}"
    version = version_of(desk.open(f"{path}/quote"))
    step(brand, case, "triage")
    page = desk.post(f"{path}/lines", {"version": version, "do": "save", **sheet(SOLE)}, expect=409)
    assert "다른 일이 있었어요" in page.text
    assert "밑창" in page.html  # what was typed is still there
    assert fresh(brand, case)["lines"] == []


def test_who_only_looks_and_strangers_get_nowhere(brand, make_brand, case) -> None:
    path = f"/console/service/{case['number']}"
    for desk, expect in ((Desk(brand, "viewer"), 403), (Desk(make_brand(), "admin"), 404)):
        desk.open(f"{path}/quote", expect=expect)
        desk.post(f"{path}/lines", {"do": "save", **sheet(SOLE)}, expect=expect)
        desk.post(f"{path}/answer", {"answer": "decline", "quote": "1"}, expect=expect)


def test_texts_in_lines_run_nowhere(brand, case) -> None:
    desk = Desk(brand, "cs")
    send(desk, case, "send", ("part", XSS, "1", "100", "free", XSS), note=XSS)
    for path in ("", "/quote"):
        html = desk.open(f"/console/service/{case['number']}{path}").html
        assert "<script>" not in html
        assert re.search(r"&lt;script&gt;", html)
