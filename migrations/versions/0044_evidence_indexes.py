"""Whoever scans a label asks for the newest review of its unit."""

from alembic import op

revision = "0044_evidence_indexes"
down_revision = "0040_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_warranty_reviews_unit_id", "warranty_reviews", ["brand_id", "unit_id", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_warranty_reviews_unit_id", "warranty_reviews")
