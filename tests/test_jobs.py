"""Jobs that are run for every brand: what they leave behind, and how they fail."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from procrastinate import JobContext
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from app import jobs, queue
from app.brands.errors import BrandNotFound
from app.chunks import Report, in_chunks
from app.ids import new_id
from app.web.jobs import purge_idempotency
from tests.support.api import TestBrand

# In the far future: a worker of another test, living in the present, leaves it alone.
NOW = datetime(2998, 3, 10, 12, tzinfo=UTC)


def runs(owner: psycopg.Connection, brand_id: UUID) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT kind, processed, finished_at IS NOT NULL, error FROM job_runs"
        " WHERE brand_id = %s ORDER BY id",
        (brand_id,),
    ).fetchall()


def add_answers(owner: psycopg.Connection, brand_id: UUID, count: int, at: datetime) -> None:
    owner.execute(
        "INSERT INTO idempotency_records (brand_id, key, fingerprint, created_at)"
        " SELECT %s, %s || n, '', %s FROM generate_series(1, %s) n",
        (brand_id, f"{at:%d-%H-%M-}", at, count),
    )


def keep(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
    """A job that finds 3 things, then 2, then nothing."""
    found = iter([3, 2, 0])
    return in_chunks(brand_id, lambda: next(found), report)


def fail(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
    report(3)
    raise ValueError("010-1234-5678")


def test_a_run_that_finds_nothing_leaves_no_record(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    with app.app_context():
        assert jobs.run("points.settle", brand.brand_id) == 0
    assert runs(owner, brand.brand_id) == []


def test_a_run_shows_its_progress_and_its_end(
    app: Flask, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.PERIODIC, "keep", jobs.Periodic(keep, "* * * * *", jobs.MINUTES))
    seen: list[tuple[int, object]] = []

    def check(done: int) -> None:
        seen.append((done, runs(owner, brand.brand_id)))

    with app.app_context():
        assert jobs.run("keep", brand.brand_id, check=check) == 5
    assert seen == [(3, [("keep", 3, False, None)]), (5, [("keep", 5, False, None)])]
    assert runs(owner, brand.brand_id) == [("keep", 5, True, None)]


def test_a_failure_is_recorded_by_its_class_alone(
    app: Flask,
    brand: TestBrand,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(jobs.PERIODIC, "fail", jobs.Periodic(fail, "* * * * *", jobs.MINUTES))
    with app.app_context(), pytest.raises(ValueError, match="010"):
        jobs.run("fail", brand.brand_id)
    assert runs(owner, brand.brand_id) == [("fail", 3, True, "ValueError")]
    captured = capfd.readouterr()
    assert "job_failed" in captured.out + captured.err
    assert "010-1234-5678" not in captured.out + captured.err


def test_a_brand_that_is_not_there_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(BrandNotFound):
        jobs.run("points.settle", new_id())


def test_every_job_of_the_table_runs_twice_on_a_new_brand(app: Flask, brand: TestBrand) -> None:
    with app.app_context():
        for kind in [*jobs.PERIODIC, *jobs.PERIODIC]:
            assert jobs.run(kind, brand.brand_id) == 0


def test_answers_are_kept_for_72_hours_and_purged_in_chunks(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    add_answers(owner, brand.brand_id, 25, NOW - timedelta(hours=72, minutes=1))
    add_answers(owner, brand.brand_id, 5, NOW - timedelta(hours=72))
    reported: list[int] = []
    with app.app_context():
        assert purge_idempotency(brand.brand_id, NOW, chunk=10, report=reported.append) == 25
    assert reported == [10, 20, 25]
    row = owner.execute(
        "SELECT count(*) FROM idempotency_records WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    assert row == (5,)


def test_the_records_of_runs_are_kept_for_90_days(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    for days in (91, 89):
        owner.execute(
            "INSERT INTO job_runs (brand_id, id, kind, as_of, processed, started_at)"
            " VALUES (%s, %s, %s, %s, 1, %s)",
            (brand.brand_id, new_id(), f"{days} days", NOW, NOW - timedelta(days=days)),
        )
    with app.app_context():
        assert jobs.forget_runs(brand.brand_id, NOW) == 1
    assert [run[0] for run in runs(owner, brand.brand_id)] == ["89 days"]


def states(owner: psycopg.Connection, brand_id: UUID) -> dict[str, tuple[object, ...]]:
    rows = owner.execute(
        "SELECT kind, runs, failures, succeeded_at, failed_at, error, running_since"
        "  FROM job_states WHERE brand_id = %s",
        (brand_id,),
    )
    return {row[0]: row[1:] for row in rows}


def test_a_run_that_finds_nothing_leaves_its_success_in_one_row(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    began = datetime.now(UTC)
    with app.app_context():
        jobs.run("points.settle", brand.brand_id)
        (first,) = states(owner, brand.brand_id).values()
        jobs.run("points.settle", brand.brand_id)
    (second,) = states(owner, brand.brand_id).values()
    assert first[:2] == (1, 0)
    assert second[:2] == (2, 0)
    assert began < first[2] < second[2]
    assert second[3:] == (None, None, None)


def test_a_failure_does_not_hide_the_last_success(
    app: Flask, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(jobs.PERIODIC, "job", jobs.Periodic(keep, None, jobs.MINUTES))
        jobs.run("job", brand.brand_id)
        before = states(owner, brand.brand_id)["job"]
        monkeypatch.setitem(jobs.PERIODIC, "job", jobs.Periodic(fail, None, jobs.MINUTES))
        with pytest.raises(ValueError, match="010"):
            jobs.run("job", brand.brand_id)
    runs, failures, succeeded_at, failed_at, error, running = states(owner, brand.brand_id)["job"]
    assert (runs, failures, error, running) == (2, 1, "ValueError", None)
    assert succeeded_at == before[2] < failed_at


def test_what_runs_is_seen_and_a_run_that_is_stopped_neither_fails_nor_succeeds(
    app: Flask, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.PERIODIC, "keep", jobs.Periodic(keep, None, jobs.MINUTES))
    running = []

    def stop(done: int) -> None:
        running.append(states(owner, brand.brand_id)["keep"][5])
        raise JobAborted

    with app.app_context(), pytest.raises(JobAborted):
        jobs.run("keep", brand.brand_id, check=stop)
    assert running[0] is not None
    assert states(owner, brand.brand_id)["keep"] == (0, 0, None, None, None, None)


def test_a_kind_that_fails_does_not_keep_back_the_others(
    app: Flask, brand: TestBrand, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.PERIODIC, "fail", jobs.Periodic(fail, None, jobs.MINUTES))
    monkeypatch.setitem(jobs.PERIODIC, "keep", jobs.Periodic(keep, None, jobs.MINUTES))
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="jobs.run")
    context = JobContext(app=queue.tasks, job=job, start_timestamp=0, abort_reason=lambda: None)
    with app.app_context(), pytest.raises(ValueError, match="010"):
        jobs.run_due.func(context, brand_id=str(brand.brand_id), kinds=["fail", "keep"])
    assert runs(owner, brand.brand_id) == [
        ("fail", 3, True, "ValueError"),
        ("keep", 5, True, None),
    ]


def test_a_job_gets_the_time_of_the_brand_unless_it_asks_for_the_real_one(
    app: Flask, brand: TestBrand, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand.api.post("/v1/test-clock", {"now": NOW.isoformat()}, expect=200)
    seen: list[datetime] = []

    def note(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
        seen.append(now)
        return 0

    for real_time in (False, True):
        job = jobs.Periodic(note, None, jobs.MINUTES, real_time=real_time)
        monkeypatch.setitem(jobs.PERIODIC, "note", job)
        with app.app_context():
            jobs.run("note", brand.brand_id)
    assert seen[0] == NOW
    assert seen[1] < datetime(2900, 1, 1, tzinfo=UTC)
