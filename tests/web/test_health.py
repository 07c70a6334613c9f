"""Liveness touches nothing; readiness finds what is in the way."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from app.config import OWNER_ROLE
from tests.support.api import Api
from tests.support.problems import assert_problem


def ask(app, path: str = "/readyz"):
    return Api(app, None).send("GET", path)


def test_a_working_application_is_ready(app):
    assert ask(app).get_json() == {"status": "ready"}
    assert ask(app, "/healthz").get_json() == {"status": "ok"}


def refused_because(response) -> str:
    assert response.headers["Retry-After"] == "1"
    return assert_problem(response, 503, "not_ready")["reason"]


def test_without_a_database_it_lives_and_is_not_ready(make_app):
    away = make_app(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/none")
    started = time.monotonic()
    assert refused_because(ask(away)) == "database"
    assert time.monotonic() - started < 2
    assert ask(away, "/healthz").status_code == 200


def test_a_server_that_never_answers_is_given_up_on(make_app):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql+psycopg://nobody@127.0.0.1:{port}/none"
        started = time.monotonic()
        assert refused_because(ask(make_app(SQLALCHEMY_DATABASE_URI=url))) == "database"
        assert time.monotonic() - started < 3


@pytest.fixture
def owner_url(environment) -> URL:
    return make_url(environment["DATABASE_OWNER_URL"]).set(drivername="postgresql+psycopg")


def test_a_superuser_must_not_serve(make_app, owner_url):
    assert refused_because(ask(make_app(SQLALCHEMY_DATABASE_URI=owner_url))) == "role"


def test_the_owner_of_the_tables_must_not_serve(make_app, owner_url):
    as_owner = owner_url.update_query_dict({"options": f"-c role={OWNER_ROLE}"})
    assert refused_because(ask(make_app(SQLALCHEMY_DATABASE_URI=as_owner))) == "role"


@pytest.fixture
def scratch(owner, environment) -> Iterator[str]:
    """The name of an empty database."""
    name = f"{make_url(environment['DATABASE_URL']).database}_scratch"
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_an_old_schema_is_not_ready(make_app, environment, owner_url, scratch):
    url = make_url(environment["DATABASE_URL"]).set(database=scratch).render_as_string(False)
    app = make_app({"DATABASE_URL": url})
    assert refused_because(ask(app)) == "migrations"
    plain = owner_url.set(database=scratch, drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("GRANT SELECT ON alembic_version TO dangol_app")
        connection.execute("INSERT INTO alembic_version VALUES ('0001_brands')")
    assert refused_because(ask(app)) == "migrations"


def test_without_a_database_the_other_metrics_are_shown(make_app):
    away = make_app(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/none")
    response = Api(away, None).send("GET", "/metrics")
    assert response.status_code == 200
    assert "dangol_http_requests" in response.get_data(as_text=True)
    assert "dangol_job_" not in response.get_data(as_text=True)
