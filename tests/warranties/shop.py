"""A boot maker: a product, its terms, batches of units, and what becomes of them."""

from typing import Any

from app import clock, crypto, ids
from app.db import db
from app.warranties import services
from app.warranties.models import WarrantyUnit
from app.warranties.services.batches import code_cell
from tests.support.api import TestBrand
from tests.support.members import unit_of_work


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
    with unit_of_work(brand):
        piece = services.move_unit(
            brand.brand_id, serial, name, actor="test", now=clock.now(), **options
        )
        return piece.unit.state


def audit(brand: TestBrand) -> list[object]:
    with unit_of_work(brand):
        return list(services.audit(brand.brand_id))
