"""Members are found by the last digits of their phone and by their name; see app.crypto.

The columns are empty until ``flask members index`` has filled them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045_members_found"
down_revision = "0044_evidence_indexes"
branch_labels = None
depends_on = None

COLUMNS = ("phone_last4_index", "name_index")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("members", sa.Column(column, sa.LargeBinary()))
        op.create_index(
            f"ix_members_{column}",
            "members",
            ["brand_id", column, "id"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_index(f"ix_members_{column}", "members")
        op.drop_column("members", column)
