"""A message that was sent may be over without anybody saying that it arrived."""

from alembic import op

revision = "0027_unreported_messages"
down_revision = "0026_messages"
branch_labels = None
depends_on = None

OLD = "(state IN ('delivered', 'failed')) = (finished_at IS NOT NULL)"
NEW = (
    "CASE WHEN state IN ('queued', 'sending') THEN finished_at IS NULL"
    " WHEN state = 'sent' THEN true ELSE finished_at IS NOT NULL END"
)


def upgrade() -> None:
    op.drop_constraint("ck_messages_finished", "messages")
    op.create_check_constraint("finished", "messages", NEW)


def downgrade() -> None:
    op.execute(
        "UPDATE messages SET state = 'delivered' WHERE state = 'sent' AND finished_at IS NOT NULL"
    )
    op.drop_constraint("ck_messages_finished", "messages")
    op.create_check_constraint("finished", "messages", OLD)
