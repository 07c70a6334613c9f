"""The demo brand has requests in every state, told once however often it is told."""

from datetime import timedelta
from uuid import UUID

from app import clock
from app.db import transact
from app.demo import history, service, warranties
from app.demo.goods import GOODS
from app.products import services as products
from app.service_requests.rules.states import STATUSES
from tests.service_requests.shop import audit
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id


def tell(brand: TestBrand, owners: dict[int, UUID]) -> None:
    """Tell what happens to units and requests, without fifteen months of orders."""
    now = clock.now()
    shop = history.Shop(brand.brand_id, now)
    shop.member_ids.update(owners)
    for at, happening in warranties.happenings(brand.brand_id, shop.member_ids, now=now):
        shop.plan(at, lambda at, happening=happening: shop.happen(happening, at))
    for at, happening in service.happenings(brand.brand_id, now=now):
        assert now - at < timedelta(days=151)
        shop.plan(at, lambda at, happening=happening: shop.happen(happening, at))
    shop.run()


def test_the_demo_brand_has_requests_in_every_state(brand: TestBrand) -> None:
    with brand.app.app_context():
        for article in GOODS:
            transact(
                brand.brand_id,
                lambda article=article: products.put_product(
                    brand.brand_id, article.sku, article.definition(), actor="t", now=clock.now()
                ),
            )
        owners = {n: member_id(brand, make_member(brand, f"m{n}")) for n in range(3)}
        tell(brand, owners)
        once = brand.api.get("/v1/service-requests?limit=100")["data"]
        tell(brand, owners)
    assert brand.api.get("/v1/service-requests?limit=100")["data"] == once
    found = {
        status: brand.api.get(f"/v1/service-requests?status={status}")["data"]
        for status in STATUSES
    }
    assert [status for status, requests in found.items() if not requests] == []
    assert found["quoted"][0]["photos"]
    assert found["reopened"][0]["flags"][0]["code"] == "same_fault"
    flagged = brand.api.get("/v1/service-requests?flag=third_recurrence")["data"]
    assert len(flagged) == 1
    stats = brand.api.get("/v1/service-requests/stats")
    assert stats["free_repairs"] > 3
    assert stats["paid_repairs"] > 3
    assert stats["days_p50"]
    assert audit(brand) == []
