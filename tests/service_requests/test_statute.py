"""The legal cases W7, W8, W9 and W13 of repairs, and W10 of parts apart."""

from datetime import date, timedelta

import pytest

from app.service_requests.jobs import tidy_requests
from app.service_requests.rules.lines import Grounds, Line, decide
from app.service_requests.rules.statute import (
    Repair,
    flags_at_start,
    paid_repair_of_same_fault,
    statutory_due,
)
from tests.service_requests.shop import (
    LABOUR,
    SOLE,
    accept,
    ask,
    audit,
    get,
    open_service,
    paid_and_quoted,
    quote,
    repaired,
    set_clock,
    set_lines,
    step,
    steps,
)
from tests.support.members import run_job


def codes(request: dict) -> list[str]:
    return [each["code"] for each in request["flags"]]


def test_w7_a_repair_that_takes_a_month_is_flagged(brand) -> None:
    (serial, _) = open_service(brand, at="2026-05-01T10:00:00+09:00")
    asked = step(brand, ask(brand, serial), "cover")
    assert asked["clock"]["statutory_due_on"] == "2026-06-01"
    set_clock(brand, "2026-05-31T23:59:00+09:00")
    run_job(brand, tidy_requests)
    assert codes(get(brand, asked)) == []
    set_clock(brand, "2026-06-01T00:01:00+09:00")
    assert run_job(brand, tidy_requests) == 1
    assert run_job(brand, tidy_requests) == 0
    (flag,) = get(brand, asked)["flags"]
    assert flag["code"] == "overdue_month"
    assert "2026-05-01" in flag["reason"]["ko"]
    assert "exchanged or refunded" in flag["reason"]["en"]
    found = brand.api.get("/v1/service-requests?flag=overdue_month")["data"]
    assert [each["id"] for each in found] == [asked["id"]]
    assert audit(brand) == []


def test_w7_given_back_in_time_is_not_flagged_and_days_of_waiting_do_not_count(brand) -> None:
    serials = open_service(brand, at="2026-05-01T10:00:00+09:00", units=2)
    steps(brand, ask(brand, serials[0]), "cover", "repair", "finish", "deliver")
    quoted = paid_and_quoted(brand, serials[1])
    set_clock(brand, "2026-05-11T10:00:00+09:00")
    agreed = accept(brand, quoted)
    assert agreed["clock"]["statutory_due_on"] == "2026-06-11"
    set_clock(brand, "2026-06-10T10:00:00+09:00")
    assert run_job(brand, tidy_requests) == 1  # the one that was given back is closed
    assert codes(get(brand, agreed)) == []


@pytest.mark.parametrize(
    ("again_on", "free"), [("2026-06-30", True), ("2026-07-01", True), ("2026-07-02", False)]
)
def test_w8_the_same_fault_within_two_months_of_a_paid_repair_is_free(
    brand, again_on: str, *, free: bool
) -> None:
    (serial, _) = open_service(brand, at="2026-05-01T10:00:00+09:00")
    repaired(brand, serial, paid=True)
    set_clock(brand, f"{again_on}T10:00:00+09:00")
    again = ask(brand, serial)
    other = ask(brand, serial, "LEAK")
    assert codes(again) == (["same_fault"] if free else [])
    assert codes(other) == []
    step(brand, again, "charge")
    shown = set_lines(brand, again, SOLE, LABOUR)
    assert shown["to_pay"] == (0 if free else 75_000)
    if free:
        assert {each["rule"] for each in shown["lines"]} == {"same_fault"}
        assert "AS-260501-0001" in again["flags"][0]["reason"]["ko"]


def test_w8_a_request_is_reopened_within_two_months_and_free_for_the_same_fault(brand) -> None:
    (serial, _) = open_service(brand, at="2026-05-01T10:00:00+09:00")
    done = repaired(brand, serial, paid=True)
    set_clock(brand, "2026-07-01T10:00:00+09:00")
    again = step(brand, done, "reopen")
    assert (again["status"], again["round"], codes(again)) == ("reopened", 2, ["same_fault"])
    assert (again["decision"], again["arrived_at"], again["outcome"]) == (None, None, None)
    step(brand, again, "cover")
    assert set_lines(brand, again, SOLE)["to_pay"] == 0
    steps(brand, again, "arrive", "repair", "finish", "deliver")
    set_clock(brand, "2026-09-02T10:00:00+09:00")
    late = brand.api.refused(
        "POST", f"/v1/service-requests/{done['id']}/steps", {"step": "reopen"},
        code="service_reopen_too_late",
    )  # fmt: skip
    assert late["until"] == "2026-09-01"
    assert audit(brand) == []


