"""A message of a brand, for tests of whatever a brand may have."""

from uuid import uuid4

from app import clock, ids
from app.db import transaction
from app.messages import services as messages
from tests.support.api import TestBrand


def tell(brand: TestBrand) -> str:
    """Send a message of a brand and return its id."""
    with brand.app.app_context(), transaction(brand.brand_id):
        sent = messages.send(
            brand.brand_id,
            "certificate_link",
            to=messages.Address(phone="+821012345678"),
            variables={"product": "레인부츠", "link": "https://shop.example"},
            purpose="warranty_issued",
            now=clock.now(),
        )
    return ids.show("msg", sent.id)


def set_host(brand: TestBrand) -> str:
    """Give a brand a host of its own, as a host leads to one brand."""
    host = f"{uuid4().hex[:12]}.example.kr"
    brand.api.patch("/v1/brand", {"warranty": {"host": host}})
    return host
