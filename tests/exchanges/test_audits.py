"""The audit finds what does not hold, one broken equality at a time."""

from typing import Any

import pytest

from app.exchanges.audits import CHECKS
from tests.exchanges.shop import audit, cancel, exchange, make_member, open_shop, put_item
from tests.support.api import TestBrand

# Each breaks one thing behind the application's back.
BROKEN = {
    "taken_equals_exchanges": "UPDATE exchange_items SET taken = taken - 1",
    "never_more_than_the_stock": """
        UPDATE exchange_item_versions SET definition = definition || '{"stock": 2}'
    """,
    "exchange_equals_its_price_and_its_entry": """
        UPDATE exchanges SET points = points + 1
    """,
    "cancelled_exchange_has_its_points_back": """
        UPDATE exchanges SET status = 'cancelled', cancelled_at = exchanged_at
         WHERE status = 'exchanged'
    """,
    "exchange_has_its_coupons": "UPDATE coupons SET status = 'issued'",
}


@pytest.fixture
def shop(brand: TestBrand) -> TestBrand:
    open_shop(brand, stock=4)
    member = make_member(brand, "1", points=9000)
    cancel(brand, exchange(brand, member))
    exchange(brand, member, quantity=3)
    put_item(brand, stock=3)
    assert audit(brand) == []
    return brand


def test_every_check_is_tried() -> None:
    assert set(BROKEN) == set(CHECKS)


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_broken_is_found(shop: TestBrand, owner: Any, check: str) -> None:
    statement = BROKEN[check]
    glue = "AND" if "WHERE" in statement else "WHERE"
    owner.execute(f"{statement} {glue} brand_id = %s", (shop.brand_id,))
    assert check in {finding.check for finding in audit(shop)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchanges SET entry_seq = 1 WHERE status = 'exchanged'",
        "UPDATE exchanges SET coupon_ids = '{}'",
        "UPDATE coupons SET cause = 'x' || cause",
    ],
)
def test_ties_to_the_ledger_and_to_coupons_are_proven_too(
    shop: TestBrand, owner: Any, statement: str
) -> None:
    glue = "AND" if "WHERE" in statement else "WHERE"
    owner.execute(f"{statement} {glue} brand_id = %s", (shop.brand_id,))
    assert {finding.check for finding in audit(shop)} & set(CHECKS)
