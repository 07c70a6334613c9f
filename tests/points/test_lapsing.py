"""What happens when a lot's date passes while its points are held, or before they came."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member

NOW = "2026-11-25T10:00:00+09:00"


def later(**by: int) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**by)).isoformat()


@pytest.fixture
def member(brand: TestBrand) -> str:
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    return make_member(brand, "17850")


@pytest.fixture
def hold(brand: TestBrand, member: str) -> dict[str, Any]:
    """Return an hour's hold of 150 points: 100 lapse in a minute, 50 in two hours."""
    for points, expires_at in ((100, later(minutes=1)), (50, later(hours=2))):
        brand.api.post(f"{member}/points/accruals", {"points": points, "expires_at": expires_at})
    return brand.api.post(f"{member}/points/holds", {"points": 150, "ttl_seconds": 3600})


@pytest.mark.parametrize(("captured", "left"), [(150, 0), (120, 30), (100, 50), (60, 50), (0, 50)])
def test_an_order_that_captures_a_hold_gives_back_only_what_has_not_lapsed(
    brand: TestBrand, member: str, hold: dict[str, Any], captured: int, left: int
) -> None:
    advance(brand, "PT2M")
    order = {
        "member": "ext:17850",
        "lines": [{"sku": "a", "quantity": 1, "unit_price": 10000}],
        "redeem_points": captured,
        "hold": hold["id"],
    }
    preview = brand.api.post("/v1/checkout/preview", order, expect=200)
    placed = brand.api.post("/v1/orders", {**order, "external_id": "1"})
    assert placed["points"]["balance"]["available"] == left
    assert preview["points"]["balance"] == placed["points"]["balance"] == balance(brand, member)
    assert audit(brand) == []


def test_a_hold_captured_or_voided_alone_gives_back_only_what_has_not_lapsed(
    brand: TestBrand, member: str, hold: dict[str, Any]
) -> None:
    advance(brand, "PT2M")
    captured = brand.api.post(f"/v1/holds/{hold['id']}/capture", {"points": 20}, expect=200)
    assert (captured["captured"], captured["balance"]["available"]) == (20, 50)
    assert balance(brand, member) == {"available": 50, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


def test_a_hold_that_times_out_after_its_lots_lapsed_returns_nothing(
    brand: TestBrand, member: str, hold: dict[str, Any]
) -> None:
    advance(brand, "PT3H")
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    entries = brand.api.get(f"{member}/points/entries")["data"]
    assert [(entry["kind"], entry["points"]) for entry in entries[:3]] == [
        ("expiry", -50),
        ("expiry", -100),
        ("hold_expiry", 0),
    ]
    assert audit(brand) == []


def test_a_member_can_be_erased_while_holding_points_that_have_lapsed(
    brand: TestBrand, member: str, hold: dict[str, Any]
) -> None:
    advance(brand, "PT2M")
    brand.api.post(f"{member}/erase", expect=200)
    assert brand.api.get(f"/v1/holds/{hold['id']}")["state"] == "voided"
    assert audit(brand) == []


def test_points_of_an_order_long_past_lapse_from_its_own_day(brand: TestBrand, member: str) -> None:
    def place(external_id: str, placed_at: str) -> dict[str, Any]:
        return brand.api.post(
            "/v1/orders",
            {
                "external_id": external_id,
                "member": "ext:17850",
                "placed_at": placed_at,
                "lines": [{"sku": "a", "quantity": 1, "unit_price": 10000}],
            },
        )["points"]

    lapsed = place("two years ago", "2024-11-20T10:00:00+09:00")
    assert (lapsed["earned"], lapsed["balance"]["available"]) == (100, 0)
    living = place("half a year ago", "2026-05-20T10:00:00+09:00")
    assert (living["earned_status"], living["balance"]["available"]) == ("available", 100)
    shown = brand.api.get(f"{member}/points")
    assert shown["expiries"] == [{"expires_at": "2027-05-19T15:00:00+00:00", "points": 100}]
    assert audit(brand) == []
