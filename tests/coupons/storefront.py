"""A brand's coupons as its storefront uses them: over the API alone."""

from typing import Any

from app.audit import prove_books
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

NOW = "2026-11-25T10:00:00+09:00"
TEA = {"sku": "TEA", "category": "drinks", "quantity": 1, "unit_price": 20_000}


def set_clock(brand: TestBrand, now: str = NOW) -> None:
    brand.api.post("/v1/test-clock", {"now": now}, expect=200)


def offer(brand: TestBrand, code: str, *, kind: str = "fixed", **definition: Any) -> Any:
    """Define a coupon of 5,000 won, or of another kind, and return the template."""
    if kind == "fixed":
        definition.setdefault("amount", 5000)
    body = {"name": code, "kind": kind, "stacking": "stackable", **definition}
    return brand.api.put(f"/v1/coupon-templates/{code}", body, expect=201)


def give(brand: TestBrand, member: str, code: str, **more: Any) -> str:
    """Give a member a coupon of a template and return its id."""
    coupon: str = brand.api.post(f"{member}/coupons", {"template": code, **more})["id"]
    return coupon


def cart(member: str | None, *coupons: str, **more: Any) -> dict[str, Any]:
    """Return a cart of tea for 20,000 won, with changes."""
    who = {"member": member.rsplit("/", 1)[1]} if member else {}
    return {"lines": [TEA], "coupons": list(coupons), **who, **more}


def preview(brand: TestBrand, member: str | None, *coupons: str, **more: Any) -> Any:
    return brand.api.post("/v1/checkout/preview", cart(member, *coupons, **more), expect=200)


def buy(brand: TestBrand, number: str, member: str | None, *coupons: str, **more: Any) -> Any:
    body = {"external_id": number, **cart(member, *coupons, **more)}
    return brand.api.post("/v1/orders", body)


def status_of(brand: TestBrand, coupon: str) -> str:
    status: str = brand.api.get(f"/v1/coupons/{coupon}")["status"]
    return status


def usage(brand: TestBrand, code: str) -> tuple[int, int, int | None]:
    """Return how many coupons of a template are issued, used and left."""
    told = brand.api.get(f"/v1/coupon-templates/{code}")["usage"]
    return told["issued"], told["used"], told["left"]


def books(brand: TestBrand) -> list[Any]:
    """Return what does not hold in any of the brand's books."""
    with unit_of_work(brand):
        return prove_books(brand.brand_id)
