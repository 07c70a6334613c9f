"""Stamp programmes, cards and entries."""

revision = "0009_stamps"
down_revision = "0008_coupons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
