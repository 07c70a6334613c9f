"""The queue: jobs come and go with transactions, and outlive the workers that do them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import procrastinate.schema
import psycopg
import pytest
from flask import Flask

from app import jobs, queue
from app.db import db, transaction
from tests.support.api import TestBrand

ROOT = Path(__file__).parents[1]
PURGE = "web.purge_idempotency"
Work = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def empty_queue(owner: psycopg.Connection) -> None:
    owner.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def work(environment: dict[str, str]) -> Iterator[Work]:
    """Start a worker process: ``work("--once")``."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> "subprocess.Popen[str]":
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "worker", *options],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def finish(process: "subprocess.Popen[str]") -> None:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def enqueue_purge(brand_id: UUID) -> None:
    queue.enqueue(jobs.run_due, kinds=[PURGE], brand_id=str(brand_id))


def add_old_answers(owner: psycopg.Connection, brand_id: UUID, count: int) -> None:
    owner.execute(
        "INSERT INTO idempotency_records (brand_id, key, fingerprint, created_at)"
        " SELECT %s, 'old-' || n, '', now() - interval '4 days' FROM generate_series(1, %s) n",
        (brand_id, count),
    )


def count(owner: psycopg.Connection, query: str, *values: object) -> int:
    row = owner.execute(query, values).fetchone()
    assert row is not None
    return int(row[0])


def statuses(owner: psycopg.Connection, brand_id: UUID) -> list[str]:
    return [
        row[0]
        for row in owner.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE args->>'brand_id' = %s",
            (str(brand_id),),
        )
    ]


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not become true within 30 seconds")


@contextmanager
def locked(environment: dict[str, str], table: str) -> Iterator[None]:
    """Make everybody who needs the table wait."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_job_is_there_when_the_transaction_commits_and_not_before(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    with app.app_context():
        with transaction(brand.brand_id):
            enqueue_purge(brand.brand_id)
            assert statuses(owner, brand.brand_id) == []
        assert statuses(owner, brand.brand_id) == ["todo"]


def test_a_job_was_never_there_when_the_transaction_rolls_back(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    def use_case() -> None:
        enqueue_purge(brand.brand_id)
        raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError), transaction(brand.brand_id):
        use_case()
    assert statuses(owner, brand.brand_id) == []


def test_a_second_waiting_job_is_refused_without_harm_to_the_transaction(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    options = {"queueing_lock": str(brand.brand_id), "brand_id": str(brand.brand_id)}
    with app.app_context(), transaction(brand.brand_id):
        assert queue.enqueue(jobs.run_due, kinds=[PURGE], **options)
        assert not queue.enqueue(jobs.run_due, kinds=[PURGE], **options)
        assert db.session.scalar(db.text("SELECT 42")) == 42
    assert statuses(owner, brand.brand_id) == ["todo"]


def test_every_brand_gets_one_job_for_all_that_is_due_however_often_it_is_due(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    cron = jobs.PERIODIC["points.settle"].cron
    assert cron is not None
    with app.app_context():
        jobs.enqueue_due(0, cron=cron)
        jobs.enqueue_due(1, cron=cron)
    rows = owner.execute(
        "SELECT args->'kinds' FROM procrastinate_jobs WHERE args->>'brand_id' = %s",
        (str(brand.brand_id),),
    ).fetchall()
    assert rows == [([kind for kind, job in jobs.PERIODIC.items() if job.cron == cron],)]
    assert rows[0][0][0] == "jobs.nightly"


def test_two_workers_do_each_job_once(
    app: Flask, make_brand: Callable[[], TestBrand], owner: psycopg.Connection, work: Work
) -> None:
    brand_ids = [make_brand().brand_id for _ in range(8)]
    for brand_id in brand_ids:
        add_old_answers(owner, brand_id, 30)
        with app.app_context(), transaction(brand_id):
            enqueue_purge(brand_id)
            enqueue_purge(brand_id)
    for process in [work("--once"), work("--once")]:
        finish(process)
    runs = owner.execute(
        "SELECT brand_id, processed, error FROM job_runs WHERE brand_id = ANY(%s)", (brand_ids,)
    ).fetchall()
    assert sorted(runs) == sorted((brand_id, 30, None) for brand_id in brand_ids)
    assert all(statuses(owner, brand_id) == [] for brand_id in brand_ids)


def test_the_job_of_a_killed_worker_is_taken_up_again(
    app: Flask,
    brand: TestBrand,
    environment: dict[str, str],
    owner: psycopg.Connection,
    work: Work,
) -> None:
    add_old_answers(owner, brand.brand_id, 30)
    with app.app_context(), transaction(brand.brand_id):
        enqueue_purge(brand.brand_id)
    with locked(environment, "idempotency_records"):
        victim = work()
        wait_until(lambda: statuses(owner, brand.brand_id) == ["doing"])
        victim.kill()
        victim.wait()
    assert statuses(owner, brand.brand_id) == ["doing"]
    # A minute later …
    owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    with app.app_context(), transaction():
        queue.enqueue(queue.revive, timestamp=0)
    successor = work()
    wait_until(lambda: statuses(owner, brand.brand_id) == [])
    successor.terminate()
    finish(successor)
    remaining = "SELECT count(*) FROM idempotency_records WHERE brand_id = %s"
    assert count(owner, remaining, brand.brand_id) == 0


def test_a_worker_told_to_stop_puts_its_job_back_after_the_chunk(
    app: Flask,
    brand: TestBrand,
    environment: dict[str, str],
    owner: psycopg.Connection,
    work: Work,
) -> None:
    add_old_answers(owner, brand.brand_id, 30)
    with app.app_context(), transaction(brand.brand_id):
        enqueue_purge(brand.brand_id)
    with locked(environment, "job_runs"):
        worker = work()
        wait_until(lambda: statuses(owner, brand.brand_id) == ["doing"])
        worker.send_signal(signal.SIGTERM)
        time.sleep(queue.GRACE_SECONDS + 0.5)
        assert worker.poll() is None
    finish(worker)
    assert statuses(owner, brand.brand_id) == ["todo"]


def test_an_idle_worker_stops_at_once(owner: psycopg.Connection, work: Work) -> None:
    worker = work()
    wait_until(lambda: count(owner, "SELECT count(*) FROM procrastinate_workers") == 1)
    time.sleep(0.5)
    asked_at = time.monotonic()
    worker.terminate()
    finish(worker)
    assert time.monotonic() - asked_at < 15
    assert count(owner, "SELECT count(*) FROM procrastinate_workers") == 0


def test_the_schema_in_migrations_is_that_of_the_installed_procrastinate() -> None:
    """An upgrade of procrastinate needs a revision with its steps, and a new copy."""
    copy = (ROOT / "migrations" / "procrastinate_3.10.sql").read_text()
    assert copy == procrastinate.schema.SchemaManager.get_schema()
