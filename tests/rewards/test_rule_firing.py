"""Rules give once, within their limits, however they are asked."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rewards.rules import is_held_out
from tests.rewards.model import reasons
from tests.rewards.programme import buy, fire, rewards_of, switch_on, used
from tests.support.members import audit, balance, make_member, member_id
from tests.support.parallel import at_once

NOW = datetime(2026, 5, 15, 3, tzinfo=UTC)


def test_what_happens_once_is_rewarded_once(brand) -> None:
    switch_on(brand, "REVIEW", {"points": 300}, {"tag": "reviewer"},
              on="event", trigger={"type": "review"})  # fmt: skip
    alice = member_id(brand, make_member(brand, "alice"))
    first = fire(brand, alice, "event", "event/1", event="review", now=NOW)
    assert [grant.points for grant in first.grants] == [300]
    again = fire(brand, alice, "event", "event/1", event="review", now=NOW)
    assert (again.grants, reasons(again)) == ([], {"REVIEW": "already_given"})
    fire(brand, alice, "event", "event/2", event="review", now=NOW)
    assert balance(brand, "/v1/members/ext:alice")["available"] == 600
    assert brand.api.get("/v1/reward-rules/REVIEW/stats")["points"] == 600
    assert not audit(brand)


def test_limits_of_a_member_begin_anew_with_the_brands_day_month_and_year(brand) -> None:
    for period in ("day", "month", "year", "total"):
        switch_on(brand, period.upper(), on="event", trigger={"type": period},
                  limits={"per_member": {"times": 1, "period": period}})  # fmt: skip
    alice = member_id(brand, make_member(brand, "alice"))
    given = {period: [] for period in ("day", "month", "year", "total")}
    midnight = datetime(2026, 12, 31, 15, tzinfo=UTC)  # the new year of Seoul
    moments = [
        midnight - timedelta(seconds=2), midnight - timedelta(seconds=1), midnight,
        midnight + timedelta(days=1), midnight + timedelta(days=31),
    ]  # fmt: skip
    for number, now in enumerate(moments):
        for period, times in given.items():
            if fire(brand, alice, "event", f"e/{number}", event=period, now=now).grants:
                times.append(number)
    assert given == {"day": [0, 2, 3, 4], "month": [0, 2, 4], "year": [0, 2], "total": [0]}


def test_who_joins_today_is_greeted_and_who_was_brought_along_is_not(brand) -> None:
    switch_on(brand, "WELCOME", {"points": 1000, "expires_in_days": 30}, on="member_joined")
    assert balance(brand, make_member(brand, "new"))["available"] == 1000
    brand.api.put("/v1/members/ext:old", {"joined_on": "2020-01-01"}, expect=201)
    assert balance(brand, "/v1/members/ext:old")["available"] == 0
    brand.api.put("/v1/members/ext:new", {"name": "새 이름"})
    assert balance(brand, "/v1/members/ext:new")["available"] == 1000


def test_an_exclusive_group_gives_once_for_an_occasion_even_when_asked_again(brand) -> None:
    for code, points in (("BIG", 500), ("SMALL", 100)):
        switch_on(brand, code, {"points": points}, on="event", trigger={"type": "quiz"},
                  stacking={"group": "QUIZ", "mode": "best"})  # fmt: skip
    alice = member_id(brand, make_member(brand, "alice"))
    for _ in range(2):
        told = fire(brand, alice, "event", "quiz/1", event="quiz", now=NOW)
    assert reasons(told) == {"BIG": "already_given", "SMALL": "not_stackable"}
    assert balance(brand, "/v1/members/ext:alice")["available"] == 500


def test_a_member_without_a_tier_is_found_where_fire_looks_it_up(brand) -> None:
    switch_on(brand, "JOIN", on="event", trigger={"type": "x"}, conditions={"tiers": ["NONE"]})
    alice = member_id(brand, make_member(brand, "alice"))
    assert fire(brand, alice, "event", "x/1", event="x", now=NOW).grants


def test_a_tier_that_an_adjustment_reaches_is_rewarded_until_it_is_given_back(brand) -> None:
    brand.api.put("/v1/tier-ladder", {})
    switch_on(brand, "LV2", {"points": 2000}, on="tier_reached", trigger={"tiers": ["LV2"]})
    switch_on(brand, "ANY", {"points": 1}, on="tier_reached")
    path = make_member(brand, "alice")

    def spend(number: int, amount: int) -> int:
        body = {"external_id": f"S-{number}", "amount": amount, "reason": "매장"}
        brand.api.post(f"{path}/spend-adjustments", body)
        return balance(brand, path)["available"]

    assert spend(1, 10_000) == 1
    assert spend(2, 90_000) == 2002
    assert spend(3, 1_000) == 2002
    assert spend(4, -91_000) == 1
    assert spend(5, 90_000) == 2002


def test_a_tier_set_by_hand_is_not_rewarded(brand) -> None:
    brand.api.put("/v1/tier-ladder", {})
    switch_on(brand, "ANY", {"points": 1}, on="tier_reached")
    path = make_member(brand, "alice")
    brand.api.put(f"{path}/tier", {"tier": "LV3", "reason": "행사"})
    assert balance(brand, path)["available"] == 0


def test_a_paused_rule_gives_nothing_and_an_active_one_again(brand) -> None:
    switch_on(brand, "R", on="event", trigger={"type": "x"})
    alice = member_id(brand, make_member(brand, "alice"))
    brand.api.post("/v1/reward-rules/R/pause", expect=200)
    assert not fire(brand, alice, "event", "x/1", event="x", now=NOW).grants
    brand.api.post("/v1/reward-rules/R/activate", expect=200)
    assert fire(brand, alice, "event", "x/1", event="x", now=NOW).grants


def test_the_brands_holdout_gets_nothing_from_any_rule(make_brand) -> None:
    brand = make_brand(rewards={"holdout_percent": 50})
    switch_on(brand, "R", {"points": 10}, on="member_joined")
    for number in range(12):
        path = make_member(brand, f"m{number}")
        held = is_held_out(brand.brand_id, "rewards", member_id(brand, path), 50)
        assert balance(brand, path)["available"] == (0 if held else 10)


def test_the_first_n_are_the_first_n_with_many_at_once(busy) -> None:
    switch_on(busy, "FIRST", {"points": 10}, on="event", trigger={"type": "x"},
              limits={"total_grants": 7})  # fmt: skip
    people = [member_id(busy, make_member(busy, f"m{number}")) for number in range(40)]
    told = at_once(
        [lambda who=who: fire(busy, who, "event", "x/1", event="x", now=NOW) for who in people]
    )
    assert sum(len(each.grants) for each in told) == 7
    assert used(busy, "FIRST") == (7, 70)
    total = sum(balance(busy, f"/v1/members/ext:m{n}")["available"] for n in range(40))
    assert total == 70
    assert not audit(busy)


def test_a_budget_is_never_overrun_by_orders_at_once(busy) -> None:
    switch_on(busy, "BUDGET", {"percent_basis_points": 1000}, limits={"total_points": 10_000})
    switch_on(busy, "HUNDRED", {"points": 1}, limits={"total_grants": 25})
    paths = [make_member(busy, f"m{number}") for number in range(30)]
    receipts = at_once(
        [
            lambda path=path, n=n: buy(busy, path, f"O-{n}", 10_000 + 1_000 * (n % 3))
            for n, path in enumerate(paths)
        ]
    )
    given = [rewards_of(receipt) for receipt in receipts]
    spent = sum(each.get("BUDGET", 0) for each in given)
    assert 10_000 - 1_200 < spent <= 10_000
    assert sum("HUNDRED" in each for each in given) == 25
    assert used(busy, "BUDGET")[1] == spent
    assert used(busy, "HUNDRED") == (25, 25)
    assert not audit(busy)


def test_one_member_at_once_does_not_pass_their_own_limit(busy) -> None:
    switch_on(busy, "ONCE", {"points": 100}, limits={"per_member": {"times": 2}})
    path = make_member(busy, "alice")
    receipts = at_once([lambda n=n: buy(busy, path, f"O-{n}") for n in range(12)])
    assert sum("ONCE" in rewards_of(receipt) for receipt in receipts) == 2


def test_what_a_confirmation_gives_is_expected_before_and_given_then(brand) -> None:
    switch_on(brand, "KEEP", {"percent_basis_points": 500}, on="order_confirmed")
    path = make_member(brand, "alice")
    order = buy(brand, path, "O-1")
    assert rewards_of(order) == {}
    assert [(each["rule"], each["points"]) for each in order["expected"]] == [("rule:KEEP", 1500)]
    for _ in range(2):
        confirmed = brand.api.post(f"/v1/orders/{order['id']}/confirm", expect=200)
        assert rewards_of(confirmed) == {"KEEP": 1500}
    assert balance(brand, path)["available"] == 300 + 1500
    refund = {"external_id": "R-1", "all": True}
    brand.api.post(f"/v1/orders/{order['id']}/refunds", refund)
    assert balance(brand, path) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert not audit(brand)


def test_a_refund_goes_by_what_the_rule_said_then(brand) -> None:
    switch_on(brand, "R", {"points": 900}, conditions={"minimum_amount": 20_000})
    path = make_member(brand, "alice")
    lines = [
        {"sku": sku, "quantity": 1, "unit_price": price}
        for sku, price in (("A", 25_000), ("B", 10_000))
    ]
    order = buy(brand, path, "O-1", lines=lines)
    switch_on(brand, "R", {"points": 1}, conditions={"minimum_amount": 1_000_000})
    brand.api.post("/v1/reward-rules/R/end", expect=200)

    def refund(line: int) -> Any:
        body = {"external_id": f"R-{line}", "lines": [{"line": line, "quantity": 1}]}
        told = brand.api.post(f"/v1/orders/{order['id']}/refunds", body)
        return [each["points"] for each in told["effects"] if each["kind"] == "reward_reversed"]

    assert refund(2) == []  # 25,000 won are left, enough for what the rule asked then
    assert refund(1) == [900]


def test_a_budget_comes_back_with_the_order_and_can_be_given_again(brand) -> None:
    switch_on(brand, "LAST", {"points": 500}, limits={"total_grants": 1})
    path = make_member(brand, "alice")
    order = buy(brand, path, "O-1")
    assert rewards_of(order) == {"LAST": 500}
    assert rewards_of(buy(brand, path, "O-2")) == {}
    refund = {"external_id": uuid.uuid4().hex, "all": True}
    brand.api.post(f"/v1/orders/{order['id']}/refunds", refund)
    assert used(brand, "LAST") == (0, 0)
    assert rewards_of(buy(brand, path, "O-3")) == {"LAST": 500}
    assert not audit(brand)
