"""Orders, their lines and effects, and refunds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0004_orders"
down_revision = "0003_points"
branch_labels = None
depends_on = None

ORDER_KEY = (["brand_id", "order_id"], ["orders.brand_id", "orders.id"])


def integers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("channel", sa.Text()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=False),
        *integers("goods", "discounts", "shipping_fee", "points_used", "due", "earned"),
        sa.Column("earned_pending", sa.Boolean(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Uuid()),
        sa.Column("redemption_seq", sa.BigInteger()),
        sa.Column("accrual_lot", sa.BigInteger()),
        sa.Column("confirm_due_at", UTCDateTime()),
        sa.Column("confirmed_at", UTCDateTime()),
        sa.Column("shipping_refunded", sa.Boolean(), nullable=False),
        *integers("cash_refunded", "points_restored", "points_taken_back"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("brand_id", "external_id"),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.CheckConstraint(
            "status IN ('paid', 'partially_refunded', 'refunded', 'cancelled')", name="status"
        ),
        sa.CheckConstraint("due = goods - discounts + shipping_fee - points_used", name="due"),
        sa.Index("ix_orders_member", "brand_id", "member_id", "id"),
        sa.Index(
            "ix_orders_confirm_due",
            "brand_id",
            "confirm_due_at",
            postgresql_where=sa.text("confirmed_at IS NULL"),
        ),
    )
    op.create_table(
        "order_lines",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("order_id", sa.Uuid(), primary_key=True),
        sa.Column("line_no", sa.Integer(), primary_key=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("category", sa.Text()),
        *integers("quantity"),
        sa.Column("unit_price", sa.BigInteger()),
        *integers("amount", "discount", "points_share"),
        sa.Column("accrues", sa.Boolean(), nullable=False),
        *integers("refunded_quantity"),
        sa.ForeignKeyConstraint(*ORDER_KEY),
        sa.CheckConstraint(
            "refunded_quantity >= 0 AND refunded_quantity <= quantity", name="refunded"
        ),
    )
    op.create_table(
        "order_effects",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("order_id", sa.Uuid(), primary_key=True),
        sa.Column("effect_no", sa.Integer(), primary_key=True),
        sa.Column("refund_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        *integers("points"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("terms", JSONB()),
        sa.ForeignKeyConstraint(*ORDER_KEY),
    )
    op.create_table(
        "refunds",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("refunded_at", UTCDateTime(), nullable=False),
        *integers(
            "cash",
            "shipping",
            "restored",
            "restored_expired",
            "clawed_back",
            "debt_added",
            "waived",
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("brand_id", "order_id", "external_id"),
        sa.ForeignKeyConstraint(*ORDER_KEY),
    )
    op.create_table(
        "refund_lines",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("refund_id", sa.Uuid(), primary_key=True),
        sa.Column("line_no", sa.Integer(), primary_key=True),
        *integers("quantity", "cash", "points"),
        sa.ForeignKeyConstraint(["brand_id", "refund_id"], ["refunds.brand_id", "refunds.id"]),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )
    ddl.isolate("orders", ddl.WRITE)
    ddl.isolate("order_lines", ddl.WRITE)
    ddl.isolate("order_effects", ddl.APPEND)
    ddl.isolate("refunds", ddl.APPEND)
    ddl.isolate("refund_lines", ddl.APPEND)
    ddl.install_functions("orders")


def downgrade() -> None:
    ddl.drop_functions("order")
    for table in ("refund_lines", "refunds", "order_effects", "order_lines", "orders"):
        op.drop_table(table)
