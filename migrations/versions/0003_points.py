"""The point ledger, and the functions that alone may write it."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0003_points"
down_revision = "0002_members"
branch_labels = None
depends_on = None

ACCOUNT_KEY = (
    ["brand_id", "member_id"],
    ["point_accounts.brand_id", "point_accounts.member_id"],
)


def upgrade() -> None:
    op.create_table(
        "point_accounts",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("available", "pending", "held", "debt", "seq", "lots")
        ),
        sa.Column("next_due_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.CheckConstraint(
            "available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0", name="counters"
        ),
        sa.CheckConstraint("debt = 0 OR available = 0", name="debt_or_available"),
        sa.Index("ix_point_accounts_due", "brand_id", "next_due_at"),
    )
    # Every posting updates the account: room on the page keeps updates off the index.
    op.execute("ALTER TABLE point_accounts SET (fillfactor = 70)")
    op.create_table(
        "point_lots",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("lot_no", sa.BigInteger(), primary_key=True),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("original", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("confirms_at", UTCDateTime()),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("renewed_from", sa.BigInteger()),
        sa.ForeignKeyConstraint(*ACCOUNT_KEY),
        sa.CheckConstraint("original > 0", name="original"),
        sa.CheckConstraint(
            "remaining >= 0 AND pending >= 0 AND remaining + pending <= original",
            name="remaining",
        ),
        sa.Index(
            "ix_point_lots_open",
            "brand_id",
            "member_id",
            "expires_at",
            "lot_no",
            postgresql_where=sa.text("remaining > 0"),
        ),
        sa.Index(
            "ix_point_lots_pending",
            "brand_id",
            "member_id",
            "confirms_at",
            postgresql_where=sa.text("pending > 0"),
        ),
    )
    op.execute("ALTER TABLE point_lots SET (fillfactor = 85)")
    op.create_table(
        "point_entries",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in (
                "d_available",
                "d_pending",
                "d_held",
                "d_debt",
                "available_after",
                "pending_after",
                "held_after",
                "debt_after",
            )
        ),
        sa.Column("ref_seq", sa.BigInteger()),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("refund_id", sa.Uuid()),
        sa.Column("hold_id", sa.Uuid()),
        sa.Column("group_id", sa.Uuid()),
        sa.Column("origin", sa.Text()),
        sa.Column("rule", sa.Text()),
        sa.Column("rule_version", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("cause", sa.Text()),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*ACCOUNT_KEY),
        sa.Index(
            "uq_point_entries_cause",
            "brand_id",
            "cause",
            unique=True,
            postgresql_where=sa.text("cause IS NOT NULL"),
        ),
    )
    op.create_table(
        "point_allocations",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("entry_seq", sa.BigInteger(), primary_key=True),
        sa.Column("lot_no", sa.BigInteger(), primary_key=True),
        sa.Column("d_remaining", sa.BigInteger(), nullable=False),
        sa.Column("d_pending", sa.BigInteger(), nullable=False),
        sa.Column("source_seq", sa.BigInteger()),
        sa.CheckConstraint("d_remaining <> 0 OR d_pending <> 0", name="moves"),
        sa.Index("ix_point_allocations_lot", "brand_id", "member_id", "lot_no"),
    )
    op.create_table(
        "point_holds",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*ACCOUNT_KEY),
        sa.CheckConstraint("state IN ('open', 'captured', 'voided', 'expired')", name="state"),
        sa.CheckConstraint("captured >= 0 AND captured <= amount", name="captured"),
        sa.Index(
            "ix_point_holds_open",
            "brand_id",
            "member_id",
            "expires_at",
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    for table in (
        "point_accounts",
        "point_lots",
        "point_entries",
        "point_allocations",
        "point_holds",
    ):
        ddl.isolate(table, ddl.READ)
    ddl.install_functions("points")


def downgrade() -> None:
    ddl.drop_functions("points")
    for table in (
        "point_holds",
        "point_allocations",
        "point_entries",
        "point_lots",
        "point_accounts",
    ):
        op.drop_table(table)
