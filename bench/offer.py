"""The programme of a bench's brand: a ladder, a stamp card, twenty rules and a coupon.

All of it is defined over the API. The rules are such as brands have: each order is asked
about all of them, fits some, and is given by a few.
"""

from typing import Any

from flask.testing import FlaskClient

COUPON = "BENCH5"
TEMPLATE = {
    "name": "5% 할인",
    "kind": "percent",
    "percent_basis_points": 500,
    "maximum_discount": 5000,
    "stacking": "stackable",
    "generic_code": COUPON,
    "total_limit": 1_000_000_000,  # counted, as a code with a limit is
}
CARD = {
    "name": "열 번이면 한 번",
    "earn": {"per": "order"},
    "goal": 10,
    "rewards": [
        {"at": 5, "benefits": [{"points": 500}]},
        {"at": 10, "benefits": [{"points": 2000}]},
    ],
}
LADDER = {
    "counted_when": "paid",
    "tiers": [
        {"code": "LV1", "name": "LV1", "threshold": 10_000},
        {
            "code": "LV2",
            "name": "LV2",
            "threshold": 100_000,
            "accrual": {"multiplier_percent": 150},
        },
        {
            "code": "LV3",
            "name": "LV3",
            "threshold": 200_000,
            "accrual": {"multiplier_percent": 200},
        },
        {
            "code": "MASTER",
            "name": "MASTER",
            "threshold": 500_000,
            "accrual": {"rate_basis_points": 300},
            "on_reaching": [{"points": 5000}],
        },
    ],
}


def _rules() -> list[dict[str, Any]]:
    """Return twenty rules of every kind that looks at orders.

    Two of them give for every order of the bench, one more for a member's first of the day.
    """
    paid = {"on": "order_paid"}
    points = [{"points": 100}]
    hours = {"from_time": "22:00", "to_time": "02:00"}
    return [
        {"trigger": paid, "effects": [{"percent_basis_points": 50, "maximum_points": 500}]},
        {"trigger": paid, "conditions": {"channels": ["app"]}, "effects": points},
        {"trigger": paid, "conditions": {"window": hours}, "effects": points},
        {
            "trigger": paid,
            "conditions": {"window": {"weekdays": ["sat", "sun"]}},
            "effects": [{"multiplier_percent": 200}],
        },
        {
            "trigger": paid,
            "conditions": {"selection": {"categories": ["kitchen"]}},
            "effects": points,
            "limits": {"per_member": {"times": 1, "period": "day"}, "total_points": 10**11},
        },
        {
            "trigger": paid,
            "conditions": {"selection": {"skus": ["71053"]}, "minimum_amount": 10_000},
            "effects": [{"points": 300}],
            "limits": {"total_grants": 100},  # used up before the rounds begin
        },
        {"trigger": paid, "conditions": {"minimum_amount": 50_000}, "effects": points},
        {"trigger": paid, "conditions": {"maximum_amount": 5_000}, "effects": points},
        {"trigger": paid, "conditions": {"tiers": ["LV3", "MASTER"]}, "effects": points},
        {"trigger": paid, "conditions": {"tags_any": ["vip"]}, "effects": points},
        {
            "trigger": paid,
            "conditions": {"days_since_last_order": {"at_least": 60}},
            "effects": [{"points": 1000}],
        },
        {
            "trigger": paid,
            "effects": [{"points": 200}],
            "stacking": {"group": "SALE", "mode": "best"},
        },
        {
            "trigger": paid,
            "effects": [{"percent_basis_points": 100}],
            "stacking": {"group": "SALE", "mode": "best"},
        },
        {"trigger": {"on": "nth_order", "n": 1}, "effects": [{"points": 3000}]},
        {"trigger": {"on": "nth_order", "n": 2}, "effects": [{"points": 2000}]},
        {"trigger": {"on": "nth_order", "every": 5}, "effects": [{"points": 500}]},
        {
            "trigger": {"on": "repurchase", "kind": "same_product", "within_days": 90},
            "conditions": {"selection": {"categories": ["bath"]}},
            "effects": [{"percent_basis_points": 100}],
        },
        {"trigger": {"on": "repurchase", "kind": "add_on"}, "effects": points},
        {"trigger": {"on": "order_confirmed"}, "effects": points},
        {"trigger": {"on": "tier_reached", "tiers": ["LV2"]}, "effects": [{"points": 1000}]},
    ]


def define(client: FlaskClient, api_key: str) -> None:
    """Put the whole programme in force."""
    headers = {"Authorization": f"Bearer {api_key}"}

    def put(path: str, body: dict[str, Any]) -> None:
        _check(client.put(path, json=body, headers=headers))

    put("/v1/coupon-templates/BENCH", TEMPLATE)
    put("/v1/tier-ladder", LADDER)
    put("/v1/stamp-programmes/BENCH", CARD)
    for number, rule in enumerate(_rules(), 1):
        code = f"RULE-{number:02}"
        put(f"/v1/reward-rules/{code}", {"name": code, **rule})
        _check(
            client.post(
                f"/v1/reward-rules/{code}/activate",
                headers={**headers, "Idempotency-Key": f"bench-{code}"},
            )
        )


def _check(answer: Any) -> None:
    if answer.status_code not in (200, 201):
        raise SystemExit(answer.get_data(as_text=True))
