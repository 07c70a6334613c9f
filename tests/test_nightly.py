"""Each local day of a brand is done once, in order, whatever happens in between."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from procrastinate.exceptions import JobAborted

from app import jobs, nightly
from app.chunks import Report, in_chunks
from tests.support import api
from tests.support.api import TestBrand
from tests.support.members import balance, make_member
from tests.support.parallel import at_once

SEOUL = ZoneInfo("Asia/Seoul")
MakeBrand = Callable[..., TestBrand]
Call = tuple[str, datetime]


def set_clock(brand: TestBrand, local: str, zone: ZoneInfo = SEOUL) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=zone)
    brand.api.post("/v1/test-clock", {"now": now.isoformat()}, expect=200)


def night(brand: TestBrand, check: Report = lambda done: None) -> int:
    with brand.app.app_context():
        return jobs.run(nightly.KIND, brand.brand_id, check=check)


def days(owner: psycopg.Connection, brand: TestBrand) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT day, step, finished_at IS NOT NULL FROM job_days WHERE brand_id = %s ORDER BY day",
        (brand.brand_id,),
    ).fetchall()


def finished(owner: psycopg.Connection, brand: TestBrand) -> list[date]:
    rows = owner.execute(
        "SELECT day FROM job_days WHERE brand_id = %s AND finished_at IS NOT NULL ORDER BY day",
        (brand.brand_id,),
    )
    return [row[0] for row in rows]


class Steps:
    """Two steps, *first* (of each day) and *second* (today's), that write down their runs.

    ``work`` says what the next runs of a step find to do, chunk by chunk.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[Call] = []
        self.work: dict[str, list[int]] = {"first": [], "second": []}
        for name in ("first", "second"):
            job = jobs.Periodic(partial(self._run, name), None, jobs.NIGHTLY)
            monkeypatch.setitem(jobs.PERIODIC, name, job)
        steps = (
            nightly.Step("first", "first", judges_day=True),
            nightly.Step("second", "second"),
        )
        monkeypatch.setattr(nightly, "STEPS", steps)

    def _run(self, name: str, brand_id: UUID, now: datetime, *, report: Report) -> int:
        self.calls.append((name, now.astimezone(SEOUL).replace(tzinfo=None)))
        return in_chunks(brand_id, lambda: self._chunk(name), report)

    def _chunk(self, name: str) -> int:
        return self.work[name].pop(0) if self.work[name] else 0


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_day_is_done_once_and_begins_at_midnight(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_clock(brand, "2027-03-01T23:59:59")
    night(brand)
    night(brand)
    assert steps.calls == [
        ("first", at("2027-03-01T23:59:59")),
        ("second", at("2027-03-01T23:59:59")),
    ]
    set_clock(brand, "2027-03-02T00:00:00")
    night(brand)
    night(brand)
    assert steps.calls[2:] == [("first", at("2027-03-02")), ("second", at("2027-03-02"))]
    assert days(owner, brand) == [
        (date(2027, 3, 1), "second", True),
        (date(2027, 3, 2), "second", True),
    ]


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        ("2027-04-29", "2027-05-02", ["2027-04-30", "2027-05-01"]),
        ("2027-12-30", "2028-01-02", ["2027-12-31", "2028-01-01"]),
        ("2028-02-27", "2028-03-01", ["2028-02-28", "2028-02-29"]),
        ("2027-02-27", "2027-03-01", ["2027-02-28"]),
    ],
)
def test_missed_days_are_made_up_in_order_as_of_their_own_midnight(
    steps: Steps,
    brand: TestBrand,
    owner: psycopg.Connection,
    last: str,
    now: str,
    missed: list[str],
) -> None:
    set_clock(brand, f"{last}T00:03:00")
    night(brand)
    steps.calls.clear()
    set_clock(brand, f"{now}T15:30:00")
    night(brand)
    today = at(f"{now}T15:30:00")
    assert steps.calls == [
        *(("first", at(day)) for day in missed),
        ("first", today),
        ("second", today),
    ]
    assert finished(owner, brand) == [date.fromisoformat(day) for day in (last, *missed, now)]


