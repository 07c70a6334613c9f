"""Tier ladders, what counts for them, and who stands where."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0010_tiers"
down_revision = "0009_stamps"
branch_labels = None
depends_on = None

BRAND_KEY = (["brand_id"], ["brands.brand_id"])


def upgrade() -> None:
    op.create_table(
        "tier_ladders",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("lowers", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*BRAND_KEY),
    )
    ddl.isolate("tier_ladders", ddl.APPEND)
    op.create_table(
        "tier_postings",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "brand_id",
            "member_id",
            "id",
            postgresql_include=("order_on", "counted_on", "net", "gross", "orders", "points"),
        ),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.CheckConstraint("kind IN ('order', 'refund', 'adjustment')", name="kind"),
        sa.CheckConstraint("(kind = 'adjustment') = (order_id IS NULL)", name="order_id"),
        sa.Index(
            "uq_tier_postings_external_id",
            "brand_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
    )
    ddl.isolate("tier_postings", ddl.APPEND)
    op.create_table(
        "member_tiers",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("tier", sa.Text()),
        sa.Column("grounded_on", sa.Date()),
        sa.Column("ladder_version", sa.Integer()),
        sa.Column("unearned_on", sa.Date()),
        sa.Column("grace_until", sa.Date()),
        sa.Column("manual_tier", sa.Text()),
        sa.Column("manual_until", sa.Date()),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        *(
            sa.Index(
                f"ix_member_tiers_{column}",
                "brand_id",
                column,
                postgresql_where=sa.text(f"{column} IS NOT NULL"),
            )
            for column in ("grace_until", "manual_until")
        ),
    )
    ddl.isolate("member_tiers", ddl.WRITE)
    op.create_table(
        "tier_changes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("from_tier", sa.Text()),
        sa.Column("to_tier", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("posting_id", sa.Uuid()),
        sa.Column("ladder_version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('order', 'refund', 'adjustment', 'assessment', 'ladder', 'manual',"
            " 'manual_ended', 'merged')",
            name="kind",
        ),
    )
    ddl.isolate("tier_changes", ddl.APPEND)
    op.create_table(
        "tier_assessments",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ladder_version", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Uuid()),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("assessed", "raised", "lowered")
        ),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*BRAND_KEY),
    )
    ddl.isolate("tier_assessments", ddl.WRITE)
    ddl.install_functions("tiers")


def downgrade() -> None:
    ddl.drop_functions("tiers")
    for table in (
        "tier_assessments",
        "tier_changes",
        "member_tiers",
        "tier_postings",
        "tier_ladders",
    ):
        op.drop_table(table)
