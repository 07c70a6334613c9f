"""The API guide's answer of a member's own page is what the server answers."""

import json
import re
from pathlib import Path
from typing import Any

from tests.orders import programme
from tests.rewards.occasions import born, put_rule, stand_at
from tests.rewards.programme import buy
from tests.support.api import TestBrand

GUIDE = (Path(__file__).parents[2] / "docs" / "api-guide.md").read_text()


def has_all_of(told: Any, shown: Any, at: str = "") -> None:
    """Assert that what the guide shows is told, which may say more."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            has_all_of(told[name], value, f"{at}/{name}")
    elif isinstance(shown, list):
        assert len(told) == len(shown), at
        for number, (one, other) in enumerate(zip(told, shown, strict=True)):
            has_all_of(one, other, f"{at}/{number}")
    else:
        assert told == shown, at


def test_the_summary_of_the_guide_is_true(brand: TestBrand) -> None:
    block = re.search(r"GET /v1/members/ext:mina/summary\n→ 200 (.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    stand_at(brand, "2026-03-01")
    names = {"LV1": "새싹", "LV2": "단골", "LV3": "으뜸"}
    amounts = {"LV1": 10_000, "LV2": 100_000, "LV3": 200_000}
    programme.ladder(
        brand,
        [{"code": code, "name": name, "threshold": amounts[code]} for code, name in names.items()],
    )
    rewards = [{"at": 3, "benefits": [{"points": 500}]}]
    programme.card(brand, "TEA", goal=10, rewards=rewards)
    programme.coupon(brand, "WELCOME", kind="fixed", amount=1000, validity={"days_from_issue": 7})
    put_rule(brand, "BIRTHDAY", trigger={"days_before": 3}, effects=[{"points": 2000}])
    member = born(brand, "mina", {"date": "1990-06-10"})
    programme.give_coupon(brand, member, "WELCOME")
    buy(brand, member, "1", 130_000)

    has_all_of(brand.api.get(f"{member}/summary"), json.loads(block.group(1)))
