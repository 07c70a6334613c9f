"""The use cases of the catalogue. None of them commits; none of them knows about HTTP.

A product is no part of the programme's compiled definitions: the checkout reads what
it needs of it afresh (``products_state``), so that an inventory system may change
prices all day without a rule being compiled anew.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete

from app.brands import services as brands
from app.db import db
from app.products import queries, rules
from app.products.errors import ProductNotFound
from app.products.models import Product, ProductRelation, ProductVersion
from app.products.rules import (
    Definition,
    ProductFacts,
    SerialRule,
    gtin_14,
    serial_fits,
    state_of,
)

__all__ = [
    "Catalogued", "Definition", "ProductFacts", "SerialRule", "facts_of", "get_product",
    "gtin_14", "list_products", "list_versions", "put_product", "put_products",
    "record_import", "serial_fits", "state_of",
]  # fmt: skip

Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True)
class Catalogued:
    """A product as the catalogue has it."""

    sku: str
    version: int
    definition: Definition
    created_at: datetime
    updated_at: datetime


def put_product(
    brand_id: UUID, sku: str, fields: Mapping[str, Any], *, actor: str, now: datetime
) -> tuple[Catalogued, Outcome]:
    """Register a product, or change what is named of it, as a new version.

    Repeating it changes nothing and makes no version.

    :raises SkuInvalid: the SKU is empty, too long or not printable
    :raises ProductNameRequired: a new product without a name
    :raises ProductRelatedToItself: it is named among its own relations
    :raises GtinInvalid: the GTIN's length or check digit is wrong
    """
    sku = rules.sku_of(sku)
    before = _definitions(queries.lock_products(brand_id, [sku]).values()).get(sku)
    done = put_products(brand_id, {sku: fields}, actor=actor, now=now)[sku]
    product, outcome = done
    if outcome != "unchanged":
        brands.record_audit(
            brand_id,
            actor=actor,
            action=f"product.{outcome}",
            subject=f"product:{sku}",
            now=now,
            before=before and asdict(before),
            after=asdict(product.definition),
        )
        db.session.flush()  # autoflush is off
    return done


def put_products(
    brand_id: UUID, fields_of: Mapping[str, Mapping[str, Any]], *, actor: str, now: datetime
) -> dict[str, tuple[Catalogued, Outcome]]:
    """Do :func:`put_product` for many by (valid) SKU, all of them or none, without audit records.

    Who changed what stands in the versions.
    """
    there = queries.lock_products(brand_id, fields_of.keys())
    known = _definitions(there.values())
    outcomes: dict[str, Outcome] = {}
    definitions: dict[str, Definition] = {}
    # In one order, so that two imports of the same file do not wait for each other.
    for sku, fields in sorted(fields_of.items()):
        earlier = known.get(sku)
        definitions[sku] = rules.changed(sku, earlier, fields)
        if earlier is None:
            outcomes[sku] = "created"
            there[sku] = _add(brand_id, sku, now=now)
        else:
            outcomes[sku] = "unchanged" if earlier == definitions[sku] else "changed"
    written = [sku for sku, outcome in outcomes.items() if outcome != "unchanged"]
    for sku in written:
        _change(there[sku], definitions[sku], now=now)
    db.session.flush()  # versions and relations refer to the products
    _replace_relations(brand_id, {sku: definitions[sku] for sku in written})
    db.session.add_all(
        ProductVersion(
            brand_id=brand_id,
            sku=sku,
            version=there[sku].version,
            definition=asdict(definitions[sku]),
            actor=actor,
            created_at=now,
        )
        for sku in written
    )
    db.session.flush()  # autoflush is off
    return {
        sku: (_catalogued(there[sku], definitions[sku]), outcome)
        for sku, outcome in outcomes.items()
    }


def get_product(brand_id: UUID, sku: str) -> Catalogued:
    """:raises ProductNotFound: it is not in the catalogue"""
    product = queries.find_product(brand_id, sku)
    if product is None:
        raise ProductNotFound(sku=sku)
    return _catalogued(product, _definitions([product])[sku])


def list_products(
    brand_id: UUID, *, category: str | None, active: bool | None, after: str | None, limit: int
) -> list[Catalogued]:
    """Return products in the order of their SKUs."""
    found = queries.list_products(
        brand_id, category=category, active=active, after=after, limit=limit
    )
    definitions = _definitions(found)
    return [_catalogued(product, definitions[product.sku]) for product in found]


def list_names(brand_id: UUID, skus: Collection[str]) -> dict[str, str]:
    """Return the names of products by SKU; those the catalogue does not know are left out."""
    return queries.list_names(brand_id, skus)


def list_versions(
    brand_id: UUID, sku: str, *, before: int | None, limit: int
) -> Sequence[ProductVersion]:
    """Return what a product was, the newest version first.

    :raises ProductNotFound: it is not in the catalogue
    """
    if queries.find_product(brand_id, sku) is None:
        raise ProductNotFound(sku=sku)
    return queries.list_versions(brand_id, sku, before=before, limit=limit)


def facts_of(brand_id: UUID, skus: Collection[str]) -> dict[str, ProductFacts]:
    """Return what the catalogue knows of SKUs; those it does not know are left out."""
    return state_of(queries.read_state(brand_id, skus))


def record_import(
    brand_id: UUID, *, counts: Mapping[str, int], digest: str, actor: str, now: datetime
) -> None:
    """Write down that a file of products was imported: its digest and counts."""
    brands.record_audit(
        brand_id,
        actor=actor,
        action="products.imported",
        subject="products",
        now=now,
        after={"sha256": digest, **counts},
    )


def _definitions(products: Iterable[Product]) -> dict[str, Definition]:
    by_sku = {product.sku: product for product in products}
    if not by_sku:
        return {}
    brand_id = next(iter(by_sku.values())).brand_id
    relations = queries.list_relations(brand_id, by_sku)
    return {
        sku: Definition(
            name=product.name,
            category=product.category,
            price=product.price,
            cost=product.cost,
            active=product.active,
            complements=relations.get((sku, "complement"), ()),
            upgrades=relations.get((sku, "upgrade"), ()),
            gtin=product.gtin,
            photo_url=product.photo_url,
            serials=None if product.serials is None else SerialRule(**product.serials),
        )
        for sku, product in by_sku.items()
    }


def _add(brand_id: UUID, sku: str, *, now: datetime) -> Product:
    product = Product(brand_id=brand_id, sku=sku, version=0, created_at=now)
    db.session.add(product)
    return product


def _change(product: Product, definition: Definition, *, now: datetime) -> None:
    product.version += 1
    product.name = definition.name
    product.category = definition.category
    product.price = definition.price
    product.cost = definition.cost
    product.active = definition.active
    product.gtin = definition.gtin
    product.photo_url = definition.photo_url
    product.serials = None if definition.serials is None else asdict(definition.serials)
    product.updated_at = now


def _replace_relations(brand_id: UUID, definitions: Mapping[str, Definition]) -> None:
    db.session.execute(
        delete(ProductRelation)
        .where(ProductRelation.brand_id == brand_id, ProductRelation.sku.in_(definitions))
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        ProductRelation(brand_id=brand_id, sku=sku, kind=kind, related_sku=related)
        for sku, definition in definitions.items()
        for kind, skus in (
            ("complement", definition.complements),
            ("upgrade", definition.upgrades),
        )
        for related in skus
    )


def _catalogued(product: Product, definition: Definition) -> Catalogued:
    return Catalogued(
        sku=product.sku,
        version=product.version,
        definition=definition,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )
