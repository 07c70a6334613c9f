"""What orders and refunds do to a tier, at once."""

from datetime import date
from uuid import UUID

import pytest

from tests.support.api import TestBrand
from tests.support.members import make_member, member_id
from tests.tiers.ladder import order, put, refund, set_clock, tier_of, tiers_with


@pytest.fixture
def alice(brand: TestBrand) -> UUID:
    set_clock(brand, "2026-11-25")
    put(brand)
    return member_id(brand, make_member(brand, "alice"))


def test_a_tier_is_reached_with_the_order_that_reaches_its_threshold(
    brand: TestBrand, alice: UUID
) -> None:
    seen = []
    for won in (9_999, 1, 89_999, 1, 400_000):
        order(brand, alice, won)
        seen.append(tier_of(brand, alice))
    assert seen == [None, "LV1", "LV1", "LV2", "MASTER"]


def test_an_order_counts_on_its_own_day_and_only_within_the_period(
    brand: TestBrand, alice: UUID
) -> None:
    order(brand, alice, 50_000, on=date(2025, 11, 25))
    assert tier_of(brand, alice) is None
    order(brand, alice, 50_000, on=date(2025, 11, 26))
    assert tier_of(brand, alice) == "LV1"


def test_a_refund_takes_back_the_tier_it_was_reached_with(brand: TestBrand, alice: UUID) -> None:
    first = order(brand, alice, 60_000)
    second = order(brand, alice, 50_000)
    assert tier_of(brand, alice) == "LV2"
    outcome = refund(brand, alice, first, 60_000, orders=1)
    assert outcome is not None
    assert outcome.before is not None
    assert outcome.after is not None
    assert (outcome.before.code, outcome.after.code, outcome.amount) == ("LV2", "LV1", 50_000)
    refund(brand, alice, second, 50_000, orders=1)
    assert tier_of(brand, alice) is None


def test_a_refund_does_not_take_what_only_time_has_taken(brand: TestBrand, alice: UUID) -> None:
    order(brand, alice, 300_000, on=date(2025, 12, 1))
    later = order(brand, alice, 20_000)
    assert tier_of(brand, alice) == "LV3"
    # The great order has left the period; that is for the next assessment to say.
    set_clock(brand, "2026-12-02")
    refund(brand, alice, later, 1_000)
    assert tier_of(brand, alice) == "LV3"


def test_an_order_that_never_counted_has_nothing_to_take_back(
    brand: TestBrand, alice: UUID
) -> None:
    order(brand, alice, 60_000)
    assert refund(brand, alice, UUID(int=7), 10_000) is None
    assert tier_of(brand, alice) == "LV1"


def test_without_a_ladder_nothing_counts(brand: TestBrand) -> None:
    member = member_id(brand, make_member(brand, "alice"))
    placed = order(brand, member, 60_000)
    assert refund(brand, member, placed, 60_000) is None
    put(brand)
    assert tier_of(brand, member) is None


def test_a_tier_that_a_new_ladder_no_longer_has_is_held_as_the_one_in_its_place(
    brand: TestBrand, alice: UUID
) -> None:
    order(brand, alice, 250_000)
    put(brand, tiers=tiers_with(LV3={"code": "GOLD", "name": "골드"}))
    assert tier_of(brand, alice) == "GOLD"
    put(brand, tiers=tiers_with()[:1] + tiers_with()[3:])
    assert tier_of(brand, alice) == "LV1"
