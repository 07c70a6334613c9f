"""A member's own page in one call: what is had, what is missing, what is to come."""

from typing import Any

import pytest
from flask import Flask

from app.db import db
from bench.round_trips import counting
from tests.orders import programme
from tests.rewards.occasions import born, gifts, put_rule, run, stand_at
from tests.rewards.programme import buy
from tests.support.api import TestBrand
from tests.support.members import make_member


def summary(brand: TestBrand, member: str) -> Any:
    return brand.api.get(f"{member}/summary")


def test_a_brand_without_any_programme_shows_points_and_nothing_else(brand: TestBrand) -> None:
    member = make_member(brand, "mina", points=1200)

    told = summary(brand, member)

    points = brand.api.get(f"{member}/points")
    assert told["points"]["available"] == 1200
    assert told["points"]["expiries"] == points["expiries"]
    assert told["tier"] is None
    assert (told["stamp_cards"], told["coming"]) == ([], [])
    assert told["coupons"] == {"usable": 0, "expiring": 0, "list": []}
    assert told["referral"]["code"] == brand.api.get(f"{member}/referral-code")["code"]


def test_all_that_a_member_has_is_told_as_the_other_calls_tell_it(brand: TestBrand) -> None:
    stand_at(brand, "2026-03-01")
    programme.ladder(brand)
    programme.card(brand, goal=10, rewards=[{"at": 3, "benefits": [{"points": 500}]}])
    programme.coupon(brand, "SOON", kind="fixed", amount=1000, validity={"days_from_issue": 7})
    programme.coupon(brand, "LATER", kind="fixed", amount=1000)
    put_rule(brand, "BIRTHDAY", trigger={"days_before": 3}, effects=[{"points": 2000}])
    member = born(brand, "mina", {"date": "1990-06-10"})
    programme.give_coupon(brand, member, "SOON")
    programme.give_coupon(brand, member, "LATER")
    buy(brand, member, "1", 130_000)

    told = summary(brand, member)

    points = brand.api.get(f"{member}/points")
    names = ("available", "pending", "held", "debt", "expiries", "pending_until")
    assert told["points"] == {name: points[name] for name in names}
    assert told["points"]["pending"] == 1300
    assert told["tier"]["tier"] == {"code": "LV2", "name": "LV2"}
    assert told["tier"]["next"] == {
        "code": "LV3", "name": "LV3", "threshold": 200_000, "missing": 70_000,
        "progress_percent": 65,
    }  # fmt: skip
    tier = brand.api.get(f"{member}/tier")
    assert told["tier"]["stay"] == tier["stay"]
    assert told["tier"]["projected"]["on"] == tier["projected"]["on"]
    (card,) = told["stamp_cards"]
    assert (card["programme"], card["card"], card["stamps"], card["goal"]) == ("CARD", 1, 1, 10)
    assert card["next_reward"] == {
        "at": 3, "missing": 2, "gives": {"ko": "500P", "en": "500 points"},
    }  # fmt: skip
    assert (told["coupons"]["usable"], told["coupons"]["expiring"]) == (2, 1)
    assert [each["template"] for each in told["coupons"]["list"]] == ["SOON", "LATER"]
    assert told["coming"] == [
        {
            "rule": "BIRTHDAY", "trigger": "birthday", "on": "2026-06-07", "day": "2026-06-10",
            "points": 2000, "gives": [{"ko": "2,000P", "en": "2,000 points"}],
        }
    ]  # fmt: skip


def test_a_paused_coupon_is_in_hand_but_not_usable(brand: TestBrand) -> None:
    ten = {"name": "10%", "kind": "percent", "percent_basis_points": 1000}
    brand.api.put("/v1/coupon-templates/TEN", ten, expect=201)
    member = make_member(brand, "mina")
    programme.give_coupon(brand, member, "TEN")
    brand.api.post("/v1/coupon-templates/TEN/pause", expect=200)

    told = summary(brand, member)["coupons"]

    assert (told["usable"], [each["usable"] for each in told["list"]]) == (0, [False])


