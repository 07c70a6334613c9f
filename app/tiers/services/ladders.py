"""Ladders: the one in force, and those before it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits.services import benefit_of
from app.brands import services as brands
from app.coupons import services as coupons
from app.db import db
from app.tiers import queries
from app.tiers.errors import TierBenefitUnknown, TierLadderNotFound
from app.tiers.models import TierLadder
from app.tiers.rules.ladders import Ladder, ladder_from, replacements


@lru_cache(maxsize=1024)
def ladder_of(brand_id: UUID, programme_version: int) -> Ladder | None:
    """Return the ladder of one state of the brand's programme; None if it has none."""
    row = queries.find_ladder(brand_id)
    return None if row is None else ladder_from(row.version, row.definition)


@lru_cache(maxsize=1024)
def ladder_at(brand_id: UUID, version: int) -> Ladder:
    """Return one version of the brand's ladder. A version never changes, so it is kept."""
    row = queries.find_ladder(brand_id, version)
    assert row is not None  # noqa: S101 - versions are never deleted
    return ladder_from(row.version, row.definition)


def current_ladder(brand_id: UUID) -> Ladder | None:
    """Return the ladder in force; None if the brand has none."""
    return ladder_of(brand_id, brands.programme_version(brand_id))


def put_ladder(
    brand_id: UUID, definition: Mapping[str, Any], *, lowers: bool, actor: str, now: datetime
) -> TierLadder:
    """Put a ladder in force as a new version. The same again makes none.

    Members rise by it with the next run of the job or their next order. They fall by
    it with the next assessment, or with that run if it ``lowers``.

    :raises TierBenefitUnknown: it gives a coupon or gift that does not exist
    """
    if (same := _same(brand_id, definition)) is not None:
        return same
    check(brand_id, definition)
    brands.change_programme(brand_id)
    earlier = queries.find_ladder(brand_id)
    version, stored = _next(earlier, definition)
    row = TierLadder(
        brand_id=brand_id,
        version=version,
        definition=stored,
        lowers=lowers,
        starts_on=now.astimezone(ZoneInfo(brands.current_settings(brand_id).timezone)).date(),
        actor=actor,
        created_at=now,
    )
    db.session.add(row)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="tier_ladder.changed",
        subject="tier_ladder",
        now=now,
        before=earlier and earlier.definition,
        after=stored,
    )
    db.session.flush()  # autoflush is off
    return row


def check(brand_id: UUID, definition: Mapping[str, Any]) -> None:
    """:raises TierBenefitUnknown: a ladder gives a coupon or gift that does not exist"""
    templates = coupons.templates_of(brand_id, brands.programme_version(brand_id))
    for number, tier in enumerate(definition["tiers"]):
        for place, given in enumerate(tier["on_reaching"]):
            benefit = benefit_of(given)
            if benefit.template is None:
                continue
            found = templates.by_code(benefit.template)
            is_gift = benefit.kind == "gift"
            if found is None or found[1] == "ended" or (found[0].gift is not None) != is_gift:
                raise TierBenefitUnknown(
                    pointer=f"/tiers/{number}/on_reaching/{place}/{benefit.kind}",
                    template=benefit.template,
                    kind=benefit.kind,
                )


def compiled(brand_id: UUID, definition: Mapping[str, Any]) -> Ladder:
    """Return the ladder that a definition would make, as if it were put in force now."""
    return ladder_from(*_next(queries.find_ladder(brand_id), definition))


def list_ladders(brand_id: UUID, *, before_version: int | None, limit: int) -> list[TierLadder]:
    """Return the versions of the brand's ladder, the newest first."""
    return queries.list_ladders(brand_id, before_version=before_version, limit=limit)


def get_ladder(brand_id: UUID) -> TierLadder:
    """Return the ladder in force.

    :raises TierLadderNotFound: the brand has no tiers
    """
    row = queries.find_ladder(brand_id)
    if row is None:
        raise TierLadderNotFound
    return row


def _next(earlier: TierLadder | None, definition: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the number and the content of the version after ``earlier``."""
    old = None if earlier is None else ladder_from(earlier.version, earlier.definition)
    thresholds = {tier["code"]: tier["threshold"] for tier in definition["tiers"]}
    version = 1 if old is None else old.version + 1
    return version, {**definition, "replaced": replacements(old, thresholds)}


def _same(brand_id: UUID, definition: Mapping[str, Any]) -> TierLadder | None:
    """Return the ladder in force if it says the same as ``definition``."""
    row = queries.find_ladder(brand_id)
    if row is None:
        return None
    stored = {name: value for name, value in row.definition.items() if name != "replaced"}
    return row if stored == definition else None
