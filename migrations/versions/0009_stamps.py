"""Stamp programmes, cards and entries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0009_stamps"
down_revision = "0008_coupons"
branch_labels = None
depends_on = None

MEMBER_KEY = (["brand_id", "member_id"], ["members.brand_id", "members.id"])
PROGRAMME = ["stamp_programmes.brand_id", "stamp_programmes.code"]
ACCOUNT_KEY = (
    ["brand_id", "member_id", "programme"],
    ["stamp_accounts.brand_id", "stamp_accounts.member_id", "stamp_accounts.programme"],
)


def upgrade() -> None:
    op.create_table(
        "stamp_programmes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("status IN ('active', 'paused', 'ended')", name="status"),
    )
    op.create_table(
        "stamp_programme_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id", "code"], PROGRAMME),
    )
    op.create_table(
        "stamp_accounts",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("programme", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("debt", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.ForeignKeyConstraint(["brand_id", "programme"], PROGRAMME),
        sa.CheckConstraint("seq >= 0 AND cards >= 0 AND debt >= 0", name="counters"),
    )
    op.create_table(
        "stamp_cards",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("programme", sa.Text(), primary_key=True),
        sa.Column("card_no", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("stamps", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime()),
        sa.Column("completed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*ACCOUNT_KEY),
        sa.CheckConstraint("stamps >= 0 AND stamps <= goal", name="stamps"),
        sa.CheckConstraint("state IN ('open', 'completed', 'expired', 'emptied')", name="state"),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN stamps > 0 AND stamps < goal"
            " WHEN 'completed' THEN stamps = goal AND completed_at IS NOT NULL"
            " ELSE stamps = 0 END",
            name="filled",
        ),
        sa.Index(
            "ix_stamp_cards_open",
            "brand_id",
            "member_id",
            "programme",
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_stamp_cards_due",
            "brand_id",
            "expires_at",
            postgresql_where=sa.text("state = 'open' AND expires_at IS NOT NULL"),
        ),
    )
    op.create_table(
        "stamp_entries",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("programme", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("card_no", sa.Integer()),
        sa.Column("d_stamps", sa.Integer(), nullable=False),
        sa.Column("d_debt", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("refund_id", sa.Uuid()),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*ACCOUNT_KEY),
        sa.CheckConstraint("d_stamps <> 0 OR d_debt <> 0 OR kept > 0", name="moves"),
        sa.CheckConstraint("d_stamps = 0 OR card_no IS NOT NULL", name="card"),
        sa.Index("ix_stamp_entries_history", "brand_id", "member_id", "at"),
        sa.Index(
            "ix_stamp_entries_order",
            "brand_id",
            "order_id",
            postgresql_where=sa.text("order_id IS NOT NULL"),
        ),
    )
    ddl.isolate("stamp_programmes", ddl.WRITE)
    ddl.isolate("stamp_programme_versions", ddl.APPEND)
    ddl.isolate("stamp_accounts", ddl.WRITE)
    ddl.isolate("stamp_cards", ddl.WRITE)
    ddl.isolate("stamp_entries", ddl.APPEND)
    ddl.install_functions("stamps")


def downgrade() -> None:
    ddl.drop_functions("stamps")
    for table in (
        "stamp_entries",
        "stamp_cards",
        "stamp_accounts",
        "stamp_programme_versions",
        "stamp_programmes",
    ):
        op.drop_table(table)
