"""A repeat that sees the order sees its answer too; limited counters are taken last."""

from alembic import op

from app import ddl

revision = "0025_answer_of_a_seen_order"
down_revision = "0024_faster_checkout"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ddl.install_functions("orders")


def downgrade() -> None:
    op.execute("DROP FUNCTION order_post(uuid, uuid, timestamptz, jsonb)")
    op.execute("DROP FUNCTION order_write(uuid, uuid, uuid, timestamptz, jsonb, jsonb)")
