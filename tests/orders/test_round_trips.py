"""The checkout is fast because it talks to PostgreSQL seldom: counted on the wire."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.db import db
from bench.round_trips import counting
from tests.orders.programme import card, coupon, ladder, rule
from tests.support.api import TestBrand

BODY = {
    "member": "ext:1",
    "lines": [{"sku": "A", "quantity": 2, "unit_price": 5000}],
    "redeem_points": 10,
}


def warm(app: Flask, call: Callable[[int], object]) -> None:
    """Let settings be remembered and statements be prepared, as in any running process.

    On one fresh connection: what earlier tests prepared would be thrown out in between, and
    calls would go round those they left in the pool.
    """
    with app.app_context():
        db.engine.dispose()
    for turn in range(3):
        call(turn)


def test_a_checkout_takes_at_most_four_round_trips_besides_commit(
    app: Flask, brand: TestBrand
) -> None:
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 1000})
    warm(app, lambda turn: brand.api.post("/v1/orders", {**BODY, "external_id": f"warm-{turn}"}))
    with app.app_context():
        engine = db.engine

    with counting(engine) as trips:
        brand.api.post("/v1/orders", {**BODY, "external_id": "counted"})

    assert trips.ends == 1
    assert 0 < trips.besides_commit <= 4


def test_a_preview_takes_at_most_three_round_trips_besides_rollback(
    app: Flask, brand: TestBrand
) -> None:
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 1000})
    warm(app, lambda _: brand.api.post("/v1/checkout/preview", BODY, expect=200))
    with app.app_context():
        engine = db.engine

    with counting(engine) as trips:
        brand.api.post("/v1/checkout/preview", BODY, expect=200)

    assert 0 < trips.besides_commit <= 3


def open_programme(brand: TestBrand, rules: int) -> None:
    """Offer a ladder, a stamp card, a coupon and so many rules of different kinds."""
    ladder(brand)
    card(brand, goal=50, rewards=[{"at": 50, "benefits": [{"points": 1000}]}])
    coupon(brand, "CODE", kind="percent", percent_basis_points=1000, generic_code="CODE")
    for number in range(rules):
        rule(
            brand,
            f"R{number}",
            trigger=[
                {"on": "order_paid"},
                {"on": "order_confirmed"},
                {"on": "nth_order", "n": number + 1},
                {"on": "tier_reached"},
            ][number % 4],
            conditions={"minimum_amount": 100 * number},
            effects=[{"points": 1 + number}],
            limits={"total_grants": 1000, "per_member": {"count": 500}},
        )
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 1000})


def trips_of(brand: TestBrand, call: Callable[[int], object], turn: int) -> int:
    with brand.app.app_context():
        engine = db.engine
    with counting(engine) as trips:
        call(turn)
    return trips.besides_commit


def order(brand: TestBrand) -> Callable[[int], object]:
    return lambda turn: brand.api.post(
        "/v1/orders", {**BODY, "coupons": ["CODE"], "external_id": f"M-{turn}"}
    )


def preview(brand: TestBrand) -> Callable[[int], object]:
    body = {**BODY, "coupons": ["CODE"]}
    return lambda _: brand.api.post("/v1/checkout/preview", body, expect=200)


@pytest.mark.parametrize("call_of", [order, preview])
def test_twenty_rules_a_ladder_a_card_and_a_coupon_take_the_trips_that_points_alone_take(
    make_brand: Callable[..., TestBrand], call_of: Callable[[TestBrand], Callable[[int], object]]
) -> None:
    warm_trips, cold_trips = [], []
    for rules in (1, 20):
        brand = make_brand()
        open_programme(brand, rules)
        call = call_of(brand)
        warm(brand.app, call)
        warm_trips.append([trips_of(brand, call, 10 + turn) for turn in range(3)])
        # With each change what is offered is read and compiled anew, once. The driver
        # prepares a statement when it has seen it often enough: let it.
        for turn in range(8):
            rule(brand, f"MORE-{turn}", trigger={"on": "order_paid"}, effects=[{"points": 1}])
            cold = trips_of(brand, call, 20 + 2 * turn)
            assert trips_of(brand, call, 21 + 2 * turn) == warm_trips[-1][0]
        cold_trips.append(cold)

    alone = make_brand()
    alone.api.put("/v1/members/ext:1", {}, expect=201)
    alone.api.post("/v1/members/ext:1/points/accruals", {"points": 1000})
    plain = {**BODY, "external_id": "plain"} if call_of is order else BODY
    path = "/v1/orders" if call_of is order else "/v1/checkout/preview"

    def points_alone(turn: int) -> object:
        body = {**plain, "external_id": f"P-{turn}"} if call_of is order else plain
        return alone.api.send("POST", path, body)

    warm(alone.app, points_alone)
    few = trips_of(alone, points_alone, 9)
    assert warm_trips == [[few] * 3, [few] * 3]
    # Cold, a few more, and as many for twenty rules as for one.
    assert cold_trips[0] == cold_trips[1]
    assert few < cold_trips[0] <= few + 6
