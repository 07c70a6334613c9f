"""A purchase as the features of the programme see it: plain values, no order.

Coupons, stamps, tiers and rules all ask the same of an order: which goods, for how
much, where and when. They lie below orders and are handed this.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PurchaseLine:
    """Goods of one line; ``amount`` is what of it is asked about (price, paid, left)."""

    line_no: int
    sku: str
    category: str | None
    quantity: int
    amount: int


@dataclass(frozen=True)
class Selection:
    """Chosen goods: by SKU or by category; nothing chosen means all of them."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def has(self, line: PurchaseLine) -> bool:
        """
        >>> tea = PurchaseLine(1, "TEA", "drinks", 1, 5000)
        >>> Selection().has(tea), Selection(categories=frozenset({"food"})).has(tea)
        (True, False)
        """
        if not self.skus and not self.categories:
            return True
        return line.sku in self.skus or line.category in self.categories


@dataclass(frozen=True)
class Purchase:
    """Goods bought together. ``on`` is the day in the brand's time zone."""

    lines: Sequence[PurchaseLine]
    channel: str | None
    at: datetime
    on: date

    def amount(self, chosen: Selection | None = None) -> int:
        return sum(line.amount for line in self.lines if chosen is None or chosen.has(line))

    def quantity(self, chosen: Selection) -> int:
        return sum(line.quantity for line in self.lines if chosen.has(line))


def selection_of(stored: dict[str, Collection[str]] | None) -> Selection:
    """Return the selection that a definition stores as ``{"skus": […], "categories": […]}``."""
    stored = stored or {}
    return Selection(frozenset(stored.get("skus", ())), frozenset(stored.get("categories", ())))


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` in proportion to ``weights``, summing exactly (largest remainder).

    No part exceeds its weight as long as ``total`` does not exceed their sum.

    >>> apportion(100, [1, 1, 1])
    [34, 33, 33]
    >>> apportion(7, [0, 10, 4])
    [0, 5, 2]
    """
    whole = sum(weights)
    if whole == 0 or total == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
