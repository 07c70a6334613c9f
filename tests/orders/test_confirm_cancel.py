"""What becomes of an order: confirmed by a call or by its day, or cancelled."""

from typing import Any

import pytest

from app.orders import jobs as order_jobs
from app.points import jobs as point_jobs
from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member, run_job

ORDER = {
    "external_id": "M-1",
    "member": "ext:17850",
    "lines": [{"sku": "a", "quantity": 2, "unit_price": 5000}],
    "shipping_fee": 2500,
    "redeem_points": 1000,
}
CONFIRM, CANCEL = "/v1/orders/ext:M-1/confirm", "/v1/orders/ext:M-1/cancel"
REFUNDS = "/v1/orders/ext:M-1/refunds"


@pytest.fixture
def member(brand: TestBrand) -> str:
    """A member with an order that used 1,000 points and earns 90."""
    brand.api.post("/v1/test-clock", {"now": "2026-11-25T10:00:00+09:00"}, expect=200)
    member = make_member(brand, "17850", points=1000)
    brand.api.post("/v1/orders", ORDER)
    return member


def counters(available: int, pending: int) -> dict[str, int]:
    return {"available": available, "pending": pending, "held": 0, "debt": 0}


def test_a_confirmed_purchase_makes_its_points_spendable_once(
    brand: TestBrand, member: str
) -> None:
    assert balance(brand, member) == counters(0, 90)
    confirmed = brand.api.post(CONFIRM, expect=200)
    assert (confirmed["status"], confirmed["points"]["earned_status"]) == ("confirmed", "available")
    assert confirmed["points"]["balance"] == counters(90, 0)
    again = brand.api.post(CONFIRM, expect=200)
    assert again["confirmed_at"] == confirmed["confirmed_at"] == "2026-11-25T01:00:00+00:00"
    assert balance(brand, member) == counters(90, 0)
    assert audit(brand) == []


@pytest.mark.parametrize("jobs_run", [False, True])
def test_an_order_confirms_itself_on_its_day_whether_jobs_run_or_not(
    brand: TestBrand, member: str, jobs_run: bool
) -> None:
    advance(brand, "P13D")
    assert brand.api.get("/v1/orders/ext:M-1")["status"] == "paid"
    assert balance(brand, member) == counters(0, 90)
    advance(brand, "PT14H")  # midnight of 9 December in Seoul
    if jobs_run:
        assert run_job(brand, order_jobs.confirm_due) == 1
        assert run_job(brand, point_jobs.settle_points) == 1
        assert run_job(brand, order_jobs.confirm_due) == 0
        assert run_job(brand, point_jobs.settle_points) == 0
    shown = brand.api.get("/v1/orders/ext:M-1")
    assert shown["status"] == "confirmed"
    assert shown["confirmed_at"] == shown["confirm_due_at"] == "2026-12-08T15:00:00+00:00"
    assert brand.api.get("/v1/orders")["data"][0]["status"] == "confirmed"
    assert balance(brand, member) == counters(90, 0)
    brand.api.refused("POST", CANCEL, code="order_not_cancellable")
    assert brand.api.post(CONFIRM, expect=200)["status"] == "confirmed"
    assert audit(brand) == []


def test_an_order_that_never_confirms_itself_waits_for_the_call(make_brand: Any) -> None:
    brand: TestBrand = make_brand(accrual={"confirm_after_days": None})
    member = make_member(brand, "17850", points=1000)
    brand.api.post("/v1/orders", ORDER)
    advance(brand, "P300D")
    assert brand.api.get(f"{member}/points")["pending_until"] == [
        {"confirms_at": None, "points": 90}
    ]
    brand.api.post(CONFIRM, expect=200)
    assert balance(brand, member)["pending"] == 0


