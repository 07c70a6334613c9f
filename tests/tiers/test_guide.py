"""What docs/tiers.md says is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.coupons.storefront import books
from tests.coupons.test_guide import won
from tests.support.api import TestBrand
from tests.support.members import balance, make_member
from tests.tiers.ladder import assess, set_clock

GUIDE = (Path(__file__).parents[2] / "docs" / "tiers.md").read_text()
ROWS = re.findall(r"^\| (\d{4}-\d\d-\d\d) \| (.*?) \| ([\d,]+) \| (\w+) \|$", GUIDE, re.MULTILINE)
MEMBER = "/v1/members/ext:17850"


def buy(brand: TestBrand, number: str, amount: int) -> None:
    line = {"sku": "A", "quantity": 1, "unit_price": amount}
    body = {"external_id": number, "member": "ext:17850", "lines": [line]}
    brand.api.post("/v1/orders", body)
    brand.api.post(f"/v1/orders/ext:{number}/confirm", expect=200)


def standing(brand: TestBrand) -> tuple[str | None, int]:
    shown = brand.api.get(f"{MEMBER}/tier")
    return shown["tier"] and shown["tier"]["code"], shown["qualifying_amount"]


@pytest.fixture
def shop(brand: TestBrand) -> TestBrand:
    """A brand with the ladder of the guide, and its member."""
    set_clock(brand, "2026-03-10")
    path, body, answer = re.search(
        r"```json\nPUT (\S+)\n(\{.*?\})\n→ 200 (.*?)\n```", GUIDE, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    shown = brand.api.put(path, json.loads(body))
    for name, value in re.findall(r'"(\w+)": ("[^"…]+"|\d+)', answer):
        assert shown[name] == json.loads(value), name
    make_member(brand, "17850")
    return brand


def live(brand: TestBrand, until: str) -> None:
    """Let everything of the guide's table happen up to a day."""
    for number, (day, what, counts, tier) in enumerate(ROWS):
        if day > until:
            return
        set_clock(brand, day)
        if bought := re.search(r"buys for ([\d,]+)", what):
            buy(brand, f"M-{number}", won(bought[1]))
        assess(brand)
        assert standing(brand) == (tier, won(counts)), day


def test_the_example_goes_as_the_guide_says(shop: TestBrand) -> None:
    assert len(ROWS) == 5
    live(shop, "2027-12-31")
    assert books(shop) == []


def test_the_members_page_says_what_the_guide_says(shop: TestBrand) -> None:
    live(shop, "2026-11-25")
    set_clock(shop, "2026-11-25")
    shown = shop.api.get(f"{MEMBER}/tier")
    told = re.search(r"GET \S+\n→ 200 (\{.*?\})\n```", GUIDE, re.DOTALL)
    assert told is not None
    expected = json.loads(re.sub(r", …", "", told[1]))

    def within(part: Any, whole: Any) -> None:
        for name, value in part.items():
            if isinstance(value, dict):
                within(value, whole[name])
            else:
                assert whole[name] == value, name

    within(expected, shown)


def test_a_refund_takes_the_tier_and_what_reaching_it_brought(shop: TestBrand) -> None:
    live(shop, "2026-11-25")
    points = balance(shop, MEMBER)["available"]
    shop.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R-1", "all": True})
    assert standing(shop) == ("LV2", 150_000)
    assert balance(shop, MEMBER)["available"] == points - 2000 - 600
    assert books(shop) == []


def test_the_next_order_has_the_tiers_price_and_rate(shop: TestBrand) -> None:
    live(shop, "2026-11-25")
    line = {"sku": "A", "quantity": 1, "unit_price": 10_000}
    told = shop.api.post(
        "/v1/checkout/preview", {"member": "ext:17850", "lines": [line]}, expect=200
    )
    assert told["amounts"]["member_discount"] == 300
    assert told["points"]["earned"] == 9_700 * 2 // 100


def test_the_ladder_of_the_trade_is_the_one_the_guide_tells(brand: TestBrand) -> None:
    told = re.search(r"LV1 from ([\d,]+), LV2 from\n([\d,]+), LV3 from ([\d,]+), MASTER from "
                     r"([\d,]+)", GUIDE)  # fmt: skip
    assert told is not None
    tiers = brand.api.put("/v1/tier-ladder", {})["tiers"]
    assert [tier["threshold"] for tier in tiers] == [won(each) for each in told.groups()]
