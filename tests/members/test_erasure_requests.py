"""Wishes to be erased: ten days to answer, once for a person, erased or refused with a reason."""

import json
from datetime import UTC, datetime

import pytest

from app import jobs
from app.db import transaction
from app.members import services
from app.members.rules import answer_due_on
from tests.support.api import TestBrand
from tests.support.members import advance, make_member, member_id, unit_of_work
from tests.support.parallel import at_once

ASKED = "2026-11-22T14:59:59Z"  # one second before midnight in Seoul


@pytest.fixture
def shop(brand: TestBrand) -> TestBrand:
    brand.api.post("/v1/test-clock", {"now": ASKED}, expect=200)
    return brand


@pytest.fixture
def alice(shop: TestBrand) -> str:
    return make_member(shop, "alice", points=100)


def ask(brand: TestBrand, member: str, expect: int = 201):
    return brand.api.post(f"{member}/erasure-requests", {"source": "cs_phone"}, expect=expect)


def audited(brand: TestBrand, member: str) -> list[str]:
    found = brand.api.get(f"/v1/audit-log?subject=member:{member}")["data"]
    return [each["action"] for each in found][::-1]


def test_r1_a_request_is_due_ten_days_after_the_day_it_came(shop: TestBrand, alice: str) -> None:
    taken = ask(shop, alice)
    assert (taken["state"], taken["due_on"], taken["overdue"]) == ("open", "2026-12-02", False)
    assert answer_due_on(datetime(2024, 2, 20, tzinfo=UTC).date()).isoformat() == "2024-03-01"
    advance(shop, "P10D")  # the last second of the last day
    path = f"/v1/erasure-requests/{taken['id']}"
    assert shop.api.get(path)["overdue"] is False
    assert shop.api.get("/v1/erasure-requests?overdue=true")["data"] == []
    advance(shop, "PT1S")
    assert shop.api.get(path)["overdue"] is True
    [late] = shop.api.get("/v1/erasure-requests?overdue=true")["data"]
    assert late["id"] == taken["id"]


def test_to_ask_again_does_not_begin_the_time_anew(shop: TestBrand, alice: str) -> None:
    first = ask(shop, alice)
    advance(shop, "P3D")
    again = ask(shop, alice, expect=200)
    assert (again["id"], again["due_on"]) == (first["id"], first["due_on"])
    assert len(shop.api.get("/v1/erasure-requests")["data"]) == 1


def test_completing_erases_the_person_and_says_who_did_it(shop: TestBrand, alice: str) -> None:
    taken = ask(shop, alice)
    path = f"/v1/erasure-requests/{taken['id']}"
    done = shop.api.post(f"{path}/complete", expect=200)
    assert (done["state"], done["overdue"]) == ("completed", False)
    assert done["decided_by"].startswith("key:")
    assert shop.api.get(f"/v1/members/{taken['member']}")["status"] == "erased"
    assert shop.api.post(f"{path}/complete", expect=200) == done  # again: nothing
    refusal = {"reason": "마음이 바뀜"}
    shop.api.refused("POST", f"{path}/refuse", refusal, code="erasure_request_closed")
    assert audited(shop, taken["member"]) == ["member.erasure_requested", "member.erased"]


def test_refusing_needs_a_reason_and_leaves_the_member_alone(shop: TestBrand, alice: str) -> None:
    taken = ask(shop, alice)
    path = f"/v1/erasure-requests/{taken['id']}"
    shop.api.refused("POST", f"{path}/refuse", {}, code="invalid_request")
    refused = shop.api.post(f"{path}/refuse", {"reason": "분쟁 중"}, expect=200)
    assert (refused["state"], refused["reason"]) == ("refused", "분쟁 중")
    assert shop.api.get(alice)["status"] == "active"
    for end in ("complete", "refuse"):
        body = {"reason": "x"} if end == "refuse" else {}
        shop.api.refused("POST", f"{path}/{end}", body, code="erasure_request_closed")
    assert audited(shop, taken["member"])[1:] == ["member.erasure_refused"]
    assert ask(shop, alice)["id"] != taken["id"]  # the person may ask again


