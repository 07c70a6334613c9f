"""What exchanges do when others do something, and to prove themselves."""

from uuid import UUID

from app.exchanges import audits, queries
from app.findings import Finding
from app.members.events import MemberErased, MemberMerged


def move_to_survivor(event: MemberMerged) -> None:
    """Give a merged member's exchanges to the survivor, limits included."""
    queries.change_exchanges(event.brand_id, event.member_id, {"member_id": event.into_id})


def forget_reasons(event: MemberErased) -> None:
    """Empty what staff wrote about an erased member's exchanges; the exchanges stay."""
    queries.change_exchanges(event.brand_id, event.member_id, {"cancel_reason": None})


def audit(brand_id: UUID) -> list[Finding]:
    """Prove every exchange of a brand and every stock; returns what does not hold."""
    return audits.audit(brand_id)
