"""Reward rules, referrals and events."""

revision = "0011_rewards"
down_revision = "0010_tiers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