def test_w8_after_a_free_repair_nothing_is_free_by_itself() -> None:
    done = date(2026, 5, 1)
    for paid in (True, False):
        repair = Repair("AS-260501-0001", "SOLE", done, paid=paid)
        found = paid_repair_of_same_fault("SOLE", done + timedelta(30), [repair])
        assert (found is not None) == paid


def test_w9_the_third_time_of_the_same_fault_is_flagged(brand) -> None:
    (serial, _) = open_service(brand)
    for _ in range(2):
        assert codes(repaired(brand, serial, paid=False)) == []
    third = ask(brand, serial)
    assert codes(third) == ["third_recurrence"]
    assert codes(ask(brand, serial, "LEAK")) == []
    assert "2번" in third["flags"][0]["reason"]["ko"]


def test_w9_the_fifth_fault_of_a_unit_is_flagged() -> None:
    repairs = [
        Repair(f"AS-26010{n}-0001", symptom, date(2026, 1, n), paid=False)
        for n, symptom in enumerate(("A", "B", "C", "D"), 1)
    ]
    day = date(2026, 6, 1)
    assert [each.code for each in flags_at_start("E", day, repairs)] == ["fifth_fault"]
    assert flags_at_start("E", day, repairs[:3]) == []


def test_w9_what_was_not_repaired_does_not_count(brand) -> None:
    (serial, _) = open_service(brand)
    for _ in range(3):
        steps(brand, ask(brand, serial), "reject")
        steps(brand, ask(brand, serial), "arrive", "send_back", "deliver")
    assert codes(ask(brand, serial)) == []


@pytest.mark.parametrize(
    ("line", "on", "free", "rule"),
    [
        (Line("part", "밑창", 1, 1), date(2027, 1, 1), True, "parts_covered"),
        (Line("part", "밑창", 1, 1), date(2027, 1, 2), False, "parts_over"),
        (Line("labour", "공임", 1, 1), date(2026, 7, 1), True, "labour_covered"),
        (Line("labour", "공임", 1, 1), date(2026, 7, 2), False, "labour_over"),
        (Line("part", "지퍼", 1, 1), date(2029, 1, 1), True, "core_part_covered"),
        (Line("part", "x", 1, 1, sku="지퍼"), date(2029, 1, 2), False, "core_part_over"),
        (Line("shipping", "배송", 1, 1), date(2027, 1, 1), True, "shipping_covered"),
        (Line("shipping", "배송", 1, 1), date(2027, 1, 2), False, "shipping_over"),
        (Line("fee", "점검", 1, 1), date(2026, 1, 1), False, "fee"),
    ],
)
def test_w10_parts_and_labour_are_covered_apart(
    line: Line, on: date, rule: str, *, free: bool
) -> None:
    grounds = Grounds(
        on,
        parts_until=date(2027, 1, 1),
        labour_until=date(2026, 7, 1),
        core_parts={"지퍼": date(2029, 1, 1)},
    )
    assert decide(line, grounds) == (free, rule)


def test_w13_misuse_is_paid_within_the_warranty_with_its_reason_on_record(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    path = f"/v1/service-requests/{asked['id']}"
    brand.api.refused("POST", f"{path}/steps", {"step": "charge"}, code="service_reason_required")
    set_lines(brand, asked, SOLE)
    assert get(brand, asked)["to_pay"] == 0
    step(brand, asked, "charge", reason="다른 곳에서 수선한 흔적")
    assert get(brand, asked)["to_pay"] == 60_000
    newest = brand.api.get(f"{path}/events")["data"][0]
    assert (newest["step"], newest["note"]) == ("charge", "다른 곳에서 수선한 흔적")
    assert quote(brand, asked)["quotes"][0]["lines"][0]["rule"] == "paid"


def test_a_month_is_reckoned_at_once_and_days_of_waiting_are_added() -> None:
    assert statutory_due(date(2026, 1, 31)) == date(2026, 2, 28)
    assert statutory_due(date(2026, 5, 1), waited_days=3) == date(2026, 6, 4)
