"""What machines ask: does it run, may it get traffic, how does it do."""

import os
from functools import lru_cache
from pathlib import Path

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
    """Show the metrics of all workers, or of this process if there is only one."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    app.register_blueprint(checks)


def find_obstacle() -> str | None:
    """Return why no requests can be served (``database``, ``migrations``, ``role``), or None.

    On a connection of its own, so that a busy pool does not look like a dead database.
    """
    _, arguments = db.engine.dialect.create_connect_args(db.engine.url)
    arguments["connect_timeout"] = CONNECT_SECONDS
    try:
        with psycopg.connect(**arguments, autocommit=True) as connection:
            connection.execute(f"SET statement_timeout = {STATEMENT_MILLISECONDS}")
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
