"""Products and how they belong together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0007_products"
down_revision = "0006_programme"
branch_labels = None
depends_on = None

PRODUCT_KEY = (["brand_id", "sku"], ["products.brand_id", "products.sku"])


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("sku", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("price", sa.BigInteger()),
        sa.Column("cost", sa.BigInteger()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("price >= 0 AND cost >= 0", name="money"),
        sa.Index("ix_products_category", "brand_id", "category", "sku"),
    )
    ddl.isolate("products", ddl.WRITE)
    op.create_table(
        "product_relations",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("sku", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("related_sku", sa.Text(), primary_key=True),
        sa.ForeignKeyConstraint(*PRODUCT_KEY),
        sa.CheckConstraint("kind IN ('complement', 'upgrade')", name="kind"),
        sa.CheckConstraint("sku <> related_sku", name="related"),
        sa.Index("ix_product_relations_related_sku", "brand_id", "related_sku"),
    )
    ddl.isolate("product_relations", ddl.ALL)
    op.create_table(
        "product_versions",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("sku", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*PRODUCT_KEY),
    )
    ddl.isolate("product_versions", ddl.APPEND)
    ddl.install_functions("products")


def downgrade() -> None:
    ddl.drop_functions("products")
    op.drop_table("product_versions")
    op.drop_table("product_relations")
    op.drop_table("products")
