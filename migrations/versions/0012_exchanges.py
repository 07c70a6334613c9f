"""What points buy outside an order."""

revision = "0012_exchanges"
down_revision = "0011_rewards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
