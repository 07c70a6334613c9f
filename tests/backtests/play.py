"""A shop's past: orders, refunds and events of a few members, while rules are live."""

import random
from collections import Counter
from typing import Any

from sqlalchemy import text

from app.db import db
from tests.orders import programme
from tests.rewards.programme import switch_on
from tests.support.api import TestBrand
from tests.support.members import advance, unit_of_work

START = "2026-03-29"
WHO = ("mina", "juno", "sora", "hana")
PRICES = {"GLASS": 12_000, "STRAW": 2_000, "GLASS2": 15_000, "TEA": 8_000}

PERCENT = {"percent_basis_points": 700, "maximum_points": 900}
RULES: dict[str, dict[str, Any]] = {
    "PLAIN": {"effects": [{"points": 10}, PERCENT]},
    "LARGE": {"effects": [PERCENT], "conditions": {"minimum_amount": 15_000}},
    "MONTHLY": {"limits": {"per_member": {"times": 2, "period": "month"}}},
    "DAILY": {"limits": {"per_member": {"times": 1, "period": "day"}}},
    "FIRST5": {"limits": {"total_grants": 5, "per_member": {"times": 2}}},
    "BUDGET": {"effects": [PERCENT], "limits": {"total_points": 2_500}},
    "FIRST": {"conditions": {"first_order_only": True}, "effects": [{"tag": "begun"}, PERCENT]},
    "THIRD": {"on": "nth_order", "trigger": {"every": 3}},
    "AGAIN": {"on": "repurchase", "trigger": {"kind": "same_product", "within_days": 20},
              "effects": [PERCENT]},
    "ADDON": {"on": "repurchase", "trigger": {"kind": "add_on"}},
    "UPGRADE": {"on": "repurchase", "trigger": {"kind": "upgrade"},
                "effects": [{"percent_basis_points": 2_000}],
                "limits": {"maximum_margin_percent": 30}},
    "SOON": {"conditions": {"days_since_last_order": {"at_most": 2}}},
    "VIP": {"conditions": {"tags_any": ["vip"]}},
    "PLEBS": {"conditions": {"tags_none": ["vip"]}},
    "LEVEL": {"conditions": {"tiers": ["LV2", "NONE"]}},
    "APP": {"conditions": {"channels": ["app"], "window": {"weekdays": ["mon", "wed", "sat"]}},
            "effects": [{"multiplier_percent": 300}]},
    "HELD": {"holdout_percent": 40},
    "BEST5": {"effects": [{"percent_basis_points": 500}],
              "stacking": {"group": "G", "mode": "best"}},
    "BEST700": {"effects": [{"points": 700}], "limits": {"per_member": {"times": 3}},
                "stacking": {"group": "G", "mode": "best", "priority": 1}},
    "KEPT": {"on": "order_confirmed", "effects": [PERCENT],
             "conditions": {"minimum_amount": 9_000}},
    "REVIEW": {"on": "event", "trigger": {"type": "review"},
               "limits": {"per_member": {"times": 1, "period": "month"}}},
    "HELLO": {"on": "member_joined", "limits": {"total_grants": 3}},
}  # fmt: skip


def open_shop(brand: TestBrand) -> None:
    """Put every rule in force before anything happens."""
    brand.api.post("/v1/test-clock", {"now": f"{START}T09:00:00+09:00"}, expect=200)
    programme.ladder(brand)
    glass = {"name": "유리컵", "cost": 4_000, "complements": ["STRAW"], "upgrades": ["GLASS2"]}
    brand.api.put("/v1/products/GLASS", glass, expect=201)
    brand.api.put("/v1/products/GLASS2", {"name": "유리컵 2", "cost": 9_000}, expect=201)
    for code, said in RULES.items():
        parts = {key: dict(value) if isinstance(value, dict) else value
                 for key, value in said.items()}  # fmt: skip
        switch_on(brand, code, *parts.pop("effects", [{"points": 500}]), **parts)


def play(brand: TestBrand, seed: int, *, turns: int) -> None:
    """Let things happen, each at another moment."""
    chance = random.Random(seed)
    placed: list[dict[str, Any]] = []
    for turn in range(turns):
        advance(brand, f"PT{chance.choice((1, 60, 600, 1800))}M")
        who = chance.choice(WHO)
        brand.api.send("PUT", f"/v1/members/ext:{who}", {})
        kind = chance.choices(
            ("order", "refund", "all", "confirm", "tag", "event"), (10, 3, 2, 3, 1, 2)
        )[0]
        if kind == "order" or not placed:
            placed.append(_order(brand, chance, who, turn))
        elif kind in ("refund", "all"):
            _refund(brand, chance, chance.choice(placed), turn, everything=kind == "all")
        elif kind == "confirm":
            order = chance.choice(placed)["id"]
            brand.api.send("POST", f"/v1/orders/{order}/confirm", {})
        elif kind == "tag":
            brand.api.put(f"/v1/members/ext:{who}/tags/vip", expect=200)
        else:
            event = {"type": "review", "member": f"ext:{who}", "external_id": str(turn)}
            brand.api.post("/v1/events", event)


def _order(brand: TestBrand, chance: random.Random, who: str, turn: int) -> dict[str, Any]:
    skus = chance.sample(sorted(PRICES), chance.randint(1, 3))
    lines = [
        {"sku": sku, "quantity": chance.randint(1, 3), "unit_price": PRICES[sku]} for sku in skus
    ]
    body: dict[str, Any] = {"member": f"ext:{who}", "external_id": f"O-{turn}", "lines": lines}
    if chance.random() < 0.5:
        body["channel"] = "app"
    order: dict[str, Any] = brand.api.post("/v1/orders", body)
    return order


def _refund(
    brand: TestBrand, chance: random.Random, order: dict[str, Any], turn: int, *, everything: bool
) -> None:
    line = chance.choice(order["lines"])
    some = {"lines": [{"line": line["line"], "quantity": 1}]}
    # Refused if that much is not left, which is as good.
    brand.api.send(
        "POST",
        f"/v1/orders/{order['id']}/refunds",
        {"external_id": f"R-{turn}", **({"all": True} if everything else some)},
    )


_REAL = text(
    "SELECT CAST(granted_at AT TIME ZONE 'Asia/Seoul' AS date) AS on, member_id, points,"
    "       points_taken_back, reversed_at IS NOT NULL AS undone"
    "  FROM benefit_grants WHERE brand_id = :brand_id AND source = :source"
)


def really_given(brand: TestBrand, code: str) -> dict[str, Any]:
    """Return what the books say of a rule, in the words of a backtest."""
    with unit_of_work(brand):
        rows = db.session.execute(
            _REAL, {"brand_id": brand.brand_id, "source": f"rule:{code}"}
        ).all()
    days: Counter[str] = Counter()
    for row in rows:
        days[str(row.on)] += row.points - row.points_taken_back
    return {
        "members": len({row.member_id for row in rows}),
        "grants": len(rows),
        "grants_undone": sum(row.undone for row in rows),
        "points": sum(row.points for row in rows),
        "points_taken_back": sum(row.points_taken_back for row in rows),
        "days": dict(days),
    }
