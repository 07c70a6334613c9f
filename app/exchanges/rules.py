"""Rules about exchanges: plain functions over plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import DomainError
from app.exchanges.errors import (
    Ended,
    ItemInactive,
    LimitReached,
    NotStarted,
    SoldOut,
    StockShort,
    TierRequired,
)
from app.points.errors import InsufficientPoints

PERIODS = ("total", "year", "month", "day")
QUANTITY_MAX = 100


@dataclass(frozen=True)
class Item:
    """What points buy, as of one version, and how many pieces of it are taken.

    ``stock`` counts all pieces there ever were, not those that are left.
    """

    code: str
    version: int
    name: str
    points: int
    gives: str  # coupon | gift
    template: str
    stock: int | None = None
    per_member_limit: int | None = None
    per_member_period: str = "total"
    tiers: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    active: bool = True
    taken: int = 0

    @property
    def left(self) -> int | None:
        """How many pieces are left; None without a limit.

        >>> Item("A", 1, "머그", 100, "gift", "MUG", stock=50, taken=48).left
        2
        """
        return None if self.stock is None else max(0, self.stock - self.taken)


@dataclass(frozen=True)
class Exchanger:
    """What is known of a member who would exchange; ``had`` counts pieces by period."""

    available: int
    tier: str | None = None
    had: Mapping[str, int] = field(default_factory=dict)


def item_of(code: str, version: int, taken: int, stored: Mapping[str, Any]) -> Item:
    """Return the item that a version stores."""
    return Item(
        code=code,
        version=version,
        taken=taken,
        **{
            **stored,
            "tiers": tuple(stored["tiers"]),
            "starts_at": _instant(stored["starts_at"]),
            "ends_at": _instant(stored["ends_at"]),
        },
    )


def definition_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a version stores of an item's checked fields; tiers lose repeats.

    >>> definition_of({"gift": "MUG", "tiers": ["B", "A", "B"], "starts_at": None,
    ...                "ends_at": datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Asia/Seoul"))})
    {'tiers': ['A', 'B'], 'starts_at': None, 'ends_at': '2026-01-01T00:00:00+00:00', \
'gives': 'gift', 'template': 'MUG'}
    """
    gives = "gift" if fields.get("gift") else "coupon"
    return {
        **{name: value for name, value in fields.items() if name not in ("gift", "coupon")},
        "tiers": sorted(set(fields["tiers"])),
        **{
            name: fields[name] and fields[name].astimezone(UTC).isoformat()
            for name in ("starts_at", "ends_at")
        },
        "gives": gives,
        "template": fields[gives],
    }


def refusals(item: Item, member: Exchanger, quantity: int, now: datetime) -> list[DomainError]:
    """Return every reason why the member cannot have ``quantity`` pieces; none if it can.

    They tell times in the zone of ``now``.

    >>> mug = Item("MUG", 1, "머그", 1000, "gift", "MUG", stock=50, taken=49, per_member_limit=2)
    >>> member = Exchanger(available=1500, had={"total": 1})
    >>> [each.code for each in refusals(mug, member, 2, datetime(2026, 11, 25, tzinfo=UTC))]
    ['exchange_stock_short', 'exchange_limit_reached', 'insufficient_points']
    >>> refusals(mug, member, 1, datetime(2026, 11, 25, tzinfo=UTC))
    []
    """
    found = list(_closed(item, now))
    if item.tiers and member.tier not in item.tiers:
        found.append(TierRequired(tiers=", ".join(item.tiers)))
    if item.left is not None and item.left < quantity:
        found.append(StockShort(pointer="/quantity", left=item.left) if item.left else SoldOut())
    if item.per_member_limit is not None:
        left = _left_for(item.per_member_limit, item, member)
        if left < quantity:
            found.append(
                LimitReached(
                    pointer="/quantity",
                    limit=item.per_member_limit,
                    period=item.per_member_period,
                    left=left,
                )
            )
    if member.available < item.points * quantity:
        found.append(
            InsufficientPoints(required=item.points * quantity, available=member.available)
        )
    return found


def most_for(item: Item, member: Exchanger, now: datetime) -> int:
    """Return how many pieces the member can have at once.

    >>> mug = Item("MUG", 1, "머그", 1000, "gift", "MUG", stock=50, per_member_limit=3)
    >>> most_for(mug, Exchanger(available=2500), datetime(2026, 11, 25, tzinfo=UTC))
    2
    """
    if refusals(item, member, 1, now):
        return 0
    limits = [QUANTITY_MAX, member.available // item.points]
    if item.left is not None:
        limits.append(item.left)
    if item.per_member_limit is not None:
        limits.append(_left_for(item.per_member_limit, item, member))
    return min(limits)


def periods_begin(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """Return when the year, month and day that ``now`` falls in began, in a time zone.

    >>> begin = periods_begin(datetime(2026, 12, 31, 15, tzinfo=UTC), ZoneInfo("Asia/Seoul"))
    >>> begin["year"].isoformat()
    '2027-01-01T00:00:00+09:00'
    """
    local = now.astimezone(zone)
    year, month, day = local.year, local.month, local.day
    return {
        "year": datetime(year, 1, 1, tzinfo=zone),
        "month": datetime(year, month, 1, tzinfo=zone),
        "day": datetime(year, month, day, tzinfo=zone),
    }


def _closed(item: Item, now: datetime) -> Iterator[DomainError]:
    if not item.active:
        yield ItemInactive()
    if item.starts_at is not None and now < item.starts_at:
        yield NotStarted(starts_at=item.starts_at.astimezone(now.tzinfo).isoformat())
    if item.ends_at is not None and now >= item.ends_at:
        yield Ended(ends_at=item.ends_at.astimezone(now.tzinfo).isoformat())


def _left_for(limit: int, item: Item, member: Exchanger) -> int:
    return max(0, limit - member.had.get(item.per_member_period, 0))


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
