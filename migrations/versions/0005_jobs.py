"""Background jobs."""

from alembic import op

from app import ddl

revision = "0005_jobs"
down_revision = "0004_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Written by its feature."""


def downgrade() -> None:
    """Written by its feature."""
