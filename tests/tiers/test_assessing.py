"""Assessments: when tiers are judged, how far one falls, and what time alone takes."""

from datetime import date
from uuid import UUID

import psycopg
import pytest

from tests.support.api import TestBrand
from tests.support.members import make_member, member_id
from tests.tiers.ladder import TRADE, assess, order, put, refund, set_clock, tier_of, tiers_with


def assessment(**changes: object) -> dict[str, object]:
    return {**TRADE["assessment"], **changes}


@pytest.fixture
def alice(brand: TestBrand) -> UUID:
    set_clock(brand, "2026-11-25")
    return member_id(brand, make_member(brand, "alice"))


def history(owner: psycopg.Connection, member: UUID) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT seq, from_tier, to_tier, kind, changed_on, amount FROM tier_changes"
        " WHERE member_id = %s ORDER BY seq",
        (member,),
    ).fetchall()


def test_a_tier_that_is_no_longer_earned_is_lost_with_the_next_assessment(
    brand: TestBrand, alice: UUID, owner: psycopg.Connection
) -> None:
    put(brand)
    assess(brand)
    order(brand, alice, 200_000, on=date(2025, 12, 1))
    order(brand, alice, 15_000)
    assert assess(brand) == 0
    set_clock(brand, "2026-12-01", "00:01")
    # The period of this assessment ends with November, and still has the great order.
    assert assess(brand) == 1
    assert tier_of(brand, alice) == "LV3"
    set_clock(brand, "2027-01-01", "00:01")
    assert tier_of(brand, alice) == "LV3"
    assert assess(brand) == 1
    assert tier_of(brand, alice) == "LV1"
    assert assess(brand) == 0
    assert history(owner, alice) == [
        (1, None, "LV3", "order", date(2026, 11, 25), 200_000),
        (2, "LV3", "LV1", "assessment", date(2027, 1, 1), 15_000),
    ]


@pytest.mark.parametrize(
    ("drop", "seen"),
    [
        ("to_earned", ["LV1", None, None]),
        ("one_step", ["LV2", "LV1", None]),
        ("never", ["LV3", "LV3", "LV3"]),
    ],
)
def test_how_far_one_falls_is_a_setting(
    brand: TestBrand, alice: UUID, drop: str, seen: list[str | None]
) -> None:
    put(brand, assessment=assessment(when="yearly", drop=drop))
    order(brand, alice, 250_000)
    set_clock(brand, "2027-03-05")
    assess(brand)
    order(brand, alice, 20_000)
    found = []
    for day in ("2028-01-01", "2029-01-01", "2030-01-01"):
        set_clock(brand, day)
        assess(brand)
        found.append(tier_of(brand, alice))
    assert found == seen


def test_in_its_grace_a_tier_can_be_earned_again(brand: TestBrand, alice: UUID) -> None:
    put(brand, assessment=assessment(grace_days=14))
    bob = member_id(brand, make_member(brand, "bob"))
    order(brand, alice, 100_000)
    order(brand, bob, 100_000)
    set_clock(brand, "2027-12-01")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    set_clock(brand, "2027-12-14")
    order(brand, alice, 100_000)
    order(brand, bob, 99_999)
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    set_clock(brand, "2027-12-15")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV1")


def test_a_grace_lengthens_the_calendar_year_that_was_missed(brand: TestBrand, alice: UUID) -> None:
    put(
        brand,
        period={"kind": "calendar_year"},
        assessment=assessment(when="yearly", grace_days=31),
    )
    order(brand, alice, 100_000)
    set_clock(brand, "2027-06-01")
    assess(brand)
    order(brand, alice, 60_000)
    set_clock(brand, "2028-01-20")
    assess(brand)
    assert tier_of(brand, alice) == "LV2"
    order(brand, alice, 40_000)
    set_clock(brand, "2028-02-01")
    assess(brand)
    assert tier_of(brand, alice) == "LV2"


def test_missed_assessments_are_caught_up_in_order(
    brand: TestBrand, alice: UUID, owner: psycopg.Connection
) -> None:
    put(brand, assessment=assessment(drop="one_step"))
    order(brand, alice, 250_000)
    set_clock(brand, "2028-02-10")
    assess(brand)
    assert [row[1:5] for row in history(owner, alice)] == [
        (None, "LV3", "order", date(2026, 11, 25)),
        ("LV3", "LV2", "assessment", date(2027, 12, 1)),
        ("LV2", "LV1", "assessment", date(2028, 1, 1)),
        ("LV1", None, "assessment", date(2028, 2, 1)),
    ]


def test_what_was_earned_since_a_missed_assessment_is_kept_by_it(
    brand: TestBrand, alice: UUID
) -> None:
    put(brand)
    order(brand, alice, 500_000)
    set_clock(brand, "2028-01-03")
    order(brand, alice, 100_000)
    assert tier_of(brand, alice) == "MASTER"
    assess(brand)
    assert tier_of(brand, alice) == "LV2"


def test_an_anniversary_is_a_members_own_day(brand: TestBrand, alice: UUID) -> None:
    put(brand, assessment=assessment(when="anniversary"))
    order(brand, alice, 100_000)
    set_clock(brand, "2026-12-24")
    bob = member_id(brand, make_member(brand, "bob"))
    order(brand, bob, 100_000)
    set_clock(brand, "2027-11-26")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    set_clock(brand, "2027-12-25")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    set_clock(brand, "2028-11-25")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == (None, "LV2")
    set_clock(brand, "2028-12-24")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == (None, None)


def test_a_new_ladder_raises_at_once_and_lowers_with_the_next_assessment(
    brand: TestBrand, alice: UUID
) -> None:
    bob = member_id(brand, make_member(brand, "bob"))
    put(brand)
    order(brand, alice, 50_000)
    order(brand, bob, 100_000)
    put(brand, tiers=tiers_with(LV2={"threshold": 50_000}))
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    put(brand, tiers=tiers_with(LV2={"threshold": 100_001}))
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV2", "LV2")
    set_clock(brand, "2026-12-01")
    assess(brand)
    assert (tier_of(brand, alice), tier_of(brand, bob)) == ("LV1", "LV1")


def test_a_new_ladder_that_lowers_does_so_at_once(brand: TestBrand, alice: UUID) -> None:
    put(brand)
    order(brand, alice, 100_000)
    put(brand, lowers=True, tiers=tiers_with(LV2={"threshold": 100_001}))
    assess(brand)
    assert tier_of(brand, alice) == "LV1"


def test_a_refund_after_an_assessment_looks_at_what_that_one_confirmed(
    brand: TestBrand, alice: UUID
) -> None:
    put(brand)
    reached = order(brand, alice, 100_000)
    set_clock(brand, "2027-06-01")
    second = order(brand, alice, 100_000)
    assess(brand)
    set_clock(brand, "2027-12-10")
    assess(brand)
    # The first is gone from the period, and what is given back of it changes nothing.
    refund(brand, alice, reached, 100_000, orders=1)
    assert tier_of(brand, alice) == "LV2"
    refund(brand, alice, second, 1, orders=0)
    assert tier_of(brand, alice) == "LV1"
