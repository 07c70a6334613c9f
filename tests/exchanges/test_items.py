"""The items that points buy: putting, changing, listing, and what a member can have."""

from typing import Any

import pytest

from tests.coupons.shop import FIXED, define
from tests.exchanges.shop import MUG, exchange, make_member, open_shop, put_item
from tests.support.api import TestBrand
from tests.support.members import advance
from tests.support.problems import assert_problem
from tests.tiers.ladder import put as put_ladder

PATH = "/v1/exchange-items/MUG"


def codes(brand: TestBrand, query: str = "") -> list[str]:
    return [each["code"] for each in brand.api.get(f"/v1/exchange-items{query}")["data"]]


def offer(brand: TestBrand, member: str = "ext:1", code: str = "MUG") -> tuple[int, list[str]]:
    """Return how many a member can have, and the codes of the reasons why none."""
    listed = brand.api.get(f"/v1/exchange-items?member={member}")["data"]
    shown = next(each for each in listed if each["code"] == code)["member"]
    return shown["quantity_max"], [each["code"] for each in shown["reasons"]]


def test_an_item_is_put_and_shown(brand: TestBrand) -> None:
    made = open_shop(brand, stock=50, per_member_limit=2, per_member_period="month")
    assert made == brand.api.get(PATH)
    assert (made["object"], made["code"], made["version"]) == ("exchange_item", "MUG", 1)
    assert (made["name"], made["points"]) == ("머그컵", 1000)
    assert (made["gift"], made["coupon"]) == ("MUG-GIFT", None)
    assert (made["stock"], made["taken"], made["left"]) == (50, 0, 50)
    assert (made["per_member_limit"], made["per_member_period"]) == (2, "month")
    assert (made["tiers"], made["starts_at"], made["ends_at"]) == ([], None, None)
    assert made["active"] is True
    assert "member" not in made


def test_saying_the_same_again_makes_no_version(brand: TestBrand) -> None:
    made = open_shop(brand, ends_at="2026-12-01T00:00:00+09:00")
    assert put_item(brand, ends_at="2026-11-30T15:00:00Z") == made
    assert len(brand.api.get(f"{PATH}/versions")["data"]) == 1
    assert len(brand.api.get("/v1/audit-log?subject=exchange_item:MUG")["data"]) == 1


def test_every_change_is_a_version_a_number_and_an_audit_record(
    brand: TestBrand, owner: Any
) -> None:
    def number() -> int:
        row = owner.execute(
            "SELECT programme_version FROM brands WHERE brand_id = %s", (brand.brand_id,)
        ).fetchone()
        return int(row[0])

    open_shop(brand, stock=50)
    before = number()
    changed = put_item(brand, points=1500)
    assert (changed["version"], changed["points"], changed["stock"]) == (2, 1500, None)
    assert number() == before + 1
    newest, oldest = brand.api.get(f"{PATH}/versions")["data"]
    assert (newest["version"], newest["points"], newest["stock"]) == (2, 1500, None)
    assert (oldest["version"], oldest["points"], oldest["stock"]) == (1, 1000, 50)
    assert oldest["gift"] == "MUG-GIFT"
    assert oldest["actor"].startswith("key:")
    last, first = brand.api.get("/v1/audit-log?subject=exchange_item:MUG")["data"]
    assert (first["action"], first["before"]) == ("exchange_item.created", None)
    assert last["action"] == "exchange_item.changed"
    assert (last["before"]["points"], last["after"]["points"]) == (1000, 1500)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"coupon": "T"}, "/coupon"),
        ({"gift": None}, "/gift"),
        ({"points": 0}, "/points"),
        ({"stock": -1}, "/stock"),
        ({"per_member_limit": 0}, "/per_member_limit"),
        ({"per_member_period": "day"}, "/per_member_period"),
        ({"per_member_limit": 1, "per_member_period": "week"}, "/per_member_period"),
        (
            {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"},
            "/ends_at",
        ),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    brand: TestBrand, change: dict[str, Any], pointer: str
) -> None:
    response = brand.api.send("PUT", PATH, {**MUG, **change})
    assert_problem(response, 422, "invalid_request", pointer=pointer)
    brand.api.refused("GET", PATH, code="exchange_item_not_found")


def test_something_must_be_given(brand: TestBrand) -> None:
    response = brand.api.send("PUT", PATH, {"name": "무엇", "points": 1})
    assert_problem(response, 422, "invalid_request", pointer="/coupon")


