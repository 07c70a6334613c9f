"""A backtest of a rule tells what the rule would have given, and changes nothing."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from app.backtests import queries, services
from app.db import DIRECTORY_TABLES, db
from tests.backtests.play import RULES, START, open_shop, play, really_given
from tests.rewards.occasions import born, put_rule, run, stand_at
from tests.rewards.programme import buy, switch_on
from tests.support.api import TestBrand
from tests.support.members import make_member, unit_of_work

END = "2026-12-31"


def tried(brand: TestBrand, code: str, first: str, last: str, **more: Any) -> Any:
    body = {"from": first, "to": last, **more}
    return brand.api.post(f"/v1/reward-rules/{code}/backtest", body, expect=200)


def told(answer: Any) -> dict[str, Any]:
    names = ("members", "grants", "grants_undone", "points", "points_taken_back")
    days = {day["on"]: day["cost"] for day in answer["days"]}
    return {**{name: answer[name] for name in names}, "days": days}


@pytest.mark.parametrize("seed", range(4))
def test_a_backtest_over_what_happened_while_a_rule_was_live_tells_what_it_really_gave(
    make_brand: Any, seed: int
) -> None:
    brand = make_brand(accrual={"confirm_after_days": None})
    open_shop(brand)
    play(brand, seed, turns=70)

    answers = {code: told(tried(brand, code, START, END)) for code in RULES}
    assert answers == {code: really_given(brand, code) for code in RULES}
    assert sum(answer["grants"] > 0 for answer in answers.values()) > 15


def books(brand: TestBrand) -> dict[str, Any]:
    """Return a fingerprint of every row of the brand, by table."""
    with unit_of_work(brand):
        return {
            table.name: db.session.scalar(
                text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table.name} t")
            )
            for table in db.metadata.sorted_tables
            if table.name not in DIRECTORY_TABLES
        }


def draft(brand: TestBrand, code: str, **said: Any) -> None:
    body = {"name": code, "trigger": {"on": "order_paid"}, "effects": [{"points": 1000}], **said}
    brand.api.put(f"/v1/reward-rules/{code}", body, expect=201)


def test_a_draft_is_tried_and_nothing_changes(brand: TestBrand) -> None:
    stand_at(brand, "2026-05-01")
    mina, juno = make_member(brand, "mina"), make_member(brand, "juno")
    for number, (member, amount) in enumerate([(mina, 30_000), (mina, 9_000), (juno, 12_345)]):
        stand_at(brand, f"2026-05-0{number + 1}")
        buy(brand, member, str(number), amount)
    draft(
        brand,
        "TRY",
        conditions={"minimum_amount": 10_000},
        effects=[{"percent_basis_points": 500}, {"tag": "big"}],
        schedule={"starts_at": "2027-01-01T00:00:00+09:00"},
    )
    before = books(brand)

    answer = tried(brand, "TRY", "2026-05-01", "2026-05-31")

    assert books(brand) == before
    assert answer == {
        "object": "reward_rule_backtest",
        "rule": "TRY",
        "version": 1,
        "from": "2026-05-01",
        "to": "2026-05-31",
        "looked_at": 3,
        "members": 2,
        "grants": 2,
        "grants_undone": 0,
        "points": 2117,
        "points_taken_back": 0,
        "cost": 2117,
        "gave": [{"kind": "tag", "name": "big", "count": 2}],
        "skipped": [{"reason": "minimum_not_met", "count": 1}],
        "days": [
            {"on": "2026-05-01", "members": 1, "grants": 1, "points": 1500, "cost": 1500},
            {"on": "2026-05-03", "members": 1, "grants": 1, "points": 617, "cost": 617},
        ],
    }
    assert brand.api.get("/v1/reward-rules/TRY")["status"] == "draft"


def test_the_database_itself_refuses_writes_of_a_backtest(brand: TestBrand) -> None:
    def write() -> None:
        with unit_of_work(brand):
            queries.read_only()
            db.session.execute(text("DELETE FROM member_tags"))

    with pytest.raises(InternalError, match="read-only"):
        write()


def test_days_are_those_of_the_brand_and_both_ends_count(brand: TestBrand) -> None:
    member = make_member(brand, "mina")
    for number, at in enumerate(
        ("2026-05-01T23:59:59", "2026-05-02T00:00:00", "2026-05-03T23:59:59", "2026-05-04T00:00:00")
    ):
        stand_at(brand, f"{at}+09:00")
        buy(brand, member, str(number))
    draft(brand, "TRY")

    answer = tried(brand, "TRY", "2026-05-02", "2026-05-03")

    assert [day["on"] for day in answer["days"]] == ["2026-05-02", "2026-05-03"]
    assert answer["looked_at"] == 2


def test_any_version_of_a_rule_can_be_tried(brand: TestBrand) -> None:
    stand_at(brand, "2026-05-01")
    buy(brand, make_member(brand, "mina"), "1")
    switch_on(brand, "TRY", {"points": 100})
    switch_on(brand, "TRY", {"points": 200})

    days = ("2026-05-01", "2026-05-01")
    assert tried(brand, "TRY", *days)["points"] == 200
    assert tried(brand, "TRY", *days, version=1)["points"] == 100
    brand.api.refused(
        "POST", "/v1/reward-rules/TRY/backtest",
        {"from": days[0], "to": days[1], "version": 3}, code="reward_rule_version_not_found",
    )  # fmt: skip


def test_of_an_exclusive_group_the_live_rules_take_their_share(brand: TestBrand) -> None:
    stand_at(brand, "2026-05-01")
    member = make_member(brand, "mina")
    for number, amount in enumerate((9_000, 20_000, 30_000)):
        buy(brand, member, str(number), amount)
    group = {"group": "SALE", "mode": "best"}
    switch_on(brand, "LIVE", {"points": 1000}, stacking=group)
    draft(brand, "TRY", effects=[{"percent_basis_points": 400}], stacking=group)

    answer = tried(brand, "TRY", "2026-05-01", "2026-05-01")

    assert (answer["grants"], answer["points"]) == (1, 1200)
    assert answer["skipped"] == [{"reason": "not_stackable", "count": 2}]


def test_what_refunds_take_back_until_today_is_not_a_cost(brand: TestBrand) -> None:
    stand_at(brand, "2026-05-01")
    member = make_member(brand, "mina")
    lines = [{"sku": "TEA", "quantity": 3, "unit_price": 10_000}]
    body = {"member": "ext:mina", "external_id": "1", "lines": lines}
    order = brand.api.post("/v1/orders", body)["id"]
    buy(brand, member, "2", 30_000)
    stand_at(brand, "2026-07-01")
    some = {"external_id": "R", "lines": [{"line": 1, "quantity": 1}]}
    brand.api.post(f"/v1/orders/{order}/refunds", some)
    draft(
        brand,
        "TRY",
        effects=[{"percent_basis_points": 500}],
        limits={"total_points": 2000},
    )

    answer = tried(brand, "TRY", "2026-05-01", "2026-05-31")

    # 1,500 points are given; another 1,500 would pass the budget at that time.
    assert (answer["points"], answer["points_taken_back"], answer["cost"]) == (1500, 500, 1000)
    assert answer["skipped"] == [{"reason": "budget_used_up", "count": 1}]


def test_birthdays_are_tried_day_by_day_as_the_job_would_give_them(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    put_rule(brand, "LIVE", trigger={"days_before": 3}, limits={"total_grants": 3})
    run(brand)
    for number, birthday in enumerate(("1990-02-10", "1990-03-05", "1996-02-29", "1990-04-01")):
        born(brand, f"m{number}", {"date": birthday})
    born(brand, "late", {"date": "1990-01-20"})  # known less than 30 days ahead
    for day in range(1, 91):
        run(brand, f"{date(2026, 1, 1) + timedelta(days=day)}T00:00:00+09:00")

    answer = tried(brand, "LIVE", "2026-01-01", "2026-04-30")

    assert told(answer) == really_given(brand, "LIVE")
    assert [day["on"] for day in answer["days"]] == ["2026-02-07", "2026-02-25", "2026-03-02"]
    assert answer["skipped"] == [{"reason": "used_up", "count": 1}]


def test_anniversaries_are_tried_too(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    born(brand, "mina", {"date": "1990-02-10"}, joined_on="2024-02-29")
    draft(brand, "TRY", trigger={"on": "signup_anniversary"})

    answer = tried(brand, "TRY", "2026-01-01", "2026-12-31")

    assert [day["on"] for day in answer["days"]] == ["2026-02-28"]


def test_invitations_are_tried_for_both_sides_and_undone_with_their_order(
    brand: TestBrand,
) -> None:
    stand_at(brand, "2026-05-01")
    for to in ("inviter", "both"):
        switch_on(brand, to.upper(), on="referral_qualified", trigger={"to": to})
    inviter = make_member(brand, "mina")
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    for name in ("juno", "sora"):
        brand.api.put(f"/v1/members/ext:{name}", {"referred_by_code": code}, expect=201)
        order = buy(brand, f"/v1/members/ext:{name}", name)["id"]
        brand.api.post(f"/v1/orders/{order}/confirm", expect=200)
        stand_at(brand, "2026-05-02")
    body = {"external_id": "R", "all": True}
    brand.api.post("/v1/orders/ext:juno/refunds", body)

    for rule, grants in (("INVITER", 2), ("BOTH", 4)):
        answer = tried(brand, rule, "2026-05-01", "2026-05-31")
        assert told(answer) == really_given(brand, rule)
        assert (answer["grants"], answer["grants_undone"]) == (grants, grants // 2)


@pytest.mark.parametrize("on", ["tier_reached", "stamp_card_completed", "warranty_registered"])
def test_what_is_not_kept_cannot_be_tried_and_the_refusal_names_what_can(
    brand: TestBrand, on: str
) -> None:
    draft(brand, "TRY", trigger={"on": on})

    problem = brand.api.refused(
        "POST", "/v1/reward-rules/TRY/backtest",
        {"from": "2026-05-01", "to": "2026-05-02"}, code="backtest_not_possible",
    )  # fmt: skip

    assert "order_paid" in problem["detail"]


def test_too_long_a_period_and_a_backward_one_are_refused(brand: TestBrand) -> None:
    draft(brand, "TRY")
    path = "/v1/reward-rules/TRY/backtest"

    brand.api.post(path, {"from": "2026-01-01", "to": "2027-01-01"}, expect=200)
    too_long = {"from": "2026-01-01", "to": "2027-01-02"}
    assert "366" in brand.api.refused("POST", path, too_long, code="backtest_too_long")["detail"]
    backwards = {"from": "2026-01-02", "to": "2026-01-01"}
    brand.api.refused("POST", path, backwards, code="invalid_request")


@pytest.mark.parametrize("on", ["order_paid", "member_joined", "birthday"])
def test_more_than_is_tried_at_once_is_refused_and_chunks_change_nothing(
    brand: TestBrand, monkeypatch: pytest.MonkeyPatch, on: str
) -> None:
    stand_at(brand, "2026-01-01")
    for number in range(5):
        stand_at(brand, f"2026-01-01T0{number}:00:00+09:00")
        buy(brand, born(brand, f"m{number}", {"date": "1990-05-05"}), str(number))
    draft(brand, "TRY", trigger={"on": on}, limits={"total_grants": 4})
    whole = tried(brand, "TRY", "2026-01-01", "2026-12-31")
    assert (whole["looked_at"], whole["grants"]) == (5, 4)

    monkeypatch.setattr(services, "CHUNK", 2)
    assert tried(brand, "TRY", "2026-01-01", "2026-12-31") == whole

    monkeypatch.setattr(services, "LOOKED_AT_MAX", 4)
    brand.api.refused(
        "POST", "/v1/reward-rules/TRY/backtest",
        {"from": "2026-01-01", "to": "2026-12-31"}, code="backtest_too_large",
    )  # fmt: skip


def test_the_backtest_of_the_guide_is_true(brand: TestBrand) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "reward-rules.md").read_text()
    block = re.search(
        r"PUT /v1/reward-rules/TRY\n(.*?)POST \S+\n(.*?)→ 200 (.*?)```", guide, re.DOTALL
    )
    assert block is not None
    rule, asked, answered = (json.loads(part) for part in block.groups())
    stand_at(brand, "2026-05-04")
    buy(brand, make_member(brand, "juno"), "1", 9_000)
    mina = make_member(brand, "mina")
    buy(brand, mina, "2", 30_000)
    stand_at(brand, "2026-05-05")
    buy(brand, mina, "3", 12_000)
    stand_at(brand, "2026-05-06")
    brand.api.post("/v1/orders/ext:3/refunds", {"external_id": "R", "all": True})
    brand.api.put("/v1/reward-rules/TRY", rule, expect=201)

    told = brand.api.post("/v1/reward-rules/TRY/backtest", asked, expect=200)

    assert {name: told[name] for name in answered} == answered
