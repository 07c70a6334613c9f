"""The catalogue over JSON: registering, changing, listing, and who did it."""

from typing import Any

import psycopg
import pytest

from tests.support.api import TestBrand
from tests.support.problems import assert_problem

CAP: dict[str, Any] = {
    "name": "모자",
    "category": "fashion",
    "price": 29_000,
    "cost": 11_000,
    "complements": ["BADGE", "CASE"],
    "upgrades": ["CAP-2"],
}


def versions(brand: TestBrand, sku: str) -> list[tuple[int, str, int | None]]:
    data = brand.api.get(f"/v1/products/{sku}/versions")["data"]
    return [(each["version"], each["name"], each["price"]) for each in data]


def test_a_product_is_registered_and_shown(brand: TestBrand) -> None:
    made = brand.api.put("/v1/products/CAP", CAP, expect=201)
    assert made == brand.api.get("/v1/products/CAP")
    assert made["object"] == "product"
    assert (made["sku"], made["version"], made["active"]) == ("CAP", 1, True)
    assert {name: made[name] for name in CAP} == CAP
    assert made["created_at"] == made["updated_at"]


def test_all_but_the_name_may_be_unknown(brand: TestBrand) -> None:
    made = brand.api.put("/v1/products/X", {"name": "무엇"}, expect=201)
    assert [made[name] for name in ("category", "price", "cost")] == [None, None, None]
    assert (made["complements"], made["upgrades"]) == ([], [])
    problem = brand.api.refused("PUT", "/v1/products/Y", {"price": 1}, code="invalid_request")
    assert problem["errors"][0]["pointer"] == "/name"


def test_a_put_says_all_of_a_product_and_keeps_what_it_was(brand: TestBrand) -> None:
    brand.api.put("/v1/products/CAP", CAP, expect=201)
    changed = brand.api.put("/v1/products/CAP", {"name": "모자", "price": 31_000})
    assert (changed["version"], changed["price"], changed["cost"]) == (2, 31_000, None)
    assert (changed["category"], changed["complements"], changed["upgrades"]) == (None, [], [])
    assert versions(brand, "CAP") == [(2, "모자", 31_000), (1, "모자", 29_000)]
    first = brand.api.get("/v1/products/CAP/versions")["data"][1]
    assert {name: first[name] for name in CAP} == CAP
    assert first["actor"].startswith("key:")


def test_saying_the_same_again_changes_nothing(brand: TestBrand) -> None:
    made = brand.api.put("/v1/products/CAP", CAP, expect=201)
    again = {**CAP, "complements": ["CASE", "BADGE", "CASE"]}
    assert brand.api.put("/v1/products/CAP", again) == made
    assert len(versions(brand, "CAP")) == 1
    assert len(brand.api.get("/v1/audit-log?subject=product:CAP")["data"]) == 1


def test_every_change_stands_in_the_audit_log(brand: TestBrand) -> None:
    brand.api.put("/v1/products/CAP", CAP, expect=201)
    brand.api.put("/v1/products/CAP", {**CAP, "cost": 12_000})
    changed, created = brand.api.get("/v1/audit-log?subject=product:CAP")["data"]
    assert (created["action"], created["before"]) == ("product.created", None)
    assert changed["action"] == "product.changed"
    assert (changed["before"]["cost"], changed["after"]["cost"]) == (11_000, 12_000)


def test_prices_may_change_all_day_without_a_rule_being_compiled_anew(
    brand: TestBrand, owner: psycopg.Connection
) -> None:
    brand.api.put("/v1/products/CAP", CAP, expect=201)
    brand.api.put("/v1/products/CAP", {**CAP, "price": 30_000})
    number = owner.execute(
        "SELECT programme_version FROM brands WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    assert number == (0,)


def test_a_product_is_no_relation_of_itself(brand: TestBrand) -> None:
    for relation in ("complements", "upgrades"):
        response = brand.api.send("PUT", "/v1/products/A", {"name": "A", relation: ["B", "A"]})
        assert_problem(response, 422, "product_related_to_itself", pointer=f"/{relation}")
    brand.api.refused("GET", "/v1/products/A", code="product_not_found")


def test_what_is_not_there_is_not_found(brand: TestBrand) -> None:
    brand.api.refused("GET", "/v1/products/NONE", code="product_not_found")
    brand.api.refused("GET", "/v1/products/NONE/versions", code="product_not_found")


@pytest.mark.parametrize("sku", ["TEA/GREEN/100G", "한글 코드", "a+b&c", "ext:1"])
def test_a_sku_may_hold_what_shops_write_in_it(brand: TestBrand, sku: str) -> None:
    made = brand.api.put(f"/v1/products/{sku.replace('&', '%26')}", {"name": "차"}, expect=201)
    assert made["sku"] == sku
    assert brand.api.get(f"/v1/products/{sku}") == made
    assert len(versions(brand, sku)) == 1


@pytest.mark.parametrize("sku", ["%20A", "A%07B", "A" * 101])
def test_a_sku_that_no_order_line_could_name_is_refused(brand: TestBrand, sku: str) -> None:
    response = brand.api.send("PUT", f"/v1/products/{sku}", {"name": "차"})
    assert_problem(response, 422, "sku_invalid")
    brand.api.refused("GET", f"/v1/products/{sku}", code="product_not_found")


def test_products_are_listed_by_sku_and_by_category(brand: TestBrand) -> None:
    for number, category in enumerate(["tea", "cup", "tea", None, "tea"]):
        body = {"name": "것", "category": category, "active": number != 4}
        brand.api.put(f"/v1/products/P{number}", body, expect=201)

    def skus(query: str) -> list[str]:
        return [each["sku"] for each in brand.api.get(f"/v1/products{query}")["data"]]

    assert skus("") == ["P0", "P1", "P2", "P3", "P4"]
    assert skus("?category=tea") == ["P0", "P2", "P4"]
    assert skus("?category=tea&active=true") == ["P0", "P2"]
    assert skus("?active=false") == ["P4"]
    first = brand.api.get("/v1/products?category=tea&limit=2")
    assert first["has_more"]
    assert skus(f"?category=tea&limit=2&cursor={first['next_cursor']}") == ["P4"]
    brand.api.refused(
        "GET", f"/v1/products?limit=2&cursor={first['next_cursor']}", code="cursor_invalid"
    )


def test_versions_are_paged(brand: TestBrand) -> None:
    brand.api.put("/v1/products/A", {"name": "A", "price": 0}, expect=201)
    for price in range(1, 5):
        brand.api.put("/v1/products/A", {"name": "A", "price": price})
    seen, cursor = [], ""
    while cursor is not None:
        answer = brand.api.get(f"/v1/products/A/versions?limit=2{cursor}")
        seen += [each["version"] for each in answer["data"]]
        cursor = answer["next_cursor"] and f"&cursor={answer['next_cursor']}"
    assert seen == [5, 4, 3, 2, 1]
