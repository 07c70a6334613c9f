"""What the checkout is told of the goods in a cart."""

from functools import partial

from app.products import services as products
from app.products.services import ProductFacts
from tests.support.api import TestBrand
from tests.support.members import unit_of_work
from tests.support.parallel import at_once


def facts(brand: TestBrand, *skus: str) -> dict[str, ProductFacts]:
    with unit_of_work(brand):
        return products.facts_of(brand.brand_id, skus)


def put(brand: TestBrand, sku: str, **fields: object) -> None:
    brand.api.send("PUT", f"/v1/products/{sku}", {"name": sku, **fields})


def test_a_product_tells_what_it_is_an_add_on_and_an_upgrade_of(brand: TestBrand) -> None:
    put(brand, "CAP", category="fashion", price=29_000, cost=11_000, complements=["BADGE"])
    put(brand, "BAG", complements=["BADGE", "CAP"], upgrades=["BAG-XL"])
    put(brand, "BADGE", price=3_000)
    assert facts(brand, "CAP", "BADGE", "BAG-XL", "CAP") == {
        "CAP": ProductFacts("fashion", 29_000, 11_000, frozenset({"BAG"}), frozenset()),
        "BADGE": ProductFacts(None, 3_000, None, frozenset({"CAP", "BAG"}), frozenset()),
        # Not in the catalogue, but known from another product.
        "BAG-XL": ProductFacts(upgrades=frozenset({"BAG"})),
    }


def test_of_what_nobody_knows_nothing_is_told(brand: TestBrand, make_brand) -> None:
    put(make_brand(), "CAP", complements=["BADGE"])
    assert facts(brand, "CAP", "BADGE") == {}
    assert facts(brand) == {}
    assert products.state_of(None) == {}


def test_relations_that_are_taken_off_are_told_no_more(brand: TestBrand) -> None:
    put(brand, "CAP", complements=["BADGE"], upgrades=["CAP-2"])
    put(brand, "CAP", complements=["CASE"])
    assert facts(brand, "BADGE", "CAP-2") == {}
    assert facts(brand, "CASE")["CASE"].complements == {"CAP"}


def test_a_product_that_is_sold_no_more_keeps_its_relations(brand: TestBrand) -> None:
    put(brand, "CAP", upgrades=["CAP-2"], active=False)
    assert facts(brand, "CAP-2")["CAP-2"].upgrades == {"CAP"}


def test_changes_at_the_same_moment_make_gapless_versions(busy: TestBrand) -> None:
    bodies = [{"name": "모자", "price": price, "complements": [f"C{price}"]} for price in range(20)]

    answers = at_once([partial(busy.api.send, "PUT", "/v1/products/CAP", body) for body in bodies])

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    versions = busy.api.get("/v1/products/CAP/versions?limit=100")["data"]
    assert [each["version"] for each in versions] == list(range(20, 0, -1))
    assert {each["price"] for each in versions} == set(range(20))
    shown = busy.api.get("/v1/products/CAP")
    assert {name: shown[name] for name in ("price", "complements")} == {
        name: versions[0][name] for name in ("price", "complements")
    }
    known = facts(busy, *[f"C{price}" for price in range(20)])
    assert list(known) == shown["complements"]
