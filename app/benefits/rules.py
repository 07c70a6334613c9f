"""Rules about benefits: what is given, what it is called, how much of it is deserved.

Plain functions over plain values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Text(NamedTuple):
    """A sentence in both languages."""

    ko: str
    en: str


@dataclass(frozen=True)
class Benefit:
    """One thing that is given, as a definition stores it; see ``web.definitions``."""

    kind: str  # points | coupon | gift | stamps | tag
    points: int = 0
    expires_in_days: int | None = None
    template: str | None = None  # of coupon and gift: the template's code
    stamps: int = 0
    programme: str | None = None  # of stamps: the programme's code
    tag: str | None = None


def benefit_of(stored: Mapping[str, Any]) -> Benefit:
    """Return the benefit that a definition stores.

    >>> benefit_of({"gift": "TUMBLER"}).template
    'TUMBLER'
    """
    if "points" in stored:
        return Benefit(
            "points", points=stored["points"], expires_in_days=stored.get("expires_in_days")
        )
    if "stamps" in stored:
        return Benefit("stamps", stamps=stored["stamps"], programme=stored["programme"])
    if "tag" in stored:
        return Benefit("tag", tag=stored["tag"])
    kind = "gift" if "gift" in stored else "coupon"
    return Benefit(kind, template=stored[kind])


def sentence_of(benefit: Benefit) -> Text:
    """Return what is given in words.

    >>> sentence_of(Benefit("points", points=1000, expires_in_days=90)).ko
    '1,000P(90일 안에 사용)'
    """
    match benefit.kind:
        case "points":
            days = benefit.expires_in_days
            return Text(
                f"{benefit.points:,}P" + (f"({days}일 안에 사용)" if days else ""),
                f"{benefit.points:,} points" + (f" (for {days} days)" if days else ""),
            )
        case "coupon":
            return Text(f"쿠폰 {benefit.template}", f"coupon {benefit.template}")
        case "gift":
            return Text(f"사은품 {benefit.template}", f"gift {benefit.template}")
        case "stamps":
            return Text(
                f"{benefit.programme} 스탬프 {benefit.stamps}개",
                f"{benefit.stamps} stamps of {benefit.programme}",
            )
    return Text(f"태그 {benefit.tag}", f"tag {benefit.tag}")


@dataclass(frozen=True)
class Limit:
    """How much a source may give to all members together; None: without limit."""

    grants: int | None = None
    points: int | None = None


@dataclass(frozen=True)
class Grant:
    """What one source gives a member on one occasion.

    ``terms`` is what a refund of the order needs; see :func:`deserved`. Every number
    of points is decided already: percentages are worked out by who makes the grant.
    """

    source: str
    version: int
    occasion: str
    benefits: tuple[Benefit, ...]
    reason: Text
    terms: dict[str, Any] = field(default_factory=dict)
    limit: Limit | None = None

    @property
    def points(self) -> int:
        return sum(benefit.points for benefit in self.benefits)


@dataclass(frozen=True)
class MemberBenefits:
    """What is known of a member's grants in force; see ``sql/10_benefits.sql``."""

    tags: frozenset[str] = frozenset()
    counts: Mapping[str, tuple[int, int, int, int]] = field(default_factory=dict)
    occasions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    counters: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def times(self, source: str, period: str | None) -> int:
        """Return how often the source has given: in all, or this ``year``, ``month``, ``day``."""
        counts = self.counts.get(source, (0, 0, 0, 0))
        return counts[{None: 0, "year": 1, "month": 2, "day": 3}[period]]

    def has(self, source: str, occasion: str) -> bool:
        return occasion in self.occasions.get(source, frozenset())

    def used(self, source: str) -> tuple[int, int]:
        """Return how many grants and points of a limited source are used up, by everyone."""
        return self.counters.get(source, (0, 0))


def state_of(raw: Mapping[str, Any] | None) -> MemberBenefits:
    """Return the state as ``benefits_state`` tells it."""
    if raw is None:
        return MemberBenefits()
    return MemberBenefits(
        tags=frozenset(raw["tags"]),
        counts={source: tuple(counts) for source, counts in raw["counts"].items()},
        occasions={source: frozenset(each) for source, each in raw["occasions"].items()},
        counters={source: tuple(used) for source, used in raw["counters"].items()},
    )
