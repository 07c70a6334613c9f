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
    op.create_table(
        "point_expiry_notices",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("expires_on", sa.Date(), primary_key=True),
        sa.Column("days_before", sa.Integer(), primary_key=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "member_id"], ["point_accounts.brand_id", "point_accounts.member_id"]
        ),
        sa.CheckConstraint("days_before > 0 AND points > 0", name="points"),
        sa.CheckConstraint("state IN ('due', 'cancelled', 'sent')", name="state"),
        sa.Index(
            "ix_point_expiry_notices_due",
            "brand_id",
            "expires_on",
            postgresql_where=sa.text("state = 'due'"),
        ),
    )
    ddl.isolate("point_expiry_notices", ddl.ALL)
    ddl.install_functions("points")


def downgrade() -> None:
    ddl.drop_functions("points_notices")
    op.drop_table("point_expiry_notices")
    op.drop_table("job_days")
    op.drop_table("job_states")
