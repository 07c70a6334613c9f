"""Nights that are made up, how each job last went, and notices of points that lapse."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0015_nightly"
down_revision = "0014_occasions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_states",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("running_since", UTCDateTime()),
        sa.Column("succeeded_at", UTCDateTime()),
        sa.Column("failed_at", UTCDateTime()),
        sa.Column("error", sa.Text()),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand_directory.brand_id"]),
    )
    # Updated twice by every run: room on the page keeps updates off the index.
    op.execute("ALTER TABLE job_states SET (fillfactor = 50)")
    ddl.grant("job_states", ddl.WRITE)
    op.create_table(
        "job_days",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("step", sa.Text()),
        sa.Column("processed", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("job_days", ddl.ALL)


def downgrade() -> None:
    op.drop_table("job_days")
    op.drop_table("job_states")
