"""The items that points buy: putting them into the catalogue, and who can have what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.coupons import services as coupons
from app.db import db
from app.errors import DomainError
from app.exchanges import queries, rules
from app.exchanges.errors import ExchangeItemNotFound, TemplateNotFit, TierUnknown
from app.exchanges.models import ExchangeItem, ExchangeItemVersion
from app.exchanges.rules import Exchanger, Item
from app.points import services as points
from app.tiers import services as tiers

Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True)
class Offer:
    """How many pieces of an item a member can have at once, or why none."""

    most: int
    reasons: Sequence[DomainError]


def put_item(
    brand_id: UUID, code: str, fields: Mapping[str, Any], *, actor: str, now: datetime
) -> tuple[Item, Outcome]:
    """Put an item into the catalogue, or change it by a new version.

    Repeating it changes nothing. Exchanges under way follow the version that is in
    force when they end.

    :raises TemplateNotFit: there is no such coupon template, or it is no gift
    :raises TierUnknown: the ladder in force has no such tier
    """
    definition = rules.definition_of(fields)
    if (same := _same(brand_id, code, definition)) is not None:
        return same, "unchanged"
    _check(brand_id, definition)
    # First the brand's row, so that definitions change one after another.
    brands.change_programme(brand_id)
    row = queries.lock_item(brand_id, code)
    if (same := _same(brand_id, code, definition)) is not None:
        return same, "unchanged"  # somebody else was quicker
    outcome: Outcome = "created" if row is None else "changed"
    earlier = queries.list_versions(brand_id, code, before=None, limit=1)
    if row is None:
        row = ExchangeItem(brand_id=brand_id, code=code, version=0, taken=0, created_at=now)
        db.session.add(row)
    row.version += 1
    row.changed_at = now
    db.session.flush()  # the version refers to the item
    db.session.add(
        ExchangeItemVersion(
            brand_id=brand_id,
            code=code,
            version=row.version,
            definition=definition,
            actor=actor,
            created_at=now,
        )
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action=f"exchange_item.{outcome}",
        subject=f"exchange_item:{code}",
        now=now,
        before=earlier[0].definition if earlier else None,
        after=definition,
    )
    db.session.flush()  # autoflush is off
    return get_item(brand_id, code), outcome


def get_item(brand_id: UUID, code: str) -> Item:
    """:raises ExchangeItemNotFound: there is no such item"""
    item = queries.find_item(brand_id, code)
    if item is None:
        raise ExchangeItemNotFound(item=code)
    return item


def list_items(
    brand_id: UUID, *, only_open: bool, after: str | None, limit: int, now: datetime
) -> list[Item]:
    """Return items in the order of their codes; with ``only_open`` those offered now."""
    return queries.list_items(
        brand_id, open_at=now if only_open else None, after=after, limit=limit
    )


def list_offers(
    brand_id: UUID, member_id: UUID, items: Sequence[Item], *, now: datetime
) -> list[Offer]:
    """Return how many of each item a member can have at once, or why none."""
    balance = points.get_balance(brand_id, member_id, now=now)
    member_of = exchangers(brand_id, member_id, balance.available, now=now)
    local = now.astimezone(zone_of(brand_id))
    return [
        Offer(
            rules.most_for(item, member_of(item), local),
            rules.refusals(item, member_of(item), 1, local),
        )
        for item in (offered(brand_id, each) for each in items)
    ]


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[ExchangeItemVersion]:
    """Return what an item was, the newest version first.

    :raises ExchangeItemNotFound: there is no such item
    """
    get_item(brand_id, code)
    return queries.list_versions(brand_id, code, before=before, limit=limit)


def exchangers(
    brand_id: UUID, member_id: UUID, available: int, *, now: datetime
) -> Callable[[Item], Exchanger]:
    """Return what tells, by item, what is known of a member who would exchange."""
    zone = zone_of(brand_id)
    had = queries.count_pieces(brand_id, member_id, rules.periods_begin(now, zone))
    tier = _tier_of(brand_id, member_id, now=now)
    return lambda item: Exchanger(available, tier, had.get(item.code, {}))


def zone_of(brand_id: UUID) -> ZoneInfo:
    return ZoneInfo(brands.current_settings(brand_id).timezone)


def _same(brand_id: UUID, code: str, definition: Mapping[str, Any]) -> Item | None:
    item = queries.find_item(brand_id, code)
    if item is None or rules.item_of(code, item.version, item.taken, definition) != item:
        return None
    return item


def offered(brand_id: UUID, item: Item) -> Item:
    """Return the item, inactive if the coupons it gives are not issued at present."""
    found = _templates(brand_id).by_code(item.template)
    return item if found is not None and found[1] == "active" else replace(item, active=False)


def _check(brand_id: UUID, definition: Mapping[str, Any]) -> None:
    gives, template = definition["gives"], definition["template"]
    found = _templates(brand_id).by_code(template)
    if found is None or (gives == "gift") != (found[0].pricing.kind == "gift"):
        raise TemplateNotFit(pointer=f"/{gives}", template=template, kind=gives)
    ladder = tiers.current_ladder(brand_id)
    known = {tier.code for tier in ladder.tiers} if ladder else set()
    for tier in definition["tiers"]:
        if tier not in known:
            raise TierUnknown(pointer="/tiers", tier=tier)


def _templates(brand_id: UUID) -> coupons.Templates:
    return coupons.templates_of(brand_id, brands.programme_version(brand_id))


def _tier_of(brand_id: UUID, member_id: UUID, *, now: datetime) -> str | None:
    ladder = tiers.current_ladder(brand_id)
    state = tiers.read_state(brand_id, member_id, now=now)
    if ladder is None or state is None:
        return None
    today = now.astimezone(zone_of(brand_id)).date()
    tier = tiers.current_tier(ladder, state, today)
    return None if tier is None else tier.code
