"""What warranties ask of products, and versioned warranty terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0020_warranty_terms"
down_revision = "0019_consent_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("products", sa.Column("gtin", sa.Text))
    op.add_column("products", sa.Column("photo_url", sa.Text))
    op.add_column("products", sa.Column("serials", JSONB))
    op.create_table(
        "warranty_terms",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("status IN ('active', 'ended')", name="status"),
    )
    ddl.isolate("warranty_terms", ddl.WRITE)
    op.create_table(
        "warranty_term_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "code"], ["warranty_terms.brand_id", "warranty_terms.code"]
        ),
    )
    ddl.isolate("warranty_term_versions", ddl.APPEND)


def downgrade() -> None:
    op.drop_table("warranty_term_versions")
    op.drop_table("warranty_terms")
    for name in ("serials", "photo_url", "gtin"):
        op.drop_column("products", name)
