"""Members who become one, and members who leave, with every feature switched on."""

from typing import Any

import pytest

from tests.orders.everything import INVITER, MEMBER, books, open_everything
from tests.rewards.occasions import born, gifts, put_rule, run, stand_at
from tests.rewards.programme import used
from tests.support.api import TestBrand
from tests.support.members import advance, balance, make_member

OTHER = "/v1/members/ext:other"
PAID = {"accrual": {"pending": "immediate"}}
NOTHING = {"available": 0, "pending": 0, "held": 0, "debt": 0}


def order(brand: TestBrand, member: str, number: str, quantity: int = 3, **fields: Any) -> Any:
    lines = [{"sku": "TEA", "quantity": quantity, "unit_price": 10_000}]
    body = {"member": member.rsplit("/", 1)[1], "external_id": number, "lines": lines, **fields}
    return brand.api.post("/v1/orders", body)


def confirm(brand: TestBrand, number: str) -> None:
    brand.api.post(f"/v1/orders/ext:{number}/confirm", expect=200)


def refund(brand: TestBrand, number: str, name: str = "R", **what: Any) -> Any:
    body = {"external_id": f"{name}-{number}", **(what or {"all": True})}
    return brand.api.post(f"/v1/orders/ext:{number}/refunds", body)


def lived(make_brand: Any, *, stamps: bool = True) -> TestBrand:
    """Return a brand of two members with orders, cards, tiers, coupons, tags and an invitation."""
    brand = open_everything(make_brand, **PAID)
    for programme in () if stamps else ("ORDERS", "WON"):
        brand.api.post(f"/v1/stamp-programmes/{programme}/pause", expect=200)
    make_member(brand, "other")
    for member, numbers in ((MEMBER, "ab"), (OTHER, "xy")):
        for number in numbers:
            advance(brand, "PT1H")
            order(brand, member, number)
            confirm(brand, number)
        brand.api.put(f"{member}/tags/{member[-3:]}")
    assert books(brand) == []
    assert used(brand, "FRIEND")[0] == 1
    return brand


def refund_all(brand: TestBrand) -> None:
    for number in "abxy":
        refund(brand, number, "one", lines=[{"line": 1, "quantity": 1}])
        assert books(brand) == []
    for number in "yxba":
        refund(brand, number)
        assert books(brand) == []


@pytest.mark.parametrize("into", [MEMBER, OTHER])
def test_two_members_that_become_one_keep_all_and_lose_it_with_their_orders(
    make_brand: Any, into: str
) -> None:
    brand = lived(make_brand, stamps=False)
    gone = OTHER if into == MEMBER else MEMBER
    points = {path: balance(brand, path)["available"] for path in (MEMBER, OTHER)}

    brand.api.post(f"{gone}/merge", {"into": into.rsplit("/", 1)[1]}, expect=200)

    assert books(brand) == []
    assert balance(brand, into)["available"] == sum(points.values())
    # What was bought is one person's now: 120,000 won lift to the second tier.
    assert brand.api.get(f"{into}/tier")["tier"]["code"] == "LV2"
    tags = {each["tag"] for each in brand.api.get(f"{into}/tags")["data"]}
    assert tags == {MEMBER[-3:], OTHER[-3:]}
    order(brand, gone, "after")
    refund(brand, "after")
    refund_all(brand)
    given = balance(brand, into)
    assert given["available"] == 3000
    assert balance(brand, INVITER) == NOTHING
    assert all(used(brand, code) == (0, 0) for code in ("TEN", "SECOND", "LATER", "FRIEND"))


@pytest.mark.parametrize("who", [MEMBER, INVITER])
def test_a_member_who_leaves_keeps_nothing_and_the_books_hold_through_refunds(
    make_brand: Any, who: str
) -> None:
    brand = lived(make_brand)
    member = brand.api.get(who)["id"]

    brand.api.post(f"/v1/members/{member}/erase", expect=200)

    assert books(brand) == []
    brand.api.refused("GET", f"/v1/members/{member}/summary", code="member_not_found")
    refund_all(brand)
    assert all(used(brand, code) == (0, 0) for code in ("TEN", "SECOND", "LATER"))


def test_who_invited_is_merged_and_the_reward_goes_from_who_has_it_now(make_brand: Any) -> None:
    brand = lived(make_brand)
    brand.api.post(f"{INVITER}/merge", {"into": "ext:other"}, expect=200)
    before = balance(brand, OTHER)["available"]

    back = refund(brand, "a")

    taken = {
        each["rule"]: each["points"]
        for each in back["effects"]
        if each["kind"] == "reward_reversed"
    }
    assert taken["rule:FRIEND"] == 900
    assert balance(brand, OTHER)["available"] == before - 900
    assert books(brand) == []


def test_what_both_were_given_for_the_same_birthday_is_kept_but_not_given_again(
    make_brand: Any,
) -> None:

    brand = make_brand()
    stand_at(brand, "2026-03-01")
    put_rule(brand, "DAY", effects=[{"points": 100}], limits={"total_points": 1000})
    old, new = (born(brand, name, {"date": "1990-06-10"}) for name in ("old", "new"))
    run(brand, "2026-06-09")
    run(brand, "2026-06-10")
    brand.api.post(f"{old}/merge", {"into": "ext:new"}, expect=200)

    run(brand, "2026-06-11")
    run(brand, "2027-06-10")

    assert gifts(brand, new) == [100, 100]  # its own of both years; the other's came as a transfer
    assert used(brand, "DAY") == (3, 300)
    assert books(brand) == []
