"""Quotes: said before the work, answered once, never lost."""

import hashlib

import pytest
from sqlalchemy.exc import ProgrammingError

from app.db import db
from app.service_requests import services
from app.service_requests.jobs import tidy_requests
from app.service_requests.models import ServiceRequestQuote
from tests.service_requests.shop import (
    LABOUR,
    SOLE,
    accept,
    as_member,
    ask,
    audit,
    get,
    open_service,
    paid_and_quoted,
    quote,
    request_id,
    set_clock,
    set_lines,
    step,
    steps,
)
from tests.support.api import TestBrand
from tests.support.members import run_job, unit_of_work


def refused(brand: TestBrand, request: dict, name: str, code: str) -> dict:
    path = f"/v1/service-requests/{request['id']}/steps"
    return brand.api.refused("POST", path, {"step": name, "reason": "x"}, code=code)


def test_a_quote_says_what_is_paid_and_why(brand) -> None:
    (serial, _) = open_service(brand)
    asked = step(brand, ask(brand, serial), "cover")
    shipping = {"kind": "shipping", "name": "왕복 배송", "unit_price": 6000}
    free = {**LABOUR, "name": "추가 공임", "override": True, "override_reason": "오래 기다림"}
    fee = {"kind": "fee", "name": "점검비", "unit_price": 5000}
    set_lines(brand, asked, SOLE, shipping, free, fee)
    shown = quote(brand, asked, note="점검비만 내시면 돼요")
    (made,) = shown["quotes"]
    assert shown["status"] == "quoted"
    assert (made["total"], made["state"], made["version"]) == (5000, "open", 1)
    assert made["text"].splitlines() == [
        "A/S AS-261122-0001 견적 1판",
        "- 밑창 × 2: 무상 (부품 보증 기간 안이에요)",
        "- 왕복 배송: 무상 (보증 기간 안이라 배송비가 없어요)",
        "- 추가 공임: 무상 (담당자가 따로 정했어요)",
        "- 점검비: 5,000원 (보증과 상관없는 비용이에요)",
        "내실 금액: 5,000원",
        "2026-12-06 10:00까지 승인할 수 있어요.",
    ]
    assert made["text_sha256"] == hashlib.sha256(made["text"].encode()).hexdigest()
    assert made["valid_until"] == "2026-12-06T01:00:00+00:00"
    assert audit(brand) == []


