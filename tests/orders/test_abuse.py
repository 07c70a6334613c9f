"""Attempts to gain by ordering and giving back, with every feature switched on."""

from typing import Any

import pytest

from tests.coupons.storefront import give
from tests.orders.everything import INVITER, MEMBER, books, open_everything, standing
from tests.orders.programme import card, coupon, ladder, rule
from tests.orders.shop import place, refund, shop
from tests.support.api import TestBrand
from tests.support.members import balance

LINES = [
    {"sku": "a", "quantity": 2, "unit_price": 20_000},
    {"sku": "b", "quantity": 1, "unit_price": 30_000},
]
NOW = {"accrual": {"pending": "immediate"}}


def rewards(receipt: Any) -> dict[str, int]:
    return {each["rule"]: each["points"] for each in receipt["effects"] if each["kind"] == "reward"}


@pytest.mark.parametrize("clawback", ["available", "debt", "floor"])
@pytest.mark.parametrize("confirmed", [False, True])
def test_order_refund_order_loops_earn_nothing(
    make_brand: Any, clawback: str, *, confirmed: bool
) -> None:
    brand = open_everything(make_brand, refund={"clawback": clawback}, **NOW)
    before = standing(brand)
    first = {}
    for turn in range(4):
        name = f"M-{turn}"
        placed = place(brand, name, lines=LINES, coupons=["CODE"], redeem_points=500)
        # Each time it is the first order again: neither the second nor a repurchase.
        first = first or rewards(placed)
        assert rewards(placed) == first
        assert not {"rule:SECOND", "rule:AGAIN"} & rewards(placed).keys()
        if confirmed:
            brand.api.post(f"/v1/orders/ext:{name}/confirm", expect=200)
        refund(brand, f"R-{turn}-1", name, lines=[{"line": 1, "quantity": 1}])
        refund(brand, f"R-{turn}-2", name)
        assert standing(brand) == before, turn
    assert books(brand) == []


def test_an_invitation_is_rewarded_once_however_often_the_order_comes_back(
    make_brand: Any,
) -> None:
    brand = open_everything(make_brand, **NOW)
    for turn in range(3):
        place(brand, f"M-{turn}", lines=LINES)
        brand.api.post(f"/v1/orders/ext:M-{turn}/confirm", expect=200)
        assert balance(brand, INVITER)["available"] in (0, 900), turn
        refund(brand, f"R-{turn}", f"M-{turn}")
        assert balance(brand, INVITER) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert books(brand) == []


@pytest.mark.parametrize(
    ("clawback", "left", "debt"), [("debt", 0, 3521), ("floor", 0, 0), ("available", 0, 0)]
)
def test_a_reward_that_was_spent_before_the_refund_is_owed_or_forgiven_by_the_brands_rule(
    make_brand: Any, clawback: str, left: int, debt: int
) -> None:
    brand, member = shop(make_brand, refund={"clawback": clawback}, **NOW)
    card(brand, goal=1, rewards=[{"at": 1, "benefits": [{"points": 221}]}],
         on_refund_of_used_reward="keep")  # fmt: skip
    rule(brand, "TEN", trigger={"on": "order_paid"}, effects=[{"percent_basis_points": 1000}])
    place(brand)  # 300 of the order, 3,000 of the rule, 221 of the card
    brand.api.post(f"{member}/points/redemptions", {"points": 3521})

    refund(brand)

    shown = balance(brand, member)
    assert shown["available"] == left
    # What a card whose reward is used keeps by its policy is not asked for.
    assert shown["debt"] == (debt - 221 if debt else 0)
    assert books(brand) == []


def test_a_coupon_that_a_refunded_order_brought_is_gone_unless_it_is_used(make_brand: Any) -> None:
    brand, member = shop(make_brand, **NOW)
    coupon(brand, "NEXT", kind="fixed", amount=3000, stacking="stackable")
    rule(brand, "THANKS", trigger={"on": "order_paid"}, effects=[{"coupon": "NEXT"}],
         conditions={"minimum_amount": 25_000})  # fmt: skip
    place(brand, "M-1")
    place(brand, "M-2")
    kept, lost = (each["id"] for each in brand.api.get(f"{member}/coupons")["data"])
    cheap = [{"sku": "x", "quantity": 1, "unit_price": 9000}]
    place(brand, "M-3", lines=cheap, coupons=[kept])

    refund(brand, "R-1", "M-1")
    told = refund(brand, "R-2", "M-2")

    states = {each["id"]: each["status"] for each in brand.api.get(f"{member}/coupons")["data"]}
    assert states == {kept: "redeemed", lost: "revoked"}
    (reversal,) = [each for each in told["effects"] if each["kind"] == "reward_reversed"]
    assert reversal["terms"]["coupons_used"] == ["NEXT"]
    # Given back with the order that used it, the coupon is the member's: it was paid for once.
    refund(brand, "R-3", "M-3")
    assert books(brand) == []


