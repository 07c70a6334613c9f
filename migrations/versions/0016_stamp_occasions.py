"""Stamps from outside of orders are known by their occasion; programmes may be drafts."""

import sqlalchemy as sa
from alembic import op

from app import ddl

revision = "0016_stamp_occasions"
down_revision = "0015_nightly"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stamp_entries", sa.Column("occasion", sa.Text()))
    op.create_index(
        "uq_stamp_entries_occasion",
        "stamp_entries",
        ["brand_id", "member_id", "programme", "occasion"],
        unique=True,
        postgresql_where=sa.text("occasion IS NOT NULL"),
    )
    _allow_statuses("'draft', 'active', 'paused', 'ended'")
    ddl.install_functions("stamps")


def downgrade() -> None:
    op.drop_index("uq_stamp_entries_occasion", "stamp_entries")
    op.drop_column("stamp_entries", "occasion")
    op.execute("UPDATE stamp_programmes SET status = 'paused' WHERE status = 'draft'")
    _allow_statuses("'active', 'paused', 'ended'")


def _allow_statuses(names: str) -> None:
    op.drop_constraint(op.f("ck_stamp_programmes_status"), "stamp_programmes")
    op.create_check_constraint("status", "stamp_programmes", f"status IN ({names})")
