"""Taking earned points back: by the policy of the order's day, also after a merge."""

from typing import Any

import pytest

from app.points import jobs
from tests.orders.programme import card, rule
from tests.orders.shop import expiries, give, later, place, refund, shop, spend
from tests.support.members import advance, audit, balance, make_member, run_job

NOTHING = dict.fromkeys(
    ("restored", "restored_expired", "clawed_back", "debt_added", "waived", "lapsed"), 0
)


@pytest.mark.parametrize(
    ("policy", "others", "told", "left"),
    [
        # Of 300 earned, 250 were spent; others are 100 points earned elsewhere.
        ("available", 100, (150, 0, 150), {"available": 0, "debt": 0}),
        ("debt", 100, (150, 150, 0), {"available": 0, "debt": 150}),
        ("floor", 100, (50, 0, 250), {"available": 100, "debt": 0}),
        ("available", 1000, (300, 0, 0), {"available": 750, "debt": 0}),
        ("debt", 1000, (300, 0, 0), {"available": 750, "debt": 0}),
        ("floor", 0, (50, 0, 250), {"available": 0, "debt": 0}),
    ],
)
def test_points_that_were_spent_are_taken_back_by_the_policy(
    make_brand: Any,
    policy: str,
    others: int,
    told: tuple[int, int, int],
    left: dict[str, int],
) -> None:
    brand, member = shop(make_brand, refund={"clawback": policy}, accrual={"pending": "immediate"})
    assert place(brand)["points"]["earned"] == 300
    spend(brand, member, 250)
    if others:
        give(brand, member, others, later(days=1))  # sooner than the order's own points

    points = refund(brand)["points"]

    assert (points["clawed_back"], points["debt_added"], points["waived"]) == told
    assert left.items() <= balance(brand, member).items()
    assert audit(brand) == []


def test_debt_is_repaid_by_the_next_points_and_shown_until_then(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    place(brand)
    spend(brand, member, 300)
    assert refund(brand)["points"]["debt_added"] == 300
    brand.api.refused(
        "POST", f"{member}/points/redemptions", {"points": 1}, code="insufficient_points"
    )
    give(brand, member, 100)
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 200}
    placed = place(brand, "M-2")
    assert placed["points"]["balance"] == {"available": 100, "pending": 0, "held": 0, "debt": 0}
    kinds = [entry["kind"] for entry in brand.api.get(f"{member}/points/entries")["data"]]
    assert kinds[:4] == ["debt_repayment", "accrual", "debt_repayment", "accrual"]
    assert audit(brand) == []


