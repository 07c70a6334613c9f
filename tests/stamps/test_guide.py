"""What docs/stamps.md says is so."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.coupons.storefront import books
from tests.coupons.test_guide import won
from tests.support.api import TestBrand
from tests.support.members import balance, make_member

GUIDE = (Path(__file__).parents[2] / "docs" / "stamps.md").read_text()
ROWS = re.findall(r"^\| (.+?) \| (\d): (.+?) \| ([\d,]+) \| (\d) \|$", GUIDE, re.MULTILINE)
PROGRAMME = "/v1/stamp-programmes/COFFEE"


@pytest.fixture
def shop(make_brand: Callable[..., TestBrand]) -> TestBrand:
    """A brand with the programme of the guide, and a member."""
    brand = make_brand(accrual={"pending": "immediate", "rate_basis_points": 0})
    path, body = re.search(r"```json\nPUT (\S+)\n(\{.*?\})\n→", GUIDE, re.DOTALL).groups()  # type: ignore[union-attr]
    assert path == PROGRAMME
    brand.api.put(path, json.loads(body), expect=201)
    make_member(brand, "M")
    return brand


def happen(brand: TestBrand, what: str) -> None:
    """Do what a row of the table says."""
    if bought := re.fullmatch(r"order (\d) for ([\d,]+)", what):
        line = {"sku": "TEA", "quantity": 1, "unit_price": won(bought[2])}
        body = {"external_id": f"O-{bought[1]}", "member": "ext:M", "lines": [line]}
        brand.api.post("/v1/orders", body)
    elif returned := re.fullmatch(r"order (\d) is returned", what):
        body = {"external_id": f"R-{returned[1]}", "all": True}
        brand.api.post(f"/v1/orders/ext:O-{returned[1]}/refunds", body)
    else:
        spent = re.fullmatch(r"spends ([\d,]+) points", what)
        assert spent, what
        body = {"points": won(spent[1]), "reason": "example"}
        brand.api.post("/v1/members/ext:M/points/redemptions", body)


def card(brand: TestBrand, number: int) -> str:
    """Say of a card what the table says, as the newest entries and the member's page do."""
    entries = brand.api.get("/v1/members/ext:M/stamps/history?limit=100")["data"]
    stamps = sum(each["stamps"] for each in entries if each["card"] == number)
    return "full" if stamps == 3 else f"{stamps} of 3"


def test_the_programme_says_the_sentences_of_the_guide(shop: TestBrand) -> None:
    sentence = shop.api.get(PROGRAMME)["sentence"]
    assert f"\n> {sentence['ko']}\n" in GUIDE
    assert f"\n> {sentence['en']}\n" in GUIDE


def test_the_example_goes_as_the_guide_says(shop: TestBrand) -> None:
    assert len(ROWS) == 12
    for what, number, stamps, points, owed in ROWS:
        happen(shop, what)
        (programme,) = shop.api.get("/v1/members/ext:M/stamps")["programmes"]
        told = (card(shop, int(number)), balance(shop, "/v1/members/ext:M"), programme["debt"])
        counters = {"available": won(points), "pending": 0, "held": 0, "debt": 0}
        assert told == (stamps, counters, int(owed)), what
    assert books(shop) == []
