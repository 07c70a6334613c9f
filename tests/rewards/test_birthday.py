"""Birthdays are rewarded once a year, on the right day, whenever the job comes to run."""

import itertools
import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.benefits import services as benefits
from app.findings import Finding
from tests.rewards.occasions import born, gifts, put_rule, run, stand_at
from tests.support.api import TestBrand
from tests.support.members import audit, balance, unit_of_work
from tests.support.parallel import at_once

SEOUL = ZoneInfo("Asia/Seoul")


def findings(brand: TestBrand) -> list[Finding]:
    with unit_of_work(brand):
        return benefits.audit(brand.brand_id)


@pytest.fixture
def ready(brand: TestBrand) -> TestBrand:
    """A brand that stands on 1 January 2026 and rewards birthdays on the day."""
    stand_at(brand, "2026-01-01")
    put_rule(brand, "BIRTHDAY")
    return brand


def test_a_birthday_is_rewarded_on_its_day_and_once(ready: TestBrand) -> None:
    path, other = born(ready, "a", "1990-05-05"), born(ready, "b", "1990-05-06")

    assert run(ready, "2026-05-04") == 0
    assert run(ready, "2026-05-05") == 1
    assert run(ready, "2026-05-05T23:59:00+09:00") == 0

    assert (gifts(ready, path), gifts(ready, other)) == ([1000], [])
    entry = ready.api.get(f"{path}/points/entries")["data"][0]
    assert (entry["rule"], entry["rule_version"], entry["origin"]) == ("rule:BIRTHDAY", 1, "reward")
    assert entry["reason"] == "BIRTHDAY: 1,000P"
    assert run(ready, "2027-05-05") == 2  # one on the 6th, one a year later
    assert (gifts(ready, path), gifts(ready, other)) == ([1000, 1000], [1000])
    assert audit(ready) == findings(ready) == []


def test_the_day_is_the_brands_own(make_brand) -> None:
    seoul, new_york = make_brand(), make_brand(timezone="America/New_York")
    for brand in (seoul, new_york):
        stand_at(brand, "2026-01-01T00:00:00Z")
        put_rule(brand, "BIRTHDAY")
        born(brand, "a", "1990-05-05")
        run(brand)

    for instant, here, there in (
        ("2026-05-04T14:59:59Z", 0, 0),
        ("2026-05-04T15:00:00Z", 1, 0),
        ("2026-05-05T03:59:59Z", 0, 0),
        ("2026-05-05T04:00:00Z", 0, 1),
    ):
        assert (run(seoul, instant), run(new_york, instant)) == (here, there), instant


def test_days_without_a_run_are_made_up_for(ready: TestBrand) -> None:
    paths = [born(ready, f"m{day}", f"1990-05-{day:02}") for day in range(1, 8)]
    run(ready, "2026-05-02")

    assert run(ready, "2026-05-06T09:00:00+09:00") == 4

    assert [len(gifts(ready, path)) for path in paths] == [0, 1, 1, 1, 1, 1, 0]
    assert run(ready) == 0


