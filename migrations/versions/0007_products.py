"""Products and how they belong together."""

revision = "0007_products"
down_revision = "0006_programme"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
