"""Hosts of brands, and what shoppers do with a unit: transfers, scans, reports; reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0029_shopper_pages"
down_revision = "0028_warranties"
branch_labels = None
depends_on = None

UNIT = (["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"])


def upgrade() -> None:
    op.create_table(
        "brand_hosts",
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column(
            "brand_id",
            sa.Uuid(),
            sa.ForeignKey("brand_directory.brand_id"),
            nullable=False,
            unique=True,
        ),
    )
    ddl.grant("brand_hosts", ddl.ALL)
    op.create_index(
        "uq_members_proved_phone",
        "members",
        ["brand_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("phone_verified_at IS NOT NULL AND status = 'active'"),
    )
    op.add_column("verification_challenges", sa.Column("content_sealed", sa.LargeBinary()))
    _create_transfers()
    _create_evidence()


def _create_transfers() -> None:
    op.create_table(
        "warranty_transfers",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("warranty_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*UNIT),
        sa.ForeignKeyConstraint(
            ["brand_id", "warranty_id"], ["warranties.brand_id", "warranties.id"]
        ),
        sa.UniqueConstraint("brand_id", "token_hash"),
        sa.CheckConstraint(
            "state IN ('offered', 'completed', 'declined', 'cancelled', 'expired')", name="state"
        ),
        sa.CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="ended"),
        sa.Index(
            "uq_warranty_transfers_offered",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=sa.text("state = 'offered'"),
        ),
        sa.Index("ix_warranty_transfers_warranty_id", "brand_id", "warranty_id", "id"),
    )
    ddl.isolate("warranty_transfers", ddl.WRITE)


def _create_evidence() -> None:
    op.create_table(
        "warranty_scans",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_owner", sa.Boolean(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary()),
        sa.Column("ip_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*UNIT),
        sa.Index("ix_warranty_scans_unit_id", "brand_id", "unit_id", "at"),
        sa.Index("ix_warranty_scans_at", "brand_id", "at"),
    )
    ddl.isolate("warranty_scans", "SELECT, INSERT, DELETE")
    op.create_table(
        "warranty_reports",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("device_hash", sa.LargeBinary()),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*UNIT),
        sa.CheckConstraint(
            "kind IN ('doubtful', 'mine', 'claimed_again', 'lost', 'stolen', 'found')", name="kind"
        ),
        sa.Index("ix_warranty_reports_unit_id", "brand_id", "unit_id", "id"),
    )
    ddl.isolate("warranty_reports", ddl.WRITE)
    op.create_table(
        "warranty_reviews",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(*UNIT),
        sa.CheckConstraint("state IN ('open', 'cleared', 'confirmed')", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.Index(
            "uq_warranty_reviews_open",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_warranty_reviews_state", "brand_id", "state", "id"),
    )
    ddl.isolate("warranty_reviews", ddl.WRITE)


def downgrade() -> None:
    for name in ("warranty_reviews", "warranty_reports", "warranty_scans", "warranty_transfers"):
        op.drop_table(name)
    op.drop_column("verification_challenges", "content_sealed")
    op.drop_index("uq_members_proved_phone", table_name="members")
    op.drop_table("brand_hosts")
