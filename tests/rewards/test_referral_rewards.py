"""Both sides of an invitation are rewarded with the order, and give it back with the order."""

from typing import Any

import pytest

from app.benefits import services as benefits
from app.orders.jobs import confirm_due
from app.points import services as points
from app.rewards import services as rewards
from tests.rewards.invitations import invite, pair, referral_of, state_of
from tests.rewards.occasions import put_rule, stand_at
from tests.support.api import TestBrand
from tests.support.members import advance, balance, make_member, run_job, unit_of_work
from tests.support.parallel import at_once

LINE = {"sku": "MUG", "quantity": 2, "unit_price": 15_000}


@pytest.fixture
def ready(make_brand: Any) -> TestBrand:
    """A brand that rewards inviters with 3,000 points and those invited with 2,000."""
    brand = make_brand(accrual={"rate_basis_points": 0}, referral={"minimum_amount": 20_000})
    stand_at(brand, "2026-01-01")
    for code, to, number in (("INVITER", "inviter", 3000), ("INVITED", "invitee", 2000)):
        put_rule(brand, code, on="referral_qualified", trigger={"to": to},
                 effects=[{"points": number}])  # fmt: skip
    return brand


def order(brand: TestBrand, invitee: str, number: str = "1", **more: Any) -> str:
    """Place an order of a member, confirm it, and return its address."""
    body = {"external_id": number, "member": invitee.rpartition("/")[2], "lines": [LINE], **more}
    brand.api.post("/v1/orders", body)
    path = f"/v1/orders/ext:{number}"
    brand.api.post(f"{path}/confirm", expect=200)
    return path


def refund(brand: TestBrand, path: str, **what: Any) -> Any:
    return brand.api.post(f"{path}/refunds", {"external_id": "R", **(what or {"all": True})})


def points_of(brand: TestBrand, *paths: str) -> list[int]:
    return [balance(brand, path)["available"] - balance(brand, path)["debt"] for path in paths]


def is_sound(brand: TestBrand) -> bool:
    with unit_of_work(brand):
        return not any(each.audit(brand.brand_id) for each in (points, benefits, rewards))