def test_an_erasure_by_another_way_closes_the_request(shop: TestBrand, alice: str) -> None:
    taken = ask(shop, alice)
    shop.api.post(f"{alice}/erase", expect=200)
    shown = shop.api.get(f"/v1/erasure-requests/{taken['id']}")
    assert shown["state"] == "completed"
    shop.api.refused(
        "POST", f"/v1/members/{taken['member']}/erasure-requests", {"source": "mail"},
        code="member_not_found",
    )  # fmt: skip


def test_the_wish_of_a_merged_member_is_that_of_the_survivor(shop: TestBrand, alice: str) -> None:
    taken = ask(shop, alice)
    bob = make_member(shop, "bob")
    shop.api.post(f"{alice}/merge", {"into": "ext:bob"}, expect=200)
    survivor = shop.api.get(bob)["id"]
    assert shop.api.get("/v1/erasure-requests")["data"][0]["member"] == survivor
    assert ask(shop, bob, expect=200)["id"] == taken["id"]
    shop.api.post(f"/v1/erasure-requests/{taken['id']}/complete", expect=200)
    assert shop.api.get(f"/v1/members/{survivor}")["status"] == "erased"
    assert shop.api.get(f"/v1/members/{taken['member']}")["status"] == "erased"


def test_the_list_shows_those_with_the_least_time_first(shop: TestBrand) -> None:
    ids = []
    for number in range(5):
        ids.append(ask(shop, make_member(shop, f"m{number}"))["id"])
        advance(shop, "P1D")
    shop.api.post(f"/v1/erasure-requests/{ids[1]}/refuse", {"reason": "오류"}, expect=200)
    first = shop.api.get("/v1/erasure-requests?state=open&limit=2")
    path = f"/v1/erasure-requests?state=open&limit=2&cursor={first['next_cursor']}"
    rest = shop.api.get(path)
    assert [each["id"] for each in first["data"] + rest["data"]] == [ids[0], *ids[2:]]
    shop.api.refused("GET", "/v1/erasure-requests/era_none", code="erasure_request_not_found")
    missing = "/v1/erasure-requests/era_00000000000000000000000000"
    shop.api.refused("GET", missing, code="erasure_request_not_found")


def test_of_fifty_clicks_one_request_is_made(busy: TestBrand) -> None:
    member = make_member(busy, "alice")
    found = member_id(busy, member)

    def click() -> bool:
        with unit_of_work(busy):
            now = datetime(2026, 11, 22, tzinfo=UTC)
            taken = services.request_erasure(busy.brand_id, found, source="my_page", now=now)
            return taken.repeated

    assert sorted(at_once([click] * 50)) == [False] + [True] * 49


def test_what_is_late_is_seen_by_the_operator(shop: TestBrand, alice: str) -> None:
    ask(shop, alice)

    def late() -> tuple[int, int]:
        with shop.app.app_context():
            jobs.run("members.watch_erasures", shop.brand_id)
        command = ["jobs", "status", "--json", "--brand", str(shop.brand_id)]
        result = shop.app.test_cli_runner().invoke(args=command)
        return json.loads(result.output.splitlines()[-1])["late"], result.exit_code

    assert late()[0] == 0
    advance(shop, "P11D")
    assert late() == (1, 1)
    shown = shop.app.test_client().get("/metrics").get_data(as_text=True)
    line = next(each for each in shown.splitlines()
                if each.startswith('dangol_late{kind="members.watch_erasures"}'))  # fmt: skip
    assert float(line.split()[-1]) >= 1
    shop.api.post(f"{alice}/erase", expect=200)
    assert late()[0] == 0


def test_a_page_takes_a_wish_down_as_the_members_own(shop: TestBrand, alice: str) -> None:
    found = member_id(shop, alice)
    with shop.app.app_context(), transaction(shop.brand_id):
        now = datetime(2026, 11, 22, tzinfo=UTC)
        services.request_erasure(shop.brand_id, found, source="my_page", now=now)
    [taken] = shop.api.get("/v1/erasure-requests")["data"]
    [record] = shop.api.get(f"/v1/audit-log?subject=member:{taken['member']}")["data"]
    assert (taken["source"], record["actor"]) == ("my_page", "member")
