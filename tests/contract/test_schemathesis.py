"""The API keeps what /openapi.json says, whatever is sent (Schemathesis, in process).

Every operation that is registered is tried, with values that fit the document and
values that do not, on a brand that has a member and an order to meet.
"""

from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    ensure_resource_availability,
    unsupported_method,
)

from app import create_app
from app.config import load_config
from tests.support.api import TestBrand, make_brand

KEY = "a" * 43 + "="  # 32 bytes in base64, of no database
NOWHERE = {
    "DATABASE_URL": "postgresql://nowhere/none",
    "DANGOL_ENCRYPTION_KEYS": f"k1:{KEY}",
    "DANGOL_INDEX_KEY": KEY,
}
# Loaded here, because each operation is to be a test of its own.
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", create_app(load_config(NOWHERE)))
# A body that is too large is refused before anybody looks whether it fits the document.
SCHEMA.config.checks.negative_data_rejection.expected_statuses = [
    *SCHEMA.config.checks.negative_data_rejection.expected_statuses, "413",
]  # fmt: skip

# A document cannot say all that is refused (an order exists already, a page of another
# list), and what was created is not always found again (one member may be merged).
NOT_MEANT = [positive_data_acceptance, ensure_resource_availability]
# Addresses that another operation's pattern fits as well, with methods of its own.
SHARED = {
    "/v1/members/ext:{external_id}",
    "/v1/members/search",
    "/v1/products/{sku}/versions",  # an SKU may hold a slash
    "/v1/service-requests/stats",
}
NOT_MEANT_FOR_SHARED = [allow_header_conformance, unsupported_method]


class Shop(NamedTuple):
    brand: TestBrand
    known: dict[str, str]


@pytest.fixture(scope="module")
def shop(app) -> Shop:
    brand = make_brand(app, accrual={"pending": "immediate"})
    alice = brand.api.put("/v1/members/ext:alice", {}, expect=201)["id"]
    grant = {"points": 100_000, "origin": "grant", "reason": "welcome"}
    brand.api.post("/v1/members/ext:alice/points/accruals", grant)
    line = {"sku": "mug", "quantity": 2, "unit_price": 10_000}
    brand.api.post("/v1/orders", {"external_id": "o1", "member": alice, "lines": [line]})
    rule = {"name": "R", "trigger": {"on": "order_paid"}, "effects": [{"points": 1}]}
    brand.api.put("/v1/reward-rules/R", rule, expect=201)
    # What exists, so that requests come further than to "not found".
    return Shop(brand, {"member": alice, "order": "ext:o1", "external_id": "alice", "rule": "R"})


@SCHEMA.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_is_as_described(case: schemathesis.Case, app, shop) -> None:
    if case.meta.generation.mode is GenerationMode.POSITIVE and len(repr(case.body)) % 2:
        meet(case, shop.known)
    shared = NOT_MEANT_FOR_SHARED if case.operation.path in SHARED else []
    case.call_and_validate(
        app=app,
        headers={"Authorization": f"Bearer {shop.brand.token}"},
        excluded_checks=[*NOT_MEANT, *shared],
    )


def meet(case: schemathesis.Case, known: dict[str, str]) -> None:
    for name, value in known.items():
        if case.path_parameters and name in case.path_parameters:
            case.path_parameters[name] = value
        body: Any = case.body
        if isinstance(body, dict) and name == "member" and name in body:
            body[name] = value
