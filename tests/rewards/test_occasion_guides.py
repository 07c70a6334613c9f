"""The guides to occasions and referral are true: every date and number of their tables."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.brands.rules import ReferralPolicy
from app.members.rules import birthdays_on
from app.rewards.rules.referrals import REASONS
from tests.rewards.invitations import invite, referral_of
from tests.rewards.occasions import run, stand_at
from tests.support.api import TestBrand
from tests.support.members import balance, make_member

DOCS = Path(__file__).parents[2] / "docs"
OCCASIONS = (DOCS / "occasions.md").read_text()
REFERRAL = (DOCS / "referral.md").read_text()


def table(text: str, head: str) -> list[list[str]]:
    """Return the rows of the first table with this head."""
    body = text.split(f"{head}\n")[1].split("\n", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in body.splitlines()]


def put(brand: TestBrand, text: str) -> list[dict[str, str]]:
    """Send what the first block of a guide says, and return the sentences of its rules."""
    block = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert block is not None
    sentences = []
    for method, path, body in re.findall(
        r"^(PUT|PATCH) (\S+)\n(.*?)(?=^P[UA]TC?H? |\Z)", block.group(1), re.M | re.S
    ):
        response = brand.api.send(method, path, json.loads(body))
        assert response.status_code in (200, 201), response.get_data(as_text=True)
        if path.startswith("/v1/reward-rules/"):
            sentences.append(response.get_json()["sentence"])
            brand.api.post(f"{path}/activate", expect=200)
    return sentences


class Days:
    """Does what a table of days says, and tells who got how many points."""

    def __init__(self, brand: TestBrand) -> None:
        self.brand = brand
        self.members: list[str] = []

    def on(self, day: str, happens: str) -> str:
        stand_at(self.brand, day)
        if joins := re.fullmatch(r"(\w+), born (\S+), joins", happens):
            self.members.append(joins[1])
            self._put(joins[1], joins[2], 201)
        elif changes := re.fullmatch(r"(\w+) changes her birthday to (\S+)", happens):
            self._put(changes[1], changes[2], 200)
        else:
            assert happens == "the day begins"
        before = {name: self._count(name) for name in self.members}
        run(self.brand)
        given = [
            (points, name)
            for name in self.members
            for points in self._gifts(name)[: self._count(name) - before[name]]
        ]
        order = sorted(given, key=lambda each: each[0])  # anniversaries give less
        return ", ".join(f"{name} {points:,}P" for points, name in order) or "nothing"

    def _put(self, name: str, birthday: str, status: int) -> None:
        self.brand.api.put(f"/v1/members/ext:{name}", {"birthday": birthday}, expect=status)

    def _gifts(self, name: str) -> list[int]:
        entries = self.brand.api.get(f"/v1/members/ext:{name}/points/entries?limit=100")["data"]
        return [entry["points"] for entry in entries if entry["origin"] == "reward"]

    def _count(self, name: str) -> int:
        return len(self._gifts(name))


@pytest.mark.parametrize("part", [0, 1])
def test_the_tables_of_days_are_true(brand: TestBrand, part: int) -> None:
    stand_at(brand, "2026-01-01")
    sentences = put(brand, OCCASIONS)
    said = re.findall(r"^> (.+)$", OCCASIONS, re.MULTILINE)
    assert said == [sentences[0]["ko"], sentences[0]["en"]]
    run(brand)
    days = Days(brand)
    text = OCCASIONS if part == 0 else OCCASIONS.split("## Once a year")[1]
    for day, happens, gets in table(text, "| on | it happens | gets |"):
        assert days.on(day, happens) == gets, (day, happens)


def test_the_birthdays_of_the_table_are_celebrated_on_its_days() -> None:
    rows = table(OCCASIONS, "| birthday | 2026 | 2027 | 2028 |")
    assert len(rows) == 4
    for birthday, *days in rows:
        _, month, day = map(int, re.findall(r"\d+", birthday)[:3])
        calendar = "lunar" if birthday.startswith("lunar") else "solar"
        key = (calendar, month, day, "leap" in birthday)
        for each in days:
            assert key in {found[:4] for found in birthdays_on(date.fromisoformat(each))}, each


def test_the_table_of_an_invitation_is_true(make_brand: Any) -> None:
    brand = make_brand(accrual={"pending": "immediate"})
    put(brand, REFERRAL)
    inviter, number = make_member(brand, "Mina"), 0
    invitee, order = "", ""
    rows = table(REFERRAL, "| it happens | Mina has | Juno has | the invitation is |")
    for happens, minas, junos, state in rows:
        if happens == "Mina invites Juno":
            invitee = invite(brand, inviter, "Juno")
        elif ordered := re.fullmatch(r"Juno orders (\S+) and keeps it", happens):
            number += 1
            price = int(ordered[1].replace(",", ""))
            lines = [{"sku": "A", "quantity": price // 5000, "unit_price": 5000}]
            body = {"external_id": str(number), "member": "ext:Juno", "lines": lines}
            order = brand.api.post("/v1/orders", body)["id"]
            brand.api.post(f"/v1/orders/{order}/confirm", expect=200)
        else:
            returned = re.fullmatch(r"Juno returns (\S+) of it", happens)
            assert returned is not None, happens
            number += 1
            quantity = int(returned[1].replace(",", "")) // 5000
            body = {"external_id": str(number), "lines": [{"line": 1, "quantity": quantity}]}
            brand.api.post(f"/v1/orders/{order}/refunds", body)
        shown = [f"{_worth(brand, path):,}" for path in (inviter, invitee)]
        assert [*shown, referral_of(brand, invitee)["state"]] == [minas, junos, state], happens


def _worth(brand: TestBrand, path: str) -> int:
    counters = balance(brand, path)
    return counters["available"] - counters["debt"]


def test_every_reason_and_setting_of_a_referral_is_in_the_guide() -> None:
    told = set(re.findall(r"`(\w+)`", REFERRAL))
    assert set(REASONS) <= told | {"link"}
    settings = set(ReferralPolicy.__dataclass_fields__) - {"link", "inviter_limit_period"}
    assert settings <= told
