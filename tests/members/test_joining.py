"""Who proved a phone number is the member it belongs to, or becomes one."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from app import clock, ids
from app.db import transact
from app.members import services
from tests.support.api import TestBrand
from tests.support.parallel import at_once

PHONE = "+821012345678"


def join(brand: TestBrand, phone: str = PHONE, **options: Any) -> tuple[str, str]:
    """Return the member's public id and what was done."""
    now = clock.now()
    with brand.app.app_context():
        member, outcome = transact(
            brand.brand_id,
            lambda: services.join_by_phone(brand.brand_id, phone, now=now, **options),
        )
        return ids.show("mem", member.id), outcome


def member_of(brand: TestBrand, member: str) -> Any:
    return brand.api.get(f"/v1/members/{member}")


def put(brand: TestBrand, name: str, **fields: Any) -> str:
    member: str = brand.api.put(f"/v1/members/ext:{name}", fields, expect=201)["id"]
    return member


def test_a_number_that_nobody_has_makes_a_member_with_a_point_account(brand: TestBrand) -> None:
    member, outcome = join(brand, name="박단골")
    assert outcome == "created"
    shown = member_of(brand, member)
    assert (shown["name"], shown["phone"], shown["external_id"]) == ("박단골", PHONE, None)
    assert brand.api.get(f"/v1/members/{member}/points")["available"] == 0
    assert join(brand, name="다른 이름") == (member, "unchanged")
    assert member_of(brand, member)["name"] == "박단골"


def test_the_only_member_with_the_number_is_joined_and_has_proved_it(brand: TestBrand) -> None:
    known = put(brand, "a", phone="010-1234-5678")
    assert join(brand, name="박단골") == (known, "changed")
    # The proof now decides: another member with the same number changes nothing.
    put(brand, "b", phone="010-1234-5678")
    assert join(brand) == (known, "unchanged")


def test_of_several_with_the_number_none_is_shown(brand: TestBrand) -> None:
    known = {put(brand, name, phone="010-1234-5678") for name in ("a", "b")}
    member, outcome = join(brand)
    assert outcome == "created"
    assert member not in known


def test_who_was_merged_is_joined_as_the_survivor(brand: TestBrand) -> None:
    put(brand, "old", phone="010-1234-5678")
    survivor = put(brand, "new", phone="010-8765-4321")
    brand.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    assert join(brand)[0] == survivor
    assert member_of(brand, survivor)["phone"] == "+821087654321"


def test_an_erased_member_is_not_joined(brand: TestBrand) -> None:
    put(brand, "a", phone="010-1234-5678")
    brand.api.post("/v1/members/ext:a/erase", expect=200)
    assert join(brand)[1] == "created"


def test_a_number_is_proved_by_one_member_at_a_time(brand: TestBrand) -> None:
    first, second = (put(brand, name, phone="010-1234-5678") for name in ("a", "b"))
    now = clock.now()

    def prove(member: str) -> None:
        member_id = ids.read("mem", member)
        assert member_id is not None
        with brand.app.app_context():
            assert transact(
                brand.brand_id,
                lambda: services.verify_phone(brand.brand_id, member_id, now=now),
            )

    prove(first)
    assert join(brand)[0] == first
    prove(second)
    assert join(brand)[0] == second


@pytest.mark.parametrize("known", [0, 1])
def test_of_many_at_once_all_find_the_same_member(busy: TestBrand, known: int) -> None:
    for number in range(known):
        put(busy, str(number), phone="010-1234-5678")
    calls: list[Callable[[], tuple[str, str]]] = [partial(join, busy)] * 8
    found = at_once(calls)
    assert len({member for member, _ in found}) == 1
    assert sum(outcome == "created" for _, outcome in found) == 1 - known


def test_another_brand_knows_nothing_of_it(brand: TestBrand, make_brand) -> None:
    assert join(brand)[0] != join(make_brand())[0]
