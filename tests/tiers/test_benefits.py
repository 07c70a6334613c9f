"""What reaching a tier gives, through the checkout, and what takes it back."""

from typing import Any

import pytest

from app import ids
from tests.coupons.shop import define
from tests.support.api import TestBrand
from tests.support.members import audit, balance, make_member, member_id
from tests.tiers.ladder import assess, refund, set_clock

LADDER = "/v1/tier-ladder"
TIERS = [
    {"code": "LV1", "name": "실버", "threshold": 10_000},
    {
        "code": "LV2",
        "name": "골드",
        "threshold": 100_000,
        "accrual": {"multiplier_percent": 200},
        "member_discount_basis_points": 500,
        "on_reaching": [{"points": 3_000}],
    },
]


@pytest.fixture
def alice(brand: TestBrand) -> str:
    set_clock(brand, "2026-11-25")
    brand.api.patch("/v1/brand", {"accrual": {"pending": "immediate"}})
    brand.api.put(LADDER, {"counted_when": "paid", "tiers": TIERS})
    return make_member(brand, "alice")


def buy(brand: TestBrand, external_id: str, won: int) -> Any:
    return brand.api.post(
        "/v1/orders",
        {
            "external_id": external_id,
            "member": "ext:alice",
            "lines": [{"sku": "A", "quantity": 1, "unit_price": won}],
        },
    )


def give_back(brand: TestBrand, external_id: str) -> Any:
    return brand.api.post(
        f"/v1/orders/ext:{external_id}/refunds", {"external_id": f"R-{external_id}", "all": True}
    )


def test_the_order_that_reaches_a_tier_brings_its_benefits_and_the_next_its_rate(
    brand: TestBrand, alice: str
) -> None:
    buy(brand, "1", 100_000)
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV2"
    assert balance(brand, alice)["available"] == 1_000 + 3_000
    buy(brand, "2", 10_000)
    # 5 % off for the member, and twice the rate on what is left.
    assert balance(brand, alice)["available"] == 4_000 + 190
    assert brand.api.get(f"{alice}/tier")["qualifying_amount"] == 109_500


def test_order_refund_order_loops_earn_nothing(brand: TestBrand, alice: str) -> None:
    for number in range(3):
        buy(brand, str(number), 100_000)
        assert balance(brand, alice)["available"] == 4_000
        give_back(brand, str(number))
        assert balance(brand, alice) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
        assert brand.api.get(f"{alice}/tier")["tier"] is None
    assert audit(brand) == []


def test_a_benefit_is_given_once_in_a_period_however_often_the_tier_is_reached(
    brand: TestBrand, alice: str
) -> None:
    ladder = {"counted_when": "paid", "period": {"kind": "rolling_months", "months": 12}}
    brand.api.put(LADDER, {**ladder, "tiers": TIERS})
    body = {"external_id": "S-1", "amount": 100_000, "reason": "매장"}
    brand.api.post(
        f"{alice}/spend-adjustments", {**body, "occurred_at": "2025-12-10T12:00:00+09:00"}
    )
    assert balance(brand, alice)["available"] == 3_000
    set_clock(brand, "2027-01-01")
    assess(brand)
    assert brand.api.get(f"{alice}/tier")["tier"] is None
    brand.api.post(f"{alice}/spend-adjustments", {**body, "external_id": "S-2"})
    assert balance(brand, alice)["available"] == 6_000  # 2027 is another period
    set_clock(brand, "2027-06-01")
    brand.api.post(f"{alice}/spend-adjustments", {**body, "external_id": "S-3", "amount": -100_000})
    set_clock(brand, "2027-07-01")
    assess(brand)
    assert brand.api.get(f"{alice}/tier")["tier"] is None
    brand.api.post(f"{alice}/spend-adjustments", {**body, "external_id": "S-4"})
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV2"
    assert balance(brand, alice)["available"] == 6_000


