"""A brand with every feature switched on at once, and what is left when all is given back."""

from typing import Any

from app.audit import prove_books
from app.benefits import services as benefits
from tests.orders.programme import card, coupon, ladder, rule
from tests.orders.shop import NOW
from tests.support.api import TestBrand
from tests.support.members import make_member, unit_of_work

RULES = ("TEN", "SECOND", "LATER", "AGAIN", "CARD", "TIER", "FRIEND", "WELCOME")
MEMBER, INVITER = "/v1/members/ext:17850", "/v1/members/ext:inviter"


def open_everything(make_brand: Any, **settings: Any) -> TestBrand:
    """Return a brand with a ladder, two cards, coupons, rules and an invited member."""
    brand: TestBrand = make_brand(
        **{"referral": {"minimum_amount": 10_000, "same_address": "allow"}, **settings}
    )
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    coupon(brand, "CODE", kind="percent", percent_basis_points=1000, minimum_order_amount=20_000,
           generic_code="CODE", total_limit=50, stacking="stackable")  # fmt: skip
    coupon(brand, "SHIP", kind="free_shipping", generic_code="SHIP", stacking="stackable")
    coupon(brand, "NEXT", kind="fixed", amount=3000, total_limit=20, stacking="exclusive")
    ladder(
        brand,
        [
            {"code": "LV1", "name": "LV1", "threshold": 10_000,
             "on_reaching": [{"points": 500}, {"coupon": "NEXT"}]},
            {"code": "LV2", "name": "LV2", "threshold": 60_000,
             "accrual": {"multiplier_percent": 200}, "member_discount_basis_points": 300,
             "on_reaching": [{"points": 700}]},
        ],
        counted_when="confirmed" if settings.get("counted") == "confirmed" else "paid",
    )  # fmt: skip
    card(brand, "ORDERS", goal=2, rewards=[{"at": 2, "benefits": [{"points": 250}]}])
    card(
        brand,
        "WON",
        earn={"per": "amount", "amount": 10_000},
        goal=3,
        rewards=[{"at": 1, "benefits": [{"points": 40}]}, {"at": 3, "benefits": [{"points": 90}]}],
    )
    limits = {"total_points": 1_000_000}
    rule(brand, "TEN", trigger={"on": "order_paid"}, effects=[{"percent_basis_points": 700}],
         limits=limits)  # fmt: skip
    rule(brand, "SECOND", trigger={"on": "nth_order", "n": 2},
         effects=[{"points": 333}, {"coupon": "NEXT"}], limits=limits)  # fmt: skip
    rule(brand, "LATER", trigger={"on": "order_confirmed"}, effects=[{"points": 50}],
         conditions={"minimum_amount": 15_000}, limits=limits)  # fmt: skip
    rule(brand, "AGAIN", trigger={"on": "repurchase", "kind": "same_product", "within_days": 90},
         effects=[{"percent_basis_points": 300}], limits=limits)  # fmt: skip
    rule(brand, "CARD", trigger={"on": "stamp_card_completed"}, effects=[{"points": 21}],
         limits=limits)  # fmt: skip
    rule(brand, "TIER", trigger={"on": "tier_reached"}, effects=[{"points": 17}], limits=limits)
    rule(brand, "FRIEND", trigger={"on": "referral_qualified", "to": "inviter"},
         effects=[{"points": 900}], limits=limits)  # fmt: skip
    rule(brand, "WELCOME", trigger={"on": "referral_qualified", "to": "invitee"},
         effects=[{"points": 600}], limits=limits)  # fmt: skip
    make_member(brand, "inviter")
    code = brand.api.get(f"{INVITER}/referral-code")["code"]
    brand.api.put(MEMBER, {"referred_by_code": code}, expect=201)
    brand.api.post(f"{MEMBER}/points/accruals", {"points": 3000})
    return brand


def standing(brand: TestBrand) -> dict[str, Any]:
    """Return all that orders can have changed for both members and the brand's budgets."""
    told: dict[str, Any] = {}
    for path in (MEMBER, INVITER):
        shown = brand.api.get(f"{path}/points")
        told[f"{path} points"] = {
            name: shown[name] for name in ("available", "pending", "held", "debt", "expiries")
        }
        tier = brand.api.get(f"{path}/tier")
        told[f"{path} tier"] = (tier["tier"], tier["qualifying_amount"])
        told[f"{path} stamps"] = [
            (each["programme"], each["debt"], sum(card["stamps"] for card in each["cards"]))
            for each in brand.api.get(f"{path}/stamps")["programmes"]
        ]
        told[f"{path} coupons"] = [
            each["template"] for each in brand.api.get(f"{path}/coupons?status=usable")["data"]
        ]
    with unit_of_work(brand):
        told["budgets"] = {code: benefits.used_of(brand.brand_id, f"rule:{code}") for code in RULES}
    for code in ("CODE", "NEXT"):
        told[f"limit of {code}"] = brand.api.get(f"/v1/coupon-templates/{code}")["usage"]
    return told


def books(brand: TestBrand) -> list[Any]:
    with unit_of_work(brand):
        return prove_books(brand.brand_id)
