"""The point ledger."""

from alembic import op

from app import ddl

revision = "0003_points"
down_revision = "0002_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Written by its feature."""


def downgrade() -> None:
    """Written by its feature."""
