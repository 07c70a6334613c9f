"""What the shop tells of members: kept once, found again, forgotten with the person."""

from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.support.parallel import at_once

REVIEW = {
    "type": "review_written",
    "member": "ext:a",
    "external_id": "R-1",
    "data": {"stars": 5, "photo": True, "text": "좋아요"},
}


def test_an_event_is_kept_as_it_was_told(brand: TestBrand) -> None:
    path = make_member(brand, "a")

    told = brand.api.post("/v1/events", {**REVIEW, "occurred_at": "2026-05-01T09:00:00+09:00"})

    assert told["occurred_at"] == "2026-05-01T00:00:00+00:00"
    assert (told["grants"], told["skipped"], told["referral"]) == ([], [], None)
    assert "data" not in told
    (kept,) = brand.api.get(f"{path}/events")["data"]
    assert (kept["id"], kept["data"]) == (told["id"], REVIEW["data"])


def test_told_again_it_is_the_same_event(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    told = brand.api.post("/v1/events", REVIEW)

    assert brand.api.post("/v1/events", REVIEW, expect=200)["id"] == told["id"]
    brand.api.refused(
        "POST", "/v1/events", {**REVIEW, "data": {"stars": 1}}, code="event_already_exists"
    )
    brand.api.post("/v1/events", {**REVIEW, "type": "survey"})
    assert len(brand.api.get(f"{path}/events")["data"]) == 2
    (only,) = brand.api.get(f"{path}/events?type=survey")["data"]
    assert only["type"] == "survey"


def test_told_by_many_at_once_it_happens_once(busy: TestBrand) -> None:
    path = make_member(busy, "a")

    answers = at_once([lambda: busy.api.send("POST", "/v1/events", REVIEW).status_code] * 10)

    assert sorted(answers) == [200] * 9 + [201]
    assert len(busy.api.get(f"{path}/events")["data"]) == 1


def test_what_has_not_happened_yet_is_refused(brand: TestBrand) -> None:
    make_member(brand, "a")
    brand.api.post("/v1/test-clock", {"now": "2026-05-01T00:00:00Z"}, expect=200)
    ahead = {**REVIEW, "occurred_at": "2026-05-01T00:05:01Z"}
    brand.api.refused("POST", "/v1/events", ahead, code="event_in_future")
    brand.api.post("/v1/events", {**REVIEW, "occurred_at": "2026-05-01T00:05:00Z"})


def test_data_holds_plain_values_only(brand: TestBrand) -> None:
    make_member(brand, "a")
    for value in (1.5, [1], {"a": 1}, "x" * 501):
        brand.api.refused(
            "POST", "/v1/events", {**REVIEW, "data": {"v": value}}, code="invalid_request"
        )
    brand.api.post("/v1/events", {**REVIEW, "data": {"v": None}})


def test_events_of_a_merged_member_are_the_survivors(brand: TestBrand) -> None:
    make_member(brand, "a")
    survivor = make_member(brand, "b")
    brand.api.post("/v1/events", REVIEW)
    brand.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)
    brand.api.post("/v1/events", {**REVIEW, "external_id": "R-2"})

    shown = brand.api.get(f"{survivor}/events")["data"]
    assert [each["external_id"] for each in shown] == ["R-2", "R-1"]


def test_an_erased_members_events_say_nothing_of_the_person(brand: TestBrand, owner) -> None:
    make_member(brand, "a")
    brand.api.post("/v1/events", REVIEW)
    brand.api.post("/v1/members/ext:a/erase", expect=200)

    kept = owner.execute(
        "SELECT type, data FROM member_events WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall()
    assert kept == [("review_written", {})]
    brand.api.refused("POST", "/v1/events", REVIEW, code="member_not_found")
