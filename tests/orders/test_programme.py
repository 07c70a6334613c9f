"""The checkout with the whole programme: previewed, applied, explained and reversed."""

from typing import Any

from app.benefits import services as benefits
from app.tiers.jobs import assess
from tests.orders.programme import card, coupon, ladder, rule
from tests.orders.shop import later, place, refund, shop
from tests.rewards.invitations import invite, state_of
from tests.support.api import TestBrand
from tests.support.members import audit, balance, run_job, unit_of_work

PAID = {"accrual": {"pending": "immediate"}}


def kinds(answer: Any) -> list[str]:
    return [effect["kind"] for effect in answer["effects"]]


def books(brand: TestBrand) -> list[Any]:
    with unit_of_work(brand):
        return audit_all(brand)


def audit_all(brand: TestBrand) -> list[Any]:
    return benefits.audit(brand.brand_id)


def test_an_order_lifts_the_member_and_its_refund_lowers_it_again(make_brand: Any) -> None:
    brand, _ = shop(make_brand, **PAID)
    ladder(brand)

    placed = place(brand)

    assert placed["tier"]["before"] is None
    assert placed["tier"]["after"] == {"code": "LV1", "name": "LV1"}
    assert placed["tier"]["qualifying_amount"] == 30_000
    assert placed["tier"]["next"] == {"code": "LV2", "name": "LV2", "missing": 70_000}
    assert "tier_changed" in kinds(placed)
    back = refund(brand)
    assert "tier_changed" in kinds(back)
    assert (
        place(brand, "M-2", lines=[{"sku": "a", "quantity": 1, "unit_price": 1}])["tier"]["before"]
        is None
    )


def test_a_tier_gives_points_once_and_a_refund_takes_them_back(make_brand: Any) -> None:
    brand, member = shop(make_brand, **PAID)
    tiers = [
        {"code": "LV1", "name": "LV1", "threshold": 10_000, "on_reaching": [{"points": 500}]},
        {
            "code": "LV2",
            "name": "LV2",
            "threshold": 100_000,
            "accrual": {"multiplier_percent": 200},
            "member_discount_basis_points": 1000,
        },
    ]
    ladder(brand, tiers)

    placed = place(brand, lines=[{"sku": "a", "quantity": 1, "unit_price": 100_000}])

    assert [effect["points"] for effect in placed["effects"] if effect["kind"] == "reward"] == [500]
    assert balance(brand, member)["available"] == 1000 + 500
    # From the next order on the member price and the multiplied accrual apply.
    second = place(brand, "M-2", lines=[{"sku": "a", "quantity": 1, "unit_price": 10_000}])
    assert second["amounts"]["member_discount"] == 1000
    assert second["amounts"]["due"] == 9000
    assert second["points"]["earned"] == 180
    refund(brand, "R-2", "M-2")
    back = refund(brand)
    assert "reward_reversed" in kinds(back)
    assert balance(brand, member)["available"] == 0
    assert audit(brand) == []
    assert books(brand) == []


def test_the_third_order_fills_the_card_and_gives_its_reward(make_brand: Any) -> None:
    brand, member = shop(make_brand, **PAID)
    card(brand, rewards=[{"at": 3, "benefits": [{"points": 3000}]}])
    for number in (1, 2):
        placed = place(brand, f"M-{number}")
        assert placed["stamps"]["cards"][0]["stamps"] == number

    third = place(brand, "M-3")

    assert kinds(third) == ["accrual", "stamp_added", "stamp_card_completed", "reward"]
    assert balance(brand, member)["available"] == 900 + 3000
    back = refund(brand, order="M-1")
    assert "stamps_taken_back" in kinds(back)
    assert balance(brand, member)["available"] == 600
    assert books(brand) == []


def test_a_coupon_takes_its_part_of_every_line_and_comes_back_with_the_order(
    make_brand: Any,
) -> None:
    brand, _ = shop(make_brand, **PAID)
    coupon(
        brand, "TEN", kind="percent", percent_basis_points=1000, minimum_order_amount=20_000,
        generic_code="TEN",
    )  # fmt: skip
    body = {
        "member": "ext:17850",
        "lines": [
            {"sku": "a", "quantity": 1, "unit_price": 10_001},
            {"sku": "b", "quantity": 2, "unit_price": 10_000},
        ],
        "coupons": ["ten"],
    }
    previewed = brand.api.post("/v1/checkout/preview", body, expect=200)

    placed = brand.api.post("/v1/orders", {**body, "external_id": "M-1"})

    assert placed["amounts"]["coupon_discount"] == 3000
    assert sum(line["coupon_discount"] for line in placed["lines"]) == 3000
    assert previewed["amounts"] == placed["amounts"]
    assert placed["coupons"]["applied"][0]["template"] == "TEN"
    assert "coupon_redeemed" in kinds(placed)
    first = refund(brand, lines=[{"line": 2, "quantity": 1}])
    assert "coupon_kept" in kinds(first)
    rest = refund(brand, "R-2")
    assert "coupon_restored" in kinds(rest)
    assert first["cash"] + rest["cash"] == placed["amounts"]["due"]


