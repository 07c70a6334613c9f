"""The logo in the middle of a brand's codes."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0033_label_logos"
down_revision = "0032_erasure_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label_logos",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("label_logos", ddl.ALL)


def downgrade() -> None:
    op.drop_table("label_logos")
