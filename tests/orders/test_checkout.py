"""Preview and order: one path, every won and point explained."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member

EXAMPLE = {
    "external_id": "M-1001",
    "member": "ext:17850",
    "channel": "own_mall",
    "placed_at": "2026-11-22T10:15:00+09:00",
    "lines": [
        {
            "sku": "85123A",
            "name": "머그컵",
            "category": "kitchen",
            "quantity": 6,
            "unit_price": 2550,
            "discount": 0,
        }
    ],
    "shipping_fee": 3000,
    "redeem_points": 1500,
    "hold": None,
}


def line(unit_price: int = 10_000, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"sku": "a", "quantity": quantity, "unit_price": unit_price, **more}


def order(external_id: str = "M-1", **more: Any) -> dict[str, Any]:
    return {"external_id": external_id, "member": "ext:17850", "lines": [line()], **more}


def preview(brand: TestBrand, body: dict[str, Any]) -> Any:
    body = {name: value for name, value in body.items() if name != "external_id"}
    return brand.api.post("/v1/checkout/preview", body, expect=200)


@pytest.fixture
def member(brand: TestBrand) -> str:
    return make_member(brand, "17850")


def test_the_example_of_the_api_guide_is_exact(brand: TestBrand, member: str) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T10:15:00+09:00"}, expect=200)
    brand.api.post(f"{member}/points/accruals", {"points": 1500})

    placed = brand.api.post("/v1/orders", EXAMPLE)

    assert placed["id"].startswith("ord_")
    assert placed["member"].startswith("mem_")
    assert (placed["external_id"], placed["status"]) == ("M-1001", "paid")
    assert placed["amounts"] == {
        "goods": 15300,
        "discounts": 0,
        "member_discount": 0,
        "coupon_discount": 0,
        "shipping_fee": 3000,
        "shipping_discount": 0,
        "points_used": 1500,
        "due": 16800,
    }
    points = placed["points"]
    assert (points["redeemed"], points["earned"], points["earned_status"]) == (1500, 138, "pending")
    assert points["balance"] == {"available": 0, "pending": 138, "held": 0, "debt": 0}
    accrual = placed["effects"][-1]
    assert (accrual["kind"], accrual["points"], accrual["status"]) == ("accrual", 138, "pending")
    assert accrual["rule_version"] == 1
    assert accrual["reason"] == "상품 결제 금액 13,800 × 1% = 138P (1P 단위 내림)"
    shown = brand.api.get("/v1/orders/ext:M-1001")
    assert shown["amounts"] == placed["amounts"]
    assert shown["points"]["balance"] == points["balance"] == balance(brand, member)
    assert audit(brand) == []


CARTS = st.fixed_dictionaries(
    {
        "lines": st.lists(
            st.integers(1, 9).flatmap(
                lambda quantity: st.tuples(
                    st.just(quantity),
                    st.integers(0, 90_000),
                    st.sampled_from(["kitchen", "books", None]),
                    st.integers(0, 100),
                )
            ),
            max_size=5,
        ),
        "shipping_fee": st.sampled_from([0, 3000]),
        "redeem_points": st.none() | st.integers(0, 3000),
        "member": st.sampled_from(["ext:17850", "ext:17850", None]),
    }
)


def cart_of(drawn: dict[str, Any]) -> dict[str, Any]:
    lines = [
        line(price, quantity, category=category, discount=quantity * price * percent // 100)
        for quantity, price, category, percent in drawn["lines"]
    ]
    return {**drawn, "lines": lines}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=CARTS)
def test_what_is_previewed_is_what_is_placed(shop: tuple[TestBrand, list[int]], drawn: Any) -> None:
    brand, count = shop
    count[0] += 1
    cart = cart_of(drawn)
    before = balance(brand, "/v1/members/ext:17850")

    previewed = brand.api.send("POST", "/v1/checkout/preview", cart)
    assert balance(brand, "/v1/members/ext:17850") == before
    placed = brand.api.send("POST", "/v1/orders", {**cart, "external_id": f"M-{count[0]}"})

    one, other = previewed.get_json(force=True), placed.get_json(force=True)
    if placed.status_code != 201:
        differing = {"request_id"}
        assert previewed.status_code == placed.status_code == 422
    else:
        assert previewed.status_code == 200
        differing = {"id", "external_id", "status", "placed_at"}
        one["points"].pop("redeemable")
        other["points"].pop("redeemable")
        goods = sum(row["amount"] - row["discount"] for row in other["lines"])
        assert other["amounts"]["due"] == (
            goods + cart["shipping_fee"] - other["points"]["redeemed"]
        )
        shares = [row["points_share"] for row in other["lines"]]
        assert sum(shares) == other["points"]["redeemed"]
    for name in set(one) | set(other):
        assert name in differing or one[name] == other[name], name


@pytest.fixture
def shop(brand: TestBrand) -> tuple[TestBrand, list[int]]:
    """A brand with every kind of rule, a member with points, and a count of orders."""
    brand.api.patch(
        "/v1/brand",
        {
            "accrual": {
                "rate_basis_points": 250,
                "rounding_unit": 10,
                "rounding": "half_up",
                "excluded_categories": ["books"],
            },
            "redemption": {
                "minimum_points": 100,
                "unit": 10,
                "maximum_percent": 50,
                "minimum_order_amount": 5000,
            },
        },
    )
    make_member(brand, "17850", points=40_000)
    return brand, [0]


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        (
            {"redeem_points": 1001, "lines": [line(100_000)]},
            "insufficient_points",
            {"required": 1001, "available": 1000},
        ),
        ({"redeem_points": 90}, "redemption_below_minimum", {"minimum": 100}),
        ({"redeem_points": 110}, "redemption_not_in_units", {"unit": 20}),
        ({"redeem_points": 1000, "lines": [line(5000)]}, "redemption_above_maximum", {}),
        (
            {"redeem_points": 100, "lines": [line(4999)]},
            "order_below_redemption_minimum",
            {"minimum": 5000, "amount": 4999},
        ),
        ({"redeem_points": 100, "member": None}, "member_required", {}),
        ({"lines": [line(10**12), line(1)]}, "order_too_large", {}),
        ({"member": "ext:nobody"}, "member_not_found", {}),
        ({"hold": "hld_01m89v3g2cert9x27gcj08k4tv"}, "hold_not_found", {}),
    ],
)
def test_a_refused_order_is_refused_in_preview_too_and_changes_nothing(
    make_brand: Any, changes: dict[str, Any], code: str, told: dict[str, int]
) -> None:
    unit = 20 if code == "redemption_not_in_units" else 1
    brand: TestBrand = make_brand(
        redemption={
            "minimum_points": 100,
            "unit": unit,
            "maximum_percent": 10 if code == "redemption_above_maximum" else 100,
            "minimum_order_amount": 5000,
        }
    )
    member = make_member(brand, "17850", points=1000)
    body = order(**changes)

    problem = brand.api.refused("POST", "/v1/orders", body, code=code)
    body.pop("external_id")
    previewed = brand.api.refused("POST", "/v1/checkout/preview", body, code=code)

    assert problem["detail"] == previewed["detail"]
    assert told.items() <= problem.items()
    assert brand.api.get("/v1/orders")["data"] == []
    assert balance(brand, member)["available"] == 1000


def test_a_refused_key_may_be_tried_again(brand: TestBrand, member: str) -> None:
    body = order(redeem_points=500)
    brand.api.refused("POST", "/v1/orders", body, code="insufficient_points", key="k")
    brand.api.post(f"{member}/points/accruals", {"points": 500})
    assert brand.api.post("/v1/orders", body, key="k")["points"]["redeemed"] == 500


def test_a_line_may_give_its_amount_instead_of_a_price(brand: TestBrand, member: str) -> None:
    lines = [{"sku": "a", "quantity": 3, "amount": 10_000, "discount": 1000}]
    placed = brand.api.post("/v1/orders", order(lines=lines))
    assert placed["amounts"]["goods"] == 10_000
    assert placed["amounts"]["due"] == 9000
    assert placed["points"]["earned"] == 90
    for wrong in ({}, {"amount": 1, "unit_price": 1}, {"amount": 10, "discount": 11}):
        both = order("M-2", lines=[{"sku": "a", "quantity": 3, **wrong}])
        assert brand.api.send("POST", "/v1/orders", both).status_code == 422


@pytest.mark.parametrize("lines", [[], [line(0)], [line(5000, discount=5000)]])
def test_an_order_of_nothing_is_legal(
    brand: TestBrand, member: str, lines: list[dict[str, Any]]
) -> None:
    placed = brand.api.post("/v1/orders", order(lines=lines))
    assert (placed["amounts"]["due"], placed["points"]["earned"]) == (0, 0)
    assert placed["effects"] == []
    assert brand.api.post("/v1/orders/ext:M-1/cancel", expect=200)["status"] == "cancelled"


def test_an_order_without_a_member_is_recorded_and_earns_nothing(brand: TestBrand) -> None:
    placed = brand.api.post("/v1/orders", order(member=None))
    assert placed["member"] is None
    assert placed["points"]["balance"] is None
    assert (placed["points"]["earned"], placed["effects"]) == (0, [])
    assert brand.api.get("/v1/orders/ext:M-1")["amounts"]["due"] == 10_000
    refunded = brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R", "all": True})
    assert refunded["cash"] == 10_000


def test_excluded_categories_earn_nothing_and_points_are_spread_over_all_goods(
    make_brand: Any,
) -> None:
    brand = make_brand(accrual={"excluded_categories": ["gift_card"]})
    make_member(brand, "17850", points=3000)
    placed = brand.api.post(
        "/v1/orders",
        order(
            redeem_points=3000,
            lines=[line(20_000, category="gift_card"), line(10_000, category="kitchen")],
        ),
    )
    assert [row["points_share"] for row in placed["lines"]] == [2000, 1000]
    assert placed["points"]["earned"] == 90  # 1 % of 10,000 − 1,000


def test_points_are_pending_until_confirmation_or_at_once_as_the_brand_chooses(
    make_brand: Any,
) -> None:
    for pending, status in (("confirmation", "pending"), ("immediate", "available")):
        brand = make_brand(accrual={"pending": pending})
        make_member(brand, "17850")
        placed = brand.api.post("/v1/orders", order())["points"]
        assert placed["earned_status"] == status
        assert placed["balance"][status] == 100


def test_an_order_of_the_past_is_confirmed_and_lapses_by_its_own_day(
    brand: TestBrand, member: str
) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T10:15:00+09:00"}, expect=200)
    recent = brand.api.post("/v1/orders", order("M-1", placed_at="2026-11-10T10:00:00+09:00"))
    assert recent["points"]["earned_status"] == "pending"
    assert recent["confirm_due_at"] == "2026-11-23T15:00:00+00:00"
    past = brand.api.post("/v1/orders", order("M-2", placed_at="2026-10-01T23:59:59+09:00"))
    assert past["points"]["earned_status"] == "available"
    assert brand.api.get("/v1/orders/ext:M-2")["status"] == "confirmed"
    shown = brand.api.get(f"{member}/points")
    assert shown["expiries"] == [{"expires_at": "2027-09-30T15:00:00+00:00", "points": 100}]
    assert shown["pending_until"] == [{"confirms_at": "2026-11-23T15:00:00+00:00", "points": 100}]


def test_an_order_sent_again_is_found_and_one_of_other_content_is_refused(
    brand: TestBrand, member: str
) -> None:
    placed = brand.api.post("/v1/orders", order())
    again = brand.api.send("POST", "/v1/orders", order())
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.get_json()["id"] == placed["id"]
    brand.api.refused("POST", "/v1/orders", order(shipping_fee=1), code="order_already_exists")
    assert balance(brand, member)["pending"] == 100


def test_an_order_captures_a_hold_and_the_rest_returns(brand: TestBrand, member: str) -> None:
    brand.api.post(f"{member}/points/accruals", {"points": 1000})
    hold = brand.api.post(f"{member}/points/holds", {"points": 700})

    body = order(redeem_points=500, hold=hold["id"])
    assert preview(brand, body)["points"]["balance"]["available"] == 500
    placed = brand.api.post("/v1/orders", body)

    assert placed["points"]["redeemed"] == 500
    assert placed["points"]["balance"] == {"available": 500, "pending": 95, "held": 0, "debt": 0}
    shown = brand.api.get(f"/v1/holds/{hold['id']}")
    assert (shown["state"], shown["captured"]) == ("captured", 500)
    other = order("M-2", hold=hold["id"])
    brand.api.refused("POST", "/v1/orders", other, code="hold_closed")
    # What was captured goes back to where the hold took it from.
    brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R", "all": True})
    assert balance(brand, member) == {"available": 1000, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


def test_an_order_uses_the_whole_hold_unless_told_how_much(brand: TestBrand, member: str) -> None:
    brand.api.post(f"{member}/points/accruals", {"points": 1000})
    hold = brand.api.post(f"{member}/points/holds", {"points": 700})
    assert brand.api.post("/v1/orders", order(hold=hold["id"]))["points"]["redeemed"] == 700


def test_holds_that_cannot_be_used_are_refused(brand: TestBrand, member: str) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T10:15:00+09:00"}, expect=200)
    brand.api.post(f"{member}/points/accruals", {"points": 1000})
    make_member(brand, "2")
    hold = brand.api.post(f"{member}/points/holds", {"points": 700, "ttl_seconds": 60})["id"]
    more = order(hold=hold, redeem_points=701)
    brand.api.refused("POST", "/v1/orders", more, code="capture_exceeds_hold")
    others = order(hold=hold, member="ext:2")
    brand.api.refused("POST", "/v1/orders", others, code="hold_of_another_member")
    advance(brand, "PT60S")
    brand.api.refused("POST", "/v1/orders", order(hold=hold), code="hold_expired")
    assert balance(brand, member) == {"available": 1000, "pending": 0, "held": 0, "debt": 0}


def test_orders_are_listed_page_by_page_the_newest_first(brand: TestBrand, member: str) -> None:
    make_member(brand, "2")
    for number in range(7):
        owner = "ext:2" if number == 3 else "ext:17850"
        brand.api.post("/v1/orders", order(f"M-{number}", member=owner))

    seen, path = [], "/v1/orders?limit=3"
    while path:
        shown = brand.api.get(path)
        seen += [row["external_id"] for row in shown["data"]]
        cursor = shown["next_cursor"]
        path = f"/v1/orders?limit=3&cursor={cursor}" if cursor else ""
    assert seen == [f"M-{number}" for number in reversed(range(7))]
    listed = brand.api.get("/v1/orders?member=ext:2")["data"]
    assert [row["external_id"] for row in listed] == ["M-3"]
