"""Coupon templates, coupons and their codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0008_coupons"
down_revision = "0007_products"
branch_labels = None
depends_on = None

TEMPLATE_KEY = (
    ["brand_id", "template_id"],
    ["coupon_templates.brand_id", "coupon_templates.id"],
)


def upgrade() -> None:
    op.create_table(
        "coupon_templates",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("generic_code", sa.Text()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.UniqueConstraint("brand_id", "code"),
        sa.CheckConstraint("kind IN ('fixed', 'percent', 'free_shipping', 'gift')", name="kind"),
        sa.CheckConstraint("status IN ('active', 'paused', 'ended')", name="status"),
        sa.Index(
            "uq_coupon_templates_generic_code",
            "brand_id",
            "generic_code",
            unique=True,
            postgresql_where=sa.text("status <> 'ended'"),
        ),
    )
    ddl.isolate("coupon_templates", ddl.WRITE)
    op.create_table(
        "coupon_template_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("template_id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*TEMPLATE_KEY),
    )
    ddl.isolate("coupon_template_versions", ddl.APPEND)
    op.create_table(
        "coupon_counters",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("template_id", sa.Uuid(), primary_key=True),
        sa.Column("total_limit", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(*TEMPLATE_KEY),
        sa.CheckConstraint("issued >= used AND used >= 0", name="counters"),
    )
    # Every use of a limited code updates its counter.
    op.execute("ALTER TABLE coupon_counters SET (fillfactor = 50)")
    ddl.isolate("coupon_counters", ddl.ALL)
    op.create_table(
        "coupons",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("code", sa.Text()),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("generic", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reserved_by", sa.Uuid()),
        sa.Column("reserved_until", UTCDateTime()),
        sa.Column("valid_from", UTCDateTime(), nullable=False),
        sa.Column("valid_until", UTCDateTime()),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("redeemed_at", UTCDateTime()),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("source_order_id", sa.Uuid()),
        sa.Column("cause", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.ForeignKeyConstraint(
            ["brand_id", "template_id", "version"],
            [
                "coupon_template_versions.brand_id",
                "coupon_template_versions.template_id",
                "coupon_template_versions.version",
            ],
        ),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.UniqueConstraint("brand_id", "cause"),
        sa.CheckConstraint(
            "status IN ('issued', 'reserved', 'redeemed', 'revoked', 'released')", name="status"
        ),
        sa.CheckConstraint(
            "(status = 'redeemed') = (order_id IS NOT NULL)"
            " AND (status = 'redeemed') = (redeemed_at IS NOT NULL)"
            " AND (status = 'redeemed' OR discount = 0)",
            name="redeemed",
        ),
        sa.CheckConstraint(
            "(status = 'reserved') = (reserved_by IS NOT NULL)"
            " AND (status = 'reserved') = (reserved_until IS NOT NULL)",
            name="reserved",
        ),
        sa.Index(
            "uq_coupons_code",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=sa.text("code IS NOT NULL"),
        ),
        sa.Index("ix_coupons_member", "brand_id", "member_id", "template_id"),
        sa.Index(
            "ix_coupons_usable",
            "brand_id",
            "member_id",
            "valid_until",
            postgresql_where=sa.text("status IN ('issued', 'reserved')"),
        ),
        sa.Index("ix_coupons_template", "brand_id", "template_id", "status"),
        sa.Index(
            "ix_coupons_batch",
            "brand_id",
            "batch_id",
            "id",
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_coupons_order",
            "brand_id",
            "order_id",
            postgresql_where=sa.text("order_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_coupons_reserved",
            "brand_id",
            "reserved_until",
            postgresql_where=sa.text("status = 'reserved'"),
        ),
    )
    ddl.isolate("coupons", ddl.WRITE)
    ddl.install_functions("coupons")


def downgrade() -> None:
    ddl.drop_functions("coupons")
    op.drop_table("coupons")
    op.drop_table("coupon_counters")
    op.drop_table("coupon_template_versions")
    op.drop_table("coupon_templates")