def test_both_are_rewarded_once_when_the_first_order_is_confirmed(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    path = order(ready, invitee)
    order(ready, invitee, "2")

    assert points_of(ready, inviter, invitee) == [3000, 2000]
    kinds = [effect["kind"] for effect in ready.api.get(path)["effects"]]
    assert kinds.count("referral_qualified") == 1
    assert referral_of(ready, invitee)["order"] == ready.api.get(path)["id"]
    assert is_sound(ready)


def test_an_order_that_confirms_itself_rewards_both_too(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    ready.api.post("/v1/orders", {"external_id": "1", "member": "ext:invitee", "lines": [LINE]})
    advance(ready, "P15D")

    run_job(ready, confirm_due)
    run_job(ready, confirm_due)

    assert points_of(ready, inviter, invitee) == [3000, 2000]
    assert is_sound(ready)


@pytest.mark.parametrize("spent", [0, 2500])
def test_a_refund_takes_both_rewards_back(ready: TestBrand, spent: int) -> None:
    inviter, invitee = pair(ready)
    path = order(ready, invitee)
    if spent:
        ready.api.post(f"{inviter}/points/redemptions", {"points": spent})
    seen = ready.api.post(
        f"{path}/refunds", {"external_id": "R", "all": True, "dry_run": True}, expect=200
    )
    assert points_of(ready, inviter, invitee) == [3000 - spent, 2000]

    done = refund(ready, path)

    assert [each["kind"] for each in seen["effects"]] == [each["kind"] for each in done["effects"]]
    assert points_of(ready, inviter, invitee) == [-spent, 0]
    assert state_of(ready, invitee) == ("reversed", [])
    assert is_sound(ready)


def test_a_partial_refund_takes_them_back_when_too_little_is_left(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    lines = [{"sku": "A", "quantity": 4, "unit_price": 5_000},
             {"sku": "B", "quantity": 1, "unit_price": 5_000}]  # fmt: skip
    path = order(ready, invitee, lines=lines)

    refund(ready, path, external_id="R1", lines=[{"line": 2, "quantity": 1}])
    assert points_of(ready, inviter, invitee) == [3000, 2000]
    refund(ready, path, external_id="R2", lines=[{"line": 1, "quantity": 1}])

    assert points_of(ready, inviter, invitee) == [0, 0]
    assert is_sound(ready)


def test_ordering_and_giving_back_again_and_again_earns_nothing(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    for number in range(3):
        refund(ready, order(ready, invitee, str(number)))
    order(ready, invitee, "kept")

    assert points_of(ready, inviter, invitee) == [0, 0]
    assert is_sound(ready)


def test_who_closes_a_ring_gets_nothing_for_it(ready: TestBrand) -> None:
    first = make_member(ready, "m0")
    second = invite(ready, first, "m1")
    third = invite(ready, second, "m2")
    code = ready.api.get(f"{third}/referral-code")["code"]
    ready.api.patch(first, {"referred_by_code": code})
    for number, path in enumerate((first, second, third)):
        order(ready, path, str(number))

    assert state_of(ready, first) == ("refused", ["ring"])
    assert points_of(ready, first, second, third) == [3000, 5000, 2000]


def test_goods_sent_to_the_inviters_address_are_looked_at(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    at = {"shipping_address": "서울 종로구 세종대로 1"}
    order(ready, inviter, "1", **at)
    order(ready, invitee, "2", **at)
    assert state_of(ready, invitee) == ("review", ["same_address"])
    assert points_of(ready, inviter, invitee) == [0, 0]

    ready.api.post(f"/v1/referrals/{referral_of(ready, invitee)['id']}/approve", expect=200)

    assert points_of(ready, inviter, invitee) == [3000, 2000]
    refund(ready, "/v1/orders/ext:2")
    assert points_of(ready, inviter, invitee) == [0, 0]
    assert is_sound(ready)


def test_the_quiz_rewards_both_and_the_event_says_so(ready: TestBrand) -> None:
    ready.api.patch("/v1/brand", {"referral": {"gates": ["quiz_passed"]}})
    inviter, invitee = pair(ready)
    order(ready, invitee)
    assert points_of(ready, inviter, invitee) == [0, 0]

    told = ready.api.post(
        "/v1/events", {"type": "quiz_passed", "member": "ext:invitee", "external_id": "Q"}
    )

    assert told["referral"]["state"] == "qualified"
    assert points_of(ready, inviter, invitee) == [3000, 2000]


def test_rewards_of_a_merged_inviter_come_back_from_the_survivor(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    path = order(ready, invitee)
    survivor = make_member(ready, "survivor")
    ready.api.post(f"{inviter}/merge", {"into": "ext:survivor"}, expect=200)
    assert points_of(ready, survivor) == [3000]

    refund(ready, path)

    assert points_of(ready, survivor, invitee) == [0, 0]
    assert is_sound(ready)


def test_an_erased_inviter_is_not_rewarded_and_the_invited_one_is(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    ready.api.post(f"{inviter}/erase", expect=200)

    path = order(ready, invitee)

    assert points_of(ready, invitee) == [2000]
    refund(ready, path)
    assert points_of(ready, invitee) == [0]
    assert is_sound(ready)


def test_an_inviter_erased_since_does_not_hold_up_the_refund(ready: TestBrand) -> None:
    inviter, invitee = pair(ready)
    path = order(ready, invitee)
    ready.api.post(f"{inviter}/erase", expect=200)

    refund(ready, path)

    assert points_of(ready, invitee) == [0]
    assert state_of(ready, invitee) == ("reversed", [])
    assert is_sound(ready)


def test_a_budget_holds_when_many_orders_are_confirmed_at_once(busy: TestBrand) -> None:
    put_rule(busy, "INVITER", on="referral_qualified", trigger={"to": "inviter"},
             effects=[{"points": 100}], limits={"total_points": 350})  # fmt: skip
    inviters = [make_member(busy, f"a{number}") for number in range(10)]
    for number, inviter in enumerate(inviters):
        invite(busy, inviter, f"b{number}")
        body = {"external_id": str(number), "member": f"ext:b{number}", "lines": [LINE]}
        busy.api.post("/v1/orders", body)

    at_once(
        [
            lambda number=number: busy.api.post(f"/v1/orders/ext:{number}/confirm", expect=200)
            for number in range(10)
        ]
    )

    assert sum(points_of(busy, *inviters)) == 300
    assert is_sound(busy)


def test_the_audit_tells_of_rewards_without_a_referral(ready: TestBrand, owner: Any) -> None:
    _, invitee = pair(ready)
    order(ready, invitee)
    assert is_sound(ready)

    owner.execute("UPDATE referrals SET state = 'refused' WHERE brand_id = %s", (ready.brand_id,))

    with unit_of_work(ready):
        found = rewards.audit(ready.brand_id)
    assert [each.check for each in found] == ["rewarded_referral_is_qualified"] * 2