def test_pending_points_are_cancelled_before_others_are_touched(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    give(brand, member, 50)
    place(brand)
    told = refund(brand, lines=[{"line": 1, "quantity": 1}])
    assert told["points"]["clawed_back"] == 100
    assert balance(brand, member) == {"available": 50, "pending": 200, "held": 0, "debt": 0}


def test_a_refund_follows_the_settings_of_the_order_not_of_today(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    place(brand)
    spend(brand, member, 300)
    brand.api.patch(
        "/v1/brand",
        {
            "accrual": {"rate_basis_points": 5000, "rounding_unit": 100},
            "refund": {"clawback": "floor", "rounding_paid_by": "brand"},
        },
    )

    told = refund(brand, lines=[{"line": 1, "quantity": 1}])

    assert told["points"]["debt_added"] == 100  # 1 % of what was given back, as debt
    assert {effect["rule_version"] for effect in told["effects"]} == {1}
    assert place(brand, "M-2")["points"]["earned"] == 15_000


def test_a_refund_after_a_merge_reaches_the_survivor(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    survivor = make_member(brand, "2")
    give(brand, member, 100, later(days=30))
    place(brand, redeem_points=100)  # earns 299
    brand.api.post(f"{member}/merge", {"into": "ext:2"}, expect=200)
    assert balance(brand, survivor)["available"] == 299

    told = refund(brand)

    assert told["points"]["restored"] == 100
    assert told["points"]["clawed_back"] == 299
    assert balance(brand, survivor) == {"available": 100, "pending": 0, "held": 0, "debt": 0}
    assert list(expiries(brand, survivor).values()) == [100]
    assert audit(brand) == []


def test_a_pending_order_of_a_merged_member_is_confirmed_and_refunded(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    survivor = make_member(brand, "2")
    place(brand)
    place(brand, "M-2")
    brand.api.post(f"{member}/merge", {"into": "ext:2"}, expect=200)
    assert balance(brand, survivor)["pending"] == 600
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    assert balance(brand, survivor) == {"available": 300, "pending": 300, "held": 0, "debt": 0}
    assert refund(brand, order="M-2")["points"]["clawed_back"] == 300
    assert balance(brand, survivor) == {"available": 300, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


def test_an_order_of_an_erased_member_can_still_be_refunded(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    give(brand, member, 100)
    place(brand, redeem_points=100)
    brand.api.post(f"{member}/erase", expect=200)
    assert refund(brand)["cash"] == 29_900
    assert audit(brand) == []


@pytest.mark.parametrize("way", ["call", "day", "job"])
def test_points_that_are_confirmed_pay_debt_first(make_brand: Any, way: str) -> None:
    brand, member = shop(make_brand)
    place(brand)
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    spend(brand, member, 300)
    place(brand, "M-2")
    assert refund(brand)["points"]["debt_added"] == 300
    assert balance(brand, member) == {"available": 0, "pending": 300, "held": 0, "debt": 300}
    give(brand, member, 10)
    if way == "call":
        brand.api.post("/v1/orders/ext:M-2/confirm", expect=200)
    else:
        advance(brand, "P14D")
    if way == "job":
        assert run_job(brand, jobs.settle_points) == 1
    assert balance(brand, member) == {"available": 10, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


def test_a_hold_that_returns_pays_debt_first(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    place(brand)
    hold = brand.api.post(f"{member}/points/holds", {"points": 300})
    assert refund(brand)["points"]["debt_added"] == 300
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 300, "debt": 300}
    brand.api.post(f"/v1/holds/{hold['id']}/capture", {"points": 100}, expect=200)
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 100}
    assert audit(brand) == []


@pytest.mark.parametrize("split", [[3], [1, 2], [2, 1], [1, 1, 1]])
def test_what_had_to_be_waived_is_asked_for_again_by_the_next_refund(
    make_brand: Any, split: list[int]
) -> None:
    """However the refunds are split, the points come to what one full refund leaves."""
    policy = {"refund": {"clawback": "available"}, "accrual": {"pending": "immediate"}}
    brand, member = shop(make_brand, **policy)
    give(brand, member, 200)
    assert place(brand, redeem_points=200)["points"]["earned"] == 298
    spend(brand, member, 298)  # nothing is left for the first refund to take

    for number, quantity in enumerate(split):
        told = refund(brand, f"R-{number}", lines=[{"line": 1, "quantity": quantity}])

    # 200 came back and were taken for the 298 earned; 98 stay with the member.
    assert told["points"]["waived"] == 98
    taken = [effect for effect in told["effects"] if effect["kind"] == "accrual_reversed"]
    assert all(f"{effect['points']:,}P를 거둬들였어요" in effect["reason"] for effect in taken)
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


@pytest.mark.parametrize("policy", ["available", "debt", "floor"])
def test_points_that_lapsed_unspent_are_not_taken_from_others(make_brand: Any, policy: str) -> None:
    brand, member = shop(
        make_brand,
        refund={"clawback": policy},
        accrual={"pending": "immediate", "expiry": {"kind": "days", "count": 7}},
    )
    assert place(brand)["points"]["earned"] == 300
    spend(brand, member, 60)
    give(brand, member, 1000, later(days=100))
    advance(brand, "P8D")

    first = refund(brand, lines=[{"line": 1, "quantity": 1}])
    rest = refund(brand, "R-2")

    assert first["points"] == {**NOTHING, "lapsed": 100}
    spent = {"waived": 60} if policy == "floor" else {"clawed_back": 60}
    assert rest["points"] == {**NOTHING, "lapsed": 140, **spent}
    assert "accrual_lapsed" in [effect["kind"] for effect in rest["effects"]]
    assert balance(brand, member)["available"] == 1000 - spent.get("clawed_back", 0)
    assert audit(brand) == []


def test_a_bonus_of_a_rule_that_lapsed_unspent_costs_no_other_points(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    week = {"points": 500, "expires_in_days": 7}
    rule(brand, "BONUS", trigger={"on": "order_paid"}, effects=[week])
    place(brand)
    give(brand, member, 1000, later(days=100))
    advance(brand, "P9D")
    assert balance(brand, member)["available"] == 1300

    points = refund(brand)["points"]

    assert points == {**NOTHING, "clawed_back": 300, "lapsed": 500}
    assert balance(brand, member)["available"] == 1000
    assert audit(brand) == []


def test_a_cards_reward_that_lapsed_unspent_is_not_used(make_brand: Any) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    reward = {"points": 500, "expires_in_days": 7}
    card(brand, goal=1, rewards=[{"at": 1, "benefits": [reward]}])
    place(brand)
    advance(brand, "P9D")
    assert balance(brand, member)["available"] == 300

    answer = refund(brand)

    assert answer["points"] == {**NOTHING, "clawed_back": 300, "lapsed": 500}
    assert brand.api.get(f"{member}/stamps")["programmes"][0]["debt"] == 0
    assert balance(brand, member)["available"] == 0
    assert audit(brand) == []
