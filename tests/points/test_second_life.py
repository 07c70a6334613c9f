"""Points that have lapsed do not live again: not through a hold, not through a friend."""

from typing import Any

import pytest

from tests.orders.shop import expiries, give, later, place, refund, shop, spend
from tests.support.members import advance, audit, balance, make_member


@pytest.mark.parametrize("way", ["voided", "timed out"])
def test_points_that_lapsed_while_held_pay_no_debt(make_brand: Any, way: str) -> None:
    brand, member = shop(make_brand, accrual={"pending": "immediate"})
    place(brand)
    spend(brand, member, 300)
    give(brand, member, 100, later(minutes=1))
    hold = brand.api.post(f"{member}/points/holds", {"points": 100, "ttl_seconds": 600})
    assert refund(brand)["points"]["debt_added"] == 300
    if way == "voided":
        advance(brand, "PT9M")
        brand.api.post(f"/v1/holds/{hold['id']}/void", expect=200)
    else:
        advance(brand, "PT11M")
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 300}
    assert audit(brand) == []


def test_points_renewed_once_are_not_renewed_by_going_to_somebody_and_back(
    make_brand: Any,
) -> None:
    rules = {"pending": "immediate", "rate_basis_points": 0}
    brand, member = shop(make_brand, accrual=rules, refund={"grace_days": 2})
    friend = make_member(brand, "2")
    give(brand, member, 100, later(days=1))
    place(brand, "A", redeem_points=100)
    advance(brand, "P2D")
    assert refund(brand, order="A")["points"]["restored_expired"] == 0
    for giver, to in ((member, "ext:2"), (friend, "ext:17850")):
        brand.api.post(f"{giver}/points/transfers", {"to": to, "points": 100})
    place(brand, "B", redeem_points=100)
    advance(brand, "P10D")
    assert refund(brand, order="B")["points"]["restored_expired"] == 100
    assert expiries(brand, member) == {}
    assert audit(brand) == []
