"""The operator's guide is true: its rules, its sentences and every number of its tables."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import TestBrand

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "reward-rules.md").read_text()
WHEN = re.compile(
    r"(?P<who>\w+) orders (?P<goods>.+?)(?: in (?P<channel>\w+))?"
    r"(?: at (?P<at>[0-9-]+ [0-9:]+))?"
)


def examples() -> list[str]:
    """Return the parts of the guide that hold a table of what happens."""
    parts = re.split(r"^##+ ", GUIDE, flags=re.MULTILINE)
    return [part for part in parts if "| it happens | reward |" in part]


def definitions(example: str) -> list[tuple[str, dict[str, Any]]]:
    block = re.search(r"```json\n(.*?)```", example, re.DOTALL)
    assert block is not None
    text = block.group(1).split("→")[0]
    return [
        (path, json.loads(body))
        for path, body in re.findall(r"^PUT (\S+)\n(.*?)(?=^PUT |\Z)", text, re.M | re.S)
    ]


def rows(example: str) -> list[tuple[str, str]]:
    table = example.split("| it happens | reward |\n|---|---|\n")[1].split("\n\n")[0]
    return [(row.split("|")[1].strip(), row.split("|")[2].strip()) for row in table.splitlines()]


class Shop:
    """Does what a table says, and tells the rewards in its words."""

    def __init__(self, brand: TestBrand) -> None:
        self.api = brand.api
        self.orders: dict[str, list[str]] = {}
        self.members: set[str] = set()

    def does(self, words: str) -> str:
        who = words.split()[0]
        if who not in self.members:
            self.members.add(who)
            self.api.put(f"/v1/members/ext:{who}", expect=201)
        if returned := re.fullmatch(r"\w+ returns order (\d+)", words):
            return self._returns(self.orders[who][int(returned[1]) - 1])
        if told := re.fullmatch(r"\w+ tells (\w+) (\S+)", words):
            return self._tells(who, told[1], told[2])
        ordered = WHEN.fullmatch(words)
        assert ordered is not None, words
        return self._orders(**ordered.groupdict())

    def _orders(self, who: str, goods: str, channel: str | None, at: str | None) -> str:
        if at is not None:
            self.api.post("/v1/test-clock", {"now": f"{at.replace(' ', 'T')}+09:00"}, expect=200)
        lines = [
            {"sku": sku, "category": "drinks" if sku == "TEA" else "kitchen", "quantity": 1,
             "unit_price": int(price.replace(",", ""))}
            for sku, price in re.findall(r"(\w+) ([0-9][0-9,]*[0-9])", goods)
        ]  # fmt: skip
        placed = self.orders.setdefault(who, [])
        body: dict[str, Any] = {
            "member": f"ext:{who}", "external_id": f"{who}-{len(placed) + 1}", "lines": lines,
        }  # fmt: skip
        if channel is not None:
            body["channel"] = channel
        receipt = self.api.post("/v1/orders", body)
        placed.append(receipt["id"])
        return _told(receipt["effects"], "reward", "")

    def _returns(self, order: str) -> str:
        body = {"external_id": f"R-{order}", "all": True}
        refund = self.api.post(f"/v1/orders/{order}/refunds", body)
        return _told(refund["effects"], "reward_reversed", "−")

    def _tells(self, who: str, type_: str, external_id: str) -> str:
        body = {"member": f"ext:{who}", "type": type_, "external_id": external_id}
        path = f"/v1/members/ext:{who}/points"
        before = self.api.get(path)["available"]
        assert self.api.send("POST", "/v1/events", body).status_code in (200, 201)
        points = self.api.get(path)["available"] - before
        return f"REVIEW {points:,}P" if points else "nothing"


def _told(effects: list[dict[str, Any]], kind: str, sign: str) -> str:
    return ", ".join(
        f"{effect['rule'].removeprefix('rule:')} {sign}{abs(effect['points']):,}P"
        for effect in effects
        if effect["kind"] == kind
    ) or "nothing"  # fmt: skip


def as_set(rewards: str) -> set[str]:
    return set(re.split(r", (?=[A-Z])", rewards))


@pytest.mark.parametrize("example", examples(), ids=lambda text: text.split("\n")[0])
def test_a_worked_example_works(make_brand: Any, example: str) -> None:
    brand = make_brand()
    sentences = []
    for path, body in definitions(example):
        told = brand.api.put(path, body, expect=201)
        if path.startswith("/v1/reward-rules/"):
            sentences.append(told["sentence"])
            brand.api.post(f"{path}/activate", expect=200)
    said = re.findall(r"^> (.+)$", example, re.MULTILINE)
    assert said == [sentences[0]["ko"], sentences[0]["en"]]
    shop = Shop(brand)
    for words, rewards in rows(example):
        assert as_set(shop.does(words)) == as_set(rewards), words


def test_every_reason_for_giving_nothing_is_in_the_guide() -> None:
    reasons = set()
    for path in (ROOT / "app" / "rewards" / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("skip"):
                reasons.add(ast.literal_eval(node.args[1]))
    told = set(re.findall(r"`(\w+)`", GUIDE.split("## Why nothing was given")[1]))
    assert told == reasons
    assert len(reasons) > 10


def test_every_trigger_and_effect_is_in_the_guide() -> None:
    from app.rewards.rules import TRIGGERS
    from app.rewards.schemas.rules import ConditionsIn, EffectIn, LimitsIn

    names = {*TRIGGERS, *ConditionsIn().fields, *EffectIn().fields, *LimitsIn().fields}
    assert not {name for name in names if name not in GUIDE}
