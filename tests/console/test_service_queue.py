"""The A/S queue: its tabs and counts, filters, views, columns, and many requests at once."""

import re
from datetime import timedelta

import pytest

from app import clock
from tests.console.counter import act, open_case, tick
from tests.console.desk import Desk
from tests.service_requests.shop import ask, open_service, set_clock, step
from tests.support.api import TestBrand
from tests.support.parallel import at_once


def counts(desk: Desk, path: str = "/console/service") -> dict[str, int]:
    html = desk.open(path).html
    return {
        name: int(count)
        for name, count in re.findall(r'tab=(\w+)[^"]*"[^>]*>[^<]+ <small>(\d+)</small>', html)
    }


def shown(desk: Desk, path: str = "/console/service") -> list[str]:
    """Return the numbers of the requests on a page, from top to bottom."""
    return re.findall(r'<a href="/console/service/(AS-[\d-]+)"', desk.open(path).html)


def fresh(brand: TestBrand, request: dict) -> dict:
    return brand.api.get(f"/v1/service-requests/{request['id']}")


def versions(brand: TestBrand, *requests: dict) -> list[dict]:
    """Return requests with the versions they have now."""
    found = []
    for each in requests:
        events = brand.api.get(f"/v1/service-requests/{each['id']}/events?limit=1")["data"]
        found.append({**each, "version": events[0]["seq"]})
    return found


def bulk(desk: Desk, boxes: list[str], **fields: str):
    return desk.post("/console/service/bulk", {"chosen": boxes, **fields})


def test_each_tab_shows_its_requests_and_how_many_there_are(brand) -> None:
    serials = open_service(brand, units=5)
    first, second, third, fourth, fifth = (ask(brand, serial) for serial in serials[:-1])
    desk = Desk(brand, "cs")
    act(desk, first, "assignee", who=desk.actor)
    step(brand, second, "ask")
    act(desk, third, "hold", until="2026-11-30")
    step(brand, fourth, "cancel")
    assert counts(desk) == {
        "mine": 1, "unassigned": 2, "today": 0, "late": 0, "waiting": 1, "held": 1, "open": 4,
    }  # fmt: skip
    for tab, numbers in {
        "mine": [first], "unassigned": [second, fifth], "waiting": [second], "held": [third],
        "over": [fourth], "late": [], "open": [first, third, fifth, second],
    }.items():  # fmt: skip
        found = shown(desk, f"/console/service?tab={tab}")
        assert sorted(found) == sorted(each["number"] for each in numbers), tab
    assert "고객이 답하면" not in open_case(desk, second).text


def test_what_is_due_is_told_in_business_days_and_comes_first(brand) -> None:
    serials = open_service(brand, at="2026-11-20T10:00:00+09:00", units=2)  # a Friday
    late = ask(brand, serials[0])
    set_clock(brand, "2026-11-24T10:00:00+09:00")
    today = ask(brand, serials[1])
    desk = Desk(brand, "cs")
    page = desk.open("/console/service")
    assert "1영업일 지남" in page.text
    assert "1영업일 남음" in page.text
    assert shown(desk) == [late["number"], today["number"]]
    assert counts(desk)["late"] == 1
    step(brand, late, "ask")
    assert "멈춤" in desk.open("/console/service").text
    assert counts(desk)["late"] == 0
    set_clock(brand, "2026-11-25T10:00:00+09:00")
    assert counts(desk)["today"] == 1
    assert "오늘 마감" in desk.open("/console/service?tab=today").text


def test_filters_find_by_status_product_symptom_flag_number_and_serial(brand) -> None:
    serials = open_service(brand, units=2)
    sole, leak = ask(brand, serials[0]), ask(brand, serials[1], "LEAK")
    step(brand, leak, "triage")
    desk = Desk(brand, "viewer")
    assert shown(desk, "/console/service?status=triage") == [leak["number"]]
    assert shown(desk, "/console/service?symptom=SOLE") == [sole["number"]]
    assert len(shown(desk, "/console/service?product=BOOT")) == 2
    assert shown(desk, "/console/service?product=NONE") == []
    assert shown(desk, "/console/service?flag=same_fault") == []
    assert shown(desk, f"/console/service?q={sole['number'].lower()}") == [sole["number"]]
    assert shown(desk, f"/console/service?q={serials[1]}") == [leak["number"]]
    assert shown(desk, "/console/service?q=nothing") == []
    assert counts(desk, "/console/service?symptom=SOLE")["open"] == 1
    for odd in ("%00", "%ED%A0%80", "a" * 500, "';--"):
        desk.open(f"/console/service?q={odd}&tab={odd}&after={odd}&undo={odd}&count={odd}")


def test_pages_follow_one_another_without_a_gap(brand, monkeypatch) -> None:
    serials = open_service(brand, units=5)
    made = [ask(brand, serial)["number"] for serial in serials[:-1]]
    monkeypatch.setattr("app.console.pages.service_queue.SIZE", 2)
    desk = Desk(brand, "viewer")
    for tab in ("open", "over"):
        found, path = [], f"/console/service?tab={tab}"
        while path:
            found += shown(desk, path)
            path = next((each for each in desk.page.links if "after=" in each), "")
        assert sorted(found) == sorted(made if tab == "open" else []), tab