@pytest.mark.parametrize(("gives", "template"), [("gift", "NONE"), ("gift", "T"), ("coupon", "G")])
def test_what_is_given_must_be_a_template_of_its_kind(
    brand: TestBrand, gives: str, template: str
) -> None:
    define(brand, "T", **FIXED)
    define(brand, "G", name="선물", kind="gift", gift={"sku": "G", "name": "선물"})
    body = {"name": "무엇", "points": 1, gives: template}
    response = brand.api.send("PUT", PATH, body)
    assert_problem(response, 422, "exchange_template_not_fit", pointer=f"/{gives}")
    brand.api.put(PATH, {"name": "쿠폰", "points": 1, "coupon": "T"}, expect=201)


def test_named_tiers_must_be_of_the_ladder(brand: TestBrand) -> None:
    open_shop(brand)
    for tiers in (["LV1"], ["LV1", "GOLD"]):
        response = brand.api.send("PUT", PATH, {**MUG, "tiers": tiers})
        assert_problem(response, 422, "exchange_tier_unknown", pointer="/tiers")
        put_ladder(brand)
    assert put_item(brand, tiers=["MASTER", "LV1", "LV1"])["tiers"] == ["LV1", "MASTER"]


@pytest.mark.parametrize("code", ["-A", "A B", "가", "A" * 41])
def test_a_code_is_made_of_letters_and_digits(brand: TestBrand, code: str) -> None:
    brand.api.refused("PUT", f"/v1/exchange-items/{code}", MUG, code="code_invalid")
    brand.api.refused("GET", f"/v1/exchange-items/{code}", code="exchange_item_not_found")


def test_items_are_listed_by_code_and_those_open_now(brand: TestBrand) -> None:
    open_shop(brand)
    put_item(brand, "A", expect=201, active=False)
    put_item(brand, "B", expect=201, starts_at="2026-11-25T10:00:00+09:00")
    put_item(brand, "C", expect=201, starts_at="2026-11-25T10:00:01+09:00")
    put_item(brand, "D", expect=201, ends_at="2026-11-25T10:00:00+09:00")
    put_item(brand, "E", expect=201, ends_at="2026-11-25T10:00:01+09:00")
    assert codes(brand) == ["A", "B", "C", "D", "E", "MUG"]
    assert codes(brand, "?open=true") == ["B", "E", "MUG"]
    advance(brand, "PT1S")
    assert codes(brand, "?open=true") == ["B", "C", "MUG"]
    page = brand.api.get("/v1/exchange-items?open=true&limit=2")
    assert codes(brand, f"?open=true&limit=2&cursor={page['next_cursor']}") == ["MUG"]
    brand.api.refused(
        "GET", f"/v1/exchange-items?cursor={page['next_cursor']}", code="cursor_invalid"
    )


def test_a_member_is_told_how_many_it_can_have(brand: TestBrand) -> None:
    open_shop(brand, stock=5, per_member_limit=4)
    member = make_member(brand, "1", points=3500)
    assert offer(brand) == (3, [])
    make_member(brand, "2", points=9000)
    assert offer(brand, "ext:2") == (4, [])
    exchange(brand, member, quantity=2)
    assert offer(brand) == (1, [])
    assert offer(brand, "ext:2") == (3, [])
    put_item(brand, points=1)
    assert offer(brand) == (100, [])


def test_a_member_is_told_every_reason_why_not(brand: TestBrand) -> None:
    put_ladder(brand)
    open_shop(brand, stock=1, per_member_limit=1)
    member = make_member(brand, "1", points=1000)
    exchange(brand, member)
    put_item(brand, stock=1, per_member_limit=1, tiers=["MASTER"], active=False,
             ends_at="2026-11-25T09:00:00+09:00")  # fmt: skip
    assert offer(brand) == (
        0,
        [
            "exchange_item_inactive", "exchange_ended", "exchange_tier_required",
            "exchange_sold_out", "exchange_limit_reached", "insufficient_points",
        ],
    )  # fmt: skip
    reasons = brand.api.get("/v1/exchange-items?member=ext:1")["data"][0]["member"]["reasons"]
    assert reasons[1]["ko"].startswith("교환 기간이 2026-11-25T09:00:00+09:00에 끝났어요")
    assert reasons[4]["en"] == (
        "A member can have 1 of this item (period: total); 0 more are possible."
    )


def test_asking_for_a_member_needs_the_scope_of_members(brand: TestBrand) -> None:
    open_shop(brand)
    make_member(brand, "1")
    operator = brand.key("programme:read")
    assert operator.get("/v1/exchange-items")["data"][0]["code"] == "MUG"
    problem = operator.refused("GET", "/v1/exchange-items?member=ext:1", code="scope_missing")
    assert problem["scope"] == "rewards:read"
    storefront = brand.key("programme:read", "rewards:read")
    assert storefront.get("/v1/exchange-items?member=ext:1")["data"][0]["member"]
    brand.api.refused("GET", "/v1/exchange-items?member=ext:0", code="member_not_found")
