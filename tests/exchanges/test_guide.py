"""What docs/exchanges.md says is so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.coupons.shop import GIFT, define
from tests.exchanges.shop import audit, make_member, set_clock
from tests.support.api import TestBrand
from tests.support.members import member_id
from tests.tiers.ladder import order
from tests.tiers.ladder import put as put_ladder

GUIDE = (Path(__file__).parents[2] / "docs" / "exchanges.md").read_text()


def examples() -> Iterator[tuple[str, str, Any, int, str]]:
    """Yield (method, path, body, status, answer) of every example of the guide."""
    for method, path, body, status, answer in re.findall(
        r"```json\n(PUT|POST) (\S+)\n(\{.*?\})\n→ (\d+) (.*?)\n```", GUIDE, re.DOTALL
    ):
        yield method, path, json.loads(body), int(status), answer


def as_told(answer: str, shown: dict[str, Any]) -> None:
    """Assert that the answer has all that the guide says of it."""
    for name, value in re.findall(r'"(\w+)": ("[^"…]+"|\d+)', answer):
        found = shown[name] if name in shown else inner(shown)[name]
        assert found == json.loads(value), name


def inner(shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown.get("balance", {}), **shown.get("given_back", {})}


def test_the_examples_are_answered_as_the_guide_says(brand: TestBrand) -> None:
    set_clock(brand, "2026-12-10T12:00:00+09:00")
    put_ladder(brand)
    define(brand, "TUMBLER-GIFT", **GIFT)
    member = make_member(brand, "17850", points=7000)
    order(brand, member_id(brand, member), 200_000)
    (put, exchange, cancel) = examples()

    method, path, body, status, answer = put
    as_told(answer, brand.api.put(path, body, expect=status))

    assert told(brand, "17850") == (2, [])
    for name, points, won, expected in (
        ("a", 5999, 200_000, (1, [])),
        ("b", 9000, 100_000, (0, ["exchange_tier_required"])),
        ("c", 2999, 200_000, (0, ["insufficient_points"])),
    ):
        order(brand, member_id(brand, make_member(brand, name, points=points)), won)
        assert told(brand, name) == expected
    table = re.findall(r"^\| (\d)(?:: `(\w+)`)? \|", GUIDE, re.MULTILINE)
    assert table == [
        ("2", ""), ("1", ""), ("0", "exchange_tier_required"), ("0", "insufficient_points"),
    ]  # fmt: skip

    method, path, body, status, answer = exchange
    made = brand.api.post(path, body, expect=status)
    as_told(answer, made)
    assert len(made["coupons"]) == answer.count("cpn_…") == 2

    method, path, body, status, answer = cancel
    assert method == "POST"
    as_told(answer, brand.api.post(path.replace("exc_…", made["id"]), body, expect=status))
    assert audit(brand) == []


def told(brand: TestBrand, name: str) -> tuple[int, list[str]]:
    (item,) = brand.api.get(f"/v1/exchange-items?open=true&member=ext:{name}")["data"]
    return item["member"]["quantity_max"], [each["code"] for each in item["member"]["reasons"]]


def test_one_exchanged_since_january_counts_and_last_years_does_not(brand: TestBrand) -> None:
    set_clock(brand, "2026-12-31T23:00:00+09:00")
    define(brand, "TUMBLER-GIFT", **GIFT)
    ((_, path, body, status, _), *_) = examples()
    brand.api.put(path, {**body, "tiers": [], "ends_at": None}, expect=status)
    member = make_member(brand, "17850", points=99_000)
    for now, left in (("2026-12-31T23:00:00", 1), ("2027-01-01T00:00:00", 1)):
        set_clock(brand, f"{now}+09:00")
        assert told(brand, "17850") == (2, [])
        brand.api.post(f"{member}/exchanges", {"item": "TUMBLER"})
        assert told(brand, "17850") == (left, [])
