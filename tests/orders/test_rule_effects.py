"""Rules through the whole API: tags, margin, coupons for the next order, groups, crowds."""

from typing import Any

import pytest

from tests.orders.everything import books
from tests.orders.programme import coupon
from tests.rewards.invitations import invite, state_of
from tests.rewards.programme import buy, rewards_of, switch_on, used
from tests.support.api import TestBrand
from tests.support.members import advance, balance, make_member, run_job
from tests.support.parallel import at_once


def give_back(brand: TestBrand, order: str, number: str = "R", quantity: int | None = None) -> Any:
    some: dict[str, Any] = {"all": True}
    if quantity is not None:
        some = {"lines": [{"line": 1, "quantity": quantity}]}
    return brand.api.post(f"/v1/orders/ext:{order}/refunds", {"external_id": number, **some})


def tags_of(brand: TestBrand, member: str) -> list[str]:
    return [each["tag"] for each in brand.api.get(f"{member}/tags")["data"]]


def test_a_tag_that_one_rule_gives_opens_another_until_its_order_is_given_back(
    brand: TestBrand,
) -> None:
    switch_on(brand, "MARK", {"tag": "vip"}, conditions={"minimum_amount": 50_000})
    switch_on(brand, "VIP", {"points": 700}, conditions={"tags_any": ["vip"]})
    switch_on(brand, "NEW", {"points": 70}, conditions={"tags_none": ["vip"]})
    member = make_member(brand, "mina")

    assert set(rewards_of(buy(brand, member, "1", 50_000))) == {"MARK", "NEW"}
    assert set(rewards_of(buy(brand, member, "2"))) == {"VIP"}
    assert tags_of(brand, member) == ["vip"]
    give_back(brand, "1")

    assert tags_of(brand, member) == []
    assert set(rewards_of(buy(brand, member, "3"))) == {"NEW"}
    assert books(brand) == []


def test_the_margin_caps_a_reward_and_parts_of_a_refund_take_their_parts(
    make_brand: Any,
) -> None:
    brand = make_brand(accrual={"pending": "immediate", "rate_basis_points": 0})
    brand.api.put("/v1/products/GLASS", {"name": "유리컵", "cost": 7_000}, expect=201)
    switch_on(brand, "RICH", {"percent_basis_points": 5_000},
              limits={"maximum_margin_percent": 40})  # fmt: skip
    member = make_member(brand, "mina")
    lines = [{"sku": "GLASS", "quantity": 3, "unit_price": 10_000}]
    told = brand.api.post("/v1/orders", {"member": "ext:mina", "external_id": "1", "lines": lines})

    # Half of 30,000 would be 15,000; the margin is 30,000 − 3 × 7,000 and 40 % of it 3,600.
    assert rewards_of(told) == {"RICH": 3_600}
    give_back(brand, "1", "R1", 1)
    assert balance(brand, member)["available"] == 2_400
    give_back(brand, "1", "R2", 2)
    assert balance(brand, member)["available"] == 0
    assert books(brand) == []


def test_goods_sold_below_cost_give_nothing_and_say_why(brand: TestBrand) -> None:
    brand.api.put("/v1/products/TEA", {"name": "차", "cost": 40_000}, expect=201)
    switch_on(brand, "RICH", {"points": 500}, limits={"maximum_margin_percent": 40})

    told = buy(brand, make_member(brand, "mina"), "1", 30_000)

    assert [(each["rule"], each["reason"]) for each in told["skipped"]] == [
        ("RICH", "spending_guard")
    ]


def test_a_coupon_for_the_next_order_is_used_there_and_goes_with_its_own_if_unused(
    brand: TestBrand,
) -> None:
    coupon(brand, "NEXT", kind="fixed", amount=3_000)
    switch_on(brand, "AGAIN", {"coupon": "NEXT"}, on="nth_order", trigger={"n": 1})
    mina, juno = make_member(brand, "mina"), make_member(brand, "juno")
    for member in (mina, juno):
        buy(brand, member, member[-4:])
    owned = {
        member: brand.api.get(f"{member}/coupons?status=usable")["data"][0]["id"]
        for member in (mina, juno)
    }

    second = buy(brand, mina, "second", coupons=[owned[mina]])

    assert second["amounts"]["coupon_discount"] == 3_000
    give_back(brand, "juno")
    assert brand.api.get(f"{juno}/coupons?status=usable")["data"] == []
    back = give_back(brand, "mina")
    undone = next(each for each in back["effects"] if each["kind"] == "reward_reversed")
    assert undone["terms"]["coupons_used"] == ["NEXT"]
    assert brand.api.get("/v1/orders/ext:second")["amounts"]["coupon_discount"] == 3_000
    assert books(brand) == []


