"""How jobs do is seen by an operator and by Prometheus."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from app import clock, jobs
from app.ids import new_id
from tests.support.api import Api, TestBrand

NOW = datetime(2998, 3, 10, 12, tzinfo=UTC)  # no other test's brand has a job that late


def status(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["jobs", "status", *options])


def rows_of(app: Flask, brand: TestBrand) -> dict[str, dict[str, object]]:
    output = status(app, "--brand", str(brand.brand_id), "--json").output
    (rows,) = json.loads(output.splitlines()[-1])["brands"].values()
    return {row["kind"]: row for row in rows}


def run_all(brand: TestBrand) -> None:
    with brand.app.app_context():
        for kind in jobs.PERIODIC:
            jobs.run(kind, brand.brand_id)


def test_after_every_job_ran_nothing_is_overdue(app: Flask, brand: TestBrand) -> None:
    run_all(brand)
    result = status(app, "--brand", str(brand.brand_id))
    assert result.exit_code == 0, result.output
    assert "1 brands: nothing overdue" in result.output
    rows = rows_of(app, brand)
    assert list(rows) == list(jobs.PERIODIC)
    for row in rows.values():
        assert row["succeeded_at"]
        assert (row["failures"], row["failed_at"], row["overdue"]) == (0, None, False)
    assert rows["jobs.nightly"]["through"]


def test_what_has_not_succeeded_for_too_long_is_overdue(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    run_all(brand)
    owner.execute(
        "UPDATE job_states SET succeeded_at = succeeded_at - interval '21 minutes'"
        " WHERE brand_id = %s",
        (brand.brand_id,),
    )
    result = status(app, "--brand", str(brand.brand_id))
    assert result.exit_code == 1
    late = {line.split()[0] for line in result.output.splitlines() if "OVERDUE" in line}
    assert late == {kind for kind, job in jobs.PERIODIC.items() if job.every == jobs.MINUTES}
    assert f"1 brands: {len(late)} overdue" in result.output


def test_a_job_that_never_ran_is_overdue_once_the_brand_is_old_enough(
    app: Flask, brand: TestBrand, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(row["overdue"] for row in rows_of(app, brand).values())
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=2))
    rows = rows_of(app, brand)
    assert all(row["overdue"] for row in rows.values())
    assert {row["succeeded_at"] for row in rows.values()} == {None}


def test_what_runs_and_what_failed_is_told(
    app: Flask, brand: TestBrand, owner: psycopg.Connection
) -> None:
    owner.execute(
        "INSERT INTO job_states (brand_id, kind, run_id, running_since, failed_at, error,"
        " runs, failures) VALUES (%s, 'points.settle', %s, %s, %s, 'OperationalError', 7, 2)",
        (brand.brand_id, new_id(), NOW, NOW - timedelta(minutes=1)),
    )
    output = status(app, "--brand", str(brand.brand_id)).output
    (line,) = (line for line in output.splitlines() if "points.settle" in line)
    assert "running since 2998-03-10 12:00:00" in line
    assert "failed 2998-03-10 11:59:00 OperationalError" in line
    row = rows_of(app, brand)["points.settle"]
    assert (row["runs"], row["failures"], row["error"]) == (7, 2, "OperationalError")


def test_without_a_name_all_brands_are_shown(
    app: Flask, make_brand: Callable[..., TestBrand]
) -> None:
    brand_ids = {str(make_brand().brand_id) for _ in range(2)}
    output = status(app, "--json").output
    assert brand_ids <= set(json.loads(output.splitlines()[-1])["brands"])


def metrics(app: Flask) -> dict[str, dict[str, float]]:
    """Return name → kind → value of the metrics of jobs."""
    text = Api(app, None).send("GET", "/metrics").get_data(as_text=True)
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith("dangol_job_"):
                found.setdefault(sample.name, {})[sample.labels["kind"]] = sample.value
    return found


def test_metrics_tell_the_oldest_success_over_all_brands_and_sums_of_runs(
    app: Flask,
    make_brand: Callable[..., TestBrand],
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = make_brand(), make_brand()
    before = metrics(app)
    for brand, hours in ((first, 1), (second, 5)):
        add_state(owner, brand.brand_id, NOW - timedelta(hours=hours))
    after = metrics(app)
    assert set(after["dangol_job_seconds_since_success"]) == set(jobs.PERIODIC)
    for name, more in (("dangol_job_runs_total", 20), ("dangol_job_failures_total", 4)):
        assert after[name]["points.settle"] >= before[name]["points.settle"] + more

    # The other brands of this database, too, have just been served.
    owner.execute(
        "INSERT INTO job_states (brand_id, kind, succeeded_at, runs, failures)"
        " SELECT brand_id, 'points.settle', %s, 1, 0 FROM brand_directory"
        " WHERE brand_id <> ALL (%s) ON CONFLICT (brand_id, kind) DO UPDATE"
        "    SET succeeded_at = excluded.succeeded_at",
        (NOW, [first.brand_id, second.brand_id]),
    )
    monkeypatch.setattr(clock, "now", lambda: NOW)
    shown = metrics(app)["dangol_job_seconds_since_success"]
    assert shown["points.settle"] == 5 * 3600
    assert shown["jobs.forget_runs"] > 900 * 365 * 86400  # never: since the brand is there


def add_state(owner: psycopg.Connection, brand_id: UUID, succeeded_at: datetime) -> None:
    owner.execute(
        "INSERT INTO job_states (brand_id, kind, succeeded_at, runs, failures)"
        " VALUES (%s, 'points.settle', %s, 10, 2)",
        (brand_id, succeeded_at),
    )
