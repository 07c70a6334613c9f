"""Brands, settings, API keys, audit log, and the answers kept for repeated requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0001_brands"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Functions are for the roles they are granted to, not for everyone.
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    # The application tells whether it fits the schema (/readyz).
    ddl.grant("alembic_version", ddl.READ)
    op.create_table(
        "brand_directory",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
    )
    ddl.grant("brand_directory", ddl.APPEND)
    op.create_table(
        "api_key_directory",
        sa.Column("key_id", sa.Text(), primary_key=True),
        sa.Column("brand_id", sa.Uuid(), sa.ForeignKey("brand_directory.brand_id"), nullable=False),
    )
    ddl.grant("api_key_directory", ddl.APPEND)
    op.create_table(
        "brands",
        sa.Column(
            "brand_id", sa.Uuid(), sa.ForeignKey("brand_directory.brand_id"), primary_key=True
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("test_now", UTCDateTime()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode"),
    )
    ddl.isolate("brands", ddl.WRITE)
    op.create_table(
        "brand_settings",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("brand_settings", ddl.APPEND)
    op.create_table(
        "api_keys",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("key_id", sa.Text(), primary_key=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime()),
        sa.Column("revoked_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("api_keys", ddl.WRITE)
    op.create_table(
        "audit_log",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.Index("ix_audit_log_subject", "brand_id", "subject", "id"),
    )
    ddl.isolate("audit_log", ddl.APPEND)
    op.create_table(
        "idempotency_records",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("body", sa.Text()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Index("ix_idempotency_records_created_at", "brand_id", "created_at"),
    )
    ddl.isolate("idempotency_records", ddl.ALL)


def downgrade() -> None:
    for table in (
        "idempotency_records",
        "audit_log",
        "api_keys",
        "brand_settings",
        "brands",
        "api_key_directory",
        "brand_directory",
    ):
        op.drop_table(table)
    op.execute("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