def test_who_is_held_out_is_told_so_and_never_rewarded(brand: TestBrand) -> None:
    switch_on(brand, "HALF", {"points": 10}, holdout_percent=50)
    given, held = [], []
    for number in range(16):
        told = buy(brand, make_member(brand, f"m{number}"), str(number))
        reasons = [each["reason"] for each in told["skipped"]]
        (held if reasons == ["holdout"] else given).append(rewards_of(told))
    assert held
    assert given
    assert all(each == {} for each in held)
    assert all(each == {"HALF": 10} for each in given)


def test_a_group_that_gave_when_the_order_was_paid_is_closed_when_it_is_confirmed(
    brand: TestBrand,
) -> None:
    group = {"group": "ONE", "mode": "priority"}
    switch_on(brand, "PAID", {"points": 100}, stacking=group, conditions={"channels": ["app"]})
    switch_on(brand, "KEPT", {"points": 900}, on="order_confirmed", stacking=group)
    member = make_member(brand, "mina")
    for number, channel in (("1", "app"), ("2", "web")):
        order = buy(brand, member, number, channel=channel)["id"]
        brand.api.post(f"/v1/orders/{order}/confirm", expect=200)

    first, second = (brand.api.get(f"/v1/orders/ext:{number}") for number in "12")
    assert rewards_of(first) == {"PAID": 100}
    assert rewards_of(second) == {"KEPT": 900}


@pytest.mark.parametrize("by_job", [True, False])
def test_an_invitation_is_made_good_though_the_brand_offers_nothing_else(
    brand: TestBrand, by_job: bool
) -> None:
    from app.orders.jobs import confirm_due

    brand.api.post("/v1/test-clock", {"now": "2026-05-01T12:00:00+09:00"}, expect=200)
    inviter = make_member(brand, "inviter")
    invitee = invite(brand, inviter, "invitee")
    order = buy(brand, invitee, "1")["id"]
    if by_job:
        advance(brand, "P20D")
        run_job(brand, confirm_due)
    else:
        brand.api.post(f"/v1/orders/{order}/confirm", expect=200)
    assert state_of(brand, invitee) == ("qualified", [])

    give_back(brand, "1")

    assert state_of(brand, invitee) == ("reversed", [])
    assert books(brand) == []


def test_in_a_crowd_the_first_few_people_are_few_and_different(busy: TestBrand) -> None:
    switch_on(busy, "FIRST", {"points": 10},
              limits={"total_grants": 5, "per_member": {"times": 1}})  # fmt: skip
    switch_on(busy, "BUDGET", {"percent_basis_points": 1_000}, limits={"total_points": 9_999})
    people = [make_member(busy, f"m{number}") for number in range(8)]
    told = at_once(
        [
            lambda member=member, turn=turn: (member, buy(busy, member, f"{member[-2:]}-{turn}"))
            for member in people
            for turn in range(3)
        ]
    )
    winners = [member for member, receipt in told if "FIRST" in rewards_of(receipt)]
    assert len(winners) == len(set(winners)) == 5
    spent = sum(rewards_of(receipt).get("BUDGET", 0) for _, receipt in told)
    assert used(busy, "BUDGET") == (spent // 3_000, spent)
    assert spent == 9_000
    assert books(busy) == []

    # While some give back what they were given, others take what becomes free: never too much.
    calls: list[Any] = [
        lambda receipt=receipt: give_back(busy, receipt["external_id"])
        for _, receipt in told
        if rewards_of(receipt)
    ]
    calls += [lambda n=n, who=who: buy(busy, who, f"again-{n}") for n, who in enumerate(people)]
    at_once(calls)
    assert used(busy, "FIRST")[0] <= 5
    assert used(busy, "BUDGET")[1] <= 9_999
    assert books(busy) == []
