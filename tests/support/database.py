"""Databases for tests: the server, the migrated template, clones of it."""

import hashlib
import os
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app import create_app, embedded
from app.config import load_config

ROOT = Path(__file__).parents[2]


def server_environment(var: Path) -> dict[str, str]:
    """Return the environment of a server: that of ``DATABASE_URL``, else the embedded one."""
    if os.environ.get("DATABASE_URL"):
        owner = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
        return {
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "DATABASE_OWNER_URL": owner,
            **embedded.secrets_of(var),
        }
    return embedded.environment(var)


def with_database(base: dict[str, str], name: str) -> dict[str, str]:
    return {
        **base,
        **{
            variable: make_url(base[variable]).set(database=name).render_as_string(False)
            for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
        },
    }


def ensure_template(base: dict[str, str]) -> str:
    """Return a migrated database to clone; it is made anew when migrations or SQL change."""
    name = f"dangol_template_{_schema_digest()}"
    with _admin(base) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
    drop(base, f"{name}_new")  # what an interrupted run left
    with _admin(base) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{name}_new")))
    migrate(with_database(base, f"{name}_new"))
    with _admin(base) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(f"{name}_new"), sql.Identifier(name)
            )
        )
    return name


def migrate(environment: dict[str, str]) -> None:
    from flask_migrate import upgrade

    with create_app(load_config(environment)).app_context():
        upgrade(directory=str(ROOT / "migrations"))


def clone(base: dict[str, str], template: str, name: str) -> None:
    with _admin(base) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop(base: dict[str, str], name: str) -> None:
    with _admin(base) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _admin(base: dict[str, str]) -> psycopg.Connection:
    url = make_url(base["DATABASE_OWNER_URL"]).set(drivername="postgresql", database="postgres")
    return psycopg.connect(url.render_as_string(False), autocommit=True)


def _schema_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("migrations/**/*.py"), *ROOT.glob("app/**/*.sql")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
