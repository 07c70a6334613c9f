"""Wishes to be erased, and what a job found to be late."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0032_erasure_requests"
down_revision = "0029_shopper_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure_requests",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.CheckConstraint("state IN ('open', 'completed', 'refused')", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason"),
    )
    open_ones = sa.text("state = 'open'")
    op.create_index(
        "uq_erasure_requests_open",
        "erasure_requests",
        ["brand_id", "member_id"],
        unique=True,
        postgresql_where=open_ones,
    )
    op.create_index(
        "ix_erasure_requests_member_id", "erasure_requests", ["brand_id", "member_id", "id"]
    )
    op.create_index(
        "ix_erasure_requests_due_on",
        "erasure_requests",
        ["brand_id", "due_on"],
        postgresql_where=open_ones,
    )
    ddl.isolate("erasure_requests", ddl.WRITE)
    op.add_column(
        "job_states", sa.Column("late", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("job_states", "late")
    op.drop_table("erasure_requests")
