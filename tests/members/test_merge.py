"""Two members who are one person."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from app import ids
from app.db import transaction
from app.members import services
from app.members.errors import MemberNotFound
from tests.support.api import TestBrand


@pytest.fixture
def pair(brand: TestBrand) -> TestBrand:
    """``ext:old`` with much, ``ext:new`` with little."""
    brand.api.put(
        "/v1/members/ext:old",
        {
            "name": "김단골",
            "phone": "010-1234-5678",
            "email": "old@example.com",
            "birthday": {"date": "1990-05-05", "calendar": "lunar", "leap_month": True},
            "joined_on": "2020-01-01",
        },
        expect=201,
    )
    brand.api.put(
        "/v1/members/ext:new", {"name": "김 단골", "email": "new@example.com"}, expect=201
    )
    return brand


def points(brand: TestBrand, member: str) -> int:
    available: int = brand.api.get(f"/v1/members/{member}/points")["available"]
    return available


def test_the_survivor_takes_over_what_it_lacks(pair: TestBrand) -> None:
    old = pair.api.get("/v1/members/ext:old")
    new = pair.api.get("/v1/members/ext:new")

    answer = pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)

    assert (answer["id"], answer["status"]) == (old["id"], "merged")
    assert answer["merged_into"] == new["id"]
    shown = pair.api.get("/v1/members/ext:new")
    assert shown["name"] == "김 단골"
    assert shown["email"] == "new@example.com"
    assert shown["phone"] == "+821012345678"
    assert shown["birthday"] == old["birthday"]
    assert shown["joined_on"] == "2020-01-01"
    merged = pair.api.get("/v1/members/ext:old")
    assert (merged["status"], merged["merged_into"]) == ("merged", new["id"])


def test_what_leads_to_the_merged_one_finds_the_survivor(pair: TestBrand) -> None:
    survivor = pair.api.get("/v1/members/ext:new")["id"]
    merged = pair.api.post("/v1/members/ext:old/merge", {"into": survivor}, expect=200)["id"]

    for keys in (
        {"email": "old@example.com"},
        {"phone": "010-1234-5678"},
        {"external_id": "old"},
        {"external_id": "new"},
    ):
        page = pair.api.post("/v1/members/search", keys, expect=200)
        assert [member["id"] for member in page["data"]] == [survivor], keys
    with pair.app.app_context(), transaction(pair.brand_id):
        for reference in ("ext:old", merged, "ext:new", survivor):
            found = services.resolve(pair.brand_id, reference)
            assert ids.show("mem", found.id) == survivor
            exact = services.find_member(pair.brand_id, reference)
            assert services.survivor_id(pair.brand_id, exact.id) == found.id


def test_points_move_and_are_spent_under_either_name(pair: TestBrand) -> None:
    pair.api.post("/v1/members/ext:old/points/accruals", {"points": 300})
    pair.api.post("/v1/members/ext:new/points/accruals", {"points": 50})

    pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)

    assert points(pair, "ext:new") == points(pair, "ext:old") == 350
    pair.api.post("/v1/members/ext:old/points/redemptions", {"points": 340})
    assert points(pair, "ext:new") == 10


def test_merging_again_changes_nothing(pair: TestBrand) -> None:
    first = pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    shown = pair.api.get("/v1/members/ext:new")

    assert pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200) == first
    assert pair.api.get("/v1/members/ext:new") == shown


def test_the_same_key_is_answered_again(pair: TestBrand) -> None:
    body = {"into": "ext:new"}
    first = pair.api.post("/v1/members/ext:old/merge", body, expect=200, key="k")
    response = pair.api.send("POST", "/v1/members/ext:old/merge", body, key="k")
    assert response.headers["Idempotency-Replayed"] == "true"
    assert response.get_json(force=True) == first


def test_a_chain_of_merges_leads_to_the_last_in_one_step(
    pair: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    pair.api.put("/v1/members/ext:last", {}, expect=201)
    pair.api.post("/v1/members/ext:old/points/accruals", {"points": 10})
    pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    pair.api.post("/v1/members/ext:new/merge", {"into": "ext:last"}, expect=200)

    last = pair.api.get("/v1/members/ext:last")
    assert pair.api.get("/v1/members/ext:old")["merged_into"] == last["id"]
    assert last["phone"] == "+821012345678"
    assert points(pair, "ext:old") == 10
    steps = owner.execute(
        "SELECT count(DISTINCT merged_into_id) FROM members WHERE brand_id = %s", (pair.brand_id,)
    ).fetchone()
    assert steps == (1,)


def test_a_member_is_not_merged_into_itself_by_any_name(pair: TestBrand) -> None:
    new = pair.api.get("/v1/members/ext:new")["id"]
    pair.api.refused("POST", "/v1/members/ext:new/merge", {"into": new}, code="merge_into_itself")
    pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    pair.api.refused(
        "POST", "/v1/members/ext:new/merge", {"into": "ext:old"}, code="merge_into_itself"
    )


def test_a_merged_member_can_be_neither_changed_nor_merged_elsewhere(pair: TestBrand) -> None:
    pair.api.put("/v1/members/ext:third", {}, expect=201)
    pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    survivor = pair.api.get("/v1/members/ext:new")["id"]

    for method, path, body in (
        ("PUT", "/v1/members/ext:old", {"name": "x"}),
        ("PATCH", "/v1/members/ext:old", {"name": "x"}),
        ("POST", "/v1/members/ext:old/merge", {"into": "ext:third"}),
    ):
        problem = pair.api.refused(method, path, body, code="member_merged")
        assert problem["status"] == 409
        assert problem["merged_into"] == survivor


def test_who_is_merged_into_must_be_there(pair: TestBrand) -> None:
    problem = pair.api.refused(
        "POST", "/v1/members/ext:old/merge", {"into": "ext:nobody"}, code="member_not_found"
    )
    assert problem["errors"][0]["pointer"] == "/into"
    pair.api.post("/v1/members/ext:new/erase", expect=200)


def test_two_opposite_merges_at_once_make_one_survivor(brand: TestBrand) -> None:
    for turn in range(4):
        a, b = f"ext:a{turn}", f"ext:b{turn}"
        for name in (a, b):
            brand.api.put(f"/v1/members/{name}", {}, expect=201)
            brand.api.post(f"/v1/members/{name}/points/accruals", {"points": 100})

        with ThreadPoolExecutor(2) as pool:
            statuses = list(
                pool.map(
                    lambda names: (
                        brand.api.send(
                            "POST", f"/v1/members/{names[0]}/merge", {"into": names[1]}
                        ).status_code
                    ),
                    [(a, b), (b, a)],
                )
            )

        assert statuses.count(200) == 1, statuses
        assert {brand.api.get(f"/v1/members/{name}")["status"] for name in (a, b)} == {
            "active",
            "merged",
        }
        assert points(brand, a) == points(brand, b) == 200


def test_a_merge_is_on_the_record_without_personal_data(
    pair: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    answer = pair.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)

    rows = owner.execute(
        "SELECT action, subject, before, after FROM audit_log"
        " WHERE brand_id = %s AND action LIKE 'member.%%'",
        (pair.brand_id,),
    ).fetchall()
    assert rows == [
        (
            "member.merged",
            f"member:{answer['id']}",
            None,
            {"merged_into": answer["merged_into"]},
        )
    ]


def test_a_reference_to_nobody_is_not_found(brand: TestBrand) -> None:
    with (
        brand.app.app_context(),
        transaction(brand.brand_id),
        pytest.raises(MemberNotFound),
    ):
        services.resolve(brand.brand_id, "ext:nobody")
