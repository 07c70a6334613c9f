"""Applications of their own, for what the shared one cannot show."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask, Response
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import create_app
from app.config import load_config
from app.db import db, transaction
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.fields import Count, Duration, Instant, PlainString
from app.web.messages import say
from app.web.responses import json_response
from tests.support import api

EVEN = say("Must be even.", "짝수여야 해요.")


class PartIn(Schema):
    points = Count(required=True, most=10)


class ProbeIn(Schema):
    name = PlainString(load_default=None)
    at = Instant(load_default=None)
    wait = Duration(load_default=None)
    parts = fields.List(fields.Nested(PartIn), load_default=list)
    even = fields.Integer(strict=True, load_default=0, validate=lambda value: _even(value))


def _even(value: int) -> None:
    if value % 2:
        raise ValidationError(EVEN)


def probe_blueprint() -> Blueprint:
    """Routes that fail in every way there is."""
    blp = Blueprint("probe", __name__, url_prefix="/v1/probe")

    @blp.post("")
    @requires("brand:write")
    @blp.arguments(ProbeIn)
    @blp.response(200)
    def echo(body: dict[str, Any]) -> Response:
        return json_response({"read": str(body)})

    @blp.get("/crash")
    @requires("brand:read")
    @blp.response(200)
    def crash() -> Response:
        raise RuntimeError("secret of alice@example.com")

    @blp.get("/slow")
    @requires("brand:read")
    @blp.response(200)
    def slow() -> Response:
        with transaction(current_principal().brand_id):
            db.session.execute(text("SET LOCAL statement_timeout = 10"))
            db.session.execute(text("SELECT pg_sleep(5)"))
        return json_response({})

    @blp.get("/bad-sql")
    @requires("brand:read")
    @blp.response(200)
    def bad_sql() -> Response:
        with transaction(current_principal().brand_id):
            db.session.execute(text("SELECT 1 / 0"))
        return json_response({})

    @blp.get("/no-connection-left")
    @requires("brand:read")
    @blp.response(200)
    def no_connection_left() -> Response:
        raise PoolTimeout

    @blp.get("/connection-lost")
    @requires("brand:read")
    @blp.response(200)
    def connection_lost() -> Response:
        with transaction(current_principal().brand_id):
            pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(**_owner_arguments(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))
            db.session.execute(text("SELECT 1"))
        return json_response({})

    return blp


def _owner_arguments() -> dict[str, Any]:
    from flask import current_app

    url = current_app.config["DATABASE_OWNER_URL"]
    return dict(db.engine.dialect.create_connect_args(url)[1])


@pytest.fixture
def make_app(environment: dict[str, str]) -> Iterator[Callable[..., Flask]]:
    """Make an application: variables in capitals are its environment, the rest its config."""
    made = []

    def make(variables: dict[str, str] | None = None, **config: Any) -> Flask:
        loaded = load_config({**environment, **(variables or {})})
        application = create_app({**loaded, "TESTING": True, **config})
        made.append(application)
        return application

    yield make
    for application in made:
        with application.app_context():
            db.engine.dispose()


@pytest.fixture
def probe(make_app: Callable[..., Flask]) -> api.TestBrand:
    """A brand whose application also has the routes of :func:`probe_blueprint`."""
    application = make_app()
    application.extensions["api"].register_blueprint(probe_blueprint())
    return api.make_brand(application)
