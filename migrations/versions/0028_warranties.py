"""Registrations of units by members, and months on top."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0028_warranties"
down_revision = "0027_unreported_messages"
branch_labels = None
depends_on = None

UNIT = (["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"])


def upgrade() -> None:
    op.create_table(
        "warranties",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purchased_on", sa.Date()),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("order_index", sa.LargeBinary()),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("end_cause", sa.Text()),
        sa.ForeignKeyConstraint(*UNIT),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.UniqueConstraint("brand_id", "unit_id", "seq"),
        sa.CheckConstraint("proof IN ('told', 'proven', 'disproved')", name="proof"),
        sa.CheckConstraint(
            "end_cause IN ('released', 'replaced', 'void', 'transferred', 'erased')",
            name="end_cause",
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_cause IS NULL)", name="ended"),
        sa.Index(
            "uq_warranties_owner",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_warranties_member_id", "brand_id", "member_id", "id"),
        sa.Index(
            "ix_warranties_order_index",
            "brand_id",
            "order_index",
            postgresql_where=sa.text("order_index IS NOT NULL"),
        ),
    )
    ddl.isolate("warranties", ddl.WRITE)
    op.create_table(
        "warranty_extensions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("applies_to", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*UNIT),
        sa.CheckConstraint("applies_to IN ('all', 'parts', 'labour')", name="applies_to"),
        sa.CheckConstraint("months > 0", name="months"),
        sa.Index("ix_warranty_extensions_unit_id", "brand_id", "unit_id", "id"),
    )
    ddl.isolate("warranty_extensions", ddl.APPEND)


def downgrade() -> None:
    for name in ("warranty_extensions", "warranties"):
        op.drop_table(name)