def test_who_begins_today_rewards_nobody_for_days_gone_by(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    path = born(brand, "a", "1990-05-04")
    stand_at(brand, "2026-05-05")
    put_rule(brand, "BIRTHDAY")

    assert run(brand) == 0
    assert gifts(brand, path) == []


def test_a_run_that_breaks_off_goes_on_where_it_was(ready: TestBrand) -> None:
    for number in range(5):
        born(ready, f"m{number}", "1990-05-05")
    run(ready, "2026-05-04")

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    stand_at(ready, "2026-05-05")
    with pytest.raises(KeyboardInterrupt):
        run(ready, chunk=2, report=stop)
    told: list[int] = []
    assert run(ready, chunk=2, report=told.append) == 3

    assert told == [0, 2, 3]
    assert all(gifts(ready, f"/v1/members/ext:m{number}") == [1000] for number in range(5))
    assert findings(ready) == []


def test_two_runs_at_the_same_moment_give_once(busy: TestBrand) -> None:
    stand_at(busy, "2026-01-01")
    put_rule(busy, "BIRTHDAY", limits={"total_grants": 3})
    for number in range(8):
        born(busy, f"m{number}", "1990-05-05")
    run(busy)
    stand_at(busy, "2026-05-05")

    at_once([lambda: run(busy, chunk=3)] * 6)

    given = [len(gifts(busy, f"/v1/members/ext:m{number}")) for number in range(8)]
    assert (sum(given), max(given)) == (3, 1)
    assert audit(busy) == findings(busy) == []


@pytest.mark.parametrize(
    ("birthday", "days"),
    [
        ("2000-02-29", ["2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]),
        ({"date": "1990-01-01", "calendar": "lunar"},
         ["2026-02-17", "2027-02-07", "2028-01-27", "2029-02-13"]),  # Seollal
        ({"date": "1990-12-01", "calendar": "lunar"},  # none in solar 2025; two in 2027
         ["2026-01-19", "2027-01-08", "2027-12-28", "2029-01-15"]),
        ({"date": "1990-02-30", "calendar": "lunar"},
         ["2026-04-16", "2027-04-06", "2028-03-25", "2029-04-13"]),
        ({"date": "1990-05-05", "calendar": "lunar", "leap_month": True},
         ["2026-06-19", "2027-06-09", "2028-06-27", "2029-06-16"]),  # 2028 has it
    ],
    ids=["29 February", "Seollal", "end of the lunar year", "lunar 30th", "leap month"],
)  # fmt: skip
def test_birthdays_that_are_not_on_the_same_day_every_year(
    brand: TestBrand, birthday: Any, days: list[str]
) -> None:
    stand_at(brand, "2025-11-01")
    put_rule(brand, "BIRTHDAY")
    path = born(brand, "a", birthday)
    run(brand)
    for number, day in enumerate(days, 1):
        before = datetime.fromisoformat(f"{day}T00:00:00+09:00") - timedelta(seconds=1)
        run(brand, before.isoformat())
        assert len(gifts(brand, path)) == number - 1, day
        run(brand, day)
        assert len(gifts(brand, path)) == number, day


def test_a_gift_may_come_days_ahead_and_be_good_for_so_long(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    put_rule(brand, "BIRTHDAY", trigger={"days_before": 7, "valid_days": 30})
    path = born(brand, "a", "1990-01-05")
    late = born(brand, "b", "1990-06-05")
    run(brand, "2026-05-28")
    assert run(brand, "2026-05-29") == 1

    (expiry,) = brand.api.get(f"{late}/points")["expiries"]
    assert (
        expiry["expires_at"] == "2026-06-28T00:00:00+09:00"
        or expiry["expires_at"] == "2026-06-27T15:00:00+00:00"
    )
    assert run(brand, "2026-12-28") == 0
    assert run(brand, "2026-12-29") == 1
    assert gifts(brand, path) == [1000]


def test_a_birthday_entered_too_late_counts_from_next_year(ready: TestBrand) -> None:
    stand_at(ready, "2026-04-05")
    intime = born(ready, "intime", "1990-05-05")
    late = born(ready, "late", "1990-05-04")
    today = born(ready, "today", "1990-04-05")
    run(ready)

    run(ready, "2026-05-06")
    assert [len(gifts(ready, path)) for path in (intime, late, today)] == [1, 0, 0]
    run(ready, "2027-05-06")
    assert [len(gifts(ready, path)) for path in (intime, late, today)] == [2, 1, 1]


def test_moving_the_birthday_brings_no_second_gift_within_the_year(ready: TestBrand) -> None:
    path = born(ready, "a", "1990-03-01")
    run(ready, "2026-03-01")
    assert gifts(ready, path) == [1000]
    for birthday in (
        "1990-05-05",
        {"date": "1990-06-01", "calendar": "lunar"},
        "1990-12-01",
        "1990-01-05",
    ):
        ready.api.patch(path, {"birthday": birthday})
    run(ready, "2026-12-31")
    assert gifts(ready, path) == [1000]

    run(ready, "2027-01-05")  # 310 days later
    assert gifts(ready, path) == [1000, 1000]


@pytest.mark.parametrize(
    ("joins", "first", "second", "would_be"),
    [
        # Lunar 25 December belongs to the lunar year 2025: another occasion than 2026.
        ("2025-11-01", "2026-02-01", {"date": "1990-01-20", "calendar": "lunar"}, "2026-03-08"),
        ("2025-11-01", "2026-01-05", {"date": "1990-12-25", "calendar": "lunar"}, "2026-02-12"),
        ("2026-06-01", "2026-12-20", "1990-01-25", "2027-01-25"),  # and January to the next year
    ],
)
def test_neither_another_calendar_nor_the_turn_of_the_year_brings_a_second_gift(
    brand: TestBrand, joins: str, first: str, second: Any, would_be: str
) -> None:
    stand_at(brand, joins)
    put_rule(brand, "BIRTHDAY")
    path = born(brand, "a", f"1990{first[4:]}")
    run(brand)
    run(brand, first)
    assert gifts(brand, path) == [1000]

    brand.api.patch(path, {"birthday": second})
    run(brand, would_be)

    assert gifts(brand, path) == [1000]


def test_who_is_merged_or_erased_gets_nothing(ready: TestBrand) -> None:
    born(ready, "a", "1990-05-05")
    survivor = born(ready, "b", "1990-05-05")
    erased = ready.api.get(born(ready, "c", "1990-05-05"))["id"]
    ready.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)
    ready.api.post(f"/v1/members/{erased}/erase", expect=200)
    run(ready, "2026-05-05")

    assert gifts(ready, survivor) == [1000]
    assert findings(ready) == []


def test_a_merged_member_is_not_rewarded_twice(ready: TestBrand) -> None:
    born(ready, "a", "1990-05-05")
    survivor = born(ready, "b", None)
    run(ready, "2026-05-05")
    ready.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)

    assert run(ready, "2026-05-05T12:00:00+09:00") == 0
    assert balance(ready, survivor)["available"] == 1000


def test_conditions_and_limits_hold_for_many_as_for_one(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    put_rule(
        brand,
        "VIP",
        effects=[{"points": 500}, {"tag": "birthday"}],
        conditions={"tags_any": ["vip"], "tags_none": ["staff"]},
        limits={"total_points": 1200},
    )
    for name in ("a", "b", "c", "d", "e"):
        born(brand, name, "1990-05-05")
        if name != "a":
            brand.api.put(f"/v1/members/ext:{name}/tags/vip")
    brand.api.put("/v1/members/ext:b/tags/staff")
    run(brand)

    assert run(brand, "2026-05-05") == 2

    given = {name: gifts(brand, f"/v1/members/ext:{name}") for name in "abcde"}
    assert sorted(map(len, given.values())) == [0, 0, 0, 1, 1]
    assert given["a"] == given["b"] == []
    tagged = [
        name
        for name in "abcde"
        if "birthday" in {t["tag"] for t in brand.api.get(f"/v1/members/ext:{name}/tags")["data"]}
    ]
    assert tagged == [name for name in "abcde" if given[name]]
    assert findings(brand) == []


def test_of_one_group_the_best_is_given_and_the_group_is_closed(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    group = {"stacking": {"group": "bday", "mode": "best"}}
    put_rule(brand, "SMALL", effects=[{"points": 100}], **group)
    put_rule(brand, "LARGE", effects=[{"points": 300}], **group)
    put_rule(brand, "EARLY", effects=[{"points": 50}], trigger={"days_before": 7},
             conditions={"tags_any": ["early"]}, **group)  # fmt: skip
    put_rule(brand, "CARD", effects=[{"points": 1}])
    path, early = born(brand, "a", "1990-05-05"), born(brand, "b", "1990-05-05")
    brand.api.put(f"{early}/tags/early")
    run(brand)
    run(brand, "2026-05-05")

    assert sorted(gifts(brand, path)) == [1, 300]
    assert sorted(gifts(brand, early)) == [1, 50]


def test_debt_is_repaid_from_a_birthdays_points(ready: TestBrand) -> None:
    path = born(ready, "a", "1990-05-05")
    ready.api.patch("/v1/brand", {"accrual": {"pending": "immediate"}})
    line = {"sku": "A", "quantity": 1, "unit_price": 30_000}
    order = ready.api.post("/v1/orders", {"external_id": "1", "member": "ext:a", "lines": [line]})
    ready.api.post(f"{path}/points/redemptions", {"points": 300})
    ready.api.post(f"/v1/orders/{order['id']}/refunds", {"external_id": "R", "all": True})
    run(ready)

    run(ready, "2026-05-05")

    assert balance(ready, path)["available"] == 700
    assert audit(ready) == findings(ready) == []


def test_a_schedule_that_is_over_still_counts_for_a_day_that_was_missed(
    brand: TestBrand,
) -> None:
    stand_at(brand, "2026-01-01")
    put_rule(brand, "MAY", schedule={"ends_at": "2026-05-06T00:00:00+09:00"})
    path, late = born(brand, "a", "1990-05-05"), born(brand, "b", "1990-05-06")
    run(brand, "2026-05-03")

    assert run(brand, "2026-05-08") == 1
    assert (gifts(brand, path), gifts(brand, late)) == ([1000], [])


def test_a_rule_that_comes_into_force_at_noon_rewards_the_birthdays_of_the_day(
    brand: TestBrand,
) -> None:
    stand_at(brand, "2026-01-01")
    paths = [born(brand, f"m{number}", "1990-05-05") for number in range(5)]
    put_rule(brand, "BIRTHDAY", effects=[{"points": 10}])
    assert run(brand, "2026-05-05") == 5
    stand_at(brand, "2026-05-05T12:00:00+09:00")
    put_rule(brand, "SECOND", effects=[{"points": 3}])

    assert run(brand, chunk=2) == 5
    assert run(brand, chunk=2) == 0

    assert [sorted(gifts(brand, path)) for path in paths] == [[3, 10]] * 5


def test_a_coupon_a_gift_and_a_tier_are_given_one_by_one_all_the_same(brand: TestBrand) -> None:
    stand_at(brand, "2026-01-01")
    brand.api.put(
        "/v1/coupon-templates/BDAY",
        {"name": "생일", "kind": "fixed", "amount": 5000, "validity": {"days_from_issue": 30}},
        expect=201,
    )
    put_rule(brand, "BIRTHDAY", effects=[{"points": 100}, {"coupon": "BDAY"}])
    paths = [born(brand, f"m{number}", "1990-05-05") for number in range(3)]
    run(brand)

    assert run(brand, "2026-05-05") == 3
    assert run(brand, "2026-05-05T12:00:00+09:00") == 0

    for path in paths:
        assert gifts(brand, path) == [100]
        (coupon,) = brand.api.get(f"{path}/coupons")["data"]
        assert coupon["template"] == "BDAY"
    assert audit(brand) == findings(brand) == []


@pytest.mark.parametrize("seed", range(4))
def test_however_birthdays_are_moved_gifts_lie_most_of_a_year_apart(
    brand: TestBrand, seed: int
) -> None:
    chance = random.Random(seed)
    now = datetime(2026, 1, 1, tzinfo=SEOUL)
    stand_at(brand, now.isoformat())
    put_rule(brand, "BIRTHDAY", trigger={"days_before": chance.choice([0, 7])})
    path = born(brand, "a", "1990-03-01")
    for _ in range(12):
        if chance.random() < 0.6:
            # Somebody who wants another gift as soon as may be.
            wanted = now + timedelta(days=chance.randint(28, 60))
            birthday: Any = f"1990-{wanted.month:02}-{min(wanted.day, 28):02}"
            if chance.random() < 0.5:
                birthday = {"date": birthday, "calendar": "lunar"}
            brand.api.patch(path, {"birthday": birthday})
        now += timedelta(days=chance.randint(1, 120))
        run(brand, now.isoformat())

    entries = brand.api.get(f"{path}/points/entries?limit=100")["data"]
    given = [
        datetime.fromisoformat(entry["occurred_at"])
        for entry in reversed(entries)
        if entry["origin"] == "reward"
    ]
    # A gift that a run made up for comes late, so the next one seems nearer.
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(given)]
    assert min(gaps, default=300) >= 300 - 120 - 7, gaps