def test_a_coupon_cannot_be_used_again_by_giving_back_a_part(make_brand: Any) -> None:
    brand, member = shop(make_brand, **NOW)
    coupon(brand, "FIVE", kind="fixed", amount=5000, stacking="stackable")
    owned = give(brand, member, "FIVE")
    place(brand, coupons=[owned])
    for part in range(2):
        refund(brand, f"R-{part}", lines=[{"line": 1, "quantity": 1}])
        problem = brand.api.refused(
            "POST",
            "/v1/orders",
            {"external_id": f"X-{part}", "member": "ext:17850", "lines": LINES, "coupons": [owned]},
            code="coupon_not_applicable",
        )
        assert problem["reason"] == "already_used"
    refund(brand, "R-2")
    assert place(brand, "M-2", coupons=[owned])["amounts"]["coupon_discount"] == 5000
    assert books(brand) == []


def test_a_budget_that_refunds_free_is_not_used_up_by_loops(make_brand: Any) -> None:
    brand: TestBrand = shop(make_brand, **NOW)[0]
    rule(brand, "FEW", trigger={"on": "order_paid"}, effects=[{"points": 1000}],
         limits={"total_points": 1500})  # fmt: skip
    for turn in range(5):
        assert rewards(place(brand, f"M-{turn}")) == {"rule:FEW": 1000}
        refund(brand, f"R-{turn}", f"M-{turn}")
    assert rewards(place(brand, "M-kept")) == {"rule:FEW": 1000}
    assert rewards(place(brand, "M-over")) == {}
    assert balance(brand, MEMBER)["debt"] == 0
    assert books(brand) == []


def test_an_order_of_which_only_the_shipping_fee_is_kept_is_over(make_brand: Any) -> None:
    brand, member = shop(make_brand, **NOW)
    ladder(brand, [{"code": "A", "name": "A", "threshold": 1}], basis="orders")
    coupon(brand, "C", kind="fixed", amount=1000, stacking="stackable", first_order_only=True)
    rule(brand, "FIRST", trigger={"on": "nth_order", "n": 1}, effects=[{"points": 700}])
    rule(brand, "TIER", trigger={"on": "tier_reached"}, effects=[{"points": 17}])
    own = give(brand, member, "C")
    for turn in range(2):
        name = f"M-{turn}"
        placed = place(brand, name, shipping_fee=3000, coupons=[own])
        assert rewards(placed) == {"rule:FIRST": 700, "rule:TIER": 17}
        told = refund(brand, "R-1", name, lines=[{"line": 1, "quantity": 3}])
        assert (told["cash"], told["shipping"]) == (29_000, 0)
        assert told["order"]["status"] == "refunded"
        assert "coupon_restored" in {each["kind"] for each in told["effects"]}
        assert brand.api.get(f"{member}/tier")["tier"] is None
        assert balance(brand, member)["available"] == 0
    brand.api.refused("POST", "/v1/orders/ext:M-1/confirm", code="order_not_confirmable")
    # The fee may be given back later, and then nothing is taken twice.
    assert refund(brand, "R-2", "M-1", refund_shipping=True)["cash"] == 3000
    assert [each["orders"] for each in brand.api.get(f"{member}/tier/postings")["data"]] == [
        0, -1, 1, -1, 1,
    ]  # fmt: skip
    assert books(brand) == []


def test_giving_earlier_orders_back_makes_no_second_third_order(make_brand: Any) -> None:
    brand, member = shop(make_brand, **NOW)
    rule(brand, "THIRD", trigger={"on": "nth_order", "n": 3}, effects=[{"points": 1000}])
    rule(brand, "EACH", trigger={"on": "nth_order", "every": 3}, effects=[{"points": 500}])
    given = []
    for number in range(1, 9):
        placed = place(brand, f"M-{number}")
        given.append(rewards(placed))
        if number in (3, 4):  # the first and the second come back: what follows moves up
            refund(brand, "R", f"M-{number - 2}")
    both = {"rule:THIRD": 1000, "rule:EACH": 500}
    assert given == [{}, {}, both, {}, {}, {}, {}, {"rule:EACH": 500}]
    # Whoever gives the rewarded one back has the next third one rewarded.
    refund(brand, "R", "M-3")
    assert balance(brand, member)["available"] == 5 * 300 + 500
    assert books(brand) == []


@pytest.mark.parametrize("basis", ["gross", "net_paid", "orders", "points_earned"])
def test_a_cancelled_order_counts_for_no_tier(make_brand: Any, basis: str) -> None:
    brand, member = shop(make_brand, **NOW)
    tier = {"code": "A", "name": "A", "threshold": 1, "on_reaching": [{"points": 900}]}
    ladder(brand, [tier], basis=basis)
    place(brand)
    assert brand.api.get(f"{member}/tier")["tier"]["code"] == "A"
    brand.api.post("/v1/orders/ext:M-1/cancel", expect=200)
    shown = brand.api.get(f"{member}/tier")
    assert (shown["tier"], shown["qualifying_amount"]) == (None, 0)
    assert balance(brand, member)["available"] == 0
    assert books(brand) == []


def test_a_tier_that_earns_nothing_multiplies_nothing(make_brand: Any) -> None:
    brand, member = shop(make_brand, **NOW)
    nothing = {"accrual": {"rate_basis_points": 0}}
    ladder(brand, [{"code": "STAFF", "name": "STAFF", "threshold": 0, **nothing}])
    triple = {"effects": [{"multiplier_percent": 300}]}
    rule(brand, "PAID", trigger={"on": "order_paid"}, **triple)
    rule(brand, "KEPT", trigger={"on": "order_confirmed"}, **triple)
    place(brand)
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    assert balance(brand, member)["available"] == 0
