"""Photos that prove a purchase."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0035_receipts"
down_revision = "0030_service_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warranty_receipts",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("warranty_id", sa.Uuid()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("look", sa.BigInteger()),
        sa.Column("content_sealed", sa.LargeBinary()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"]
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "warranty_id"], ["warranties.brand_id", "warranties.id"]
        ),
        sa.Index("ix_warranty_receipts_warranty_id", "brand_id", "warranty_id", "id"),
        sa.Index(
            "ix_warranty_receipts_kept",
            "brand_id",
            "created_at",
            postgresql_where=sa.text("content_sealed IS NOT NULL"),
        ),
    )
    ddl.isolate("warranty_receipts", ddl.ALL)


def downgrade() -> None:
    op.drop_table("warranty_receipts")
