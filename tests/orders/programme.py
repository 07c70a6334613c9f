"""A brand's programme in a test: ladder, stamps, coupons, rules, each in one call."""

from typing import Any

from app import clock
from app.brands import services as brands
from app.coupons import services as coupons
from app.db import db
from app.rewards.models import RewardRule, RewardRuleVersion
from app.stamps import services as stamps
from app.tiers import services as tiers
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

TRADE = (("LV1", 10_000), ("LV2", 100_000), ("LV3", 200_000), ("MASTER", 500_000))


def ladder(brand: TestBrand, tiers_: Any = None, **more: Any) -> None:
    """Put the trade's ladder in force, or other tiers; orders count when they are paid."""
    definition = {
        "basis": "net_paid",
        "period": {"kind": "rolling_months", "months": 12},
        "counted_when": "paid",
        "refunds_count_on": "order_day",
        "assessment": {"when": "monthly", "drop": "to_earned", "grace_days": 0},
        "tiers": [
            {"accrual": {}, "member_discount_basis_points": 0, "on_reaching": [], **tier}
            for tier in tiers_
            or [{"code": code, "name": code, "threshold": at} for code, at in TRADE]
        ],
        **more,
    }
    with unit_of_work(brand):
        tiers.put_ladder(brand.brand_id, definition, lowers=False, actor="test", now=_now(brand))


def card(brand: TestBrand, code: str = "CARD", *, goal: int = 3, rewards: Any, **more: Any) -> None:
    """Offer a stamp card; a stamp for each order unless told otherwise."""
    definition = {"name": code, "earn": {"per": "order"}, "goal": goal, "rewards": rewards, **more}
    with unit_of_work(brand):
        stamps.put_programme(brand.brand_id, code, definition, actor="test", now=_now(brand))


def coupon(brand: TestBrand, code: str, **definition: Any) -> None:
    with unit_of_work(brand):
        coupons.put_template(
            brand.brand_id, code, {"name": code, **definition}, actor="test", now=_now(brand)
        )


def give_coupon(brand: TestBrand, member: str, template: str) -> None:
    brand.api.post(f"{member}/coupons", {"template": template, "reason": "test"})


def rule(brand: TestBrand, code: str, **definition: Any) -> None:
    """Put a reward rule in force."""
    with unit_of_work(brand):
        now = _now(brand)
        row = RewardRule(
            brand_id=brand.brand_id,
            code=code,
            state="live",
            version=1,
            created_at=now,
            changed_at=now,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add(
            RewardRuleVersion(
                brand_id=brand.brand_id,
                code=code,
                version=1,
                definition={"name": code, **definition},
                actor="test",
                created_at=now,
            )
        )
        brands.change_programme(brand.brand_id)


def _now(brand: TestBrand) -> Any:
    return brands.brand_now(brand.brand_id, clock.now())