def test_a_coupon_that_does_not_fit_is_listed_in_a_preview_and_refuses_the_order(
    make_brand: Any,
) -> None:
    brand, _ = shop(make_brand, **PAID)
    body = {
        "member": "ext:17850",
        "lines": [{"sku": "a", "quantity": 1, "unit_price": 10_000}],
        "coupons": ["NOPE"],
    }
    previewed = brand.api.post("/v1/checkout/preview", body, expect=200)
    assert previewed["coupons"]["rejected"][0]["reason"] == "not_found"

    problem = brand.api.refused(
        "POST", "/v1/orders", {**body, "external_id": "M-1"}, code="coupon_not_applicable"
    )

    assert problem["reason"] == "not_found"
    assert problem["errors"][0]["pointer"] == "/coupons/0"


def test_below_its_minimum_a_coupon_is_withdrawn_and_given_back_if_the_brand_says_so(
    make_brand: Any,
) -> None:
    brand, _ = shop(make_brand, **PAID, refund={"coupon_below_minimum": "restore"})
    coupon(
        brand, "FIVE", kind="fixed", amount=5000, minimum_order_amount=30_000, generic_code="FIVE"
    )
    lines = [{"sku": "a", "quantity": 2, "unit_price": 20_000}]
    placed = place(brand, lines=lines, coupons=["FIVE"])
    assert placed["amounts"]["due"] == 35_000

    first = refund(brand, lines=[{"line": 1, "quantity": 1}])

    # What is left costs 20,000 without the coupon.
    assert (first["cash"], first["coupon_adjustment"]) == (15_000, -2_500)
    assert "coupon_restored" in kinds(first)
    again = place(brand, "M-2", lines=lines, coupons=["FIVE"])
    assert again["amounts"]["coupon_discount"] == 5000
    rest = refund(brand, "R-2")
    assert rest["cash"] == 20_000


def test_a_rule_rewards_the_first_order_and_a_partial_refund_takes_its_part(
    make_brand: Any,
) -> None:
    brand, member = shop(make_brand, **PAID)
    rule(
        brand,
        "FIRST",
        trigger={"on": "nth_order", "n": 1},
        effects=[{"percent_basis_points": 1000}],
        limits={"total_points": 10_000},
    )

    placed = place(brand)

    rewarded = [effect for effect in placed["effects"] if effect["kind"] == "reward"]
    assert [effect["points"] for effect in rewarded] == [3000]
    assert rewarded[0]["rule"] == "rule:FIRST"
    assert rewarded[0]["reason_en"]
    part = refund(brand, lines=[{"line": 1, "quantity": 1}])
    assert [e["points"] for e in part["effects"] if e["kind"] == "reward_reversed"] == [1000]
    with unit_of_work(brand):
        assert benefits.used_of(brand.brand_id, "rule:FIRST") == (1, 2000)
    refund(brand, "R-2")
    with unit_of_work(brand):
        assert benefits.used_of(brand.brand_id, "rule:FIRST") == (0, 0)
    assert balance(brand, member)["available"] == 0
    assert books(brand) == []


def test_points_of_a_reward_wait_for_the_confirmation_as_the_orders_own_do(
    make_brand: Any,
) -> None:
    brand, member = shop(make_brand)
    rule(brand, "EVERY", trigger={"on": "order_paid"}, effects=[{"points": 100}])
    rule(brand, "LATER", trigger={"on": "order_confirmed"}, effects=[{"points": 7}])

    placed = place(brand)

    assert placed["expected"] == [
        {"rule": "rule:LATER", "points": 7, "reason": placed["expected"][0]["reason"]}
    ]
    assert balance(brand, member) == {"available": 0, "pending": 400, "held": 0, "debt": 0}
    confirmed = brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    assert balance(brand, member) == {"available": 407, "pending": 0, "held": 0, "debt": 0}
    assert kinds(confirmed)[-1] == "reward"
    refund(brand)
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []
    assert books(brand) == []


def test_an_invited_members_first_confirmed_order_makes_the_invitation_good_until_refunded(
    make_brand: Any,
) -> None:
    brand, inviter = shop(make_brand)
    rule(brand, "ANY", trigger={"on": "order_paid"}, effects=[{"points": 1}])
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    friend = "/v1/members/ext:friend"
    brand.api.put(friend, {"referred_by_code": code}, expect=201)
    place(brand, member="ext:friend")

    confirmed = brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)

    assert kinds(confirmed)[-1] == "referral_qualified"
    referral = brand.api.get("/v1/referrals")["data"][0]
    assert referral["state"] == "qualified"
    refund(brand)
    assert brand.api.get("/v1/referrals")["data"][0]["state"] == "reversed"