@pytest.mark.parametrize(
    ("birthday", "entered"),
    [
        ({"date": "1990-06-10"}, "2026-03-01"),
        ({"date": "1996-02-29"}, "2026-03-01"),
        ({"date": "1990-06-10"}, "2026-06-01"),  # too near: from next year on
        ({"date": "1990-05-05", "calendar": "lunar", "leap_month": True}, "2026-03-01"),
        ({"date": "1990-12-29", "calendar": "lunar"}, "2026-12-20"),
    ],
    ids=str,
)
def test_what_is_to_come_is_what_the_daily_job_gives_then(
    brand: TestBrand, birthday: Any, entered: str
) -> None:
    stand_at(brand, entered)
    put_rule(brand, "EARLY", trigger={"days_before": 5}, effects=[{"points": 700}])
    put_rule(brand, "DAY", effects=[{"points": 900}])
    member = born(brand, "mina", birthday)

    coming = summary(brand, member)["coming"]

    assert {each["rule"] for each in coming} == {"EARLY", "DAY"}
    for each in coming:
        before = len(gifts(brand, member))
        run(brand, f"{each['on']}T00:00:00+09:00")
        assert gifts(brand, member)[: len(gifts(brand, member)) - before] == [each["points"]]


def test_a_gift_that_was_given_is_to_come_next_year(brand: TestBrand) -> None:
    stand_at(brand, "2026-06-10")
    put_rule(brand, "DAY")
    member = born(brand, "mina", {"date": "1990-06-10"})
    stand_at(brand, "2027-06-10")
    assert [each["on"] for each in summary(brand, member)["coming"]] == ["2027-06-10"]

    run(brand)

    assert [each["on"] for each in summary(brand, member)["coming"]] == ["2028-06-10"]


def test_nothing_is_promised_to_whom_the_rule_does_not_fit(brand: TestBrand) -> None:
    stand_at(brand, "2026-03-01")
    put_rule(brand, "VIP", conditions={"tags_any": ["vip"]})
    put_rule(brand, "OVER", schedule={"ends_at": "2026-05-01T00:00:00+09:00"})
    put_rule(brand, "JOINED", on="signup_anniversary", effects=[{"tag": "old"}])
    member = born(brand, "mina", {"date": "1990-06-10"}, joined_on="2024-02-29")

    assert [each["rule"] for each in summary(brand, member)["coming"]] == ["JOINED"]

    brand.api.put(f"{member}/tags/vip")
    coming = summary(brand, member)["coming"]
    assert [(each["rule"], each["on"]) for each in coming] == [
        ("VIP", "2026-06-10"),
        ("JOINED", "2027-02-28"),
    ]


def test_who_was_merged_is_summarised_as_the_survivor(brand: TestBrand) -> None:
    old, new = make_member(brand, "old", points=300), make_member(brand, "new", points=200)
    brand.api.post(f"{old}/merge", {"into": "ext:new"}, expect=200)

    assert summary(brand, old)["points"]["available"] == 500
    assert {**summary(brand, old), "at": None} == {**summary(brand, new), "at": None}


def test_an_erased_member_has_no_summary(brand: TestBrand) -> None:
    member = brand.api.put("/v1/members/ext:gone", expect=201)["id"]
    brand.api.post(f"/v1/members/{member}/erase", expect=200)

    brand.api.refused("GET", f"/v1/members/{member}/summary", code="member_not_found")


def test_much_is_told_in_as_few_round_trips_as_little(app: Flask, brand: TestBrand) -> None:
    stand_at(brand, "2026-03-01")
    programme.ladder(brand)
    for number in range(3):
        programme.card(brand, f"C{number}", rewards=[{"at": 3, "benefits": [{"points": 1}]}])
        programme.coupon(brand, f"T{number}", kind="fixed", amount=1000)
        put_rule(brand, f"B{number}", trigger={"days_before": number})
    little = born(brand, "little", {"date": "1990-06-10"})
    much = born(brand, "much", {"date": "1990-06-10"})
    for number in range(13):
        member = much if number else little
        programme.give_coupon(brand, member, f"T{number % 3}")
        buy(brand, member, f"O-{number}", 15_000 + number)

    with app.app_context():
        engine = db.engine
        engine.dispose()  # what earlier tests prepared would be thrown out in between
    taken = []
    for member in (little, much):
        counted = []
        for _ in range(8):  # what never changes is remembered, statements are prepared
            with counting(engine) as trips:
                summary(brand, member)
            counted.append(trips.besides_commit)
        taken.append(min(counted))

    assert taken[0] == taken[1]
    assert 0 < taken[1] <= 40
