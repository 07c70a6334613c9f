"""The checkout posts several accruals at once, and plans its statements once."""

from alembic import op

from app import ddl

revision = "0024_faster_checkout"
down_revision = "0023_phone_verified"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ddl.install_functions("points")
    ddl.install_functions("orders")


def downgrade() -> None:
    op.execute("DROP FUNCTION points_accrue_several(point_accounts, jsonb, timestamptz)")
    op.execute("DROP FUNCTION points_is_plain_accrual(jsonb, timestamptz)")
