"""Orders, refunds and their effects."""

from alembic import op

from app import ddl

revision = "0004_orders"
down_revision = "0003_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Written by its feature."""


def downgrade() -> None:
    """Written by its feature."""
