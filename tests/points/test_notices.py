"""Members are told of points that lapse, 60, 30 and 3 days ahead, and of nothing else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask

from app import jobs, nightly
from app.points.jobs import prepare_notices
from tests.support.api import TestBrand, make_brand
from tests.support.members import make_member, member_id, run_job
from tests.support.parallel import at_once

SEOUL = ZoneInfo("Asia/Seoul")
MakeBrand = Callable[..., TestBrand]
Told = tuple[str, int, int, str]


def set_day(brand: TestBrand, day: str, zone: ZoneInfo = SEOUL, at: str = "09:00") -> None:
    now = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=zone)
    brand.api.post("/v1/test-clock", {"now": now.isoformat()}, expect=200)


def give(brand: TestBrand, member: str, points: int, expires: str, zone: ZoneInfo = SEOUL) -> None:
    at = datetime.fromisoformat(expires).replace(tzinfo=zone).isoformat()
    brand.api.post(f"{member}/points/accruals", {"points": points, "expires_at": at})


def told(brand: TestBrand, member: str) -> list[Told]:
    shown = brand.api.get(f"{member}/points/notices?limit=100")["data"]
    return [(row["expires_on"], row["days_before"], row["points"], row["state"]) for row in shown]


def send(owner: psycopg.Connection, brand: TestBrand) -> None:
    """What messages will do: everything that is due is sent."""
    owner.execute(
        "UPDATE point_expiry_notices SET state = 'sent' WHERE brand_id = %s AND state = 'due'",
        (brand.brand_id,),
    )


@pytest.fixture
def alice(brand: TestBrand) -> str:
    set_day(brand, "2027-01-01")
    return make_member(brand, "alice")


def test_the_worked_example_of_the_guide(
    brand: TestBrand, alice: str, owner: psycopg.Connection
) -> None:
    give(brand, alice, 5000, "2027-07-01")
    days = [date(2027, 4, 30) + timedelta(days=count) for count in range(65)]
    prepared = {}
    for day in days:
        set_day(brand, day.isoformat(), at="00:05")
        if day.isoformat() == "2027-06-10":
            brand.api.post(f"{alice}/points/redemptions", {"points": 1200})
        if run_job(brand, prepare_notices):
            prepared[day.isoformat()] = told(brand, alice)[0][1:3]
            send(owner, brand)
    assert prepared == {
        "2027-05-02": (60, 5000),
        "2027-06-01": (30, 5000),
        "2027-06-28": (3, 3800),
    }
    assert told(brand, alice) == [
        ("2027-07-01", 3, 3800, "sent"),
        ("2027-07-01", 30, 5000, "sent"),
        ("2027-07-01", 60, 5000, "sent"),
    ]


def test_a_notice_shows_when_it_is_due(brand: TestBrand, alice: str) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    (shown,) = brand.api.get(f"{alice}/points/notices")["data"]
    assert shown == {
        "object": "point_expiry_notice",
        "expires_on": "2027-03-02",
        "days_before": 60,
        "due_on": "2027-01-01",
        "points": 500,
        "state": "due",
        "prepared_at": "2027-01-01T00:00:00+00:00",
    }


def test_lots_of_a_day_are_one_notice_and_other_days_have_their_own(
    brand: TestBrand, alice: str
) -> None:
    for points, expires in (
        (1, "2027-03-01T23:59:59"),  # the day before
        (20, "2027-03-02T00:00:00"),
        (300, "2027-03-02T23:59:59"),
        (4000, "2027-03-03T00:00:00"),  # the day after
        (50000, "2027-01-31T00:00:00"),
    ):
        give(brand, alice, points, expires)
    brand.api.post(f"{alice}/points/accruals", {"points": 7})  # lapse in a year
    assert run_job(brand, prepare_notices) == 2
    assert told(brand, alice) == [
        ("2027-03-02", 60, 320, "due"),
        ("2027-01-31", 30, 50000, "due"),
    ]


@pytest.mark.parametrize(
    ("expires", "due"),
    [
        ("2028-03-01", "2028-02-27"),  # a leap year
        ("2027-03-01", "2027-02-26"),
        ("2027-01-02", "2026-12-30"),
        ("2027-05-31", "2027-05-28"),
    ],
)
def test_three_days_are_three_days_of_the_calendar(
    make_brand: MakeBrand, expires: str, due: str
) -> None:
    brand = make_brand(points_notices={"days_before": [3]})
    day = date.fromisoformat(due)
    set_day(brand, "2026-12-01")
    alice = make_member(brand, "alice")
    give(brand, alice, 10, expires)
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        set_day(brand, other.isoformat())
        assert run_job(brand, prepare_notices) == 0
    for at, count in (("00:00:00", 1), ("23:59:59", 0)):
        set_day(brand, due, at=at)
        assert run_job(brand, prepare_notices) == count


def test_days_are_those_of_the_brand(make_brand: MakeBrand) -> None:
    zone = ZoneInfo("America/New_York")
    brand = make_brand(timezone="America/New_York", points_notices={"days_before": [3]})
    set_day(brand, "2027-03-01", zone)
    alice = make_member(brand, "alice")
    # Clocks go forward on the 14th: the 3 days before the 16th have 71 hours.
    give(brand, alice, 10, "2027-03-16", zone)
    set_day(brand, "2027-03-12", zone, at="23:59:59")
    assert run_job(brand, prepare_notices) == 0
    set_day(brand, "2027-03-13", zone, at="00:00")
    assert run_job(brand, prepare_notices) == 1
    assert told(brand, alice) == [("2027-03-16", 3, 10, "due")]


def test_what_was_spent_since_is_told_no_more(brand: TestBrand, alice: str) -> None:
    give(brand, alice, 500, "2027-03-02")
    give(brand, alice, 900, "2027-08-01")
    run_job(brand, prepare_notices)
    brand.api.post(f"{alice}/points/redemptions", {"points": 200})
    assert told(brand, alice) == [("2027-03-02", 60, 300, "due")]
    brand.api.post(f"{alice}/points/redemptions", {"points": 400})
    assert told(brand, alice) == [("2027-03-02", 60, 300, "cancelled")]
    give(brand, alice, 50, "2027-03-02")
    assert told(brand, alice) == [("2027-03-02", 60, 300, "cancelled")]


def test_points_that_came_since_for_the_same_day_are_told_as_well(
    brand: TestBrand, alice: str
) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    give(brand, alice, 70, "2027-03-02T12:00")
    assert told(brand, alice) == [("2027-03-02", 60, 570, "due")]


def test_a_checkout_under_way_cancels_nothing(brand: TestBrand, alice: str) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    hold = brand.api.post(f"{alice}/points/holds", {"points": 500})["id"]
    assert told(brand, alice) == [("2027-03-02", 60, 500, "due")]
    brand.api.post(f"/v1/holds/{hold}/capture", {"points": 100}, expect=200)
    assert told(brand, alice) == [("2027-03-02", 60, 400, "due")]


def test_what_was_sent_stays_as_it_was_sent(
    brand: TestBrand, alice: str, owner: psycopg.Connection
) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    send(owner, brand)
    brand.api.post(f"{alice}/points/redemptions", {"points": 500})
    set_day(brand, "2027-03-05")
    run_job(brand, prepare_notices)
    assert told(brand, alice) == [("2027-03-02", 60, 500, "sent")]


def test_the_next_notice_overtakes_one_that_was_not_sent(brand: TestBrand, alice: str) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    set_day(brand, "2027-01-31")
    assert run_job(brand, prepare_notices) == 1
    assert told(brand, alice) == [
        ("2027-03-02", 30, 500, "due"),
        ("2027-03-02", 60, 500, "cancelled"),
    ]


@pytest.mark.parametrize("looked_at", [True, False])
def test_points_that_have_lapsed_are_told_no_more(
    brand: TestBrand, alice: str, owner: psycopg.Connection, looked_at: bool
) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    set_day(brand, "2027-03-01", at="23:59:59")
    assert run_job(brand, prepare_notices) == 0
    set_day(brand, "2027-03-02", at="00:00")
    if looked_at:
        assert told(brand, alice) == [("2027-03-02", 60, 500, "cancelled")]
    assert run_job(brand, prepare_notices) == (0 if looked_at else 1)
    rows = owner.execute(
        "SELECT state FROM point_expiry_notices WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall()
    assert rows == [("cancelled",)]


def test_pending_points_are_told_once_they_are_confirmed(make_brand: MakeBrand) -> None:
    brand = make_brand(accrual={"rate_basis_points": 1000, "expiry": {"kind": "days", "count": 60}})
    set_day(brand, "2027-01-01")
    alice = make_member(brand, "alice")
    line = {"sku": "A", "quantity": 1, "unit_price": 10_000}
    brand.api.post("/v1/orders", {"member": "ext:alice", "external_id": "1", "lines": [line]})
    assert run_job(brand, prepare_notices) == 0
    set_day(brand, "2027-01-31")
    assert run_job(brand, prepare_notices) == 0  # nobody has looked at the account yet
    with_night(brand)
    assert told(brand, alice) == [("2027-03-02", 30, 1000, "due")]


def with_night(brand: TestBrand) -> None:
    with brand.app.app_context():
        jobs.run(nightly.KIND, brand.brand_id)


def test_missed_days_are_made_up(brand: TestBrand, alice: str) -> None:
    with_night(brand)
    bob = make_member(brand, "bob")
    give(brand, alice, 500, "2027-03-04")  # 60 days: 3 January
    give(brand, bob, 40, "2027-03-06")  # 5 January
    give(brand, bob, 3, "2027-03-07")  # 6 January
    set_day(brand, "2027-01-05")
    with_night(brand)
    assert told(brand, alice) == [("2027-03-04", 60, 500, "due")]
    assert told(brand, bob) == [("2027-03-06", 60, 40, "due")]


def test_a_brand_chooses_the_days(make_brand: MakeBrand) -> None:
    brand = make_brand()
    set_day(brand, "2027-01-01")
    alice = make_member(brand, "alice")
    for points, expires in ((1, "2027-01-08"), (20, "2027-01-02"), (300, "2027-03-02")):
        give(brand, alice, points, expires)
    answer = brand.api.patch("/v1/brand", {"points_notices": {"days_before": [1, 7, 7]}})
    assert answer["points_notices"] == {"days_before": [7, 1]}
    assert run_job(brand, prepare_notices) == 2
    assert told(brand, alice) == [("2027-01-08", 7, 1, "due"), ("2027-01-02", 1, 20, "due")]
    brand.api.patch("/v1/brand", {"points_notices": {"days_before": []}})
    give(brand, alice, 9, "2027-01-09")
    assert run_job(brand, prepare_notices) == 0


@pytest.mark.parametrize("days", [[0], [366], [True], "3", [1] * 11, None])
def test_days_that_make_no_sense_are_refused(brand: TestBrand, days: Any) -> None:
    body = {"points_notices": {"days_before": days}}
    brand.api.refused("PATCH", "/v1/brand", body, code="invalid_request")
    assert brand.api.get("/v1/brand")["points_notices"] == {"days_before": [60, 30, 3]}


def test_a_list_is_read_in_pages(make_brand: MakeBrand) -> None:
    brand = make_brand(points_notices={"days_before": [1, 2, 3]})
    set_day(brand, "2027-01-01")
    alice = make_member(brand, "alice")
    for day in ("2027-01-03", "2027-01-04", "2027-01-05"):
        give(brand, alice, 10, day)
    for day in ("2027-01-01", "2027-01-02", "2027-01-03"):
        set_day(brand, day)
        run_job(brand, prepare_notices)
    seen, path = [], f"{alice}/points/notices?limit=2"
    while path:
        page = brand.api.get(path)
        seen += [(row["expires_on"], row["days_before"]) for row in page["data"]]
        cursor = page["next_cursor"]
        path = f"{alice}/points/notices?limit=2&cursor={cursor}" if cursor else ""
    assert seen == [
        ("2027-01-05", 2),
        ("2027-01-05", 3),
        ("2027-01-04", 1),
        ("2027-01-04", 2),
        ("2027-01-04", 3),
        ("2027-01-03", 1),
        ("2027-01-03", 2),
    ]


def test_the_survivor_of_a_merge_is_told(
    brand: TestBrand, alice: str, owner: psycopg.Connection
) -> None:
    bob = make_member(brand, "bob")
    give(brand, alice, 500, "2027-03-02")
    give(brand, bob, 30, "2027-03-02")
    give(brand, alice, 8, "2027-01-31")
    run_job(brand, prepare_notices)
    into = brand.api.get(bob)["id"]
    brand.api.post(f"{alice}/merge", {"into": into}, expect=200)
    expected = [("2027-03-02", 60, 530, "due"), ("2027-01-31", 30, 8, "due")]
    assert told(brand, bob) == told(brand, alice) == expected
    rows = owner.execute(
        "SELECT DISTINCT member_id FROM point_expiry_notices WHERE brand_id = %s",
        (brand.brand_id,),
    ).fetchall()
    assert rows == [(member_id(brand, bob),)]


@pytest.mark.parametrize(
    ("his", "hers", "after"),
    [
        ("sent", "due", ("sent", 500)),
        ("due", "sent", ("sent", 30)),
        ("cancelled", "due", ("due", 530)),
        ("cancelled", "sent", ("sent", 30)),
    ],
)
def test_of_two_notices_for_the_same_the_one_that_went_further_counts(
    brand: TestBrand,
    alice: str,
    owner: psycopg.Connection,
    his: str,
    hers: str,
    after: tuple[str, int],
) -> None:
    bob = make_member(brand, "bob")
    give(brand, alice, 500, "2027-03-02")
    give(brand, bob, 30, "2027-03-02")
    run_job(brand, prepare_notices)
    for path, state in ((alice, his), (bob, hers)):
        owner.execute(
            "UPDATE point_expiry_notices SET state = %s WHERE brand_id = %s AND member_id = %s",
            (state, brand.brand_id, member_id(brand, path)),
        )
    brand.api.post(f"{alice}/merge", {"into": brand.api.get(bob)["id"]}, expect=200)
    ((_, _, points, state),) = told(brand, bob)
    assert (state, points) == after


def test_nothing_is_told_to_a_member_who_is_erased(
    brand: TestBrand, alice: str, owner: psycopg.Connection
) -> None:
    give(brand, alice, 500, "2027-03-02")
    run_job(brand, prepare_notices)
    brand.api.post(f"{alice}/erase", {}, expect=200)
    rows = owner.execute(
        "SELECT state, points FROM point_expiry_notices WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall()
    assert rows == [("cancelled", 500)]


def test_a_run_is_done_in_chunks_and_its_repeat_adds_nothing(
    brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_day(brand, "2027-01-01")
    for number in range(7):
        give(brand, make_member(brand, f"m{number}"), 10, "2027-03-02")
    reported: list[int] = []
    assert run_job(brand, prepare_notices, chunk=3, report=reported.append) == 7
    assert reported == [3, 6, 7, 7]
    assert run_job(brand, prepare_notices, chunk=3) == 0


def test_workers_at_once_prepare_each_notice_once(
    busy_app: Flask, owner: psycopg.Connection
) -> None:
    brand = make_brand(busy_app)
    set_day(brand, "2027-01-01")
    for number in range(20):
        give(brand, make_member(brand, f"m{number}"), 10, "2027-03-02")
    done = at_once([partial(run_job, brand, prepare_notices, chunk=5)] * 4)
    assert sum(done) == 20
    rows = owner.execute(
        "SELECT count(*), sum(points) FROM point_expiry_notices WHERE brand_id = %s",
        (brand.brand_id,),
    ).fetchone()
    assert rows == (20, 200)


def test_another_brands_points_are_not_told(make_brand: MakeBrand) -> None:
    one, other = make_brand(), make_brand()
    for brand in (one, other):
        set_day(brand, "2027-01-01")
        give(brand, make_member(brand, "alice"), 10, "2027-03-02")
    assert run_job(one, prepare_notices) == 1
    assert told(other, "/v1/members/ext:alice") == []
