"""The catalogue: products as they are, how they belong together, and what they were.

A *relation* leads from a product to another one: its ``complement`` is an add-on
(추가상품), bought to go with it; its ``upgrade`` is its successor or a higher grade
(상위버전). Relations name SKUs that need not be in the catalogue (yet). The
checkout asks the other way round (of what in the cart is this an add-on?), which
the index on ``related_sku`` answers.

A *version* keeps what a product was; the app's role cannot change or delete one.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


def _product_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", "sku"], ["products.brand_id", "products.sku"])


class Product(Model):
    __tablename__ = "products"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("price >= 0 AND cost >= 0", name="money"),
        Index("ix_products_category", "brand_id", "category", "sku"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    price: Mapped[int | None] = mapped_column(BigInteger)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    active: Mapped[bool]
    gtin: Mapped[str | None] = mapped_column(Text)
    photo_url: Mapped[str | None] = mapped_column(Text)
    serials: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProductRelation(Model):
    __tablename__ = "product_relations"
    __table_args__ = (
        _product_key(),
        CheckConstraint("kind IN ('complement', 'upgrade')", name="kind"),
        CheckConstraint("sku <> related_sku", name="related"),
        Index("ix_product_relations_related_sku", "brand_id", "related_sku"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    related_sku: Mapped[str] = mapped_column(Text, primary_key=True)


class ProductVersion(Model):
    __tablename__ = "product_versions"
    __table_args__ = (_product_key(),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
