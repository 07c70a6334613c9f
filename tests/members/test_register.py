"""Registering, changing and reading members over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.support.api import TestBrand

KIM = {
    "name": "김단골",
    "phone": "010-1234-5678",
    "email": "Kim@Example.com",
    "birthday": {"date": "1990-02-30", "calendar": "lunar", "leap_month": False},
    "joined_on": "2024-03-01",
    "referred_by_code": "FRIEND7",
}


def test_a_member_is_registered_once_and_read_back_in_every_way(brand: TestBrand) -> None:
    made = brand.api.put("/v1/members/ext:17850", KIM, expect=201)

    assert made["object"] == "member"
    assert made["id"].startswith("mem_")
    assert made["external_id"] == "17850"
    assert made["status"] == "active"
    assert made["phone"] == "+821012345678"
    assert made["email"] == "Kim@example.com"
    assert made["birthday"] == KIM["birthday"]
    assert made["joined_on"] == "2024-03-01"
    assert made["referred_by_code"] == "FRIEND7"
    assert made["merged_into"] is None
    assert brand.api.get("/v1/members/ext:17850") == made
    assert brand.api.get(f"/v1/members/{made['id']}") == made
    assert brand.api.get(f"/v1/members/{made['id'].upper()}") == made


def test_putting_the_same_again_changes_nothing(brand: TestBrand) -> None:
    first = brand.api.put("/v1/members/ext:1", KIM, expect=201)
    assert brand.api.put("/v1/members/ext:1", KIM, expect=200) == first


def test_fields_that_are_not_named_stay_and_a_null_clears(brand: TestBrand) -> None:
    first = brand.api.put("/v1/members/ext:1", KIM, expect=201)

    second = brand.api.put("/v1/members/ext:1", {"name": "이단골"}, expect=200)
    assert {**second, "updated_at": 0} == {**first, "name": "이단골", "updated_at": 0}
    assert second["updated_at"] > first["updated_at"]

    third = brand.api.patch("/v1/members/ext:1", {"phone": None, "birthday": None})
    assert (third["phone"], third["birthday"]) == (None, None)
    assert third["email"] == "Kim@example.com"


def test_a_member_needs_nothing_but_an_id(brand: TestBrand) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T20:00:00+00:00"}, expect=200)

    made = brand.api.put("/v1/members/ext:1", {}, expect=201)

    assert made["name"] is None
    assert made["joined_on"] == "2026-11-23"  # the day in Seoul
    assert made["created_at"] == "2026-11-22T20:00:00+00:00"


def test_a_plain_date_is_a_solar_birthday(brand: TestBrand) -> None:
    made = brand.api.put("/v1/members/ext:1", {"birthday": "1990-03-05"}, expect=201)
    assert made["birthday"] == {"date": "1990-03-05", "calendar": "solar", "leap_month": False}


def test_ids_of_the_shop_may_be_korean(brand: TestBrand) -> None:
    made = brand.api.put(f"/v1/members/ext:{quote('단골 손님@1')}", {}, expect=201)
    assert made["external_id"] == "단골 손님@1"
    assert brand.api.get(f"/v1/members/ext:{quote('단골 손님@1')}") == made


def test_a_member_of_ours_cannot_be_put(brand: TestBrand) -> None:
    made = brand.api.put("/v1/members/ext:1", {}, expect=201)
    assert brand.api.send("PUT", f"/v1/members/{made['id']}", {}).status_code == 405


@pytest.mark.parametrize("external_id", ["x" * 129, "a%0Ab", "%20a"])
def test_an_id_that_is_none_is_refused(brand: TestBrand, external_id: str) -> None:
    brand.api.refused("PUT", f"/v1/members/ext:{external_id}", {}, code="external_id_invalid")
    brand.api.refused("GET", f"/v1/members/ext:{external_id}", code="member_not_found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phone": "010-123-4567"}, "/phone"),
        ({"phone": 1012345678}, "/phone"),
        ({"email": "canary@"}, "/email"),
        ({"name": ""}, "/name"),
        ({"name": "캐너리\n"}, None),
        ({"name": "캐너리\n캐너리"}, "/name"),
        ({"name": "캐" * 101}, "/name"),
        ({"birthday": "1990-02-30"}, "/birthday/date"),
        ({"birthday": {"date": "1990-01-30", "calendar": "lunar"}}, "/birthday/date"),
        ({"birthday": {"date": "1990-03-05", "calendar": "julian"}}, "/birthday/calendar"),
        ({"birthday": {"date": "1990-03-05", "leap_month": 1}}, "/birthday/leap_month"),
        ({"birthday": {"date": "1990-03-05", "year": 1}}, "/birthday/year"),
        ({"birthday": 19900305}, "/birthday"),
        ({"birthday": ["1990-03-05"]}, "/birthday"),
        ({"joined_on": "2024-02-30"}, "/joined_on"),
        ({"joined_on": "1066-10-14"}, "/joined_on"),
        ({"joined_on": None}, "/joined_on"),
        ({"referred_by_code": "x" * 65}, "/referred_by_code"),
        ({"points": 100}, "/points"),
        ({"brand_id": "x"}, "/brand_id"),
    ],
)
def test_what_is_not_valid_is_pointed_at_and_never_repeated(
    brand: TestBrand, body: dict[str, Any], pointer: str | None
) -> None:
    if pointer is None:  # outer white space is taken off
        assert brand.api.put("/v1/members/ext:1", body, expect=201)["name"] == "캐너리"
        return
    for language in ("ko", "en"):
        response = brand.api.send(
            "PUT", "/v1/members/ext:1", body, headers={"Accept-Language": language}
        )
        assert response.status_code == 422
        problem = response.get_json(force=True)
        assert problem["code"] == "invalid_request"
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
        del problem["request_id"]  # random, so it may hold any digits
        text = json.dumps(problem, ensure_ascii=False)
        for value in ("123-4567", "1012345678", "canary", "캐너리", "캐캐", "02-30", "1066"):
            assert value not in text


def test_nobody_is_born_tomorrow(brand: TestBrand) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T15:30:00+00:00"}, expect=200)
    brand.api.put("/v1/members/ext:1", {"birthday": "2026-11-23"}, expect=201)  # today in Seoul
    for method, path in (("PUT", "/v1/members/ext:2"), ("PATCH", "/v1/members/ext:1")):
        brand.api.refused(method, path, {"birthday": "2026-11-24"}, code="birthday_in_future")


def test_a_referral_code_is_given_once(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    brand.api.patch("/v1/members/ext:1", {"referred_by_code": "A1"})
    brand.api.put("/v1/members/ext:1", {"referred_by_code": "A1"})
    brand.api.refused(
        "PATCH", "/v1/members/ext:1", {"referred_by_code": "B2"}, code="referral_code_fixed"
    )


def test_a_change_of_birthday_is_remembered(
    brand: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    def changed_at() -> Any:
        return owner.execute(
            "SELECT birthday_changed_at FROM members WHERE brand_id = %s", (brand.brand_id,)
        ).fetchone()

    brand.api.put("/v1/members/ext:1", {}, expect=201)
    assert changed_at() == (None,)
    brand.api.patch("/v1/members/ext:1", {"birthday": "1990-03-05"})
    first = changed_at()
    assert first != (None,)
    brand.api.patch("/v1/members/ext:1", {"birthday": "1990-03-05", "name": "김"})
    assert changed_at() == first
    brand.api.patch("/v1/members/ext:1", {"birthday": {"date": "1990-03-05", "calendar": "lunar"}})
    assert changed_at() > first


def test_registrations_at_the_same_time_make_exactly_one_member(
    brand: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    def put(number: int) -> tuple[int, str]:
        response = brand.api.send("PUT", "/v1/members/ext:race", {"name": f"단골{number}"})
        return response.status_code, response.get_json(force=True)["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(put, range(16)))

    assert sorted(status for status, _ in answers) == [200] * 15 + [201]
    assert len({member_id for _, member_id in answers}) == 1
    rows = owner.execute(
        "SELECT (SELECT count(*) FROM members WHERE brand_id = %(b)s),"
        " (SELECT count(*) FROM point_accounts WHERE brand_id = %(b)s)",
        {"b": brand.brand_id},
    ).fetchone()
    assert rows == (1, 1)


def test_changes_at_the_same_time_lose_nothing(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    bodies = [{"name": "김단골"}, {"phone": "010-1234-5678"}, {"email": "kim@example.com"}] * 4

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda body: brand.api.patch("/v1/members/ext:1", body), bodies))

    shown = brand.api.get("/v1/members/ext:1")
    assert (shown["name"], shown["phone"], shown["email"]) == (
        "김단골",
        "+821012345678",
        "kim@example.com",
    )


def test_another_brand_sees_nothing_of_the_same_ids(
    brand: TestBrand, make_brand: Any, owner: psycopg.Connection[Any]
) -> None:
    made = brand.api.put("/v1/members/ext:1", KIM, expect=201)
    other = make_brand()
    own = other.api.put("/v1/members/ext:2", {}, expect=201)

    for name in (made["id"], "ext:1"):
        for method, path, body in (
            ("GET", f"/v1/members/{name}", None),
            ("PATCH", f"/v1/members/{name}", {"name": "x"}),
            ("POST", f"/v1/members/{name}/merge", {"into": own["id"]}),
            ("POST", f"/v1/members/{own['id']}/merge", {"into": name}),
            ("POST", f"/v1/members/{name}/erase", {}),
        ):
            problem = other.api.refused(method, path, body, code="member_not_found")
            assert problem["status"] == 404
    assert other.api.post("/v1/members/search", {"phone": KIM["phone"]}, expect=200)["data"] == []
    assert [row["id"] for row in other.api.get("/v1/members")["data"]] == [own["id"]]
    assert brand.api.get("/v1/members/ext:1") == made
    # The same person in two brands: nothing in the database is equal.
    other.api.put("/v1/members/ext:1", KIM, expect=201)
    values = owner.execute(
        "SELECT phone_index, email_index, phone_sealed, name_sealed FROM members"
        " WHERE brand_id IN (%s, %s) AND phone_index IS NOT NULL",
        (brand.brand_id, other.brand_id),
    ).fetchall()
    assert len(values) == 2
    assert not set(values[0]) & set(values[1])


def test_reading_and_writing_need_their_scopes(brand: TestBrand) -> None:
    reader, writer = brand.key("members:read"), brand.key("members:write")

    writer.put("/v1/members/ext:1", {}, expect=201)
    assert reader.get("/v1/members/ext:1")["external_id"] == "1"
    writer.refused("GET", "/v1/members/ext:1", code="scope_missing")
    writer.refused("POST", "/v1/members/search", {"phone": "010"}, code="scope_missing")
    for method, path in (
        ("PUT", "/v1/members/ext:1"),
        ("PATCH", "/v1/members/ext:1"),
        ("POST", "/v1/members/ext:1/merge"),
        ("POST", "/v1/members/ext:1/erase"),
    ):
        reader.refused(method, path, {}, code="scope_missing")
