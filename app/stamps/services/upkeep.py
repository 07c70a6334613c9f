"""What stamps do when time passes, when others do something, and to prove themselves."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.benefits import services as benefits
from app.findings import Finding
from app.members.events import MemberErased, MemberMerged
from app.stamps import audits, queries


def expire_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Empty the next ``limit`` cards whose time is over.

    :returns: how many there were, 0 when nothing is due
    """
    return queries.expire(brand_id, limit, now=now)


def move_to_survivor(event: MemberMerged) -> None:
    """Give a merged member's cards to the survivor, who fills all that are open.

    They stay cards of their own, with their day and their rewards, and are filled after
    those the survivor had; what was owed is owed by the survivor. Runs before what was
    granted is moved, whose occasions name the cards.
    """
    offsets = queries.move(event.brand_id, event.member_id, event.into_id)

    def renumbered(grant: benefits.BenefitGrant) -> str:
        return _renumbered(grant.source, grant.occasion, offsets)

    benefits.rename(event.brand_id, event.member_id, "card/", renumbered)


def forget(event: MemberErased) -> None:
    """End the cards of an erased member and what staff wrote; the books stay."""
    queries.forget(event.brand_id, event.member_id, now=event.now)


def audit(brand_id: UUID) -> list[Finding]:
    """Prove every card of a brand; returns what does not hold."""
    return audits.audit(brand_id)


def _renumbered(source: str, occasion: str, offsets: Mapping[str, int]) -> str:
    """Return an occasion whose card has another number now.

    A programme's own are ``card/<number>/<at>``, those of rules ``card/<code>/<number>``.

    >>> _renumbered("stamps:C", "card/2/3", {"C": 5}), _renumbered("rule:R", "card/C/2", {"C": 5})
    ('card/7/3', 'card/C/7')
    """
    _, first, second = occasion.split("/", 2)
    if source.startswith("stamps:"):
        return f"card/{int(first) + offsets.get(source.removeprefix('stamps:'), 0)}/{second}"
    number, mark, double = second.partition("#")
    return f"card/{first}/{int(number) + offsets.get(first, 0)}{mark}{double}"
