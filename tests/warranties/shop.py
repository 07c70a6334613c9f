"""A boot maker: a product, its terms, batches of units, and what becomes of them."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

from app import clock, crypto, ids
from app.db import db
from app.members import services as members
from app.warranties import services
from app.warranties.errors import UnitStepRefused, WarrantyTaken
from app.warranties.models import WarrantyUnit
from app.warranties.services.batches import code_cell
from tests.support.api import TestBrand
from tests.support.members import make_member, unit_of_work


def open_shop(brand: TestBrand, sku: str = "BOOT", **product: Any) -> None:
    """Register a product, and terms for all."""
    brand.api.put(f"/v1/products/{sku}", {"name": "레인부츠", **product}, expect=201)
    brand.api.put("/v1/warranty-terms/BASE", {"name": "1년 보증", "months": 12}, expect=201)


def make_batch(brand: TestBrand, quantity: int = 3, **body: Any) -> dict[str, Any]:
    """Make units of BOOT and return their batch."""
    made: dict[str, Any] = brand.api.post(
        "/v1/warranty-batches", {"product": "BOOT", "quantity": quantity, **body}
    )
    return made


def serials_of(brand: TestBrand, batch: dict[str, Any]) -> list[str]:
    found = brand.api.get(f"/v1/units?batch={batch['id']}&limit=100")["data"]
    return [each["serial"] for each in found]


def codes_of(brand: TestBrand, batch: dict[str, Any]) -> list[str]:
    """Return the secret codes of a batch, in the order of its numbers."""
    batch_id = ids.read("wbt", batch["id"])
    with unit_of_work(brand):
        units = db.session.query(WarrantyUnit).filter_by(batch_id=batch_id)
        return [
            crypto.unseal(unit.code_sealed, code_cell(brand.brand_id, unit.id))
            for unit in units.order_by(WarrantyUnit.number)
        ]


def step(brand: TestBrand, serial: str, name: str, **options: Any) -> str:
    """Let a unit take a step as the pages will, and return its state."""
    if name == "claim":
        return claim(brand, serial)
    with unit_of_work(brand):
        piece = services.move_unit(
            brand.brand_id, serial, name, actor="test", now=clock.now(), **options
        )
        return piece.unit.state


def claim(brand: TestBrand, serial: str) -> str:
    """Register a unit for a new member, and return its state.

    :raises UnitStepRefused: it cannot be claimed, or is already
    """
    owner = make_member(brand, f"owner-{uuid4()}")
    with suppress(WarrantyTaken), unit_of_work(brand):
        member = members.resolve(brand.brand_id, owner.rpartition("/")[2], keep=True)
        found = services.claim(
            brand.brand_id, serial, member.id, services.Purchase("gift"),
            proven=False, today=clock.now().date(), actor="test", now=clock.now(),
        )  # fmt: skip
        return found.unit.state
    raise UnitStepRefused(state="claimed", step="claim")


def register(brand: TestBrand, serial: str, member: str, **purchase: Any) -> dict[str, Any]:
    """Register a unit for a member over the API."""
    body = {"unit": serial, "member": f"ext:{member}", "channel": "own_mall", **purchase}
    made: dict[str, Any] = brand.api.post("/v1/warranties", body)
    return made


def audit(brand: TestBrand) -> list[object]:
    with unit_of_work(brand):
        return list(services.audit(brand.brand_id))
