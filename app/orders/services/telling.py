"""How an order tells what it costs: lines and the effects on its money."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.brands.services import Settings
from app.coupons.services import Applied
from app.orders import rules
from app.orders.rules import CartLine, Discounts
from app.orders.services.reading import Effect


def line_rows(
    lines: Sequence[CartLine], discounts: Discounts, shares: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the lines of a new order, numbered from 1."""
    return [
        {
            "line": number,
            "sku": line.sku,
            "name": line.name,
            "category": line.category,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount": line.amount,
            "discount": line.discount,
            "member_discount": member,
            "coupon_discount": coupon,
            "points_share": share,
            "refunded_quantity": 0,
        }
        for number, (line, member, coupon, share) in enumerate(
            zip(lines, discounts.member, discounts.coupons, shares, strict=True), 1
        )
    ]


def member_price_effect(tier: str, version: int, discount: int) -> Effect:
    return Effect(
        kind="member_price",
        points=0,
        status="posted",
        reason=f"{tier} 등급 할인으로 {discount:,}을 뺐어요",
        reason_en=f"The member price of {tier} takes {discount:,} off",
        rule=f"tier:{tier}",
        rule_version=version,
        terms={"discount": discount},
    )


def coupon_effect(coupon: Applied) -> Effect:
    """Tell what a coupon takes off; its terms are what a refund goes by."""
    return Effect(
        kind="coupon_redeemed",
        points=0,
        status="posted",
        reason=coupon.ko,
        reason_en=coupon.en,
        rule=f"coupon:{coupon.template}",
        rule_version=coupon.version,
        terms={
            "coupon": coupon.coupon_id and str(coupon.coupon_id),
            "template": coupon.template,
            "discount": coupon.discount,
            "shipping_discount": coupon.shipping_discount,
            "gift": coupon.gift and asdict(coupon.gift),
            "shares": {str(line_no): share for line_no, share in coupon.shares.items()},
            "definition": coupon.terms,
        },
    )


def redemption_effect(settings: Settings, points: int) -> Effect:
    return Effect(
        kind="redemption",
        points=points,
        status="posted",
        reason=f"포인트 {points:,}P를 상품 금액에 썼어요",
        reason_en=f"{points:,} points pay for goods",
        rule="redemption",
        rule_version=settings.version,
    )


def accrual_effect(
    settings: Settings, basis: int, rate: int, points: int, *, pending: bool
) -> Effect:
    accrual = settings.accrual
    told = rules.accrual_reason(basis, rate, accrual.rounding_unit, accrual.rounding, points)
    return Effect(
        kind="accrual",
        points=points,
        status="pending" if pending else "available",
        reason=told.ko,
        reason_en=told.en,
        rule="accrual",
        rule_version=settings.version,
        terms={"basis": basis, "rate_basis_points": rate},
    )
