"""Reward rules and their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0011_rewards"
down_revision = "0010_tiers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reward_rules",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("state IN ('draft', 'live', 'paused', 'ended')", name="state"),
    )
    ddl.isolate("reward_rules", ddl.WRITE)
    op.create_table(
        "reward_rule_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "code"], ["reward_rules.brand_id", "reward_rules.code"]
        ),
    )
    ddl.isolate("reward_rule_versions", ddl.APPEND)


def downgrade() -> None:
    op.drop_table("reward_rule_versions")
    op.drop_table("reward_rules")
