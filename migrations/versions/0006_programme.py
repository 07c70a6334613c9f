"""What the whole programme shares: its number, members' tags, and benefits granted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0006_programme"
down_revision = "0005_jobs"
branch_labels = None
depends_on = None

MEMBER_KEY = (["brand_id", "member_id"], ["members.brand_id", "members.id"])


def upgrade() -> None:
    op.add_column(
        "brands",
        sa.Column("programme_version", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "member_tags",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("tag", sa.Text(), primary_key=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
    )
    ddl.isolate("member_tags", ddl.ALL)
    op.create_table(
        "benefit_grants",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("points_taken_back", sa.BigInteger(), nullable=False),
        sa.Column("lot_no", sa.BigInteger()),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("gave", JSONB(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("reason_ko", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column("reversed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.CheckConstraint(
            "points >= 0 AND points_taken_back >= 0 AND points_taken_back <= points",
            name="points",
        ),
        sa.Index(
            "uq_benefit_grants_occasion",
            "brand_id",
            "member_id",
            "source",
            "occasion",
            unique=True,
            postgresql_where=sa.text("reversed_at IS NULL"),
        ),
        sa.Index(
            "ix_benefit_grants_order",
            "brand_id",
            "order_id",
            postgresql_where=sa.text("order_id IS NOT NULL"),
        ),
        sa.Index("ix_benefit_grants_source", "brand_id", "source", "id"),
    )
    ddl.isolate("benefit_grants", ddl.WRITE)
    op.create_table(
        "benefit_counters",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("grants", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("grants >= 0 AND points >= 0", name="counters"),
    )
    ddl.isolate("benefit_counters", ddl.WRITE)
    ddl.install_functions("benefits")


def downgrade() -> None:
    ddl.drop_functions("benefits")
    op.drop_table("benefit_counters")
    op.drop_table("benefit_grants")
    op.drop_table("member_tags")
    op.drop_column("brands", "programme_version")
