"""How jobs do: for an operator (``flask jobs status``), and for Prometheus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from psycopg import Connection

from app import clock, nightly
from app.brands import services as brands
from app.job_records import JobState, list_states
from app.jobs import PERIODIC

# How long a job may wait for its turn, and take, before it is late.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True)
class Status:
    """How a kind of job does for a brand."""

    kind: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str | None
    running_since: datetime | None
    overdue: bool
    runs: int
    failures: int
    # What it found that is past its last day by law: people have to see to it.
    late: int = 0
    # Of the nights: the latest local day that is done.
    through: date | None = None


def list_statuses(brand_id: UUID, *, now: datetime) -> list[Status]:
    """Return how every kind of job does for a brand; ``now`` is the real time.

    :raises BrandNotFound: there is no such brand
    """
    brand = brands.get_brand(brand_id)
    states = list_states(brand_id)
    return [
        _status(
            kind,
            states.get(kind),
            since=brand.created_at,
            through=nightly.find_last_day(brand_id) if kind == nightly.KIND else None,
            now=now,
        )
        for kind in PERIODIC
    ]


def _status(
    kind: str, state: JobState | None, *, since: datetime, through: date | None, now: datetime
) -> Status:
    succeeded_at = state.succeeded_at if state else None
    return Status(
        kind,
        succeeded_at,
        state.failed_at if state else None,
        state.error if state else None,
        state.running_since if state else None,
        is_overdue(succeeded_at or since, PERIODIC[kind].every, now),
        state.runs if state else 0,
        state.failures if state else 0,
        state.late if state else 0,
        through,
    )


def is_overdue(last: datetime, every: timedelta, now: datetime) -> bool:
    """
    >>> noon = datetime.fromisoformat("2027-03-01T12:00:00Z")
    >>> is_overdue(noon, timedelta(minutes=5), noon + timedelta(minutes=20))
    False
    >>> is_overdue(noon, timedelta(minutes=5), noon + timedelta(minutes=21))
    True
    """
    return now - last > every + GRACE


_FIGURES = """
SELECT kind, extract(epoch FROM max(%(now)s - coalesce(succeeded_at, created_at)))::float8,
       coalesce(sum(runs), 0)::float8, coalesce(sum(failures), 0)::float8,
       coalesce(sum(late), 0)::float8
  FROM brand_directory
 CROSS JOIN unnest(%(kinds)s::text[]) AS kind
  LEFT JOIN job_states USING (brand_id, kind)
 GROUP BY kind ORDER BY kind
"""


def collect(connection: "Connection[Any]") -> Iterator[Metric]:
    """Yield the metrics of jobs: over all brands, so that one that stands still shows."""
    age = GaugeMetricFamily(
        "dangol_job_seconds_since_success",
        "Since the last success, of the brand where it is longest ago",
        labels=["kind"],
    )
    runs = CounterMetricFamily("dangol_job_runs", "Runs that ended", labels=["kind"])
    failures = CounterMetricFamily("dangol_job_failures", "Runs that failed", labels=["kind"])
    late = GaugeMetricFamily(
        "dangol_late", "Found by a job past its last day by law, over all brands", labels=["kind"]
    )
    found = connection.execute(_FIGURES, {"now": clock.now(), "kinds": list(PERIODIC)})
    for kind, seconds, ended, failed, past in found:
        age.add_metric([kind], seconds)
        runs.add_metric([kind], ended)
        failures.add_metric([kind], failed)
        late.add_metric([kind], past)
    yield from (age, runs, failures, late)
