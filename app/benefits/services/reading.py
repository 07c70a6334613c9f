"""Looking grants up, and proving them."""

from dataclasses import replace
from uuid import UUID

from app.benefits import audits, queries
from app.benefits.models import BenefitGrant
from app.benefits.rules import MemberBenefits
from app.findings import Finding


def list_grants(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[BenefitGrant]:
    """Return what a member was given, the newest first."""
    return queries.list_of_member(brand_id, member_id, before=before, limit=limit)


def with_order(
    state: MemberBenefits, brand_id: UUID, member_id: UUID, order_id: UUID
) -> MemberBenefits:
    """Return what is known of a member with what an order gave: ``read_state`` leaves it out."""
    occasions = dict(state.occasions)
    for row in queries.list_of_order(brand_id, order_id):
        if row.member_id == member_id:
            occasions[row.source] = occasions.get(row.source, frozenset()) | {row.occasion}
    return replace(state, occasions=occasions)


def used_of(brand_id: UUID, source: str) -> tuple[int, int]:
    """Return (grants, points) that a limited source has used up."""
    counter = queries.get_counter(brand_id, source)
    return (counter.grants, counter.points) if counter else (0, 0)


def totals_of(brand_id: UUID, source: str) -> tuple[int, int, int]:
    """Return (grants in force, members reached, points not taken back) of a source."""
    return queries.totals_of(brand_id, source)


def audit(brand_id: UUID) -> list[Finding]:
    """Prove that counters, grants and their points agree; returns what does not."""
    return audits.audit(brand_id)
