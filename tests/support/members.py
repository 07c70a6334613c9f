"""Members and books of a test's brand."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app import clock, ids
from app.brands import services as brands
from app.db import transaction
from app.points import services as points
from app.points.audits import Finding
from tests.support.api import TestBrand


def make_member(brand: TestBrand, external_id: str, *, points: int = 0) -> str:
    """Register a member, give it points that lapse by the brand's rule, return its path."""
    path = f"/v1/members/ext:{external_id}"
    brand.api.put(path, expect=201)
    if points:
        brand.api.post(f"{path}/points/accruals", {"points": points})
    return path


def member_id(brand: TestBrand, path: str) -> UUID:
    found = ids.read("mem", brand.api.get(path)["id"])
    assert found is not None
    return found


def balance(brand: TestBrand, path: str) -> dict[str, int]:
    """Return the four counters of a member."""
    shown = brand.api.get(f"{path}/points")
    return {name: shown[name] for name in ("available", "pending", "held", "debt")}


@contextmanager
def unit_of_work(brand: TestBrand) -> Iterator[None]:
    with brand.app.app_context(), transaction(brand.brand_id):
        yield


def audit(brand: TestBrand) -> list[Finding]:
    """Return what of the brand's books does not hold."""
    with unit_of_work(brand):
        return points.audit(brand.brand_id)


def advance(brand: TestBrand, by: str) -> str:
    """Move the brand's clock forward and return its time."""
    now: str = brand.api.post("/v1/test-clock", {"advance": by}, expect=200)["test_clock"]
    return now


def run_job(brand: TestBrand, job: object, **options: object) -> int:
    """Run a job of a feature for the brand, as of the brand's own time."""
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
    with brand.app.app_context():
        return job(brand.brand_id, now, **options)  # type: ignore[operator,no-any-return]
