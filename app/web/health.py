"""What machines ask: does it run, may it get traffic, how does it do."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask
import psycopg
import structlog
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.db import db
from app.web.logs import about
from app.web.problems import failure
from app.web.responses import json_response

CONNECT_SECONDS = 2
STATEMENT_MILLISECONDS = 1500

_SAFE = """
SELECT NOT (rolsuper OR rolbypassrls)
   AND NOT EXISTS (
     SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = 'public' AND relkind IN ('r', 'p')
       AND pg_has_role(current_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user
"""

# Finds metrics in the database; the connection shows no brand's rows.
Collect = Callable[["psycopg.Connection[Any]"], Iterable[Metric]]
COLLECT = "dangol.metrics"

checks = flask.Blueprint("health", __name__)
log = structlog.get_logger()


@checks.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; touches nothing."""
    return json_response({"status": "ok"})


@checks.get("/readyz")
def readyz() -> Response:
    """Say whether requests can be served: database, migrations, and a role that is harmless."""
    if reason := find_obstacle():
        log.warning("not_ready", reason=reason)
        return failure("not_ready", details={"reason": reason}, headers={"Retry-After": "1"})
    return json_response({"status": "ready"})


@checks.get("/metrics")
def metrics() -> Response:
    """Show the metrics of all web processes, or of this one if it is alone, and of the jobs.

    The database keeps those of the jobs. Without it, the others are shown all the same.
    """
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    stored = CollectorRegistry()
    stored.register(_Stored(current_app.extensions[COLLECT]))
    return Response(
        generate_latest(registry) + generate_latest(stored), content_type=CONTENT_TYPE_LATEST
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(checks)
    app.extensions[COLLECT] = []


def add_metrics(app: Flask, collect: Collect) -> None:
    """Show on ``/metrics``, too, what ``collect`` finds in the database."""
    app.extensions[COLLECT].append(collect)


class _Stored(Collector):
    def __init__(self, collectors: list[Collect]) -> None:
        self.collectors = collectors

    def collect(self) -> Iterable[Metric]:
        try:
            with _connection() as connection:
                return [each for collect in self.collectors for each in collect(connection)]
        except psycopg.Error as error:
            log.warning("metrics_unavailable", **about(error))
            return []


@contextmanager
def _connection() -> "Iterator[psycopg.Connection[Any]]":
    """A connection of its own, so that a busy pool does not look like a dead database."""
    _, arguments = db.engine.dialect.create_connect_args(db.engine.url)
    arguments["connect_timeout"] = CONNECT_SECONDS
    with psycopg.connect(**arguments, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = {STATEMENT_MILLISECONDS}")
        yield connection


def find_obstacle() -> str | None:
    """Return why no requests can be served (``database``, ``migrations``, ``role``), or None."""
    try:
        with _connection() as connection:
            safe = connection.execute(_SAFE).fetchone()
            if safe is None or not safe[0]:
                return "role"
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.errors.UndefinedTable:
        return "migrations"
    except psycopg.Error as error:
        log.warning("database_unavailable", **about(error))
        return "database"
    return None if {row[0] for row in found} == _heads(_migrations()) else "migrations"


def _migrations() -> Path:
    return Path(current_app.root_path).parent / "migrations"


@lru_cache(maxsize=1)
def _heads(folder: Path) -> set[str]:
    return set(ScriptDirectory(str(folder)).get_heads())
