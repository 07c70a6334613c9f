"""A brand whose clock stands still, and what its only customer does."""

from datetime import datetime, timedelta
from typing import Any

from tests.support.api import TestBrand
from tests.support.members import make_member

NOW = "2026-11-25T10:00:00+09:00"


def later(**by: int) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**by)).isoformat()


def shop(make_brand: Any, **settings: Any) -> tuple[TestBrand, str]:
    """Return a brand whose clock stands still, and a member of it."""
    brand: TestBrand = make_brand(**settings)
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    return brand, make_member(brand, "17850")


def place(brand: TestBrand, external_id: str = "M-1", **more: Any) -> Any:
    body = {
        "external_id": external_id,
        "member": "ext:17850",
        "lines": [{"sku": "a", "quantity": 3, "unit_price": 10_000}],
        **more,
    }
    return brand.api.post("/v1/orders", body)


def refund(brand: TestBrand, external_id: str = "R-1", order: str = "M-1", **more: Any) -> Any:
    body = {"external_id": external_id, **(more or {"all": True})}
    expect = 200 if body.get("dry_run") else 201
    return brand.api.post(f"/v1/orders/ext:{order}/refunds", body, expect=expect)


def give(brand: TestBrand, member: str, points: int, expires_at: str | None = None) -> None:
    body = {"points": points, "expires_at": expires_at}
    brand.api.post(f"{member}/points/accruals", body)


def spend(brand: TestBrand, member: str, points: int) -> None:
    brand.api.post(f"{member}/points/redemptions", {"points": points})


def expiries(brand: TestBrand, member: str) -> dict[str, int]:
    shown = brand.api.get(f"{member}/points")["expiries"]
    return {row["expires_at"]: row["points"] for row in shown}
