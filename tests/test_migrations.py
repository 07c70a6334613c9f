"""Migrations: numbered, one after the other, both ways, and equal to the models."""

import re
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine

from app import create_app
from app.config import load_config
from app.db import db
from tests.support import database

ROOT = Path(__file__).parents[1]
VERSIONS = sorted(path.stem for path in (ROOT / "migrations" / "versions").glob("*.py"))


def test_migrations_have_a_number_each_and_follow_each_other() -> None:
    after = {}  # numbers are given out beforehand: a later one may come to its turn earlier
    for name in VERSIONS:
        assert re.fullmatch(r"[0-9]{4}_[a-z0-9_]+", name)
        text = (ROOT / "migrations" / "versions" / f"{name}.py").read_text()
        assert f'revision = "{name}"' in text
        [earlier] = re.findall(r'^down_revision = (?:"(\w+)"|None)$', text, re.MULTILINE)
        assert earlier not in after, f"{name} and {after[earlier]} both follow {earlier}"
        after[earlier] = name
    chain = [""]
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    assert sorted(chain[1:]) == VERSIONS
    assert len({name[:4] for name in VERSIONS}) == len(VERSIONS)


def test_the_migrated_schema_is_that_of_the_models(app, environment) -> None:
    engine = create_engine(load_config(environment)["DATABASE_OWNER_URL"])
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda obj, name, type_, reflected, compare_to: (
                    not (type_ == "table" and reflected and name.startswith("procrastinate_"))
                ),
            },
        )
        assert compare_metadata(context, db.metadata) == []
    engine.dispose()


@pytest.fixture
def scratch(environment):
    """The environment of an empty database."""
    base = database.with_database(environment, "postgres")
    name = f"{environment['DATABASE_OWNER_URL'].split('/')[-1].split('?')[0]}_scratch"
    with psycopg.connect(base["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield database.with_database(environment, name)
    database.drop(base, name)


def test_every_migration_goes_down_and_up_again(scratch) -> None:
    application = create_app(load_config(scratch))
    with application.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        downgrade(directory=str(ROOT / "migrations"), revision="base")
        with psycopg.connect(scratch["DATABASE_OWNER_URL"]) as connection:
            left = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind = 'r' AND relname <> 'alembic_version'"
                " UNION SELECT proname FROM pg_proc"
                " WHERE pronamespace = 'public'::regnamespace"
            ).fetchall()
        assert left == []
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()
