"""Granting to many members at once: points and tags, with few calls for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.benefits import queries
from app.benefits.rules import Grant, MemberBenefits
from app.benefits.services.granting import plan
from app.brands import services as brands
from app.coupons import services as coupons
from app.points import services as points

IN_BULK = frozenset({"points", "tag"})


@dataclass(frozen=True)
class History:
    """What a member was given by certain sources, and when last by each."""

    state: MemberBenefits = field(default_factory=MemberBenefits)
    last_at: Mapping[str, datetime] = field(default_factory=dict)


def can_be_bulk(grant: Grant) -> bool:
    """Whether :func:`grant_many` can give it: points and tags alone."""
    return all(benefit.kind in IN_BULK for benefit in grant.benefits)


def read_histories(
    brand_id: UUID, member_ids: Sequence[UUID], sources: Sequence[str], *, now: datetime
) -> dict[UUID, History]:
    """Return what is known of many members' grants of ``sources``, without counters.

    Lock their accounts first. Who has neither grants nor tags is left out.
    """
    zone = brands.current_settings(brand_id).timezone
    rows = queries.list_histories(brand_id, member_ids, sources, zone, now)
    return {
        member_id: History(
            MemberBenefits(
                tags=frozenset(row.tags),
                counts={source: tuple(counts) for source, counts in row.counts.items()},
                occasions={source: frozenset(each) for source, each in row.occasions.items()},
            ),
            {source: datetime.fromisoformat(at) for source, at in row.last_at.items()},
        )
        for member_id, row in rows.items()
    }


def read_counters(brand_id: UUID, sources: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (grants, points) that limited sources have used up."""
    return queries.read_counters(brand_id, sources)


def grant_many(
    brand_id: UUID, grants: Sequence[tuple[UUID, Grant]], *, actor: str, now: datetime
) -> None:
    """Give each member what was decided for it while its account was locked.

    A limit that is used up meanwhile asks for the whole use case again.
    """
    settings = brands.current_settings(brand_id)
    templates = coupons.templates_of(brand_id, brands.programme_version(brand_id))
    accruals: list[tuple[UUID, points.Operation]] = []
    rows: list[dict[str, Any]] = []
    for member_id, grant in grants:
        planned = plan(
            [grant],
            member_id,
            settings,
            templates,
            coupons.CouponsState(),
            order_id=None,
            earned_at=now,
            first=len(accruals),
            actor=actor,
            now=now,
        )
        accruals += [(member_id, operation) for operation in planned.operations]
        rows += [{"member_id": member_id, **row} for row in planned.rows]
    lots = points.accrue_many(brand_id, accruals, now=now) if accruals else []
    for row in rows:
        at = row.pop("accrue_at")
        row["lot_no"] = None if at is None else lots[at]
    queries.write_many(brand_id, rows, now)