def test_a_brand_has_the_days_of_its_own_zone(
    steps: Steps, make_brand: MakeBrand, owner: psycopg.Connection
) -> None:
    zone = ZoneInfo("America/New_York")
    brand = make_brand(timezone="America/New_York")
    # Clocks go forward on the 14th: that day has 23 hours.
    set_clock(brand, "2027-03-13T12:00:00", zone)
    night(brand)
    set_clock(brand, "2027-03-15T09:00:00", zone)
    night(brand)
    instants = [
        now.replace(tzinfo=SEOUL).astimezone(UTC) for name, now in steps.calls if name == "first"
    ]
    assert instants == [
        datetime(2027, 3, 13, 17, tzinfo=UTC),
        datetime(2027, 3, 14, 5, tzinfo=UTC),  # midnight, UTC-5
        datetime(2027, 3, 15, 13, tzinfo=UTC),
    ]


def test_the_day_on_which_clocks_are_put_back_is_one_day(
    steps: Steps, make_brand: MakeBrand, owner: psycopg.Connection
) -> None:
    zone = ZoneInfo("America/New_York")
    brand = make_brand(timezone="America/New_York")
    for local in ("2027-11-06T23:59:59", "2027-11-07T00:00:00", "2027-11-07T23:59:59"):
        set_clock(brand, local, zone)
        night(brand)
    set_clock(brand, "2027-11-08T00:00:00", zone)
    night(brand)
    assert finished(owner, brand) == [date(2027, 11, day) for day in (6, 7, 8)]
    assert len(steps.calls) == 6


def test_midnight_of_the_brand_is_not_midnight_elsewhere(
    steps: Steps, make_brand: MakeBrand, owner: psycopg.Connection
) -> None:
    instant = "2027-01-01T00:30:00"  # in Seoul
    here, there = make_brand(), make_brand(timezone="America/New_York")
    for brand in (here, there):
        set_clock(brand, instant)
        night(brand)
    assert finished(owner, here) == [date(2027, 1, 1)]
    assert finished(owner, there) == [date(2026, 12, 31)]


