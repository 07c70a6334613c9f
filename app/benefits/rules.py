"""Rules about benefits: what is given, what it is called, how much of it is deserved.

Plain functions over plain values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime  # noqa: F401 - for the examples
from typing import Any, NamedTuple

from app.purchases import Purchase, PurchaseLine


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

    @property
    def stamps(self) -> dict[str, int]:
        """How many stamps, by programme."""
        stamps: dict[str, int] = {}
        for benefit in self.benefits:
            if benefit.programme is not None:
                stamps[benefit.programme] = stamps.get(benefit.programme, 0) + benefit.stamps
        return stamps


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


def is_used_up(grant: Grant, state: MemberBenefits) -> bool:
    """Whether a limited source has no room left for the grant.

    >>> grant = Grant("rule:A", 1, "joined", (Benefit("points", 300),), Text("", ""),
    ...               limit=Limit(points=1000))
    >>> [is_used_up(grant, MemberBenefits(counters={"rule:A": (2, n)})) for n in (700, 701)]
    [False, True]
    """
    if grant.limit is None:
        return False
    grants, points = state.used(grant.source)
    return (grant.limit.grants is not None and grants + 1 > grant.limit.grants) or (
        grant.limit.points is not None and points + grant.points > grant.limit.points
    )


def deserved(terms: Mapping[str, Any], left: Purchase | None) -> int | None:
    """Return the points that a grant of an order still deserves when ``left`` remains.

    ``left`` holds the won paid in money of what is not refunded; None: nothing is
    left. None as answer: the grant is undone, coupons and tags included.

    ``terms["points"]`` lists how the points came about: ``{"fixed": n}``, or
    ``{"numerator": n, "denominator": d, "maximum": m}`` times the amount of the lines
    of ``terms["line_nos"]`` (or of its own), rounded down.

    >>> terms = {"line_nos": [1], "minimum_amount": 0,
    ...          "points": [{"fixed": 100}, {"numerator": 1, "denominator": 50, "maximum": None}]}
    >>> day = datetime(2026, 1, 1, tzinfo=UTC)
    >>> deserved(terms, Purchase([PurchaseLine(1, "A", None, 1, 10_000)], None, day, day.date()))
    300
    """
    if left is None:
        return None
    lines = [line for line in left.lines if line.line_no in terms["line_nos"]]
    amount = sum(line.amount for line in lines)
    if not any(line.quantity for line in lines) or amount < terms.get("minimum_amount", 0):
        return None
    return sum(points_from(part, lines) for part in terms.get("points", ()))


def points_from(part: Mapping[str, Any], lines: Sequence[PurchaseLine]) -> int:
    """Return the points that one part of a grant's terms gives for lines.

    >>> points_from({"numerator": 1, "denominator": 100, "maximum": 50},
    ...             [PurchaseLine(1, "A", None, 1, 9_999)])
    50
    """
    if "fixed" in part:
        return int(part["fixed"])
    chosen = part.get("line_nos")
    amount = sum(line.amount for line in lines if chosen is None or line.line_no in chosen)
    points = amount * int(part["numerator"]) // int(part["denominator"])
    return points if part.get("maximum") is None else min(points, int(part["maximum"]))
