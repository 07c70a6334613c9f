"""The checkout reads and writes the whole programme."""

revision = "0013_checkout_programme"
down_revision = "0012_exchanges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
