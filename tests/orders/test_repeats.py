"""Requests repeated late, after everything else has gone on: what was done stays done."""

from typing import Any

import pytest

from app import clock
from app.web.jobs import ANSWERS_KEPT, purge_idempotency
from tests.support.api import TestBrand
from tests.support.members import balance, make_member

LINES = [{"sku": "a", "quantity": 3, "unit_price": 10_000}]
ORDER = {"external_id": "M-1", "member": "ext:1", "lines": LINES}


def forget_answers(brand: TestBrand) -> None:
    """Do what the job does after 72 hours."""
    with brand.app.app_context():
        assert purge_idempotency(brand.brand_id, clock.now() + 2 * ANSWERS_KEPT)


@pytest.mark.parametrize("way", ["same key", "other key", "purged key"])
def test_an_order_repeated_after_its_member_is_erased_is_answered(
    brand: TestBrand, way: str
) -> None:
    member = make_member(brand, "1")
    placed = brand.api.post("/v1/orders", ORDER, key="k")
    brand.api.post(f"{member}/erase", expect=200)
    if way == "purged key":
        forget_answers(brand)
    answer = brand.api.send("POST", "/v1/orders", ORDER, key="other" if way == "other key" else "k")
    assert answer.status_code == (201 if way == "same key" else 200)
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert answer.get_json()["id"] == placed["id"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("redemptions", {"points": 80}),
        ("holds", {"points": 80}),
        ("transfers", {"points": 80, "to": "ext:2"}),
        ("adjustments", {"points": -80, "reason_code": "cs_fix"}),
        ("accruals", {"points": 80}),
    ],
)
def test_points_posted_days_ago_are_not_posted_again_nor_told_as_refused(
    brand: TestBrand, path: str, body: dict[str, Any]
) -> None:
    member = make_member(brand, "1", points=100)
    make_member(brand, "2")
    brand.api.post(f"{member}/points/{path}", body, key="k")
    before = balance(brand, member)
    forget_answers(brand)
    url = f"{member}/points/{path}"
    brand.api.refused("POST", url, body, key="k", code="already_posted")
    assert balance(brand, member) == before


def test_a_refund_is_the_same_whichever_way_its_order_is_named(brand: TestBrand) -> None:
    make_member(brand, "1")
    order = brand.api.post("/v1/orders", ORDER)
    body = {"external_id": "R-1", "lines": [{"line": 1, "quantity": 1}]}
    first = brand.api.post("/v1/orders/ext:M-1/refunds", body)
    again = brand.api.send("POST", f"/v1/orders/{order['id']}/refunds", body)
    assert again.get_json()["id"] == first["id"]
    other = {**body, "lines": [{"line": 1, "quantity": 2}]}
    path = f"/v1/orders/{order['id']}/refunds"
    brand.api.refused("POST", path, other, code="refund_already_exists")


@pytest.mark.parametrize("name", ["ext:1", "ext:2"])
def test_orders_of_a_merged_member_are_listed_with_the_survivors(
    brand: TestBrand, name: str
) -> None:
    member = make_member(brand, "1")
    make_member(brand, "2")
    brand.api.post("/v1/orders", ORDER)
    brand.api.post("/v1/orders", {**ORDER, "external_id": "M-2", "member": "ext:2"})
    brand.api.post(f"{member}/merge", {"into": "ext:2"}, expect=200)
    listed = brand.api.get(f"/v1/orders?member={name}")["data"]
    assert [order["external_id"] for order in listed] == ["M-2", "M-1"]
