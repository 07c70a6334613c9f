"""Erasure: the person goes, the books stay."""

import random
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql

from app.members.models import Member
from tests.support.api import TestBrand


@dataclass(frozen=True)
class Canary:
    """A person who is in the database only if this test put them there."""

    shop_id: str
    body: dict[str, str]

    @property
    def contact(self) -> tuple[str, ...]:
        return self.body["name"], self.body["phone"][4:], self.body["email"].partition("@")[0]

    @property
    def marks(self) -> tuple[str, ...]:
        return (*self.contact, self.shop_id, self.body["referred_by_code"])


@pytest.fixture
def canary() -> Canary:
    number, other = (f"{random.randrange(10**8):08}" for _ in range(2))
    return Canary(
        f"shop{other}",
        {
            "name": f"카나리아{number[:5]}",
            "phone": f"010-{number}",
            "email": f"canary.{number}@example.com",
            "birthday": "1971-02-03",
            "referred_by_code": f"CODE{other}",
        },
    )


def marks_in_database(owner: psycopg.Connection[Any], *marks: str | bytes) -> dict[str, list[str]]:
    """Return the tables whose rows show one of ``marks``, as text or as bytes."""
    seen: dict[str, list[str]] = {}
    tables = owner.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    for (table,) in tables:
        for mark in marks:
            raw = mark if isinstance(mark, bytes) else mark.encode()
            count = owner.execute(
                sql.SQL("SELECT count(*) FROM {} t WHERE strpos(t::text, %s) > 0").format(
                    sql.Identifier(table)
                )
                + sql.SQL(" OR strpos(t::text, %s) > 0"),
                (mark if isinstance(mark, str) else raw.hex(), raw.hex()),
            ).fetchone()
            if count and count[0]:
                seen.setdefault(table, []).append(repr(mark))
    return seen


def test_contact_data_is_in_no_table_in_the_clear(
    brand: TestBrand, owner: psycopg.Connection[Any], canary: Canary
) -> None:
    brand.api.put("/v1/members/ext:1", canary.body, expect=201)
    brand.api.post("/v1/members/search", {"phone": canary.body["phone"]}, expect=200)
    brand.api.put("/v1/members/ext:2", {}, expect=201)
    brand.api.post("/v1/members/ext:1/merge", {"into": "ext:2"}, expect=200)

    assert marks_in_database(owner, *canary.contact) == {}


def test_nothing_of_an_erased_person_is_left_in_any_column(
    brand: TestBrand, owner: psycopg.Connection[Any], canary: Canary
) -> None:
    brand.api.put(f"/v1/members/ext:{canary.shop_id}", canary.body, expect=201)
    sealed = owner.execute(
        "SELECT name_sealed, phone_sealed, phone_index, email_sealed, email_index"
        " FROM members WHERE brand_id = %s",
        (brand.brand_id,),
    ).fetchone()
    assert sealed is not None
    assert set(marks_in_database(owner, *canary.marks, *sealed)) == {"members"}

    answer = brand.api.post(f"/v1/members/ext:{canary.shop_id}/erase", expect=200)

    assert answer["status"] == "erased"
    assert marks_in_database(owner, *canary.marks, *sealed) == {}
    shown = brand.api.get(f"/v1/members/{answer['id']}")
    kept = {"object", "id", "status", "joined_on", "created_at", "updated_at"}
    assert {name for name, value in shown.items() if value is not None} == kept


def test_the_books_of_an_erased_member_stay(
    brand: TestBrand, owner: psycopg.Connection[Any], canary: Canary
) -> None:
    brand.api.put("/v1/members/ext:1", canary.body, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 500})

    brand.api.post("/v1/members/ext:1/erase", expect=200)

    entries = owner.execute(
        "SELECT d_available, available_after FROM point_entries WHERE brand_id = %s ORDER BY seq",
        (brand.brand_id,),
    ).fetchall()
    assert entries == [(500, 500), (-500, 0)]


