"""Taking back: what was given for an order that is given back itself.

The points are taken by who refunds the order, in one posting with all the rest;
here is told how much, and what became of it is written down.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.benefits import queries
from app.benefits.models import BenefitGrant
from app.coupons import services as coupons
from app.db import db
from app.members.events import MemberMerged


@dataclass(frozen=True)
class TakenBack:
    """What is taken back of one grant: points, and all else if it is wholly undone."""

    row: BenefitGrant
    points: int
    wholly: bool
    coupons_used: list[str] = field(default_factory=list)  # codes of templates


def of_order(brand_id: UUID, order_id: UUID) -> list[BenefitGrant]:
    """Return the grants in force that an order caused, for whichever member."""
    return queries.list_of_order(brand_id, order_id)


def find(
    brand_id: UUID,
    member_id: UUID,
    keys: Collection[tuple[str, str]],
    *,
    occasions: Collection[str] = (),
) -> list[BenefitGrant]:
    """Return the member's grants in force for (source, occasion) pairs, or for occasions."""
    if not keys and not occasions:
        return []
    return queries.list_by_occasion(brand_id, member_id, keys, occasions)


def is_used(brand_id: UUID, member_id: UUID, source: str, occasion: str) -> bool:
    """Whether anything that was given for an occasion is used: a coupon, or points."""
    return any(
        coupons.any_used(brand_id, what_was_given(row))
        or (row.lot_no is not None and queries.is_spent(row))
        for row in find(brand_id, member_id, [(source, occasion)])
    )


def take_back(
    rows: list[BenefitGrant], points_left: Callable[[BenefitGrant], int | None]
) -> list[TakenBack]:
    """Return what is to be taken back of ``rows``.

    ``points_left`` tells of each how many points are still deserved, or None when
    nothing of it is: then coupons and tags go too.
    """
    taken = []
    for row in rows:
        left = points_left(row)
        points_back = max(0, row.points - row.points_taken_back - (left or 0))
        if left is None or points_back:
            taken.append(TakenBack(row, points_back, wholly=left is None))
    return taken


def record_taken_back(taken: list[TakenBack], *, now: datetime) -> list[TakenBack]:
    """Write down what was taken back, withdraw unused coupons, free limits.

    Limits come last and in the order of their sources, as whoever counts them takes them.

    :returns: the same, with the templates of coupons that were used already
    """
    done = []
    for each in taken:
        row, used = each.row, []
        row.points_taken_back += each.points
        if each.wholly:
            row.reversed_at = now
            used = _withdraw(row, now)
        done.append(TakenBack(row, each.points, each.wholly, used))
    db.session.flush()  # autoflush is off
    for each in sorted(taken, key=lambda each: each.row.source):
        if each.row.counted:
            queries.uncount(each.row.brand_id, each.row.source, int(each.wholly), each.points)
    return done


def what_was_given(row: BenefitGrant) -> list[UUID]:
    """Return the coupons that a grant issued."""
    return [UUID(each["id"]) for each in row.gave.get("coupons", [])]


def _withdraw(row: BenefitGrant, now: datetime) -> list[str]:
    """Take unused coupons and tags back; return the templates of coupons that were used."""
    templates = {UUID(each["id"]): each["template"] for each in row.gave.get("coupons", [])}
    used: list[str] = []
    if templates:
        _, used_ids = coupons.revoke_issued(row.brand_id, list(templates), now=now)
        used = [templates[coupon_id] for coupon_id in used_ids]
    for tag in row.gave.get("tags", []):
        queries.remove_tag(row.brand_id, row.member_id, tag)
    return used


def move_to_survivor(event: MemberMerged) -> None:
    """Hand a merged member's grants and tags to the survivor."""
    queries.move(event.brand_id, event.member_id, event.into_id)


def rename(
    brand_id: UUID, member_id: UUID, beginning: str, renamed: Callable[[BenefitGrant], str]
) -> None:
    """Call a member's occasions that begin in one way what ``renamed`` tells of each."""
    rows = queries.list_beginning(brand_id, member_id, beginning)
    names = [renamed(row) for row in rows]
    for row in rows:
        row.occasion = f"renaming/{row.id}"  # no name is taken by who still has to leave it
    db.session.flush()  # autoflush is off
    for row, name in zip(rows, names, strict=True):
        row.occasion = name
    db.session.flush()
