"""Requests: opened by owners and staff, moved along to the end, listed and read."""

import pytest

from app.service_requests import services
from app.service_requests.errors import ServiceRequestNotFound
from tests.service_requests.shop import (
    LABOUR,
    SOLE,
    accept,
    as_member,
    ask,
    ask_as_member,
    audit,
    get,
    mina,
    open_service,
    paid_and_quoted,
    set_clock,
    set_lines,
    step,
    steps,
)
from tests.support.members import make_member, member_id, unit_of_work
from tests.warranties.shop import make_batch


def test_a_covered_repair_goes_from_the_first_word_to_the_end(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    seen = [(asked["phase"], asked["status"])]
    for name in ("triage", "cover", "await_inbound", "collect", "arrive", "inspect",
                 "wait_for_parts", "to_vendor", "repair", "check", "finish", "send", "deliver",
                 "close"):  # fmt: skip
        moved = step(brand, asked, name)
        seen.append((moved["phase"], moved["status"]))
    assert seen == [
        ("received", "received"), ("checking", "triage"), ("checking", "in_warranty"),
        ("checking", "await_inbound"), ("checking", "inbound_in_transit"),
        ("arrived", "arrived"), ("arrived", "inspecting"), ("working", "parts_wait"),
        ("working", "at_vendor"), ("working", "repairing"), ("working", "qc"),
        ("working", "repaired"), ("working", "outbound_in_transit"), ("done", "delivered"),
        ("done", "closed"),
    ]  # fmt: skip
    assert moved["outcome"] == "repair"
    assert moved["decision"] == "in_warranty"
    events = brand.api.get(f"/v1/service-requests/{asked['id']}/events?limit=100")["data"]
    assert [each["seq"] for each in events] == list(range(15, 0, -1))
    assert audit(brand) == []


def test_requests_are_numbered_by_the_brands_day_without_gaps(brand) -> None:
    serials = open_service(brand, at="2026-11-22T23:30:00+09:00", units=2)
    first, second = (ask(brand, serial)["number"] for serial in serials[:2])
    brand.api.refused(
        "POST", "/v1/service-requests",
        {"unit": serials[0], "symptom": "NONE", "description": "x", "method": "visit"},
        code="service_symptom_unknown",
    )  # fmt: skip
    third = ask(brand, serials[0])["number"]
    set_clock(brand, "2026-11-23T00:10:00+09:00")
    assert [first, second, third, ask(brand, serials[0])["number"]] == [
        "AS-261122-0001", "AS-261122-0002", "AS-261122-0003", "AS-261123-0001",
    ]  # fmt: skip
    assert audit(brand) == []


def test_only_its_owner_asks_for_a_unit(brand) -> None:
    (serial, free) = open_service(brand)
    make_member(brand, "jun")
    body = {"unit": serial, "symptom": "SOLE", "description": "x", "method": "visit"}
    for wrong in ({"member": "ext:jun"}, {"unit": free, "member": "ext:mina"}):
        brand.api.refused("POST", "/v1/service-requests", {**body, **wrong},
                          code="service_not_owner")  # fmt: skip
    assert ask(brand, serial)["member"] == brand.api.get("/v1/members/ext:mina")["id"]
    assert ask(brand, free)["member"] is None


def test_a_product_without_a_unit_can_be_asked_for(brand) -> None:
    open_service(brand)
    asked = brand.api.post(
        "/v1/service-requests",
        {"product": "BOOT", "member": "ext:mina", "symptom": "other", "description": "x",
         "method": "visit"},
    )  # fmt: skip
    assert (asked["unit"], asked["product_name"], asked["symptom_name"]) == (
        None, "레인부츠", "그 밖의 증상",
    )  # fmt: skip
    step(brand, asked, "cover")
    shown = set_lines(brand, asked, SOLE)
    assert [(each["covered"], each["rule"]) for each in shown["lines"]] == [(False, "no_warranty")]


def test_symptoms_follow_the_category_of_the_product(brand) -> None:
    open_service(brand)
    brand.api.put("/v1/products/BAG", {"name": "가방", "category": "bags"}, expect=201)
    brand.api.put("/v1/symptoms/LEAK", {"name": "물이 샘", "active": False})
    with unit_of_work(brand):
        assert services.symptoms_of(brand.brand_id, "BOOT") == [
            ("SOLE", "밑창 떨어짐"), ("other", "그 밖의 증상"),
        ]  # fmt: skip
        assert services.symptoms_of(brand.brand_id, "BAG") == [("other", "그 밖의 증상")]
    assert [each["code"] for each in brand.api.get("/v1/symptoms")["data"]] == ["LEAK", "SOLE"]


def test_what_a_customer_told_is_shown_by_reading_and_kept_in_no_answer(brand, owner) -> None:
    (serial, _) = open_service(brand)
    told = {"description": "카나리아 밑창", "address": "카나리아로 1", "contact": "010-9999-0000"}
    asked = ask(brand, serial, **told)
    brand.api.post(f"/v1/service-requests/{asked['id']}/notes", {"text": "카나리아 메모"})
    assert {name: get(brand, asked)[name] for name in told} == told
    events = brand.api.get(f"/v1/service-requests/{asked['id']}/events")["data"]
    assert events[0]["note"] == "카나리아 메모"
    for table in ("idempotency_records", "service_requests", "service_request_events",
                  "service_request_notes", "procrastinate_jobs"):  # fmt: skip
        rows = owner.execute(f"SELECT t::text FROM {table} t").fetchall()
        assert not [row for row in rows if "카나리아" in row[0] or "9999-0000" in row[0]]


def test_a_shopper_asks_reads_and_cancels_until_the_goods_arrive(brand) -> None:
    (serial, _) = open_service(brand)
    case = ask_as_member(brand, serial)
    number, owner = case.request.number, mina(brand)
    with unit_of_work(brand):
        mine = services.get_of_member(brand.brand_id, owner, number.lower())
        assert (mine.told.contact, mine.symptom) == ("010-1234-5678", "밑창 떨어짐")
        listed = services.list_of_member(brand.brand_id, owner, 10)
        assert [each.request.number for each in listed] == [number]
    cancelled = as_member(brand, services.cancel, case.request.id)
    again = as_member(brand, services.cancel, case.request.id)
    assert (cancelled.request.status, again.request.version) == (
        "cancelled", cancelled.request.version,
    )  # fmt: skip
    other = ask(brand, serial)
    step(brand, other, "arrive")
    refused = brand.api.refused(
        "POST", f"/v1/service-requests/{other['id']}/steps", {"step": "cancel"},
        code="service_step_refused",
    )  # fmt: skip
    assert (refused["state"], refused["step"]) == ("arrived", "cancel")


def test_somebody_elses_request_is_not_found(brand) -> None:
    (serial, _) = open_service(brand)
    number = ask_as_member(brand, serial).request.number
    jun, owner = member_id(brand, make_member(brand, "jun")), mina(brand)
    for who, named in ((jun, number), (owner, "AS-000000-0001"), (owner, "?")):
        with unit_of_work(brand), pytest.raises(ServiceRequestNotFound):
            services.get_of_member(brand.brand_id, who, named)


def test_staff_skip_what_is_not_needed_and_step_back_with_a_reason(brand) -> None:
    (serial, _) = open_service(brand)
    asked = steps(brand, ask(brand, serial), "cover", "repair", "finish")
    assert asked["arrived_at"] is not None
    path = f"/v1/service-requests/{asked['id']}/steps"
    brand.api.refused(
        "POST", path, {"step": "back", "to": "inspecting"}, code="service_reason_required"
    )
    back = step(brand, asked, "back", to="inspecting")
    assert (back["status"], back["phase"], back["outcome"]) == ("inspecting", "arrived", None)
    brand.api.refused("POST", path, {"step": "back", "to": "repaired", "reason": "x"},
                      code="service_step_refused")  # fmt: skip
    away = step(brand, asked, "back", to="await_inbound")
    assert (away["arrived_at"], away["phase"]) == (None, "checking")


def test_where_parcels_went_is_written_where_it_can_be_forgotten(brand, owner) -> None:
    (serial, _) = open_service(brand)
    asked = step(brand, ask(brand, serial), "cover")
    shown = step(brand, asked, "collect", tracking="한진 5012-3456")
    assert shown["inbound"] == "한진 5012-3456"
    steps(brand, asked, "arrive", "repair", "finish")
    shown = step(brand, asked, "send", tracking="한진 7890-1234")
    assert (shown["inbound"], shown["outbound"]) == ("한진 5012-3456", "한진 7890-1234")
    rows = owner.execute(
        "SELECT e::text FROM service_request_events e WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall()
    assert len(rows) == 7
    assert not [row for row in rows if "한진" in row[0]]


def test_questions_go_back_and_forth(brand) -> None:
    (serial, _) = open_service(brand)
    case = ask_as_member(brand, serial)
    asked = brand.api.get(f"/v1/service-requests/{case.request.number}")
    path = f"/v1/service-requests/{asked['id']}/steps"
    brand.api.refused("POST", path, {"step": "ask"}, code="service_reason_required")
    waiting = step(brand, asked, "ask", visibility="customer")
    assert waiting["status"] == "needs_info"
    assert waiting["clock"]["stopped_since"] is not None
    answered = as_member(
        brand, services.move, case.request.id, "answer", reason="오른쪽이에요",
        visibility="customer",
    )  # fmt: skip
    assert answered.request.status == "received"
    with unit_of_work(brand):
        told = services.timeline(services.get_request(brand.brand_id, case.request.id))
    assert [(ko, note) for _, ko, _, note in told] == [
        ("접수됐어요", None),
        ("확인할 것이 있어요. 답을 기다리고 있어요", "그렇게 정함"),
        ("접수됐어요", "오른쪽이에요"),
    ]


def test_a_replacement_keeps_both_serials(brand) -> None:
    (serial, free) = open_service(brand)
    asked = steps(brand, ask(brand, serial), "cover", "arrive")
    path = f"/v1/service-requests/{asked['id']}/steps"
    brand.api.refused("POST", path, {"step": "replace", "reason": "x"},
                      code="service_replacement_missing")  # fmt: skip
    brand.api.refused("POST", path, {"step": "replace", "reason": "x", "by": serial},
                      code="unit_replacement_unfit")  # fmt: skip
    assert get(brand, asked)["status"] == "arrived"
    done = step(brand, asked, "replace", by=free)
    assert (done["unit"], done["replacement"], done["outcome"]) == (serial, free, "replace")
    assert brand.api.get(f"/v1/units/{serial}")["state"] == "replaced"
    owned = brand.api.get(f"/v1/warranties?unit={free}&status=active")["data"]
    assert [each["member"] for each in owned] == [done["member"]]
    brand.api.refused("POST", path, {"step": "back", "to": "triage", "reason": "x"},
                      code="service_step_refused")  # fmt: skip
    assert audit(brand) == []


def test_lists_are_filtered(brand) -> None:
    serials = open_service(brand, units=2)
    first, second = (ask(brand, serial) for serial in serials[:2])
    step(brand, second, "triage")
    brand.api.patch(f"/v1/service-requests/{first['id']}", {"assignee": "지수"})
    for query, expected in (
        ("", [second, first]),
        ("status=triage", [second]),
        ("phase=received", [first]),
        ("member=ext:mina&limit=1", [second]),
        (f"unit={serials[0]}", [first]),
        ("product=BOOT", [second, first]),
        ("assignee=지수", [first]),
        ("overdue=true", []),
        ("q=as2611220002", [second]),
        ("q=26", []),
    ):
        found = brand.api.get(f"/v1/service-requests?{query}")["data"]
        assert [each["id"] for each in found] == [each["id"] for each in expected], query
    more = brand.api.get("/v1/service-requests?limit=1")
    assert more["has_more"]
    rest = brand.api.get(f"/v1/service-requests?limit=1&cursor={more['next_cursor']}")
    assert [each["id"] for each in rest["data"]] == [first["id"]]


def test_statistics_count_requests_against_what_was_shipped(brand) -> None:
    serials = open_service(brand, units=2)
    batch = brand.api.get("/v1/warranty-batches")["data"][0]["id"]
    for path in (f"/v1/units/{serials[2]}/steps",):
        brand.api.post(path, {"step": "ship"}, expect=200)
    make_batch(brand, 1)
    accept(brand, paid_and_quoted(brand, serials[0]))
    done = steps(brand, ask(brand, serials[1]), "cover", "repair", "finish")
    set_clock(brand, "2026-11-25T10:00:00+09:00")
    step(brand, done, "deliver")
    stats = brand.api.get("/v1/service-requests/stats")
    assert {name: stats[name] for name in ("open", "overdue", "opened", "delivered",
            "free_repairs", "paid_repairs", "days_p50", "days_p90")} == {
        "open": 1, "overdue": 0, "opened": 2, "delivered": 1, "free_repairs": 1,
        "paid_repairs": 0, "days_p50": 3, "days_p90": 3,
    }  # fmt: skip
    assert stats["products"] == [
        {"product": "BOOT", "shipped": 1, "requests": 2, "per_thousand": 2000.0}
    ]
    assert [(each["batch"], each["requests"]) for each in stats["batches"]] == [(batch, 2)]
    nothing = brand.api.get("/v1/service-requests/stats?from=2026-01-01&to=2026-02-01")
    assert (nothing["opened"], nothing["days_p50"], nothing["open"]) == (0, None, 1)


def test_what_is_done_cannot_be_changed(brand) -> None:
    (serial, _) = open_service(brand)
    asked = steps(brand, ask(brand, serial), "cover", "repair", "finish", "deliver")
    brand.api.refused("PUT", f"/v1/service-requests/{asked['id']}/lines", {"lines": [LABOUR]},
                      code="service_lines_fixed")  # fmt: skip
    brand.api.refused("POST", f"/v1/service-requests/{asked['id']}/quotes", {},
                      code="service_step_refused")  # fmt: skip
