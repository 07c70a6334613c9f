"""Members:their contact data."""

from alembic import op

from app import ddl

revision = "0002_members"
down_revision = "0001_brands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Written by its feature."""


def downgrade() -> None:
    """Written by its feature."""
