"""The requests of the bench: one place for the body that clients and ceiling share."""

import json

LINES = [
    {"sku": "85123A", "name": "머그컵", "category": "kitchen", "quantity": 6, "unit_price": 2550},
    {"sku": "71053", "name": "랜턴", "category": "living", "quantity": 1, "unit_price": 18500},
    {"sku": "22720", "name": "베이킹 틀", "category": "kitchen", "quantity": 2, "unit_price": 5000},
]
REDEEMED = 10
# An order has three lines, and each refund takes one piece of one of them.
REFUNDS_PER_ORDER = len(LINES)

_CART = json.dumps(
    {
        "channel": "own_mall",
        "lines": LINES,
        "shipping_fee": 3000,
        "redeem_points": REDEEMED,
    }
)[1:]


def order(member: int, external_id: str, coupon: str | None) -> bytes:
    return f'{{"external_id":"{external_id}",{_cart(member, coupon)}'.encode()


def preview(member: int, coupon: str | None) -> bytes:
    return f"{{{_cart(member, coupon)}".encode()


def _cart(member: int, coupon: str | None) -> str:
    asked = f'"coupons":["{coupon}"],' if coupon else ""
    return f'"member":"ext:M{member}",{asked}{_CART}'


def refund(external_id: str, line: int) -> bytes:
    return f'{{"external_id":"{external_id}","lines":[{{"line":{line},"quantity":1}}]}}'.encode()
