"""Exchanging points: what is taken, what is given, and every way it is refused."""

from typing import Any

import pytest

from tests.coupons.shop import FIXED, GIFT, define
from tests.exchanges.shop import (
    audit,
    cancel,
    exchange,
    make_member,
    open_shop,
    put_item,
    refused,
    set_clock,
    taken,
)
from tests.support.api import TestBrand
from tests.support.members import advance, balance, member_id
from tests.support.problems import assert_problem
from tests.tiers.ladder import order
from tests.tiers.ladder import put as put_ladder


def coupons(owner: Any, brand: TestBrand) -> list[tuple[str, Any]]:
    """Return (status, member) of every coupon of the brand, oldest first."""
    found: list[tuple[str, Any]] = owner.execute(
        "SELECT status, member_id FROM coupons WHERE brand_id = %s ORDER BY id", (brand.brand_id,)
    ).fetchall()
    return found


def test_points_are_taken_and_coupons_given(brand: TestBrand, owner: Any) -> None:
    open_shop(brand, stock=50)
    member = make_member(brand, "1", points=5000)

    made = exchange(brand, member, quantity=2)

    assert (made["object"], made["status"]) == ("exchange", "exchanged")
    assert (made["item"], made["item_version"]) == ("MUG", 1)
    assert (made["quantity"], made["points"]) == (2, 2000)
    assert made["balance"] == {"available": 3000, "pending": 0, "held": 0, "debt": 0}
    assert len(set(made["coupons"])) == 2
    mine = member_id(brand, member)
    assert coupons(owner, brand) == [("issued", mine), ("issued", mine)]
    assert balance(brand, member)["available"] == 3000
    item = brand.api.get("/v1/exchange-items/MUG")
    assert (item["taken"], item["left"]) == (2, 48)
    shown = brand.api.get(f"/v1/exchanges/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "balance"}
    assert brand.api.get(f"{member}/exchanges")["data"] == [shown]
    assert audit(brand) == []


def test_the_ledger_says_what_the_points_were_for(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1")
    for days, points in ((30, 700), (10, 400)):
        expires = f"2026-12-{days - 5:02}T00:00:00+09:00"
        brand.api.post(f"{member}/points/accruals", {"points": points, "expires_at": expires})
    exchange(brand, member)
    entry = brand.api.get(f"{member}/points/entries/3")
    assert (entry["kind"], entry["points"]) == ("redemption", -1000)
    assert (entry["rule"], entry["rule_version"]) == ("exchange:MUG", 1)
    assert entry["reason"] == "머그컵 × 1"
    # The soonest to expire first.
    assert [(lot["earned_by_entry"], lot["points"]) for lot in entry["lots"]] == [
        (2, -400),
        (1, -600),
    ]


def test_whoever_has_too_few_points_keeps_them_and_gets_nothing(
    brand: TestBrand, owner: Any
) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=1999)
    problem = refused(brand, member, "insufficient_points", quantity=2)
    assert (problem["required"], problem["available"]) == (2000, 1999)
    assert balance(brand, member)["available"] == 1999
    assert (taken(brand), coupons(owner, brand)) == (0, [])
    assert brand.api.get(f"{member}/exchanges")["data"] == []


def test_an_item_is_exchanged_for_in_its_time_and_no_other(brand: TestBrand) -> None:
    open_shop(brand, starts_at="2026-11-26T00:00:00+09:00", ends_at="2026-11-27T00:00:00+09:00")
    member = make_member(brand, "1", points=9000)
    problem = refused(brand, member, "exchange_not_started")
    assert problem["starts_at"] == "2026-11-26T00:00:00+09:00"
    for instant, code in (
        ("2026-11-25T23:59:59.999999+09:00", "exchange_not_started"),
        ("2026-11-26T00:00:00+09:00", None),
        ("2026-11-26T23:59:59.999999+09:00", None),
        ("2026-11-27T00:00:00+09:00", "exchange_ended"),
    ):
        set_clock(brand, instant)
        if code is None:
            exchange(brand, member)
        else:
            refused(brand, member, code)
    assert taken(brand) == 2


def test_what_is_not_offered_cannot_be_had(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=9000)
    refused(brand, member, "exchange_item_not_found", item="CUP")
    put_item(brand, active=False)
    refused(brand, member, "exchange_item_inactive")
    put_item(brand)
    exchange(brand, member)


def test_a_stock_ends_and_may_be_filled_up(brand: TestBrand) -> None:
    open_shop(brand, stock=3)
    member = make_member(brand, "1", points=105_000)
    exchange(brand, member, quantity=2)
    assert refused(brand, member, "exchange_stock_short", quantity=2)["left"] == 1
    exchange(brand, member)
    refused(brand, member, "exchange_sold_out")
    put_item(brand, stock=5)
    exchange(brand, member, quantity=2)
    refused(brand, member, "exchange_sold_out")
    # Below what is taken: nothing more goes out, nothing is taken back.
    assert put_item(brand, stock=2)["left"] == 0
    refused(brand, member, "exchange_sold_out")
    put_item(brand, stock=None)
    exchange(brand, member, quantity=100)
    assert taken(brand) == 105
    assert audit(brand) == []


@pytest.mark.parametrize(
    ("period", "last", "first"),
    [
        ("day", "2026-11-25T23:59:59+09:00", "2026-11-26T00:00:00+09:00"),
        ("month", "2026-11-30T23:59:59+09:00", "2026-12-01T00:00:00+09:00"),
        ("year", "2026-12-31T23:59:59+09:00", "2027-01-01T00:00:00+09:00"),
    ],
)
def test_a_members_limit_begins_again_with_the_period_of_the_brands_zone(
    brand: TestBrand, period: str, last: str, first: str
) -> None:
    open_shop(brand, per_member_limit=2, per_member_period=period)
    member, other = (make_member(brand, name, points=90_000) for name in ("1", "2"))
    exchange(brand, member)
    set_clock(brand, last)
    problem = refused(brand, member, "exchange_limit_reached", quantity=2)
    assert (problem["limit"], problem["left"], problem["period"]) == (2, 1, period)
    exchange(brand, member)
    refused(brand, member, "exchange_limit_reached")
    exchange(brand, other, quantity=2)
    set_clock(brand, first)
    exchange(brand, member, quantity=2)
    refused(brand, member, "exchange_limit_reached")


def test_a_limit_in_all_never_begins_again(brand: TestBrand) -> None:
    open_shop(brand, per_member_limit=1)
    member = make_member(brand, "1", points=90_000)
    made = exchange(brand, member)
    advance(brand, "P400D")
    brand.api.post(f"{member}/points/accruals", {"points": 9000})
    refused(brand, member, "exchange_limit_reached")
    # Whatever the version: it is the same item.
    put_item(brand, points=10, per_member_limit=1)
    refused(brand, member, "exchange_limit_reached")
    cancel(brand, made)
    exchange(brand, member)


def test_an_item_for_some_tiers_is_for_nobody_else(brand: TestBrand) -> None:
    put_ladder(brand)
    open_shop(brand, tiers=["LV2", "MASTER"])
    member = make_member(brand, "1", points=9000)
    mine = member_id(brand, member)
    assert refused(brand, member, "exchange_tier_required")["tiers"] == "LV2, MASTER"
    order(brand, mine, 10_000)
    refused(brand, member, "exchange_tier_required")
    order(brand, mine, 90_000)
    exchange(brand, member)
    order(brand, mine, 100_000)  # LV3, which is not named
    refused(brand, member, "exchange_tier_required")


def test_nobody_pays_another_price_than_was_shown(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=9000)
    exchange(brand, member, quantity=2, expected_points=2000)
    put_item(brand, points=1200)
    path = f"{member}/exchanges"
    body = {"item": "MUG", "quantity": 2, "expected_points": 2000}
    response = brand.api.send("POST", path, body)
    problem = assert_problem(response, 409, "exchange_price_changed", pointer="/expected_points")
    assert problem["points"] == 2400
    assert balance(brand, member)["available"] == 7000
    made = exchange(brand, member, expected_points=1200)
    assert (made["item_version"], made["points"]) == (2, 1200)


def test_without_a_coupon_to_give_nothing_is_taken(brand: TestBrand, owner: Any) -> None:
    open_shop(brand)
    define(brand, "FEW", **FIXED, total_limit=3)
    item = {"name": "쿠폰", "points": 100, "coupon": "FEW"}
    brand.api.put("/v1/exchange-items/FEW", item, expect=201)
    define(brand, "ONCE", **FIXED, per_member_limit=1)
    brand.api.put("/v1/exchange-items/ONCE", {**item, "coupon": "ONCE"}, expect=201)
    member = make_member(brand, "1", points=9000)
    exchange(brand, member, item="FEW", quantity=2)
    refused(brand, member, "coupon_limit_reached", item="FEW", quantity=2)
    refused(brand, member, "coupon_member_limit_reached", item="ONCE", quantity=2)
    assert balance(brand, member)["available"] == 8800
    assert (taken(brand, "FEW"), taken(brand, "ONCE")) == (2, 0)
    assert len(coupons(owner, brand)) == 2
    assert audit(brand) == []


def test_a_template_whose_dates_are_over_is_given_no_more(brand: TestBrand) -> None:
    open_shop(brand)
    validity = {"ends_at": "2026-11-26T00:00:00+09:00"}
    define(brand, "SHORT", **GIFT, validity=validity)
    put_item(brand, gift="SHORT")
    member = make_member(brand, "1", points=9000)
    exchange(brand, member)
    advance(brand, "P1D")
    refused(brand, member, "coupon_not_issuable")
    assert balance(brand, member)["available"] == 8000


def test_a_request_sent_again_is_answered_again(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=9000)
    body = {"item": "MUG"}
    first = brand.api.send("POST", f"{member}/exchanges", body, key="k")
    again = brand.api.send("POST", f"{member}/exchanges", body, key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    brand.api.refused(
        "POST", f"{member}/exchanges", {"item": "MUG", "quantity": 2}, key="k",
        code="idempotency_key_reused",
    )  # fmt: skip
    assert (taken(brand), balance(brand, member)["available"]) == (1, 8000)


def test_a_request_of_long_ago_is_not_done_again(brand: TestBrand, owner: Any) -> None:
    open_shop(brand, stock=1)
    member = make_member(brand, "1", points=1000)
    brand.api.post(f"{member}/exchanges", {"item": "MUG"}, key="k")
    owner.execute("DELETE FROM idempotency_records WHERE brand_id = %s", (brand.brand_id,))
    brand.api.refused("POST", f"{member}/exchanges", {"item": "MUG"}, key="k",
                      code="already_posted")  # fmt: skip
    assert (taken(brand), balance(brand, member)["available"]) == (1, 0)


def test_exchanges_are_listed_newest_first_and_paged(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=9000)
    made = [exchange(brand, member)["id"] for _ in range(3)]
    cancel(brand, {"id": made[1]})
    page = brand.api.get(f"{member}/exchanges?limit=2")
    rest = brand.api.get(f"{member}/exchanges?limit=2&cursor={page['next_cursor']}")
    listed = [*page["data"], *rest["data"]]
    assert [(each["id"], each["status"]) for each in listed] == [
        (made[2], "exchanged"), (made[1], "cancelled"), (made[0], "exchanged"),
    ]  # fmt: skip


def test_what_is_no_exchange_is_not_found(brand: TestBrand) -> None:
    for name in ("exc_00000000000000000000000000", "none", "ord_1"):
        brand.api.refused("GET", f"/v1/exchanges/{name}", code="exchange_not_found")
        path = f"/v1/exchanges/{name}/cancel"
        brand.api.refused("POST", path, {"reason": "x"}, code="exchange_not_found")
    refused(brand, "/v1/members/ext:0", "member_not_found")
