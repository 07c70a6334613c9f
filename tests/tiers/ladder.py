"""A brand with tiers, and orders that count without a checkout."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import clock
from app.brands import services as brands
from app.ids import new_id
from app.points import services as points
from app.tiers import jobs, queries
from app.tiers import services as tiers
from app.tiers.services import TierOutcome
from tests.support.api import TestBrand
from tests.support.members import run_job, unit_of_work

# The example of the trade.
TRADE: dict[str, Any] = {
    "basis": "net_paid",
    "period": {"kind": "rolling_months", "months": 12},
    "counted_when": "paid",
    "refunds_count_on": "order_day",
    "assessment": {"when": "monthly", "drop": "to_earned", "grace_days": 0},
    "tiers": [
        {
            "code": code,
            "name": code,
            "threshold": threshold,
            "accrual": {},
            "member_discount_basis_points": 0,
            "on_reaching": [],
        }
        for code, threshold in (
            ("LV1", 10_000),
            ("LV2", 100_000),
            ("LV3", 200_000),
            ("MASTER", 500_000),
        )
    ],
}


def set_clock(brand: TestBrand, day: str, time: str = "10:00", zone: str = "+09:00") -> None:
    brand.api.post("/v1/test-clock", {"now": f"{day}T{time}:00{zone}"}, expect=200)


def put(brand: TestBrand, *, lowers: bool = False, **changes: Any) -> int:
    """Put the trade's ladder in force, with changes, and return its version."""
    with unit_of_work(brand):
        return tiers.put_ladder(
            brand.brand_id, {**TRADE, **changes}, lowers=lowers, actor="test", now=now_of(brand)
        ).version


def now_of(brand: TestBrand) -> datetime:
    return brands.brand_now(brand.brand_id, clock.now())


def today_of(brand: TestBrand) -> date:
    zone = ZoneInfo(brands.current_settings(brand.brand_id).timezone)
    return now_of(brand).astimezone(zone).date()


def order(brand: TestBrand, member: UUID, won: int, on: date | None = None) -> UUID:
    """Let an order count for a member, as the checkout does, and return its id."""
    order_id = new_id()
    with unit_of_work(brand):
        now, today = now_of(brand), today_of(brand)
        points.lock_balance(brand.brand_id, member, now=now)
        ladder = tiers.current_ladder(brand.brand_id)
        state = tiers.read_state(brand.brand_id, member, now=now)
        if ladder is not None and state is not None:
            outcome = tiers.post_order(
                ladder,
                state,
                order_id=order_id,
                on=on or today,
                net=won,
                gross=won,
                points=won // 100,
                today=today,
            )
            queries.write(brand.brand_id, member, outcome.changes, order_id, now)
    return order_id


def refund(
    brand: TestBrand, member: UUID, order_id: UUID, won: int, *, orders: int = 0
) -> TierOutcome | None:
    with unit_of_work(brand):
        now = now_of(brand)
        points.lock_balance(brand.brand_id, member, now=now)
        return tiers.post_refund(
            brand.brand_id,
            member,
            order_id=order_id,
            refund_id=new_id(),
            refunded_on=today_of(brand),
            net=won,
            orders=orders,
            points=won // 100,
            now=now,
        )


def tier_of(brand: TestBrand, member: UUID) -> str | None:
    """Return the code of the tier that the checkout would see now."""
    with unit_of_work(brand):
        ladder = tiers.current_ladder(brand.brand_id)
        state = tiers.read_state(brand.brand_id, member, now=now_of(brand))
        assert ladder is not None
        assert state is not None
        tier = tiers.current_tier(ladder, state, today_of(brand))
    return tier and tier.code


def tiers_with(**by_code: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the trade's tiers with something changed in some of them."""
    return [{**tier, **by_code.get(tier["code"], {})} for tier in TRADE["tiers"]]


def assess(brand: TestBrand, **options: Any) -> int:
    return run_job(brand, jobs.assess, **options)
