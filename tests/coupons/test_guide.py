"""What docs/coupons.md says is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.coupons.rules.wording import REFUSALS
from tests.coupons.storefront import books, give, set_clock, status_of
from tests.support.api import TestBrand
from tests.support.members import make_member

GUIDE = (Path(__file__).parents[2] / "docs" / "coupons.md").read_text()
EXAMPLES = re.findall(
    r"```json\n(?:PUT|POST) (\S+)\n(\{.*?\})\n→ (\d+) (.*?)\n```", GUIDE, re.DOTALL
)


def leaves(shown: Any) -> set[tuple[str, Any]]:
    """Return every (name, value) anywhere in an answer."""
    if isinstance(shown, list):
        return set().union(*map(leaves, shown))
    found: set[tuple[str, Any]] = set()
    for name, value in shown.items() if isinstance(shown, dict) else ():
        found |= leaves(value) if isinstance(value, dict | list) else {(name, value)}
    return found


def as_told(answer: str, shown: Any) -> None:
    """Assert that the answer has all that the guide says of it."""
    for name, value in re.findall(r'"(\w+)": ("[^"…]+"|\d+)', answer):
        assert (name, json.loads(value)) in leaves(shown), name


def won(text: str) -> int:
    return int(text.replace(",", ""))


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is given."""
    rows = GUIDE[GUIDE.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def order_of_the_example(brand: TestBrand) -> tuple[str, Any]:
    """Place the order of the guide; returns the coupon of tea and the receipt."""
    set_clock(brand, "2026-11-25T10:00:00+09:00")
    member = make_member(brand, "17850")
    tea, order, placing = EXAMPLES
    for path, body, status, answer in (tea, order):
        as_told(answer, brand.api.put(path, json.loads(body), expect=int(status)))
    coupon = give(brand, member, "TEA10")
    path, body, status, answer = placing
    placed = brand.api.post(path, json.loads(body.replace("cpn_…", coupon)), expect=int(status))
    as_told(answer, placed)
    return coupon, placed


def test_the_example_is_answered_as_the_guide_says(brand: TestBrand) -> None:
    _, placed = order_of_the_example(brand)
    discounts = {each["template"]: each["discount"] for each in placed["coupons"]["applied"]}
    shares = [line["coupon_discount"] for line in placed["lines"]]
    rows = table("coupon")
    assert {row[0]: won(row[2]) for row in rows} == discounts
    assert [sum(won(row[column]) for row in rows) for column in (3, 4)] == shares
    for code, of, takes, *split in rows:
        (told,) = [
            each["reason"]["en"]
            for each in placed["coupons"]["applied"]
            if each["template"] == code
        ]
        assert of.split(" ")[0] in told
        assert won(takes) == sum(map(won, split))
    assert books(brand) == []


@pytest.mark.parametrize("row", table("`coupon_below_minimum`"), ids=lambda row: row[0])
def test_a_refund_below_the_minimum_is_as_the_guide_says(make_brand: Any, row: list[str]) -> None:
    policy, cash, cost, effect, status = row
    brand: TestBrand = make_brand(refund={"coupon_below_minimum": policy})
    _, placed = order_of_the_example(brand)
    body = {"external_id": "R-1", "lines": [{"line": 1, "quantity": 1}]}

    back = brand.api.post("/v1/orders/ext:M-1/refunds", body)

    assert back["cash"] == won(cash)
    assert placed["amounts"]["due"] - 3000 - back["cash"] == won(cost)
    told = {each["terms"]["template"]: each["kind"] for each in back["effects"] if
            each["kind"].startswith("coupon_")}  # fmt: skip
    assert told["ORDER5000"] == effect
    used = brand.api.get("/v1/members/ext:17850/coupons")["data"]
    assert ("ORDER5000" in {each["template"] for each in used}) == (status != "released")
    rest = brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R-2", "all": True})
    assert back["cash"] + rest["cash"] == placed["amounts"]["due"]
    assert books(brand) == []


def test_every_reason_is_in_the_guide() -> None:
    told = {name.strip("` ") for row in table("reason") for name in row[0].split(",")}
    assert told == REFUSALS.keys()


def test_a_coupon_of_the_example_lasts_as_many_days_as_it_says(brand: TestBrand) -> None:
    coupon, _ = order_of_the_example(brand)
    brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R-1", "all": True})
    set_clock(brand, "2026-12-24T23:59:59+09:00")
    assert status_of(brand, coupon) == "issued"
    set_clock(brand, "2026-12-25T00:00:00+09:00")
    assert status_of(brand, coupon) == "expired"
