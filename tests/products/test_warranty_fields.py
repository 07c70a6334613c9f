"""What warranties ask of a product: its GTIN, a photo, how its serial numbers look."""

from typing import Any

import pytest

from tests.support.api import TestBrand
from tests.support.problems import assert_problem

BOOT: dict[str, Any] = {
    "name": "레인부츠",
    "gtin": "8801234567893",
    "photo_url": "https://cdn.example.com/boot.jpg",
    "serials": {
        "prefix": "HB", "min_length": 8, "max_length": 12, "characters": "digits",
    },
}  # fmt: skip


def test_a_product_keeps_its_gtin_photo_and_serial_rule(brand: TestBrand) -> None:
    made = brand.api.put("/v1/products/BOOT", BOOT, expect=201)
    assert made == brand.api.get("/v1/products/BOOT")
    assert {name: made[name] for name in BOOT} == BOOT
    assert brand.api.put("/v1/products/BOOT", BOOT) == made
    (version,) = brand.api.get("/v1/products/BOOT/versions")["data"]
    assert {name: version[name] for name in BOOT} == BOOT
    plain = brand.api.put("/v1/products/BOOT", {"name": "레인부츠"})
    assert [plain[name] for name in ("gtin", "photo_url", "serials")] == [None, None, None]


@pytest.mark.parametrize("gtin", ["96385074", "036000291452", "4006381333931", "10614141543219"])
def test_every_length_of_a_gtin_is_taken(brand: TestBrand, gtin: str) -> None:
    made = brand.api.put("/v1/products/B", {"name": "B", "gtin": gtin}, expect=201)
    assert made["gtin"] == gtin


@pytest.mark.parametrize(
    "gtin", ["8801234567892", "8801234567839", "880123456789", "88012345678٣3", "8801234-56789"]
)
def test_a_gtin_with_a_slip_is_refused(brand: TestBrand, gtin: str) -> None:
    response = brand.api.send("PUT", "/v1/products/B", {"name": "B", "gtin": gtin})
    assert_problem(response, 422, "gtin_invalid", pointer="/gtin")
    brand.api.refused("GET", "/v1/products/B", code="product_not_found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"photo_url": "http://cdn.example.com/a.jpg"}, "/photo_url"),
        ({"photo_url": 'https://a.example/" onerror="x'}, "/photo_url"),
        ({"photo_url": "javascript:alert(1)"}, "/photo_url"),
        ({"serials": {"min_length": 9, "max_length": 8}}, "/serials/min_length"),
        ({"serials": {"characters": "emoji"}}, "/serials/characters"),
    ],
)
def test_a_photo_or_rule_that_cannot_be_is_refused(brand: TestBrand, body, pointer) -> None:
    response = brand.api.send("PUT", "/v1/products/B", {"name": "B", **body})
    assert_problem(response, 422, "invalid_request", pointer=pointer)