def test_an_adjustment_takes_back_what_was_reached_with_it(brand: TestBrand, alice: str) -> None:
    body = {"external_id": "S-1", "amount": 100_000, "reason": "매장"}
    brand.api.post(f"{alice}/spend-adjustments", body)
    assert balance(brand, alice)["available"] == 3_000
    brand.api.post(f"{alice}/spend-adjustments", {**body, "external_id": "S-2", "amount": -1})
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV1"
    assert balance(brand, alice) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


def test_what_was_reached_without_the_order_given_back_stays(brand: TestBrand, alice: str) -> None:
    buy(brand, "1", 100_000)
    set_clock(brand, "2027-06-01")
    buy(brand, "2", 100_000)
    set_clock(brand, "2027-12-01")
    assess(brand)
    before = balance(brand, alice)["available"]
    # By now the tier rests on the second order; it was reached, rightly, by the first.
    give_back(brand, "2")
    assert brand.api.get(f"{alice}/tier")["tier"] is None
    assert balance(brand, alice)["available"] == before - 1_900


def test_what_an_order_of_last_year_reached_is_undone_when_it_is_given_back_this_year(
    brand: TestBrand, alice: str
) -> None:
    set_clock(brand, "2026-12-31")
    placed = ids.read("ord", buy(brand, "1", 100_000)["id"])
    assert placed is not None
    set_clock(brand, "2027-01-02")
    outcome = refund(brand, member_id(brand, alice), placed, 1)
    assert outcome is not None
    assert outcome.undone == (("tier:LV2", "LV2/2026-01"),)


def test_an_assessment_that_raises_gives_what_the_tier_gives(brand: TestBrand, alice: str) -> None:
    brand.api.put(
        LADDER, {"counted_when": "paid", "refunds_count_on": "refund_day", "tiers": TIERS}
    )
    assess(brand)
    for number, (won, day) in enumerate(((-50_000, "2025-12-10"), (120_000, "2026-11-20"))):
        brand.api.post(
            f"{alice}/spend-adjustments",
            {
                "external_id": str(number),
                "amount": won,
                "reason": "이관",
                "occurred_at": f"{day}T12:00:00+09:00",
            },
        )
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV1"
    set_clock(brand, "2027-01-01")
    assess(brand)  # the return has left the period
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV2"
    assert balance(brand, alice)["available"] == 3_000
    assess(brand)
    assert balance(brand, alice)["available"] == 3_000


def test_a_new_ladder_and_a_tier_set_by_hand_give_nothing(brand: TestBrand, alice: str) -> None:
    buy(brand, "1", 50_000)
    brand.api.put(f"{alice}/tier", {"tier": "LV2", "reason": "VIP"})
    tiers = [TIERS[0], {**TIERS[1], "threshold": 40_000}]
    brand.api.put(LADDER, {"counted_when": "paid", "tiers": tiers})
    assess(brand)
    shown = brand.api.get(f"{alice}/tier")
    assert (shown["tier"]["code"], shown["source"]) == ("LV2", "earned")
    assert balance(brand, alice)["available"] == 500


def test_a_ladder_gives_only_coupons_that_exist(brand: TestBrand) -> None:
    def ladder(**benefit: str) -> dict[str, Any]:
        return {"tiers": [{**TIERS[0], "on_reaching": [{"points": 1}, benefit]}]}

    for dry_run in (True, False):
        problem = brand.api.refused(
            "PUT", LADDER, {**ladder(coupon="TEN"), "dry_run": dry_run}, code="tier_benefit_unknown"
        )
        assert problem["errors"][0]["pointer"] == "/tiers/0/on_reaching/1/coupon"
    define(brand, "TEN", name="10%", kind="percent", percent_basis_points=1_000)
    brand.api.refused("PUT", LADDER, ladder(gift="TEN"), code="tier_benefit_unknown")
    brand.api.put(LADDER, {"counted_when": "paid", **ladder(coupon="TEN")})
    alice = make_member(brand, "alice")
    buy(brand, "1", 10_000)
    (coupon,) = brand.api.get(f"{alice}/coupons")["data"]
    assert coupon["status"] == "issued"
    give_back(brand, "1")
    (coupon,) = brand.api.get(f"{alice}/coupons")["data"]
    assert coupon["status"] == "revoked"
