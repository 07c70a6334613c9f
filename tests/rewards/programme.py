"""Rules of a test's brand, switched on; what they gave."""

from typing import Any
from uuid import UUID

from app.db import transact
from app.rewards import services as rewards
from app.rewards.services import Evaluation, Facts
from tests.support.api import TestBrand
from tests.support.members import unit_of_work


def switch_on(brand: TestBrand, code: str, *effects: dict[str, Any], **parts: Any) -> None:
    """Write a rule and put it in force; ``on`` or ``trigger`` says when, else an order."""
    on = parts.pop("on", "order_paid")
    definition = {
        "name": code,
        "trigger": {"on": on, **parts.pop("trigger", {})},
        "effects": list(effects) or [{"points": 1000}],
        **parts,
    }
    response = brand.api.send("PUT", f"/v1/reward-rules/{code}", definition)
    assert response.status_code in (200, 201), response.get_data(as_text=True)
    brand.api.post(f"/v1/reward-rules/{code}/activate", expect=200)


def fire(
    brand: TestBrand, member_id: UUID, trigger: str, occasion: str, *, now: Any, **facts: Any
) -> Evaluation:
    """Fire in a transaction of its own, again if the database asks for it."""
    with brand.app.app_context():
        return transact(
            brand.brand_id,
            lambda: rewards.fire(
                brand.brand_id,
                member_id,
                trigger,
                Facts(brand.brand_id, member_id, **facts),
                occasion=occasion,
                actor="test",
                now=now,
            ),
        )


def buy(brand: TestBrand, member: str, number: str, amount: int = 30_000, **fields: Any) -> Any:
    """Place an order of one piece for a member's path and return the receipt."""
    line = {"sku": "TEA", "category": "drinks", "quantity": 1, "unit_price": amount}
    body = {"member": member.rsplit("/", 1)[1], "external_id": number, "lines": [line]}
    return brand.api.post("/v1/orders", {**body, **fields})


def rewards_of(receipt: Any) -> dict[str, int]:
    """Return the points an order's rewards gave, by rule."""
    return {
        effect["rule"].removeprefix("rule:"): effect["points"]
        for effect in receipt["effects"]
        if effect["kind"] == "reward"
    }


def used(brand: TestBrand, code: str) -> tuple[int, int]:
    """Return the grants and points that a rule has used of its limits."""
    with unit_of_work(brand):
        from app.benefits import services as benefits

        return benefits.used_of(brand.brand_id, f"rule:{code}")