def test_a_view_is_ones_own_unless_it_is_shared(brand) -> None:
    open_service(brand)
    mine, other = Desk(brand, "cs"), Desk(brand, "cs")
    mine.open("/console/service?tab=late&symptom=SOLE")
    mine.send("/console/service/views", {"name": "밑창 지연"})
    mine.open("/console/service?tab=waiting")
    mine.send("/console/service/views", {"name": "답 기다림", "shared": "yes"})
    assert "밑창 지연" in mine.page.text
    assert "/console/service?tab=late&symptom=SOLE" in mine.page.links
    page = other.open("/console/service")
    assert "밑창 지연" not in page.text
    assert "답 기다림" in page.text
    view = re.search(r"/console/service/views/(viw_\w+)/delete", mine.page.html)
    assert view is not None
    other.post(f"/console/service/views/{view[1]}/delete", expect=404)
    mine.post(f"/console/service/views/{view[1]}/delete")
    mine.post("/console/service/views", {"name": " "}, expect=422)


def test_columns_are_ones_own(brand) -> None:
    serials = open_service(brand)
    ask(brand, serials[0])
    desk, other = Desk(brand, "viewer"), Desk(brand, "viewer")
    assert serials[0] not in desk.open("/console/service").text
    desk.post("/console/service/columns", {"column": ["serial", "status", "password"]})
    assert serials[0] in desk.page.text
    assert "마감</th>" not in desk.page.html
    assert serials[0] not in other.open("/console/service").text


def test_what_a_deed_will_do_is_shown_before_and_done_to_those_that_can(brand) -> None:
    serials = open_service(brand, units=3)
    first, second, third = (ask(brand, serial) for serial in serials[:-1])
    step(brand, third, "cancel")
    desk = Desk(brand, "cs")
    boxes = tick(*versions(brand, first, second, third))
    page = bulk(desk, boxes, deed="step", step="triage")
    assert page.text.count("돼요") >= 2
    assert "안 돼요" in page.text
    assert fresh(brand, first)["status"] == "received"
    desk.send("/console/service/bulk/do", {"chosen": boxes})
    assert "2건에 적용했어요" in desk.page.text
    assert "1건은 그대로예요" in desk.page.text
    assert [fresh(brand, each)["status"] for each in (first, second, third)] == [
        "triage", "triage", "cancelled",
    ]  # fmt: skip


def test_only_steps_that_all_can_take_are_offered(brand) -> None:
    serials = open_service(brand, units=2)
    first, second = (ask(brand, serial) for serial in serials[:-1])
    step(brand, second, "triage")
    desk = Desk(brand, "cs")
    page = bulk(desk, tick(*versions(brand, first, second)), deed="choose")
    assert '<option value="cover">' in page.html
    assert '<option value="triage">' not in page.html
    assert '<option value="replace">' not in page.html  # needs more than a reason
    bulk(desk, tick(*versions(brand, first, second)), deed="step", step="charge")
    assert "이유가 필요해요" in desk.page.text


def test_what_has_changed_meanwhile_is_left_alone(brand) -> None:
    serials = open_service(brand, units=2)
    first, second = (ask(brand, serial) for serial in serials[:-1])
    desk = Desk(brand, "cs")
    boxes = tick(*versions(brand, first, second))
    bulk(desk, boxes, deed="note", text="확인함")
    step(brand, second, "triage")
    desk.send("/console/service/bulk/do", {"chosen": boxes})
    assert "1건에 적용했어요" in desk.page.text
    assert "확인함" in open_case(desk, first).text
    assert "확인함" not in open_case(desk, second).text


def test_giving_away_is_undone_once_and_within_a_minute(brand, monkeypatch) -> None:
    serials = open_service(brand, units=3)
    made = [ask(brand, serial) for serial in serials[:-1]]
    desk, other = Desk(brand, "cs"), Desk(brand, "cs")
    act(desk, made[0], "assignee", who=other.actor)

    def give() -> str:
        boxes = tick(*versions(brand, *made))
        bulk(desk, boxes, deed="me")
        desk.send("/console/service/bulk/do", {"chosen": boxes})
        return desk.page.form("/console/service/undo").values["undo"]

    undo = give()
    assert {fresh(brand, each)["assignee"] for each in made} == {desk.actor}
    other.post("/console/service/undo", {"undo": undo}, expect=409)
    act(desk, made[2], "assignee", who=other.actor)  # went on meanwhile: it stays there
    desk.post("/console/service/undo", {"undo": undo})
    assert [fresh(brand, each)["assignee"] for each in made] == [other.actor, None, other.actor]
    desk.post("/console/service/undo", {"undo": undo}, expect=409)

    undo = give()
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    desk.post("/console/service/undo", {"undo": undo}, expect=409)
    assert {fresh(brand, each)["assignee"] for each in made} == {desk.actor}


def test_of_many_who_undo_at_once_one_does(brand) -> None:
    request = ask(brand, open_service(brand)[0])
    desk = Desk(brand, "cs")
    boxes = tick(*versions(brand, request))
    bulk(desk, boxes, deed="me")
    desk.send("/console/service/bulk/do", {"chosen": boxes})
    fields = desk.page.form("/console/service/undo").values
    answers = at_once(
        [
            lambda: desk.ask("POST", "/console/service/undo", data=fields).status_code
            for _ in range(4)
        ]
    )
    assert sorted(answers) == [303, 409, 409, 409]


@pytest.mark.parametrize("role", ["viewer"])
def test_who_only_looks_changes_nothing(brand, role) -> None:
    request = ask(brand, open_service(brand)[0])
    desk = Desk(brand, role)
    page = desk.open("/console/service")
    assert "chosen" not in page.html
    before = fresh(brand, request)
    for path in ("bulk", "bulk/do", "undo"):
        desk.post(f"/console/service/{path}", {"chosen": tick(request, version=1)}, expect=403)
    for path in ("notes", "steps", "assignee", "hold", "photos", "draft"):
        desk.post(f"/console/service/{request['number']}/{path}", {"version": "2"}, expect=403)
    assert fresh(brand, request) == before
