"""Tier ladders, what counts for them, and who stands where."""

revision = "0010_tiers"
down_revision = "0009_stamps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
