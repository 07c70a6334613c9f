"""What a partial refund does to a coupon: each of the brand's rules, told by the answer."""

from typing import Any

import pytest

from tests.coupons.storefront import books, give, offer, status_of, usage
from tests.orders.shop import place, refund, shop
from tests.support.api import TestBrand

TWO = [{"sku": "a", "quantity": 2, "unit_price": 20_000}]
ONE_BACK: dict[str, Any] = {"lines": [{"line": 1, "quantity": 1}]}


def coupons_told(answer: Any) -> list[str]:
    return [each["kind"] for each in answer["effects"] if each["kind"].startswith("coupon_")]


def open_shop(make_brand: Any, **policy: str) -> TestBrand:
    brand, _ = shop(make_brand, accrual={"pending": "immediate"}, refund=policy)
    return brand


FIVE = {"amount": 5000, "minimum_order_amount": 30_000}
CAPPED = {
    "kind": "percent", "percent_basis_points": 1000, "maximum_discount": 3000,
    "minimum_order_amount": 30_000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "coupon", "cash", "told", "status"),
    [
        # 35,000 was paid: 17,500 for each, whatever is left.
        ("keep", FIVE, 17_500, "coupon_kept", "redeemed"),
        # Of what is left 5,000 come off: 15,000 of the 35,000 stay paid.
        ("recalculate", FIVE, 20_000, "coupon_recalculated", "redeemed"),
        # What is left costs 20,000 of the 35,000.
        ("restore", FIVE, 15_000, "coupon_restored", "issued"),
        # 10 % of 40,000, at most 3,000: 37,000 was paid.
        ("keep", CAPPED, 18_500, "coupon_kept", "redeemed"),
        ("recalculate", CAPPED, 19_000, "coupon_recalculated", "redeemed"),
        ("restore", CAPPED, 17_000, "coupon_restored", "issued"),
    ],
)
def test_below_the_minimum_the_brands_rule_decides_and_the_answer_says_so(
    make_brand: Any, policy: str, coupon: dict[str, Any], cash: int, told: str, status: str
) -> None:
    brand = open_shop(make_brand, coupon_below_minimum=policy)
    offer(brand, "C", **coupon)
    owned = give(brand, "/v1/members/ext:17850", "C")
    placed = place(brand, lines=TWO, coupons=[owned])

    tried = refund(brand, dry_run=True, **ONE_BACK)
    first = refund(brand, **ONE_BACK)

    assert (tried["cash"], coupons_told(tried)) == (cash, [told])
    assert (first["cash"], coupons_told(first)) == (cash, [told])
    assert status_of(brand, owned) == status
    rest = refund(brand, "R-2")
    assert first["cash"] + rest["cash"] == placed["amounts"]["due"]
    assert status_of(brand, owned) == "issued"
    assert coupons_told(rest) == ([] if policy == "restore" else ["coupon_restored"])
    assert usage(brand, "C") == (1, 0, None)
    assert books(brand) == []


@pytest.mark.parametrize("policy", ["keep", "recalculate", "restore"])
def test_while_the_minimum_is_met_every_line_keeps_its_share(make_brand: Any, policy: str) -> None:
    brand = open_shop(make_brand, coupon_below_minimum=policy)
    offer(brand, "C", amount=5000, minimum_order_amount=20_000)
    owned = give(brand, "/v1/members/ext:17850", "C")
    place(brand, lines=TWO, coupons=[owned])
    first = refund(brand, **ONE_BACK)
    assert (first["cash"], first["coupon_adjustment"]) == (17_500, 0)
    assert coupons_told(first) == ["coupon_kept"]
    assert status_of(brand, owned) == "redeemed"
    assert books(brand) == []


def test_an_order_given_back_keeps_its_coupon_used_if_the_brand_says_so(make_brand: Any) -> None:
    brand = open_shop(make_brand, coupon_after_full_refund="keep")
    offer(brand, "C", generic_code="CODE", total_limit=1)
    placed = place(brand, lines=TWO, coupons=["CODE"])
    back = refund(brand)
    assert back["cash"] == placed["amounts"]["due"] == 35_000
    assert coupons_told(back) == ["coupon_kept"]
    assert usage(brand, "C") == (1, 1, 0)
    assert books(brand) == []


def test_a_cancelled_order_gives_its_coupon_back(make_brand: Any) -> None:
    brand = open_shop(make_brand)
    brand.api.patch("/v1/brand", {"accrual": {"pending": "confirmation"}})
    offer(brand, "C", generic_code="CODE", total_limit=1)
    offer(brand, "MINE")
    owned = give(brand, "/v1/members/ext:17850", "MINE")
    place(brand, lines=TWO, coupons=["CODE", owned])
    brand.api.post("/v1/orders/ext:M-1/cancel", expect=200)
    assert usage(brand, "C") == (0, 0, 1)
    assert status_of(brand, owned) == "issued"
    again = place(brand, "M-2", lines=TWO, coupons=["CODE", owned])
    assert again["amounts"]["coupon_discount"] == 10_000
    assert books(brand) == []


def test_free_shipping_is_paid_after_all_when_its_coupon_goes_back(make_brand: Any) -> None:
    brand = open_shop(make_brand, coupon_below_minimum="restore")
    offer(brand, "SHIP", kind="free_shipping", minimum_order_amount=30_000)
    owned = give(brand, "/v1/members/ext:17850", "SHIP")
    placed = place(brand, lines=TWO, shipping_fee=3000, coupons=[owned])
    assert placed["amounts"]["due"] == 40_000
    first = refund(brand, **ONE_BACK)
    assert (first["cash"], first["coupon_adjustment"]) == (17_000, -3000)
    rest = refund(brand, "R-2")
    assert first["cash"] + rest["cash"] == 40_000
    assert books(brand) == []


def test_what_a_coupon_takes_back_is_never_more_than_the_goods_returned_were_worth(
    make_brand: Any,
) -> None:
    brand = open_shop(make_brand, coupon_below_minimum="restore")
    offer(brand, "C", amount=9000, minimum_order_amount=30_000)
    owned = give(brand, "/v1/members/ext:17850", "C")
    lines = [
        {"sku": "a", "quantity": 1, "unit_price": 29_000},
        {"sku": "b", "quantity": 1, "unit_price": 1000},
    ]
    placed = place(brand, lines=lines, coupons=[owned])
    assert placed["amounts"]["due"] == 21_000

    first = refund(brand, lines=[{"line": 2, "quantity": 1}])

    # Without the coupon what is left costs 29,000; nobody is asked to pay 8,000 more.
    assert first["cash"] == 0
    assert refund(brand, "R-2")["cash"] == 21_000
    assert books(brand) == []
