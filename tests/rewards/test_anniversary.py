"""Anniversaries of joining: every year after the first, 29 February included."""

import pytest

from tests.rewards.occasions import gifts, put_rule, run, stand_at
from tests.support.api import TestBrand


def joined(brand: TestBrand, name: str, day: str) -> str:
    path = f"/v1/members/ext:{name}"
    brand.api.put(path, {"joined_on": day}, expect=201)
    return path


@pytest.fixture
def ready(brand: TestBrand) -> TestBrand:
    stand_at(brand, "2026-01-01")
    put_rule(brand, "ANNIVERSARY", on="signup_anniversary")
    return brand


def test_an_anniversary_is_rewarded_every_year_but_not_on_the_day_of_joining(
    ready: TestBrand,
) -> None:
    old = joined(ready, "old", "2020-05-05")
    run(ready, "2026-05-04")
    stand_at(ready, "2026-05-05")
    new = joined(ready, "new", "2026-05-05")

    assert run(ready) == 1
    assert (gifts(ready, old), gifts(ready, new)) == ([1000], [])
    run(ready, "2027-05-05")
    assert (gifts(ready, old), gifts(ready, new)) == ([1000, 1000], [1000])


def test_who_joined_on_29_february_has_the_28th_in_common_years(ready: TestBrand) -> None:
    path = joined(ready, "a", "2024-02-29")
    for day, count in (("2026-02-27", 0), ("2026-02-28", 1), ("2027-02-28", 2),
                       ("2028-02-28", 2), ("2028-02-29", 3)):  # fmt: skip
        run(ready, day)
        assert len(gifts(ready, path)) == count, day


def test_it_may_come_days_ahead_over_the_turn_of_the_year(brand: TestBrand) -> None:
    stand_at(brand, "2026-06-01")
    put_rule(brand, "SOON", on="signup_anniversary", trigger={"days_before": 10})
    path = joined(brand, "a", "2020-01-05")
    run(brand, "2026-12-25")
    assert gifts(brand, path) == []
    run(brand, "2026-12-26")
    assert gifts(brand, path) == [1000]
    run(brand, "2027-01-05")
    assert gifts(brand, path) == [1000]


def test_birthday_and_anniversary_on_one_day_are_two_occasions(ready: TestBrand) -> None:
    put_rule(ready, "BIRTHDAY", effects=[{"points": 5}])
    ready.api.put(
        "/v1/members/ext:a", {"joined_on": "2020-05-05", "birthday": "1990-05-05"}, expect=201
    )
    run(ready, "2026-05-05")
    assert sorted(gifts(ready, "/v1/members/ext:a")) == [5, 1000]
