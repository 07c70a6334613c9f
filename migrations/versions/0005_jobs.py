"""Background jobs: procrastinate's own tables, and the progress of runs."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.config import APP_ROLE
from app.db import UTCDateTime

revision = "0005_jobs"
down_revision = "0004_orders"
branch_labels = None
depends_on = None

# A copy, so that this revision means the same whatever version is installed. Later
# versions of procrastinate bring their own steps, each to be taken in a new revision.
SCHEMA = Path(__file__).parents[1] / "procrastinate_3.10.sql"

TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TYPES = (
    "procrastinate_job_to_defer_v1",
    "procrastinate_job_event_type",
    "procrastinate_job_status",
)


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text().replace("%", "%%"))
    for table in TABLES:
        ddl.grant(table, ddl.ALL)
    op.execute(
        "DO $$ DECLARE name text; BEGIN"
        " FOR name IN SELECT oid::regprocedure FROM pg_proc"
        "   WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP"
        f"  EXECUTE 'GRANT EXECUTE ON FUNCTION ' || name || ' TO {APP_ROLE}';"
        " END LOOP;"
        " FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'S'"
        "   AND relnamespace = 'public'::regnamespace AND relname LIKE 'procrastinate\\_%' LOOP"
        f"  EXECUTE 'GRANT USAGE ON SEQUENCE ' || name || ' TO {APP_ROLE}';"
        " END LOOP;"
        " END $$"
    )
    op.create_table(
        "job_runs",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("processed", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("job_runs", ddl.ALL)
    # By it the application tells whether it fits the schema (/readyz).
    ddl.grant("alembic_version", ddl.READ)


def downgrade() -> None:
    op.drop_table("job_runs")
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    ddl.drop_functions("procrastinate")
    for name in TYPES:
        op.execute(f"DROP TYPE {name}")
