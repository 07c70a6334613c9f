"""What a coupon template says, compiled from what a version stores."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.purchases import Purchase, PurchaseLine, Selection, selection_of

# In the order in which coupons come off an order.
GROUPS = ("goods", "order", "shipping", "gift")

_TERMS = (
    "kind", "amount", "percent_basis_points", "maximum_discount", "minimum_order_amount",
    "minimum_of", "selection", "excludes",
)  # fmt: skip


@dataclass(frozen=True)
class Gift:
    sku: str
    name: str


@dataclass(frozen=True)
class Pricing:
    """How much comes off which goods: what a refund has to know of a template."""

    kind: str  # fixed | percent | free_shipping | gift
    amount: int = 0
    percent_basis_points: int = 0
    maximum_discount: int | None = None
    minimum_order_amount: int = 0
    minimum_of: str = "order"  # order | selection
    selection: Selection = field(default_factory=Selection)
    excludes: Selection = field(default_factory=Selection)

    @property
    def group(self) -> str:
        if self.kind == "free_shipping":
            return "shipping"
        if self.kind == "gift":
            return "gift"
        return "goods" if self.selection != Selection() else "order"

    def eligible(self, purchase: Purchase) -> list[PurchaseLine]:
        """Return the lines that the coupon is for."""
        nothing = self.excludes == Selection()
        return [
            line
            for line in purchase.lines
            if self.selection.has(line) and (nothing or not self.excludes.has(line))
        ]

    def measured(self, purchase: Purchase) -> int:
        """Return the amount that the minimum asks about."""
        if self.minimum_of == "selection":
            return sum(line.amount for line in self.eligible(purchase))
        return purchase.amount()

    def off(self, base: int) -> int:
        """Return what comes off goods of ``base``, never more than they cost.

        >>> Pricing("fixed", amount=5000).off(3000)
        3000
        >>> Pricing("percent", percent_basis_points=1250, maximum_discount=4000).off(31_999)
        3999
        """
        if self.kind == "fixed":
            return min(self.amount, base)
        if self.kind == "percent":
            discount = base * self.percent_basis_points // 10_000
            return (
                discount if self.maximum_discount is None else min(discount, self.maximum_discount)
            )
        return 0

    def off_shipping(self, fee: int) -> int:
        """Return what comes off the shipping fee."""
        if self.kind != "free_shipping":
            return 0
        return fee if self.maximum_discount is None else min(fee, self.maximum_discount)


def pricing_of(stored: Mapping[str, Any]) -> Pricing:
    """Return the pricing that a definition, or the terms of a use, store."""
    values = {name: stored[name] for name in _TERMS if stored.get(name) is not None}
    for name in ("selection", "excludes"):
        values[name] = selection_of(values.get(name))
    return Pricing(**values)


def terms_of(pricing: Pricing) -> dict[str, Any]:
    """Return what :func:`pricing_of` reads, as JSON.

    >>> pricing_of(terms_of(Pricing("fixed", amount=10))) == Pricing("fixed", amount=10)
    True
    """
    terms: dict[str, Any] = {}
    for name in _TERMS:
        value = getattr(pricing, name)
        if isinstance(value, Selection):
            if value != Selection():
                terms[name] = {"skus": sorted(value.skus), "categories": sorted(value.categories)}
        elif value is not None:
            terms[name] = value
    return terms


@dataclass(frozen=True)
class Template:
    """One version of a coupon template."""

    id: UUID
    code: str
    version: int
    name: str
    pricing: Pricing
    channels: frozenset[str]
    tiers: frozenset[str]
    first_order_only: bool
    per_member_limit: int | None
    total_limit: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    days_from_issue: int | None
    exclusive: bool
    generic_code: str | None
    gift: Gift | None

    @property
    def needs_member(self) -> bool:
        return bool(self.tiers) or self.first_order_only or self.per_member_limit is not None

    def validity(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
        """Return from when until when a coupon issued at ``now`` can be used.

        The day of issue is the first of ``days_from_issue``; the last one ends at
        midnight in the brand's time zone.
        """
        ends = [self.ends_at] if self.ends_at else []
        if self.days_from_issue is not None:
            last = now.astimezone(zone).date() + timedelta(days=self.days_from_issue)
            ends.append(datetime.combine(last, time(), zone))
        return max(now, self.starts_at or now), min(ends, default=None)


def template_of(template_id: UUID, code: str, version: int, stored: Mapping[str, Any]) -> Template:
    """Return a template from what one of its versions stores."""
    validity = stored.get("validity") or {}
    return Template(
        id=template_id,
        code=code,
        version=version,
        name=stored["name"],
        pricing=pricing_of(stored),
        channels=frozenset(stored.get("channels") or ()),
        tiers=frozenset(stored.get("tiers") or ()),
        first_order_only=bool(stored.get("first_order_only")),
        per_member_limit=stored.get("per_member_limit"),
        total_limit=stored.get("total_limit"),
        starts_at=_instant(validity.get("starts_at")),
        ends_at=_instant(validity.get("ends_at")),
        days_from_issue=validity.get("days_from_issue"),
        exclusive=stored.get("stacking", "exclusive") == "exclusive",
        generic_code=stored.get("generic_code"),
        gift=Gift(**stored["gift"]) if stored.get("gift") else None,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class Templates:
    """What a brand offers as of one number of its programme.

    ``load`` finds a version that is not the current one: coupons keep theirs.
    """

    def __init__(
        self,
        current: Iterable[tuple[Template, str]],
        load: Callable[[UUID, int], Template],
    ) -> None:
        self._by_code = {template.code: (template, status) for template, status in current}
        self._by_version = {
            (template.id, template.version): template for template, _ in self._by_code.values()
        }
        self._load = load

    def by_code(self, code: str) -> tuple[Template, str] | None:
        """Return the template of that code as it is now, and its status."""
        return self._by_code.get(code)

    def get(self, template_id: UUID, version: int) -> Template:
        """Return one version of a template."""
        found = self._by_version.get((template_id, version))
        return found or self._load(template_id, version)
