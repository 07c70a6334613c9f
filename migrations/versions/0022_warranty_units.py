"""Batches of units, what happened to each, and who fetched their labels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app import ddl
from app.db import UTCDateTime

revision = "0022_warranty_units"
down_revision = "0021_consent_records"
branch_labels = None
depends_on = None

BATCH = (["brand_id", "batch_id"], ["warranty_batches.brand_id", "warranty_batches.id"])


def upgrade() -> None:
    op.create_table(
        "warranty_batches",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("manufactured_on", sa.Date()),
        sa.Column("import_cleared_on", sa.Date()),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("own_serials", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("voided_at", UTCDateTime()),
        sa.Column("void_reason", sa.Text()),
        sa.Column("codes_kept_until", UTCDateTime()),
        sa.Column("codes_forgotten_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id", "sku"], ["products.brand_id", "products.sku"]),
        sa.ForeignKeyConstraint(
            ["brand_id", "terms", "terms_version"],
            [
                "warranty_term_versions.brand_id",
                "warranty_term_versions.code",
                "warranty_term_versions.version",
            ],
        ),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.Index("ix_warranty_batches_sku", "brand_id", "sku", "id"),
    )
    ddl.isolate("warranty_batches", ddl.WRITE)
    op.create_table(
        "warranty_batch_tasks",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("first_no", sa.Integer(), nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*BATCH),
        sa.CheckConstraint("step IN ('make', 'print', 'allocate', 'ship', 'void')", name="step"),
        sa.CheckConstraint("first_no <= last_no AND cursor <= last_no", name="numbers"),
        sa.Index(
            "ix_warranty_batch_tasks_open",
            "brand_id",
            "batch_id",
            "seq",
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
    )
    ddl.isolate("warranty_batch_tasks", ddl.WRITE)
    op.create_table(
        "warranty_units",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("serial_key", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("flags", ARRAY(sa.Text()), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("shipped_at", UTCDateTime()),
        sa.Column("exchanged_on", sa.Date()),
        sa.Column("replaced_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*BATCH),
        sa.UniqueConstraint("brand_id", "batch_id", "number"),
        sa.UniqueConstraint("brand_id", "serial_key"),
        sa.UniqueConstraint("brand_id", "code_hash"),
        sa.CheckConstraint(
            "state IN ('generated', 'printed', 'allocated', 'shipped', 'claimed', 'released',"
            " 'replaced', 'void')",
            name="state",
        ),
        sa.CheckConstraint("(state = 'replaced') = (replaced_by IS NOT NULL)", name="replaced"),
        sa.CheckConstraint("flags <@ ARRAY['suspect', 'lost', 'stolen', 'recalled']", name="flags"),
        sa.Index("ix_warranty_units_state", "brand_id", "batch_id", "state"),
    )
    ddl.isolate("warranty_units", ddl.WRITE)
    op.create_table(
        "warranty_unit_events",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"]
        ),
    )
    ddl.isolate("warranty_unit_events", ddl.APPEND)
    op.create_table(
        "warranty_batch_downloads",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("open_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*BATCH),
        sa.CheckConstraint("seq = 1 OR reason IS NOT NULL", name="reason"),
    )
    ddl.isolate("warranty_batch_downloads", ddl.APPEND)


def downgrade() -> None:
    for name in (
        "warranty_batch_downloads",
        "warranty_unit_events",
        "warranty_units",
        "warranty_batch_tasks",
        "warranty_batches",
    ):
        op.drop_table(name)
