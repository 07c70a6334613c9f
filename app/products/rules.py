"""Rules about products: plain functions over plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.products.errors import ProductNameRequired, ProductRelatedToItself, SkuInvalid

SKU_LENGTH_MAX = 100


@dataclass(frozen=True)
class Definition:
    """All that a brand says of a product, as of one version.

    ``complements`` are its add-ons, ``upgrades`` its successors or higher grades.
    """

    name: str
    category: str | None = None
    price: int | None = None
    cost: int | None = None
    active: bool = True
    complements: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductFacts:
    """What rules may ask about a product in the cart.

    The relations are told from its own side: it is one of the complements (upgrades)
    of the products that ``complements`` (``upgrades``) names.
    """

    category: str | None = None
    price: int | None = None
    cost: int | None = None
    complements: frozenset[str] = frozenset()
    upgrades: frozenset[str] = frozenset()


def changed(sku: str, known: Definition | None, fields: Mapping[str, Any]) -> Definition:
    """Return a product as it is to be: named fields change, others stay.

    Lists lose repeats and are put in order, so that saying the same otherwise is no change.

    >>> changed("CAP", None, {"name": "모자", "upgrades": ["C", "B", "C"]}).upgrades
    ('B', 'C')
    >>> changed("CAP", Definition("모자", price=9000), {"cost": 4000}).price
    9000

    :raises ProductNameRequired: a new product without a name
    :raises ProductRelatedToItself: it is named among its own relations
    """
    values = {**(vars(known) if known else {}), **fields}
    if "name" not in values:
        raise ProductNameRequired(pointer="/name", sku=sku)
    for relation in ("complements", "upgrades"):
        values[relation] = tuple(sorted(set(values.get(relation, ()))))
        if sku in values[relation]:
            raise ProductRelatedToItself(pointer=f"/{relation}", sku=sku)
    return Definition(**values)


def sku_of(text: str) -> str:
    """Return the SKU that an address names.

    :raises SkuInvalid: empty, too long, not printable, or with a space at either end
    """
    if not 0 < len(text) <= SKU_LENGTH_MAX or text != text.strip() or not text.isprintable():
        raise SkuInvalid
    return text


def state_of(raw: Mapping[str, Any] | None) -> dict[str, ProductFacts]:
    """Return the facts as ``products_state`` tells them, by SKU.

    >>> state_of({"DOLL": {"category": "toys", "price": 9000, "cost": None,
    ...                    "complements": ["CAP"], "upgrades": []}})["DOLL"].complements
    frozenset({'CAP'})
    """
    return {
        sku: ProductFacts(
            category=facts["category"],
            price=facts["price"],
            cost=facts["cost"],
            complements=frozenset(facts["complements"]),
            upgrades=frozenset(facts["upgrades"]),
        )
        for sku, facts in (raw or {}).items()
    }
