"""Rules about products: plain functions over plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.products.errors import (
    GtinInvalid,
    ProductNameRequired,
    ProductRelatedToItself,
    SkuInvalid,
)

SKU_LENGTH_MAX = 100
GTIN_LENGTHS = (8, 12, 13, 14)
# What may follow the prefix of a serial number; hyphens are written as the maker likes.
SERIAL_CHARACTERS = {
    "digits": frozenset("0123456789-"),
    "letters_digits": frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"),
}


@dataclass(frozen=True)
class SerialRule:
    """What the maker's own serial numbers of a product look like."""

    prefix: str = ""
    min_length: int = 1
    max_length: int = 40
    characters: str = "letters_digits"  # digits | letters_digits


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
    gtin: str | None = None
    photo_url: str | None = None
    serials: SerialRule | None = None


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
    :raises GtinInvalid: the GTIN's length or check digit is wrong
    """
    values = {**(vars(known) if known else {}), **fields}
    if "name" not in values:
        raise ProductNameRequired(pointer="/name", sku=sku)
    for relation in ("complements", "upgrades"):
        values[relation] = tuple(sorted(set(values.get(relation, ()))))
        if sku in values[relation]:
            raise ProductRelatedToItself(pointer=f"/{relation}", sku=sku)
    if values.get("gtin") is not None:
        values["gtin"] = gtin_of(values["gtin"])
    if isinstance(values.get("serials"), Mapping):
        values["serials"] = SerialRule(**values["serials"])
    return Definition(**values)


def gtin_of(text: str) -> str:
    """Return a GTIN (8, 12, 13 or 14 digits) whose check digit is right.

    >>> gtin_of("8801234567893")
    '8801234567893'

    :raises GtinInvalid: another length, no digits, or a check digit that does not fit
    """
    if len(text) not in GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        raise GtinInvalid(pointer="/gtin")
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    if sum(weighted) % 10:
        raise GtinInvalid(pointer="/gtin")
    return text


def gtin_14(gtin: str) -> str:
    """Return a GTIN in the 14 digits of GS1 Digital Link.

    >>> gtin_14("8801234567893")
    '08801234567893'
    """
    return gtin.rjust(14, "0")


def serial_fits(rule: SerialRule | None, serial: str) -> bool:
    """Whether a maker's serial number is as the product's rule says; case does not matter.

    >>> rule = SerialRule("HB", 8, 8, "digits")
    >>> [serial_fits(rule, text) for text in ("HB260001", "hb260001", "HB26000A", "HB26")]
    [True, True, False, False]
    """
    if rule is None:
        return True
    text, prefix = serial.upper(), rule.prefix.upper()
    return (
        rule.min_length <= len(text) <= rule.max_length
        and text.startswith(prefix)
        and set(text[len(prefix) :]) <= SERIAL_CHARACTERS[rule.characters]
    )


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
