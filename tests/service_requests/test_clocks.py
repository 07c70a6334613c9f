"""How fast: business days, a clock that stops, what is late, what closes by itself."""

from datetime import date

from app.service_requests.jobs import tidy_requests
from app.service_requests.rules.calendar import (
    add_business_days,
    business_days_between,
    is_business_day,
)
from tests.service_requests.shop import (
    accept,
    ask,
    audit,
    get,
    open_service,
    paid_and_quoted,
    set_clock,
    step,
    steps,
)
from tests.support.members import run_job


def late(brand) -> list[str]:
    found = brand.api.get("/v1/service-requests?overdue=true")["data"]
    assert all(each["clock"]["overdue"] for each in found)
    return [each["number"] for each in found]


def test_weekends_and_holidays_do_not_count() -> None:
    # 24 to 26 September 2026 are 추석, the 5th of October stands in for the 3rd.
    assert not any(is_business_day(date(2026, 9, day)) for day in (24, 25, 26, 27))
    assert not is_business_day(date(2026, 10, 5))
    assert add_business_days(date(2026, 9, 23), 1) == date(2026, 9, 28)
    assert add_business_days(date(2026, 10, 2), 1) == date(2026, 10, 6)
    assert business_days_between(date(2026, 9, 23), date(2026, 9, 28)) == 1
    assert business_days_between(date(2026, 9, 28), date(2026, 9, 23)) == 0


def test_what_is_not_answered_on_the_next_business_day_is_late(brand) -> None:
    (serial, _) = open_service(brand, at="2026-11-20T10:00:00+09:00")  # a Friday
    asked = ask(brand, serial)
    assert asked["clock"]["response_due_on"] == "2026-11-23"
    assert asked["clock"]["repair_due_on"] == "2026-12-10"
    set_clock(brand, "2026-11-23T23:00:00+09:00")
    assert late(brand) == []
    set_clock(brand, "2026-11-24T00:30:00+09:00")
    assert late(brand) == [asked["number"]]
    assert brand.api.get("/v1/service-requests/stats")["overdue"] == 1
    step(brand, asked, "triage")
    assert late(brand) == []
    set_clock(brand, "2026-12-11T00:30:00+09:00")
    assert late(brand) == [asked["number"]]


def test_the_clock_stands_still_while_it_is_the_customers_turn(brand) -> None:
    (serial, _) = open_service(brand, at="2026-11-20T10:00:00+09:00")
    quoted = paid_and_quoted(brand, serial)
    set_clock(brand, "2026-12-03T10:00:00+09:00")  # 9 business days and 13 days later
    assert late(brand) == []
    clock = accept(brand, quoted)["clock"]
    assert clock["stopped_since"] is None
    assert clock["repair_due_on"] == "2026-12-23"
    assert clock["statutory_due_on"] == "2027-01-02"


def test_the_brand_says_how_many_days_it_takes(make_brand) -> None:
    brand = make_brand(service={"first_response_days": 2, "repair_days": 5})
    (serial, _) = open_service(brand, at="2026-11-20T10:00:00+09:00")
    clock = ask(brand, serial)["clock"]
    assert (clock["response_due_on"], clock["repair_due_on"]) == ("2026-11-24", "2026-11-27")
    brand.api.refused("PATCH", "/v1/brand", {"service": {"keep_days": 365}}, code="invalid_request")


def test_what_was_given_back_closes_after_a_week(brand) -> None:
    (serial, _) = open_service(brand)
    done = steps(brand, ask(brand, serial), "cover", "repair", "finish", "deliver")
    set_clock(brand, "2026-11-28T23:00:00+09:00")
    assert run_job(brand, tidy_requests) == 0
    set_clock(brand, "2026-11-29T00:30:00+09:00")
    assert run_job(brand, tidy_requests) == 1
    assert run_job(brand, tidy_requests) == 0
    closed = get(brand, done)
    assert (closed["status"], closed["delivered_on"]) == ("closed", "2026-11-22")
    assert audit(brand) == []
