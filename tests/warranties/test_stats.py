"""Registration rates against figures counted by hand, the example of the guide among them."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.warranties.services.stats import DAYS
from tests.support.api import TestBrand
from tests.support.members import advance, make_member
from tests.warranties.shop import make_batch, open_shop, register, serials_of

GUIDE = (Path(__file__).parents[2] / "docs" / "warranties.md").read_text()
SHIPPED = "2026-11-01T00:00:00Z"


@pytest.fixture
def shop(brand: TestBrand) -> TestBrand:
    brand.api.post("/v1/test-clock", {"now": SHIPPED}, expect=200)
    open_shop(brand)
    make_member(brand, "mina")
    return brand


def rates(brand: TestBrand, by: str, **query: Any) -> list[tuple[Any, ...]]:
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    found = brand.api.get(f"/v1/warranties/stats?by={by}{extra}")["data"]
    return [
        (each["key"], each["shipped"], each["registered"], each["rate_basis_points"])
        for each in found
    ]


def ship(brand: TestBrand, quantity: int, channel: str | None = None, **body: Any) -> list[str]:
    batch = make_batch(brand, quantity, **({"channel": channel} if channel else {}), **body)
    brand.api.post(f"/v1/warranty-batches/{batch['id']}/ship", expect=200)
    return serials_of(brand, batch)


def tables_of_the_guide() -> list[list[tuple[Any, ...]]]:
    """Return the two tables of figures: key, shipped, registered, rate."""
    part = GUIDE.split("## Registration rates")[1]
    found = []
    for table in re.findall(r"\|--:\|\n((?:\|.*\|\n)+)", part):
        rows = []
        for line in table.splitlines():
            key, *figures = (cell.strip(" `") for cell in line.strip("|").split("|"))
            counts = [None if each == "none" else int(each) for each in figures]
            rows.append((None if key == "none" else key, *counts))
        found.append(rows)
    return found


def test_the_example_of_the_guide_comes_out_as_it_says(shop: TestBrand) -> None:
    by_channel, by_days = tables_of_the_guide()
    coupang, musinsa, _ = ship(shop, 5, "coupang"), ship(shop, 3, "musinsa"), ship(shop, 2)
    register(shop, coupang[0], "mina")
    advance(shop, "P6D")
    register(shop, coupang[1], "mina")
    advance(shop, "P8D")
    assert rates(shop, "channel") == by_channel
    advance(shop, "P6D")
    register(shop, coupang[2], "mina")
    advance(shop, "P80D")
    register(shop, musinsa[0], "mina")
    assert [each[0] for each in by_days] == [str(days) for days in DAYS]
    assert rates(shop, "days") == by_days


def test_the_last_moment_of_a_day_still_counts_and_the_next_does_not(shop: TestBrand) -> None:
    first, second = ship(shop, 2)
    advance(shop, "P7D")
    register(shop, first, "mina")
    assert rates(shop, "days")[0] == ("7", 2, 1, 5000)
    advance(shop, "PT1S")
    register(shop, second, "mina")
    assert rates(shop, "days")[0] == ("7", 2, 1, 5000)
    advance(shop, "P7D")
    assert rates(shop, "days")[1] == ("14", 2, 2, 10_000)


def test_young_shipments_wait_until_they_can_tell(shop: TestBrand) -> None:
    old = ship(shop, 2)
    register(shop, old[0], "mina")
    advance(shop, "P10D")
    ship(shop, 100)
    assert rates(shop, "days")[:2] == [("7", 2, 1, 5000), ("14", 0, 0, None)]
    assert rates(shop, "product") == [("BOOT", 102, 1, 98)]


def test_by_product_and_batch_each_counts_its_own(shop: TestBrand) -> None:
    shop.api.put("/v1/products/SHOE", {"name": "로퍼"}, expect=201)
    boots, shoes = ship(shop, 4), ship(shop, 2, product="SHOE")
    register(shop, boots[0], "mina")
    register(shop, shoes[0], "mina")
    assert rates(shop, "product") == [("BOOT", 4, 1, 2500), ("SHOE", 2, 1, 5000)]
    assert rates(shop, "product", product="SHOE") == [("SHOE", 2, 1, 5000)]
    batches = [each["id"] for each in shop.api.get("/v1/warranty-batches")["data"]][::-1]
    assert rates(shop, "batch") == [(batches[0], 4, 1, 2500), (batches[1], 2, 1, 5000)]
    first = shop.api.get("/v1/warranties/stats?by=batch&limit=1")
    path = f"/v1/warranties/stats?by=batch&limit=1&cursor={first['next_cursor']}"
    assert [each["key"] for each in first["data"] + shop.api.get(path)["data"]] == batches


def test_what_is_not_shipped_void_or_given_in_exchange_is_no_part_of_the_rate(
    shop: TestBrand,
) -> None:
    units = ship(shop, 4)
    (stock,) = serials_of(shop, make_batch(shop, 1))
    register(shop, units[0], "mina")
    register(shop, stock, "mina")  # nobody said that it was shipped
    [shown] = shop.api.get("/v1/warranties/stats?by=product")["data"]
    assert (shown["shipped"], shown["registered"], shown["registered_unshipped"]) == (4, 1, 1)
    for serial, step in (
        (units[1], {"step": "void", "reason": "도난"}),
        (units[0], {"step": "replace", "by": units[2], "reason": "불량"}),
    ):
        shop.api.post(f"/v1/units/{serial}/steps", step, expect=200)
    assert rates(shop, "product") == [("BOOT", 2, 1, 5000)]  # units 0 and 3


def test_a_unit_that_is_registered_again_counts_once(shop: TestBrand) -> None:
    first, _ = ship(shop, 2, "coupang")
    make_member(shop, "jun")
    made = register(shop, first, "mina", channel="naver")  # whatever the buyer says
    path = f"/v1/warranties/{made['id']}/transfer"
    shop.api.post(path, {"to": "ext:jun", "reason": "중고"}, expect=200)
    shop.api.post(f"/v1/units/{first}/steps", {"step": "release", "reason": "반품"}, expect=200)
    assert rates(shop, "channel") == [("coupang", 2, 1, 5000)]
    register(shop, first, "mina")
    assert rates(shop, "channel") == [("coupang", 2, 1, 5000)]
    assert rates(shop, "days", channel="musinsa")[0] == ("7", 0, 0, None)
