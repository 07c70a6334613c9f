"""A ladder that changes its mind about when an order counts, between payment and confirmation."""

from typing import Any

import pytest

from tests.orders.everything import books
from tests.orders.programme import ladder
from tests.orders.shop import place, refund, shop
from tests.support.api import TestBrand

MEMBER = "/v1/members/ext:17850"


def counted(brand: TestBrand) -> int:
    amount: int = brand.api.get(f"{MEMBER}/tier")["qualifying_amount"]
    return amount


@pytest.mark.parametrize(("first", "then"), [("paid", "confirmed"), ("confirmed", "paid")])
def test_an_order_counts_once_though_the_ladder_changes_before_it_is_confirmed(
    make_brand: Any, first: str, then: str
) -> None:
    brand, _ = shop(make_brand)
    ladder(brand, counted_when=first)
    order = place(brand)
    assert counted(brand) == (30_000 if first == "paid" else 0)
    ladder(brand, counted_when=then)
    assert counted(brand) == (30_000 if first == "paid" else 0)

    brand.api.post(f"/v1/orders/{order['id']}/confirm", expect=200)

    assert counted(brand) == 30_000
    assert books(brand) == []
    refund(brand)
    assert counted(brand) == 0


def test_an_order_paid_before_there_was_a_ladder_counts_when_it_is_confirmed(
    make_brand: Any,
) -> None:
    brand, _ = shop(make_brand)
    order = place(brand)
    ladder(brand, counted_when="paid")
    assert counted(brand) == 0

    brand.api.post(f"/v1/orders/{order['id']}/confirm", expect=200)

    assert counted(brand) == 30_000
