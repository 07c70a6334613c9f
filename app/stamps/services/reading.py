"""Looking up a member's cards and how they came to be."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.points import services as points
from app.stamps import queries
from app.stamps.rules.cards import StampsState, state_of


def read_state(brand_id: UUID, member_id: UUID, zone: ZoneInfo, *, now: datetime) -> StampsState:
    """Return what a member has of every programme; lock the account first to change it."""
    today = points.midnight_of(now, zone)
    return state_of(queries.read_state(brand_id, member_id, today=today, now=now))
