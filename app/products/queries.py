"""Named reads of the catalogue, and the lock."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db import db
from app.products.models import Product, ProductRelation, ProductVersion

_STATE = text("SELECT products_state(:brand_id, :skus)")


def find_product(brand_id: UUID, sku: str) -> Product | None:
    return db.session.get(Product, (brand_id, sku), populate_existing=True)


def lock_products(brand_id: UUID, skus: Collection[str]) -> dict[str, Product]:
    """Return products by SKU, held against other changes; locked in ascending order."""
    statement = (
        select(Product)
        .where(Product.brand_id == brand_id, Product.sku.in_(skus))
        .order_by(Product.sku)
        .with_for_update(key_share=True)
    )
    found = db.session.scalars(statement, execution_options={"populate_existing": True})
    return {product.sku: product for product in found}


def list_products(
    brand_id: UUID, *, category: str | None, active: bool | None, after: str | None, limit: int
) -> list[Product]:
    """Return products in the order of their SKUs."""
    statement = select(Product).where(Product.brand_id == brand_id)
    if category is not None:
        statement = statement.where(Product.category == category)
    if active is not None:
        statement = statement.where(Product.active == active)
    if after is not None:
        statement = statement.where(Product.sku > after)
    return list(db.session.scalars(statement.order_by(Product.sku).limit(limit)))


def list_names(brand_id: UUID, skus: Collection[str]) -> dict[str, str]:
    """Return the names of products by SKU; those the catalogue does not know are left out."""
    rows = db.session.execute(
        select(Product.sku, Product.name).where(Product.brand_id == brand_id, Product.sku.in_(skus))
    )
    return {row.sku: row.name for row in rows}


def list_relations(brand_id: UUID, skus: Collection[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the related SKUs of products, in order, by (SKU, kind of relation)."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    statement = select(ProductRelation).where(
        ProductRelation.brand_id == brand_id, ProductRelation.sku.in_(skus)
    )
    for relation in db.session.scalars(statement):
        found[relation.sku, relation.kind].append(relation.related_sku)
    return {key: tuple(sorted(related)) for key, related in found.items()}


def list_versions(
    brand_id: UUID, sku: str, *, before: int | None, limit: int
) -> list[ProductVersion]:
    """Return the versions of a product, the newest first."""
    statement = select(ProductVersion).where(
        ProductVersion.brand_id == brand_id, ProductVersion.sku == sku
    )
    if before is not None:
        statement = statement.where(ProductVersion.version < before)
    return list(db.session.scalars(statement.order_by(ProductVersion.version.desc()).limit(limit)))


def read_state(brand_id: UUID, skus: Collection[str]) -> dict[str, Any]:
    """Return what the catalogue knows of SKUs; see ``sql/10_products.sql``."""
    state: dict[str, Any] = db.session.scalars(
        _STATE, {"brand_id": brand_id, "skus": list(skus)}
    ).one()
    return state
