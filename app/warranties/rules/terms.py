"""Warranty terms: what a brand promises, and what the trade's table says where it is silent.

The table is that of the 소비자분쟁해결기준 (a recommendation, not a statute), for the kinds
of goods that brands of this trade sell. What it does not list has a year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OTHER = "other"


@dataclass(frozen=True)
class Standard:
    """What the table says of a kind of goods: months, and years that parts are kept."""

    ko: str
    en: str
    months: int
    core_parts: Mapping[str, int]
    parts_retention_years: int | None = None


STANDARDS: Mapping[str, Standard] = {
    "leather_shoes": Standard("가죽 구두·부츠", "leather shoes", 12, {}),
    "sneakers": Standard("운동화 등 가죽이 아닌 신발", "sneakers and other shoes", 6, {}),
    "rubber_boots": Standard("고무 장화", "rubber boots", 6, {}),
    "mobile_phone": Standard("휴대폰", "mobile phones", 24, {}),
    "tablet": Standard("태블릿", "tablets", 12, {}, 4),
    "dryer": Standard("건조기", "dryers", 12, {"컴프레서": 36}, 7),
    OTHER: Standard("그 밖의 품목", "other goods", 12, {}),
}


@dataclass(frozen=True)
class Terms:
    """One version of warranty terms, with everything filled in.

    ``start`` is ``delivered``, ``purchase`` or ``registration``; the last begins
    ``within_days`` after delivery or purchase at the latest. ``core_parts`` are months
    by the name of the part. Without ``skus`` and ``categories`` they are the brand's
    default.
    """

    code: str
    version: int
    parts_months: int
    labour_months: int
    core_parts: Mapping[str, int]
    start: str = "delivered"
    within_days: int = 0
    bonus_months: int = 0
    bonus_within_days: int | None = None
    parts_retention_years: int | None = None
    transferable: bool = True
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shortfall:
    """Something that is accepted, and that the brand should know of."""

    field: str
    stated: int
    standard: int
    ko: str
    en: str


def terms_of(code: str, version: int, definition: Mapping[str, Any]) -> Terms:
    """Return a version as coverage reads it: what it does not state, the table says.

    >>> terms_of("T", 1, {"name": "건조기", "item": "dryer"}).core_parts
    {'컴프레서': 36}
    >>> terms = terms_of("T", 1, {"name": "부츠", "months": 24, "labour_months": 12})
    >>> terms.parts_months, terms.labour_months
    (24, 12)
    """
    standard = STANDARDS[definition.get("item", OTHER)]
    months = definition.get("months", standard.months)
    selection = definition.get("selection", {})
    core_parts = {part["name"]: part["months"] for part in definition.get("core_parts", ())}
    return Terms(
        code=code,
        version=version,
        parts_months=definition.get("parts_months", months),
        labour_months=definition.get("labour_months", months),
        core_parts={**standard.core_parts, **core_parts},
        start=definition.get("start", "delivered"),
        within_days=definition.get("registration_within_days", 0),
        bonus_months=definition.get("registration_bonus_months", 0),
        bonus_within_days=definition.get("registration_bonus_within_days"),
        parts_retention_years=definition.get(
            "parts_retention_years", standard.parts_retention_years
        ),
        transferable=definition.get("transferable", True),
        skus=frozenset(selection.get("skus", ())),
        categories=frozenset(selection.get("categories", ())),
    )


def warnings_of(definition: Mapping[str, Any]) -> list[Shortfall]:
    """Return where terms promise less than the table; that is allowed, and said.

    >>> [(w.field, w.stated, w.standard) for w in warnings_of({"item": "dryer", "months": 6})]
    [('months', 6, 12)]
    """
    standard = STANDARDS[definition.get("item", OTHER)]
    found = [
        _shorter(field, definition[field], standard.months, standard)
        for field in ("months", "parts_months", "labour_months")
        if definition.get(field, standard.months) < standard.months
    ]
    for part in definition.get("core_parts", ()):
        least = standard.core_parts.get(part["name"], 0)
        if part["months"] < least:
            found.append(_shorter("core_parts", part["months"], least, standard))
    years, kept = definition.get("parts_retention_years"), standard.parts_retention_years
    if years is not None and kept is not None and years < kept:
        found.append(
            Shortfall(
                "parts_retention_years", years, kept,
                f"{standard.ko}의 부품 보유 기간 기준은 {kept}년인데 {years}년으로 정했어요.",
                f"Parts of {standard.en} are by the standard kept for {kept} years, not {years}.",
            )
        )  # fmt: skip
    return found


def _shorter(field: str, stated: int, least: int, standard: Standard) -> Shortfall:
    return Shortfall(
        field, stated, least,
        f"{standard.ko}의 분쟁해결기준은 {least}개월인데 {stated}개월로 정했어요."
        " 분쟁이 나면 기준이 앞설 수 있어요.",
        f"The standard for {standard.en} is {least} months, these terms say {stated}."
        " In a dispute the standard may prevail.",
    )  # fmt: skip


def selects(terms: Terms, sku: str, category: str | None) -> int:
    """Return how closely terms name a product: 3 its SKU, 2 its category, 1 all, 0 not.

    >>> terms = Terms("T", 1, 12, 12, {}, categories=frozenset({"boots"}))
    >>> selects(terms, "A", "boots"), selects(terms, "A", "hats")
    (2, 0)
    """
    if sku in terms.skus:
        return 3
    if category is not None and category in terms.categories:
        return 2
    return 0 if terms.skus or terms.categories else 1


def terms_for(candidates: Iterable[Terms], sku: str, category: str | None) -> Terms | None:
    """Return the terms that name a product most closely, None if none do."""
    closest = max(
        candidates, key=lambda terms: (selects(terms, sku, category), terms.code), default=None
    )
    return closest if closest is not None and selects(closest, sku, category) else None


def overlap_of(terms: Terms, others: Iterable[Terms]) -> tuple[Terms, dict[str, str]] | None:
    """Return which other terms claim the same as closely, and what; None if none do."""
    for other in others:
        if not (terms.skus or terms.categories or other.skus or other.categories):
            return other, {"ko": "나머지 모든 상품", "en": "all other products"}
        if skus := terms.skus & other.skus:
            return other, {"ko": f"상품 {min(skus)}", "en": f"the product {min(skus)}"}
        if categories := terms.categories & other.categories:
            name = min(categories)
            return other, {"ko": f"카테고리 {name}", "en": f"the category {name}"}
    return None