def test_what_a_rule_gave_for_a_full_card_goes_with_the_only_order_on_it(make_brand: Any) -> None:
    brand, member = shop(make_brand, **PAID)
    card(brand, earn={"per": "amount", "amount": 10_000}, rewards=[])
    rule(brand, "CARD", trigger={"on": "stamp_card_completed"}, effects=[{"points": 21}],
         limits={"total_points": 100})  # fmt: skip
    place(brand)
    assert balance(brand, member)["available"] == 300 + 21

    refund(brand)

    assert balance(brand, member)["available"] == 0
    with unit_of_work(brand):
        assert benefits.used_of(brand.brand_id, "rule:CARD") == (0, 0)
    assert books(brand) == []


def test_what_a_tier_gave_last_year_goes_with_the_order_given_back_this_year(
    make_brand: Any,
) -> None:
    brand, member = shop(make_brand, **PAID)
    tiers = [{"code": "A", "name": "A", "threshold": 30_000, "on_reaching": [{"points": 500}]}]
    ladder(brand, tiers)
    rule(brand, "TIER", trigger={"on": "tier_reached"}, effects=[{"points": 17}])
    place(brand)
    assert balance(brand, member)["available"] == 300 + 500 + 17
    brand.api.post("/v1/test-clock", {"now": "2027-01-02T10:00:00+09:00"}, expect=200)

    refund(brand)

    assert balance(brand, member)["available"] == 0
    assert brand.api.get(f"{member}/tier")["tier"] is None
    assert books(brand) == []


def test_an_order_that_is_confirmed_as_it_is_placed_makes_an_invitation_good_too(
    make_brand: Any,
) -> None:
    brand, inviter = shop(make_brand)
    rule(brand, "FRIEND", trigger={"on": "referral_qualified"}, effects=[{"points": 1000}])
    friend = invite(brand, inviter, "friend")
    told_late = {"member": "ext:friend", "placed_at": later(days=1)}
    brand.api.post("/v1/test-clock", {"now": later(days=30)}, expect=200)

    placed = place(brand, **told_late)

    assert placed["status"] == "confirmed"
    shown = brand.api.get("/v1/orders/ext:M-1")
    assert kinds(shown) == [*kinds(placed), "referral_qualified"]
    assert state_of(brand, friend) == ("qualified", [])
    assert [balance(brand, each)["available"] for each in (inviter, friend)] == [1000, 1300]
    place(brand, "M-2", **told_late)
    assert balance(brand, inviter)["available"] == 1000
    refund(brand)
    assert state_of(brand, friend) == ("reversed", [])
    assert [balance(brand, each)["available"] for each in (inviter, friend)] == [0, 300]
    assert audit(brand) == []
    assert books(brand) == []


def test_an_order_confirmed_before_the_invitation_tells_that_its_member_was_a_customer(
    make_brand: Any,
) -> None:
    brand, inviter = shop(make_brand)
    rule(brand, "FRIEND", trigger={"on": "referral_qualified"}, effects=[{"points": 1000}])
    friend = invite(brand, inviter, "friend")

    place(brand, member="ext:friend", placed_at=later(days=-30))
    assert state_of(brand, friend) == ("pending", [])
    place(brand, "M-2", member="ext:friend")
    brand.api.post("/v1/orders/ext:M-2/confirm", expect=200)

    assert state_of(brand, friend) == ("refused", ["existing_customer"])
    assert [balance(brand, each)["available"] for each in (inviter, friend)] == [0, 600]
    assert books(brand) == []


def test_a_tier_that_an_assessment_took_and_an_order_reaches_again_gives_nothing_again(
    make_brand: Any,
) -> None:
    brand, member = shop(make_brand, **PAID)
    tiers = [{"code": "A", "name": "A", "threshold": 30_000, "on_reaching": [{"points": 500}]}]
    ladder(brand, tiers, period={"kind": "rolling_months", "months": 2})
    rule(brand, "TIER", trigger={"on": "tier_reached"}, effects=[{"points": 17}])
    place(brand, placed_at="2026-09-27T12:00:00+09:00")
    assert balance(brand, member)["available"] == 300 + 500 + 17
    brand.api.post("/v1/test-clock", {"now": "2026-12-03T09:00:00+09:00"}, expect=200)
    run_job(brand, assess)
    assert brand.api.get(f"{member}/tier")["tier"] is None

    again = place(brand, "M-2")

    assert brand.api.get(f"{member}/tier")["tier"]["code"] == "A"
    assert "tier_changed" in kinds(again)
    assert balance(brand, member)["available"] == 300 + 500 + 17 + 300
    assert books(brand) == []
