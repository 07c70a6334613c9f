"""Looking up a member's cards and how they came to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.points import services as points
from app.stamps import queries
from app.stamps.models import StampEntry
from app.stamps.rules.cards import Account, StampsState, state_of
from app.stamps.rules.earning import CardView, cards_of, within_daily_limit
from app.stamps.rules.programmes import ORDER_STAMPS_MAX, Programme
from app.stamps.services.programmes import current_programmes


@dataclass(frozen=True)
class MemberStamps:
    """What a member has of one programme. ``left_today`` None: there is no daily limit."""

    programme: Programme
    debt: int
    completed: int
    left_today: int | None
    cards: Sequence[CardView]


def read_state(brand_id: UUID, member_id: UUID, zone: ZoneInfo, *, now: datetime) -> StampsState:
    """Return what a member has of every programme; lock the account first to change it."""
    today = points.midnight_of(now, zone)
    return state_of(queries.read_state(brand_id, member_id, today=today, now=now))


def list_of_member(brand_id: UUID, member_id: UUID, *, now: datetime) -> list[MemberStamps]:
    """Return what a member has of the programmes that are active, and of any other.

    A card whose time is over is not among the cards, whether or not a job was there.
    """
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    state = read_state(brand_id, member_id, zone, now=now)
    completed = queries.count_completed(brand_id, member_id)
    return [
        _of_programme(programme, state, completed.get(code, 0), now)
        for code, programme in current_programmes(brand_id).items()
        if programme.status == "active" or code in state
    ]


def list_entries(
    brand_id: UUID, member_id: UUID, *, before: tuple[datetime, str, int] | None, limit: int
) -> list[StampEntry]:
    """Return every stamp of a member that came or went, the newest first."""
    return queries.list_entries(brand_id, member_id, before=before, limit=limit)


def _of_programme(
    programme: Programme, state: StampsState, completed: int, now: datetime
) -> MemberStamps:
    account = state.get(programme.code, Account())
    terms = programme.current
    return MemberStamps(
        programme=programme,
        debt=account.debt,
        completed=completed,
        left_today=None
        if terms.daily_limit is None
        else within_daily_limit(terms, ORDER_STAMPS_MAX, account),
        cards=cards_of([programme], state, now),
    )
