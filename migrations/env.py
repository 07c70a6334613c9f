"""Runs migrations as the owner role, one deployer at a time.

The previous version of the code runs against the new schema while it is rolled
out: add first, remove two releases later. See docs/operations.md.
"""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

from app.config import OWNER_ROLE
from app.db import db
from app.ddl import create_roles

LOCK = 727403280


def include_object(obj, name, type_, reflected, compare_to):
    """Leave procrastinate's tables to procrastinate."""
    return not (type_ == "table" and reflected and name.startswith("procrastinate_"))


def run() -> None:
    engine = create_engine(current_app.config["DATABASE_OWNER_URL"])
    with engine.connect() as connection:
        # Two deployers must not race; the lock ends with the connection.
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        create_roles(connection)
        connection.execute(text(f"SET ROLE {OWNER_ROLE}"))
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=include_object,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
