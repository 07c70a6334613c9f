"""What staff do to a customer by hand: notes, approvals, what each form did."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0046_desk"
down_revision = "0050_service_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_notes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.Index("ix_member_notes_member_id", "brand_id", "member_id", "id"),
    )
    ddl.isolate("member_notes", ddl.ALL)
    op.create_table(
        "staff_approvals",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused')", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("decided_by <> actor", name="other_person"),
        sa.CheckConstraint("points <> 0", name="points"),
        sa.Index("ix_staff_approvals_member_id", "brand_id", "member_id", "id"),
        sa.Index(
            "ix_staff_approvals_open",
            "brand_id",
            "id",
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    ddl.isolate("staff_approvals", ddl.WRITE)
    op.create_table(
        "staff_actions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.Index("ix_staff_actions_member_id", "brand_id", "member_id", "done_at"),
    )
    ddl.isolate("staff_actions", ddl.WRITE)


def downgrade() -> None:
    for table in ("staff_actions", "staff_approvals", "member_notes"):
        op.drop_table(table)
