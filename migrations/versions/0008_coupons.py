"""Coupon templates, coupons and their codes."""

revision = "0008_coupons"
down_revision = "0007_products"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
