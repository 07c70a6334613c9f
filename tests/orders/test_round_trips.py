"""The checkout is fast because it talks to PostgreSQL seldom: counted on the wire."""

from collections.abc import Callable

from flask import Flask

from app.db import db
from bench.round_trips import counting
from tests.support.api import TestBrand

BODY = {
    "member": "ext:1",
    "lines": [{"sku": "A", "quantity": 2, "unit_price": 5000}],
    "redeem_points": 10,
}


def warm(call: Callable[[int], object]) -> None:
    """Let settings be remembered and statements be prepared, as in any running process."""
    for turn in range(3):
        call(turn)


def test_a_checkout_takes_at_most_four_round_trips_besides_commit(
    app: Flask, brand: TestBrand
) -> None:
    brand.api.put("/v1/members/ext:1", {}, expect=201)
    brand.api.post("/v1/members/ext:1/points/accruals", {"points": 1000})
    warm(lambda turn: brand.api.post("/v1/orders", {**BODY, "external_id": f"warm-{turn}"}))
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
    warm(lambda _: brand.api.post("/v1/checkout/preview", BODY, expect=200))
    with app.app_context():
        engine = db.engine

    with counting(engine) as trips:
        brand.api.post("/v1/checkout/preview", BODY, expect=200)

    assert 0 < trips.besides_commit <= 3
