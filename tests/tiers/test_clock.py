"""Tiers by the calendar: midnight, month end, year end, 29 February, another zone."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.coupons.storefront import books
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id
from tests.tiers.ladder import TRADE, assess, order, put, set_clock, tier_of

MONTHLY = TRADE["assessment"]


@pytest.fixture
def alice(brand: TestBrand) -> UUID:
    set_clock(brand, "2026-11-25")
    return member_id(brand, make_member(brand, "alice"))


def counts(brand: TestBrand) -> int:
    amount: int = brand.api.get("/v1/members/ext:alice/tier")["qualifying_amount"]
    return amount


def test_a_day_ends_at_midnight_in_seoul(brand: TestBrand, alice: UUID) -> None:
    put(brand, period={"kind": "rolling_months", "months": 1})
    # A minute before midnight of the 30th is still the 30th, in UTC or not.
    set_clock(brand, "2026-11-30", "23:59")
    order(brand, alice, 100_000)
    assert assess(brand) > 0  # the new ladder, for everyone
    assert tier_of(brand, alice) == "LV2"
    set_clock(brand, "2026-12-30", "23:59")
    # On 30 December the month began on 1 December: the order is over.
    assert counts(brand) == 0
    set_clock(brand, "2026-12-31", "23:59")
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    set_clock(brand, "2027-01-01", "00:00")
    assess(brand)
    assert tier_of(brand, alice) is None
    assert books(brand) == []


@pytest.mark.parametrize(
    ("bought", "last", "gone"),
    [
        (date(2026, 11, 25), "2027-11-24", "2027-11-25"),
        (date(2026, 2, 28), "2027-02-27", "2027-02-28"),
        # Twelve months from 29 February are over with the 28th of the next one.
        (date(2024, 2, 29), "2025-02-28", "2025-03-01"),
        (date(2023, 3, 1), "2024-02-29", "2024-03-01"),
        (date(2023, 2, 28), "2024-02-27", "2024-02-28"),
        (date(2025, 12, 31), "2026-12-30", "2026-12-31"),
    ],
)
def test_twelve_months_end_with_the_day_before_the_same_date(
    brand: TestBrand, bought: date, last: str, gone: str
) -> None:
    set_clock(brand, bought.isoformat())
    put(brand)
    alice = member_id(brand, make_member(brand, "alice"))
    order(brand, alice, 30_000)
    set_clock(brand, last, "23:59")
    assert counts(brand) == 30_000
    set_clock(brand, gone, "00:00")
    assert counts(brand) == 0


@pytest.mark.parametrize(
    ("day", "kept"), [("2026-01-31", "2026-02-28"), ("2026-05-31", "2026-06-30")]
)
def test_a_month_from_its_last_day_ends_with_the_shorter_month(
    brand: TestBrand, day: str, kept: str
) -> None:
    set_clock(brand, day)
    put(brand, period={"kind": "rolling_months", "months": 1})
    alice = member_id(brand, make_member(brand, "alice"))
    order(brand, alice, 30_000)
    set_clock(brand, kept, "23:59")
    assert counts(brand) == 30_000
    following = date.fromisoformat(kept).toordinal() + 1
    set_clock(brand, date.fromordinal(following).isoformat(), "00:00")
    assert counts(brand) == 0


def test_a_calendar_year_ends_on_new_years_eve_and_is_assessed_on_new_years_day(
    brand: TestBrand,
) -> None:
    set_clock(brand, "2026-12-31", "23:59")
    put(brand, period={"kind": "calendar_year"}, assessment={**MONTHLY, "when": "yearly"})
    alice = member_id(brand, make_member(brand, "alice"))
    order(brand, alice, 100_000)
    assert (counts(brand), tier_of(brand, alice)) == (100_000, "LV2")
    set_clock(brand, "2027-01-01", "00:00")
    # What was earned last year is kept through this one.
    assert counts(brand) == 0
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    order(brand, alice, 10_000)
    set_clock(brand, "2027-12-31", "23:59")
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    set_clock(brand, "2028-01-01", "00:00")
    assess(brand)
    assert tier_of(brand, alice) == "LV1"
    assert books(brand) == []


def test_who_joined_on_29_february_is_assessed_on_the_28th_in_common_years(
    brand: TestBrand,
) -> None:
    set_clock(brand, "2024-02-29", "12:00")
    put(brand, assessment={**MONTHLY, "when": "anniversary"})
    alice = member_id(brand, make_member(brand, "alice"))
    order(brand, alice, 100_000)
    shown = brand.api.get("/v1/members/ext:alice/tier")
    assert shown["projected"]["on"] == "2025-02-28"
    set_clock(brand, "2025-02-28", "00:00")
    assess(brand)
    # The period of 27 February still has the order of 29 February of the year before.
    assert tier_of(brand, alice) == "LV2"
    set_clock(brand, "2026-02-27", "23:59")
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    set_clock(brand, "2026-02-28", "00:00")
    assess(brand)
    assert tier_of(brand, alice) is None
    assert brand.api.get("/v1/members/ext:alice/tier")["projected"]["on"] == "2027-02-28"


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Asia/Seoul", "2026-11-30T14:59:59+00:00", "2026-11-30T15:00:00+00:00"),
        ("America/New_York", "2026-12-01T04:59:59+00:00", "2026-12-01T05:00:00+00:00"),
        ("Pacific/Kiritimati", "2026-11-30T09:59:59+00:00", "2026-11-30T10:00:00+00:00"),
    ],
)
def test_the_first_of_a_month_is_the_brands_own(
    make_brand: Any, zone: str, before: str, after: str
) -> None:
    brand: TestBrand = make_brand(timezone=zone)
    brand.api.post("/v1/test-clock", {"now": "2025-11-10T12:00:00+00:00"}, expect=200)
    put(brand)
    alice = member_id(brand, make_member(brand, "alice"))
    order(brand, alice, 100_000)
    brand.api.post("/v1/test-clock", {"now": before}, expect=200)
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    assert brand.api.get("/v1/members/ext:alice/tier")["last_day"] == "2026-11-30"
    brand.api.post("/v1/test-clock", {"now": after}, expect=200)
    assess(brand)
    assert tier_of(brand, alice) is None
    assert brand.api.get("/v1/members/ext:alice/tier")["last_day"] == "2026-12-01"
    assert books(brand) == []


def test_a_clock_that_goes_back_assesses_nothing_twice(brand: TestBrand, alice: UUID) -> None:
    put(brand)
    order(brand, alice, 100_000)
    set_clock(brand, "2027-12-01")
    assess(brand)
    assert tier_of(brand, alice) is None
    set_clock(brand, "2027-11-30")
    assert assess(brand) == 0
    set_clock(brand, "2027-12-01")
    assert assess(brand) == 0
    assert books(brand) == []