def test_work_on_a_paid_request_waits_for_the_newest_quote(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    step(brand, asked, "arrive")
    for work in ("wait_for_parts", "to_vendor", "repair", "finish"):
        refused(brand, asked, work, "service_decision_needed")
    step(brand, asked, "charge")
    brand.api.refused(
        "POST", f"/v1/service-requests/{asked['id']}/quotes", {}, code="service_lines_missing"
    )
    set_lines(brand, asked, SOLE)
    for work in ("wait_for_parts", "to_vendor", "repair", "finish"):
        refused(brand, asked, work, "service_quote_needed")
    shown = quote(brand, asked)
    refused(brand, asked, "repair", "service_step_refused")
    accept(brand, shown)
    assert step(brand, asked, "repair")["status"] == "repairing"


def test_a_request_that_is_free_needs_no_quote_and_one_that_is_partly_paid_does(brand) -> None:
    (serial, _) = open_service(brand)
    asked = steps(brand, ask(brand, serial), "goodwill", "arrive")
    set_lines(brand, asked, SOLE, LABOUR)
    step(brand, asked, "repair")
    step(brand, asked, "back", to="inspecting")
    paid = {**LABOUR, "override": False, "override_reason": "추가로 부탁한 일"}
    shown = set_lines(brand, asked, SOLE, paid)
    assert (shown["to_pay"], [each["rule"] for each in shown["lines"]]) == (
        15_000, ["goodwill", "override"],
    )  # fmt: skip
    refused(brand, asked, "repair", "service_quote_needed")


def test_accepting_names_the_newest_version_and_its_text(brand) -> None:
    (serial, _) = open_service(brand)
    first = paid_and_quoted(brand, serial)
    path = f"/v1/service-requests/{first['id']}/quotes"
    old = first["quotes"][0]["text_sha256"]
    brand.api.refused("POST", f"{path}/1/accept", {"text_sha256": "0" * 64},
                      code="service_quote_changed")  # fmt: skip
    second = quote(brand, first)
    assert [each["state"] for each in second["quotes"]] == ["withdrawn", "open"]
    stale = brand.api.refused("POST", f"{path}/1/accept", {"text_sha256": old},
                              code="service_quote_stale")  # fmt: skip
    assert stale["newest"] == 2
    brand.api.refused("POST", f"{path}/3/accept", {"text_sha256": old},
                      code="service_quote_not_found")  # fmt: skip
    done = accept(brand, second)
    again = accept(brand, second)
    assert (done["status"], done["quotes"][1]["state"]) == ("quote_accepted", "accepted")
    assert again["changed_at"] == done["changed_at"]
    events = brand.api.get(f"/v1/service-requests/{first['id']}/events?limit=100")["data"]
    assert [each["step"] for each in events].count("accept_quote") == 1
    brand.api.refused("POST", f"{path}/2/decline", {}, code="service_quote_over")
    assert audit(brand) == []


def test_a_re_quote_after_inspection_needs_a_new_answer(brand) -> None:
    (serial, _) = open_service(brand)
    agreed = accept(brand, paid_and_quoted(brand, serial))
    steps(brand, agreed, "arrive", "inspect")
    set_lines(brand, agreed, SOLE, LABOUR, LABOUR)
    refused(brand, agreed, "repair", "service_quote_outdated")
    shown = quote(brand, agreed)
    assert (shown["status"], shown["phase"]) == ("quoted", "arrived")
    declined = as_member(brand, services.decline_quote, request_id(agreed), 2)
    assert declined.request.status == "quote_declined"
    refused(brand, agreed, "repair", "service_step_refused")
    states = [(each["version"], each["state"]) for each in get(brand, agreed)["quotes"]]
    assert states == [(1, "accepted"), (2, "declined")]
    back = steps(brand, agreed, "send_back", "deliver")
    assert (back["outcome"], back["phase"]) == ("return", "done")


def test_a_shopper_accepts_with_what_was_read(brand) -> None:
    (serial, _) = open_service(brand)
    quoted = paid_and_quoted(brand, serial)
    (made,) = quoted["quotes"]
    case = as_member(
        brand, services.accept_quote, request_id(quoted), 1, text_sha256=made["text_sha256"]
    )
    assert case.request.status == "quote_accepted"
    assert case.quote is not None
    assert (case.quote.state, case.quote.decided_by) == ("accepted", "member")


def test_a_quote_lapses_when_its_time_is_over(brand) -> None:
    (serial, _) = open_service(brand)
    quoted = paid_and_quoted(brand, serial)
    set_clock(brand, "2026-12-06T09:59:59+09:00")
    assert run_job(brand, tidy_requests) == 0
    set_clock(brand, "2026-12-06T10:00:00+09:00")
    path = f"/v1/service-requests/{quoted['id']}/quotes/1/accept"
    body = {"text_sha256": quoted["quotes"][0]["text_sha256"]}
    over = brand.api.refused("POST", path, body, code="service_quote_over")
    assert over["state"] == "expired"
    assert run_job(brand, tidy_requests) == 1
    assert run_job(brand, tidy_requests) == 0
    lapsed = get(brand, quoted)
    assert (lapsed["status"], lapsed["quotes"][0]["state"]) == ("quote_expired", "expired")
    accept(brand, quote(brand, quoted))
    assert audit(brand) == []


def test_goods_that_arrive_while_a_quote_is_looked_at_leave_it_open(brand) -> None:
    (serial, _) = open_service(brand)
    quoted = paid_and_quoted(brand, serial)
    shown = step(brand, quoted, "arrive")
    assert (shown["status"], shown["phase"], shown["quotes"][0]["state"]) == (
        "quoted", "arrived", "open",
    )  # fmt: skip
    refused(brand, quoted, "cancel", "service_step_refused")
    assert accept(brand, quoted)["status"] == "quote_accepted"
    refused(brand, quoted, "cancel", "service_step_refused")
    assert step(brand, quoted, "repair")["phase"] == "working"


def test_a_decision_while_a_quote_is_open_withdraws_it(brand) -> None:
    (serial, _) = open_service(brand)
    quoted = paid_and_quoted(brand, serial)
    shown = step(brand, quoted, "cover")
    assert (shown["status"], shown["quotes"][0]["state"], shown["to_pay"]) == (
        "in_warranty", "withdrawn", 0,
    )  # fmt: skip
    path = f"/v1/service-requests/{quoted['id']}/quotes/1/accept"
    body = {"text_sha256": quoted["quotes"][0]["text_sha256"]}
    over = brand.api.refused("POST", path, body, code="service_quote_over")
    assert over["state"] == "withdrawn"
    assert step(brand, quoted, "repair")["status"] == "repairing"
    assert audit(brand) == []


def test_the_application_may_not_change_what_a_quote_says(brand) -> None:
    (serial, _) = open_service(brand)
    quoted = paid_and_quoted(brand, serial)
    with unit_of_work(brand):
        made = db.session.get_one(ServiceRequestQuote, (brand.brand_id, request_id(quoted), 1))
        made.total = 1
        with pytest.raises(ProgrammingError):
            db.session.flush()
        db.session.rollback()
    assert get(brand, quoted)["quotes"][0]["total"] == 75_000


def test_an_accepted_quote_of_an_earlier_round_lets_no_new_work_begin(brand) -> None:
    (serial, _) = open_service(brand)
    done = accept(brand, paid_and_quoted(brand, serial))
    steps(brand, done, "arrive", "repair", "finish", "deliver")
    again = steps(brand, done, "reopen", "charge", "arrive")
    assert (again["round"], again["lines"]) == (2, [])
    set_lines(brand, again, {**SOLE, "override": False, "override_reason": "다른 부위"})
    refused(brand, again, "repair", "service_quote_needed")
    assert [each["state"] for each in again["quotes"]] == ["accepted"]
