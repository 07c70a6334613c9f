"""What points buy outside an order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0012_exchanges"
down_revision = "0011_rewards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_items",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("taken >= 0", name="taken"),
    )
    # Every exchange counts in it: room on the page keeps updates off the index.
    op.execute("ALTER TABLE exchange_items SET (fillfactor = 50)")
    ddl.isolate("exchange_items", ddl.WRITE)
    op.create_table(
        "exchange_item_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "code"], ["exchange_items.brand_id", "exchange_items.code"]
        ),
    )
    ddl.isolate("exchange_item_versions", ddl.APPEND)
    op.create_table(
        "exchanges",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("coupon_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("exchanged_at", UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime()),
        sa.Column("cancelled_by", sa.Text()),
        sa.Column("cancel_reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["brand_id", "item", "item_version"],
            [
                "exchange_item_versions.brand_id",
                "exchange_item_versions.code",
                "exchange_item_versions.version",
            ],
        ),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.ForeignKeyConstraint(["brand_id", "payer_id"], ["members.brand_id", "members.id"]),
        sa.UniqueConstraint("brand_id", "cause"),
        sa.CheckConstraint("quantity > 0 AND points > 0", name="quantity"),
        sa.CheckConstraint(
            "(status = 'exchanged' AND cancelled_at IS NULL)"
            " OR (status = 'cancelled' AND cancelled_at IS NOT NULL)",
            name="status",
        ),
        sa.Index("ix_exchanges_member", "brand_id", "member_id", "id"),
    )
    ddl.isolate("exchanges", ddl.WRITE)
    ddl.install_functions("exchanges")


def downgrade() -> None:
    ddl.drop_functions("exchanges")
    op.drop_table("exchanges")
    op.drop_table("exchange_item_versions")
    op.drop_table("exchange_items")
