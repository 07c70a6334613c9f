"""Real PostgreSQL for every test: one migrated template, one clone for each worker.

A test makes its own brand, so nothing needs cleaning and tests run in parallel.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.config import load_config
from app.db import db
from tests.support import api, database

# One server for all runs of the suite on this machine, outside the checkout.
VAR = Path(os.environ.get("DANGOL_TEST_VAR", Path(tempfile.gettempdir()) / "dangol-tests"))


@pytest.fixture(scope="session")
def environment(
    worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment variables of an application with a database and files of its own."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        base = database.server_environment(VAR)
        template = database.ensure_template(base)
    name = f"dangol_test_{os.getpid()}_{worker_id}"
    database.clone(base, template, name)
    blobs = tmp_path_factory.mktemp("blobs").as_uri()
    yield {**database.with_database(base, name), "DANGOL_STORAGE_URL": blobs}
    database.drop(base, name)


@pytest.fixture(scope="session")
def app(environment: dict[str, str]) -> Iterator[Flask]:
    application = create_app({**load_config(environment), "TESTING": True})
    yield application
    with application.app_context():
        db.engine.dispose()  # else open connections warn when the interpreter ends


@pytest.fixture
def make_brand(app: Flask) -> Callable[..., api.TestBrand]:
    """Make further brands: ``make_brand(accrual={"pending": "immediate"})``."""
    return partial(api.make_brand, app)


@pytest.fixture
def brand(make_brand: Callable[..., api.TestBrand]) -> api.TestBrand:
    """A fresh test-mode brand with default settings: ``brand_id``, ``token``, ``api``."""
    return make_brand()


@pytest.fixture(scope="session")
def busy_app(environment: dict[str, str]) -> Iterator[Flask]:
    """An application with as many connections as a test of many threads needs."""
    wide = {**environment, "DATABASE_POOL_SIZE": "50"}
    application = create_app({**load_config(wide), "TESTING": True})
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def busy(busy_app: Flask) -> api.TestBrand:
    """A fresh brand whose calls may come from many threads at once."""
    return api.make_brand(busy_app)


@pytest.fixture
def owner(environment: dict[str, str]) -> Iterator[psycopg.Connection]:
    """A connection that sees every brand's rows, for looking behind the application."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection
