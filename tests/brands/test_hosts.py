"""The host that codes lead to belongs to one brand."""

from uuid import uuid4

from app.brands import services as brands
from app.db import transaction
from tests.support.api import TestBrand


def free_host() -> str:
    return f"{uuid4().hex[:12]}.example.kr"


def leads_to(brand: TestBrand, host: str) -> object:
    with brand.app.app_context(), transaction():
        return brands.find_by_host(host)


def test_a_host_is_found_as_a_browser_names_it(brand: TestBrand) -> None:
    host = free_host()
    brand.api.patch("/v1/brand", {"warranty": {"host": host}})
    assert leads_to(brand, host) == brand.brand_id
    assert leads_to(brand, f"{host.upper()}:8443") == brand.brand_id
    assert leads_to(brand, f"www.{host}") is None


def test_a_host_leads_to_the_brand_that_had_it_first(brand: TestBrand, make_brand) -> None:
    host, other = free_host(), make_brand()
    brand.api.patch("/v1/brand", {"warranty": {"host": host}})
    problem = other.api.refused(
        "PATCH", "/v1/brand", {"warranty": {"host": host}}, code="host_taken"
    )
    assert problem["errors"][0]["pointer"] == "/warranty/host"
    assert leads_to(brand, host) == brand.brand_id
    assert other.api.get("/v1/brand")["warranty"]["host"] is None


def test_a_host_that_was_given_up_is_free_for_another(brand: TestBrand, make_brand) -> None:
    host, moved, other = free_host(), free_host(), make_brand()
    brand.api.patch("/v1/brand", {"warranty": {"host": host}})
    brand.api.patch("/v1/brand", {"warranty": {"host": moved}})
    assert leads_to(brand, host) is None
    other.api.patch("/v1/brand", {"warranty": {"host": host}})
    assert leads_to(brand, host) == other.brand_id
    assert leads_to(brand, moved) == brand.brand_id
    brand.api.patch("/v1/brand", {"warranty": {"host": None}})
    assert leads_to(brand, moved) is None
