"""A brand with something to exchange points for."""

from typing import Any

from app.exchanges import services
from app.findings import Finding
from tests.coupons.shop import GIFT, define
from tests.support.api import TestBrand
from tests.support.members import audit as audit_points
from tests.support.members import make_member, unit_of_work

NOW = "2026-11-25T10:00:00+09:00"
MUG: dict[str, Any] = {"name": "머그컵", "points": 1000, "gift": "MUG-GIFT"}


def open_shop(brand: TestBrand, *, now: str | None = NOW, **item: Any) -> Any:
    """Offer mugs; the brand's clock stands still at ``now`` if it is given."""
    if now is not None:
        set_clock(brand, now)
    define(brand, "MUG-GIFT", **GIFT)
    return put_item(brand, "MUG", expect=201, **{**MUG, **item})


def set_clock(brand: TestBrand, now: str) -> None:
    brand.api.post("/v1/test-clock", {"now": now}, expect=200)


def put_item(brand: TestBrand, code: str = "MUG", *, expect: int = 200, **item: Any) -> Any:
    return brand.api.put(f"/v1/exchange-items/{code}", {**MUG, **item}, expect=expect)


def exchange(brand: TestBrand, member: str, **body: Any) -> Any:
    return brand.api.post(f"{member}/exchanges", {"item": "MUG", **body})


def refused(brand: TestBrand, member: str, code: str, **body: Any) -> Any:
    path = f"{member}/exchanges"
    return brand.api.refused("POST", path, {"item": "MUG", **body}, code=code)


def cancel(brand: TestBrand, exchanged: Any) -> Any:
    path = f"/v1/exchanges/{exchanged['id']}/cancel"
    return brand.api.post(path, {"reason": "변심"}, expect=200)


def taken(brand: TestBrand, code: str = "MUG") -> int:
    return int(brand.api.get(f"/v1/exchange-items/{code}")["taken"])


def audit(brand: TestBrand) -> list[Finding]:
    """Return what does not hold of points and exchanges."""
    with unit_of_work(brand):
        found = services.audit(brand.brand_id)
    return found + audit_points(brand)


__all__ = [
    "MUG", "NOW", "audit", "cancel", "exchange", "make_member", "open_shop", "put_item",
    "refused", "set_clock", "taken",
]  # fmt: skip
