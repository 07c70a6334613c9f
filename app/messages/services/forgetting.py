"""What messages said, and to whom, is forgotten; that they were sent is not."""

from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.members.events import MemberErased, MemberMerged
from app.messages import queries

CODES_KEPT = timedelta(days=1)


def forget_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Empty messages that were over longer ago than the brand keeps them; returns how many.

    Codes of phones are emptied after a day.
    """
    days = brands.current_settings(brand_id).messages.keep_days
    return queries.empty(
        brand_id, limit, before=now - timedelta(days=days), codes=now - CODES_KEPT, now=now
    )


def forget_member(event: MemberErased) -> None:
    """Empty every message of an erased member, and end those on their way."""
    queries.empty_member(event.brand_id, event.member_id, now=event.now)


def move_to_survivor(event: MemberMerged) -> None:
    """Hand a merged member's messages to the survivor."""
    queries.move_messages(event.brand_id, event.member_id, event.into_id)