def test_a_cancelled_order_leaves_nothing_behind(brand: TestBrand, member: str) -> None:
    cancelled = brand.api.post(CANCEL, expect=200)
    assert cancelled["status"] == "cancelled"
    assert (cancelled["refunded"]["cash"], cancelled["refunded"]["points"]) == (11_500, 1000)
    assert balance(brand, member) == counters(1000, 0)
    assert brand.api.post(CANCEL, expect=200)["status"] == "cancelled"
    assert balance(brand, member) == counters(1000, 0)
    brand.api.refused("POST", CONFIRM, code="order_not_confirmable")
    everything = {"external_id": "R", "all": True}
    brand.api.refused("POST", REFUNDS, everything, code="refund_exceeds_order")
    assert audit(brand) == []


def test_a_refunded_order_cannot_be_cancelled_nor_confirmed(brand: TestBrand, member: str) -> None:
    brand.api.post(REFUNDS, {"external_id": "R-1", "lines": [{"line": 1, "quantity": 1}]})
    brand.api.refused("POST", CANCEL, code="order_not_cancellable")
    brand.api.post(REFUNDS, {"external_id": "R-2", "all": True})
    brand.api.refused("POST", CONFIRM, code="order_not_confirmable")
    assert balance(brand, member) == counters(1000, 0)


def test_confirming_a_partly_refunded_order_frees_what_is_left(
    brand: TestBrand, member: str
) -> None:
    brand.api.post(REFUNDS, {"external_id": "R-1", "lines": [{"line": 1, "quantity": 1}]})
    confirmed = brand.api.post(CONFIRM, expect=200)
    assert confirmed["status"] == "partially_refunded"
    assert balance(brand, member) == counters(500 + 45, 0)
    assert audit(brand) == []


def test_a_confirmed_order_can_be_refunded_and_its_points_are_taken_back(
    brand: TestBrand, member: str
) -> None:
    brand.api.post(CONFIRM, expect=200)
    told = brand.api.post(REFUNDS, {"external_id": "R-1", "all": True})
    assert told["points"]["clawed_back"] == 90
    assert balance(brand, member) == counters(1000, 0)


def test_an_order_that_does_not_exist_is_not_found(brand: TestBrand) -> None:
    for method, path in (
        ("GET", "/v1/orders/ext:M-1"),
        ("POST", CONFIRM),
        ("POST", CANCEL),
        ("GET", "/v1/orders/nonsense"),
        ("GET", "/v1/orders/mem_01m89v3g2cert9x27gcj08k4tv"),
    ):
        brand.api.refused(method, path, code="order_not_found")
    everything = {"external_id": "R", "all": True}
    brand.api.refused("POST", REFUNDS, everything, code="order_not_found")


def test_another_brand_sees_nothing_of_an_order(
    brand: TestBrand, member: str, make_brand: Any
) -> None:
    other: TestBrand = make_brand()
    order_id = brand.api.get("/v1/orders/ext:M-1")["id"]
    for reference in ("ext:M-1", order_id):
        base = f"/v1/orders/{reference}"
        other.api.refused("GET", base, code="order_not_found")
        other.api.refused("POST", f"{base}/confirm", code="order_not_found")
        other.api.refused("POST", f"{base}/cancel", code="order_not_found")
        everything = {"external_id": "R", "all": True}
        other.api.refused("POST", f"{base}/refunds", everything, code="order_not_found")
    assert other.api.get("/v1/orders")["data"] == []
    make_member(other, "17850")
    placed = other.api.post("/v1/orders", {**ORDER, "redeem_points": None})
    assert placed["id"] != order_id
    assert brand.api.get("/v1/orders/ext:M-1")["status"] == "paid"


def test_a_cancelled_order_never_confirms_itself(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:a", {}, expect=201)
    lines = [{"sku": "A", "quantity": 1, "unit_price": 10_000}]
    brand.api.post("/v1/orders", {"external_id": "M-9", "member": "ext:a", "lines": lines})
    brand.api.post("/v1/orders/ext:M-9/cancel", expect=200)

    brand.api.post("/v1/test-clock", {"advance": "P30D"}, expect=200)

    assert run_job(brand, order_jobs.confirm_due) == 0
    shown = brand.api.get("/v1/orders/ext:M-9")
    assert (shown["status"], shown["confirmed_at"]) == ("cancelled", None)