def test_erasing_again_is_harmless(
    brand: TestBrand, owner: psycopg.Connection[Any], canary: Canary
) -> None:
    brand.api.put("/v1/members/ext:1", canary.body, expect=201)
    first = brand.api.post("/v1/members/ext:1/erase", expect=200, key="once")

    assert brand.api.post("/v1/members/ext:1/erase", expect=200, key="once") == first
    assert brand.api.post(f"/v1/members/{first['id']}/erase", expect=200) == first
    brand.api.refused("POST", "/v1/members/ext:1/erase", {}, code="member_not_found")
    records = owner.execute(
        "SELECT subject, before, after FROM audit_log"
        " WHERE brand_id = %s AND action = 'member.erased'",
        (brand.brand_id,),
    ).fetchall()
    assert records == [(f"member:{first['id']}", None, None)]


def test_an_erased_member_is_found_by_nothing_and_cannot_change(
    brand: TestBrand, canary: Canary
) -> None:
    brand.api.put("/v1/members/ext:1", canary.body, expect=201)
    member_id = brand.api.post("/v1/members/ext:1/erase", expect=200)["id"]
    brand.api.put("/v1/members/ext:2", {}, expect=201)

    for keys in (
        {"phone": canary.body["phone"]},
        {"email": canary.body["email"]},
        {"external_id": "1"},
    ):
        assert brand.api.post("/v1/members/search", keys, expect=200)["data"] == []
    brand.api.refused("PATCH", f"/v1/members/{member_id}", {"name": "x"}, code="member_erased")
    brand.api.refused(
        "POST", f"/v1/members/{member_id}/merge", {"into": "ext:2"}, code="member_erased"
    )
    problem = brand.api.refused(
        "POST", "/v1/members/ext:2/merge", {"into": member_id}, code="member_erased"
    )
    assert problem["errors"][0]["pointer"] == "/into"
    brand.api.refused("GET", f"/v1/members/{member_id}/points", code="member_not_found")


def test_who_comes_back_is_a_new_member(brand: TestBrand, canary: Canary) -> None:
    first = brand.api.put("/v1/members/ext:1", canary.body, expect=201)
    brand.api.post("/v1/members/ext:1/erase", expect=200)

    second = brand.api.put("/v1/members/ext:1", canary.body, expect=201)

    assert second["id"] != first["id"]
    assert brand.api.get("/v1/members/ext:1/points")["available"] == 0


def test_erasing_the_survivor_erases_who_was_merged_into_it(
    brand: TestBrand, owner: psycopg.Connection[Any], canary: Canary
) -> None:
    brand.api.put(f"/v1/members/ext:{canary.shop_id}", canary.body, expect=201)
    brand.api.put("/v1/members/ext:2", {}, expect=201)
    brand.api.post(f"/v1/members/ext:{canary.shop_id}/merge", {"into": "ext:2"}, expect=200)

    brand.api.post("/v1/members/ext:2/erase", expect=200)

    assert marks_in_database(owner, *canary.marks) == {}


def test_erasing_a_merged_member_leaves_the_survivor_alone(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:1", {"email": "one@example.com"}, expect=201)
    brand.api.put("/v1/members/ext:2", {"email": "two@example.com"}, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 40})
    merged = brand.api.post("/v1/members/ext:1/merge", {"into": "ext:2"}, expect=200)

    erased = brand.api.post("/v1/members/ext:1/erase", expect=200)

    assert (erased["id"], erased["status"]) == (merged["id"], "erased")
    assert erased["merged_into"] == merged["merged_into"]
    survivor = brand.api.get("/v1/members/ext:2")
    assert (survivor["status"], survivor["email"]) == ("active", "two@example.com")
    assert brand.api.get(f"/v1/members/{erased['id']}/points")["available"] == 40


def test_every_column_says_whether_it_is_personal_and_what_for() -> None:
    for column in Member.__table__.columns:
        assert isinstance(column.info.get("personal"), bool), column.name
        if column.info["personal"]:
            assert column.info["purpose"], column.name
            assert column.info["kept"], column.name
            assert column.nullable, f"{column.name} cannot be emptied"