def test_a_run_that_was_stopped_is_taken_up_after_the_last_step_that_was_done(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    steps.work = {"first": [4], "second": [2, 3]}

    def stop(done: int) -> None:
        if done == 6:
            raise JobAborted

    with pytest.raises(JobAborted):
        night(brand, stop)
    assert days(owner, brand) == [(date(2027, 3, 1), "first", False)]
    assert night(brand) == 3
    assert [name for name, _ in steps.calls] == ["first", "second", "second"]
    assert days(owner, brand) == [(date(2027, 3, 1), "second", True)]


def test_a_day_begun_and_left_is_finished_before_the_next(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    failing = jobs.Periodic(fail, None, jobs.NIGHTLY)
    with monkeypatch.context() as patch:
        patch.setitem(jobs.PERIODIC, "first", failing)
        with pytest.raises(ZeroDivisionError):
            night(brand)
    assert days(owner, brand) == [(date(2027, 3, 1), None, False)]
    set_clock(brand, "2027-03-02T00:03:00")
    night(brand)
    assert steps.calls == [
        ("first", at("2027-03-01")),
        ("first", at("2027-03-02T00:03:00")),
        ("second", at("2027-03-02T00:03:00")),
    ]
    assert finished(owner, brand) == [date(2027, 3, 1), date(2027, 3, 2)]


def test_what_was_left_for_yesterday_is_done_today(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    with monkeypatch.context() as patch:
        patch.setitem(jobs.PERIODIC, "second", jobs.Periodic(fail, None, jobs.NIGHTLY))
        with pytest.raises(ZeroDivisionError):
            night(brand)
    set_clock(brand, "2027-03-02T00:03:00")
    night(brand)
    assert steps.calls[1:] == [
        ("first", at("2027-03-02T00:03:00")),
        ("second", at("2027-03-02T00:03:00")),
    ]
    assert days(owner, brand) == [
        (date(2027, 3, 1), "first", True),
        (date(2027, 3, 2), "second", True),
    ]


def fail(brand_id: UUID, now: datetime, *, report: Report) -> int:
    raise ZeroDivisionError


def test_progress_adds_up_over_the_steps_and_days(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    night(brand)
    set_clock(brand, "2027-03-03T00:03:00")
    steps.work = {"first": [4, 1, 0, 7], "second": [2]}
    seen: list[int] = []
    assert night(brand, seen.append) == 14
    assert seen == [4, 5, 12, 14]
    rows = owner.execute(
        "SELECT day, processed FROM job_days WHERE brand_id = %s ORDER BY day", (brand.brand_id,)
    ).fetchall()
    assert rows == [(date(2027, 3, 1), 0), (date(2027, 3, 2), 5), (date(2027, 3, 3), 9)]


def test_days_of_a_clock_set_back_stay_done_and_those_before_go_on(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_clock(brand, "2027-03-10T12:00:00")
    night(brand)
    set_clock(brand, "2027-03-08T12:00:00")
    night(brand)
    set_clock(brand, "2027-03-11T12:00:00")
    night(brand)
    assert finished(owner, brand) == [date(2027, 3, day) for day in (8, 10, 11)]


def test_at_most_a_year_is_made_up(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "DAYS_MAX", 5)
    set_clock(brand, "2027-03-01T12:00:00")
    night(brand)
    set_clock(brand, "2029-03-01T12:00:00")
    night(brand)
    assert finished(owner, brand)[1:] == [
        date(2029, 3, 1) - timedelta(days=back) for back in (4, 3, 2, 1, 0)
    ]


def test_a_step_that_this_version_does_not_know_means_the_day_is_done_again(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    owner.execute(
        "INSERT INTO job_days (brand_id, kind, day, step, processed, started_at)"
        " VALUES (%s, %s, '2027-03-01', 'of old', 0, now())",
        (brand.brand_id, nightly.KIND),
    )
    night(brand)
    assert [name for name, _ in steps.calls] == ["first", "second"]
    assert days(owner, brand) == [(date(2027, 3, 1), "second", True)]


def test_the_steps_are_jobs_that_there_are() -> None:
    assert {step.kind for step in nightly.STEPS} <= set(jobs.PERIODIC)
    names = [step.name for step in nightly.STEPS]
    assert len(names) == len(set(names))


def test_a_real_night_confirms_orders_and_lets_points_lapse_once(
    make_brand: MakeBrand, owner: psycopg.Connection
) -> None:
    brand = make_brand(
        accrual={
            "rate_basis_points": 1000,
            "confirm_after_days": 2,
            "expiry": {"kind": "days", "count": 10},
        }
    )
    set_clock(brand, "2027-03-01T10:00:00")
    night(brand)
    alice = make_member(brand, "alice", points=500)
    order = brand.api.post(
        "/v1/orders",
        {
            "member": "ext:alice",
            "external_id": "O-1",
            "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}],
        },
    )["id"]
    set_clock(brand, "2027-03-20T10:00:00")
    night(brand)
    entries = owner.execute(
        "SELECT kind, occurred_at, recorded_at FROM point_entries WHERE brand_id = %s ORDER BY seq",
        (brand.brand_id,),
    ).fetchall()
    now = at("2027-03-20T10:00:00").replace(tzinfo=SEOUL)
    assert entries[2:] == [
        ("confirmation", at("2027-03-03").replace(tzinfo=SEOUL), now),
        ("expiry", at("2027-03-11").replace(tzinfo=SEOUL), now),
    ]
    assert balance(brand, alice)["available"] == 0
    assert brand.api.get(f"/v1/orders/{order}")["status"] == "confirmed"
    assert len(finished(owner, brand)) == 20


def test_workers_at_once_do_every_day_once(busy_app: Flask, owner: psycopg.Connection) -> None:
    busy = api.make_brand(busy_app, accrual={"expiry": {"kind": "days", "count": 20}})
    set_clock(busy, "2027-03-01T10:00:00")
    night(busy)
    for number in range(20):
        make_member(busy, f"m{number}", points=100)
    set_clock(busy, "2027-04-05T10:00:00")
    at_once([partial(night, busy)] * 4)
    assert len(finished(owner, busy)) == 36
    expiries = owner.execute(
        "SELECT count(*) FROM point_entries WHERE brand_id = %s AND kind = 'expiry'",
        (busy.brand_id,),
    ).fetchone()
    assert expiries == (20,)


def test_the_jobs_of_a_night_are_counted_by_their_kinds(
    steps: Steps, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(brand, "2027-03-01T00:03:00")
    with monkeypatch.context() as patch:
        patch.setitem(jobs.PERIODIC, "second", jobs.Periodic(fail, None, jobs.NIGHTLY))
        with pytest.raises(ZeroDivisionError):
            night(brand)
    states = (
        "SELECT kind, runs, failures, succeeded_at IS NOT NULL, error FROM job_states"
        " WHERE brand_id = %s ORDER BY kind"
    )
    assert owner.execute(states, (brand.brand_id,)).fetchall() == [
        ("jobs.nightly", 1, 1, False, "ZeroDivisionError"),
        ("second", 1, 1, False, "ZeroDivisionError"),
    ]
    night(brand)
    assert owner.execute(states, (brand.brand_id,)).fetchall() == [
        ("first", 1, 0, True, None),
        ("jobs.nightly", 2, 1, True, "ZeroDivisionError"),
        ("second", 2, 1, True, "ZeroDivisionError"),
    ]
