"""Notices of points that are about to lapse: prepared in the night, right when looked at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.db import db
from app.members.events import MemberErased, MemberMerged
from app.messages import services as messages
from app.messages.errors import MessageUnreachable
from app.points import queries
from app.points.models import ExpiryNotice

NOBODY = UUID(int=0)  # comes before every member


@dataclass(frozen=True)
class Prepared:
    """How many notices were prepared, and the last member looked at (None: none was left)."""

    count: int
    last: UUID | None


def prepare_notices_chunk(
    brand_id: UUID, limit: int, *, after: UUID = NOBODY, now: datetime
) -> Prepared:
    """Prepare what is due today for the next ``limit`` members; a repeat adds nothing."""
    settings = brands.current_settings(brand_id)
    last, count = queries.prepare_notices(
        brand_id,
        now.astimezone(ZoneInfo(settings.timezone)).date(),
        settings.timezone,
        settings.points_notices.days_before,
        after,
        limit,
        now,
    )
    return Prepared(count, last)


def close_notices_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Cancel notices whose points have lapsed before they were sent; returns how many."""
    return queries.close_notices(brand_id, _today(brand_id, now)[0], limit)


def tell_notices_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Tell up to ``limit`` notices, corrected first; returns how many were told or cancelled.

    Who cannot be reached is not told. By day alone, and only if the brand can send.
    """
    if not messages.may_tell_now(brand_id, now):
        return 0
    today, zone = _today(brand_id, now)
    member_ids = queries.members_to_tell(brand_id, limit, today)
    for member_id in member_ids:
        queries.refresh_notices(brand_id, member_id, zone, today)
    notices = queries.lock_due_notices(brand_id, member_ids, today)
    for notice in notices:
        notice.state = "sent" if _tell(notice, now) else "cancelled"
    db.session.flush()  # autoflush is off
    return len(member_ids)


def _tell(notice: ExpiryNotice, now: datetime) -> bool:
    last_day = notice.expires_on - timedelta(days=1)
    try:
        messages.send(
            notice.brand_id,
            "points_expiring",
            member_id=notice.member_id,
            variables={
                "points": f"{notice.points:,}",
                "last_day": f"{last_day.month}월 {last_day.day}일",
            },
            purpose="points_expiry",
            key=f"points:{notice.member_id}:{notice.expires_on}:{notice.days_before}",
            now=now,
        )
    except MessageUnreachable:
        return False
    return True


def list_notices(
    brand_id: UUID,
    member_id: UUID,
    *,
    before: tuple[date, int] | None,
    limit: int,
    now: datetime,
) -> list[ExpiryNotice]:
    """Return a member's notices, the latest date first, beyond ``before`` if it is given.

    What is not sent yet is corrected first: points spent meanwhile are told no more.

    :raises AccountNotFound: the member has no account
    """
    queries.get_balance(brand_id, member_id, now)  # what is due lapses
    today, zone = _today(brand_id, now)
    queries.refresh_notices(brand_id, member_id, zone, today)
    return queries.list_notices(brand_id, member_id, before=before, limit=limit)


def move_notices(event: MemberMerged) -> None:
    """Give the survivor what the merged member was, or is still, to be told."""
    queries.move_notices(event.brand_id, event.member_id, event.into_id)


def cancel_notices(event: MemberErased) -> None:
    """Nothing is sent any more to a member who is erased."""
    queries.cancel_notices(event.brand_id, event.member_id)


def _today(brand_id: UUID, now: datetime) -> tuple[date, str]:
    zone = brands.current_settings(brand_id).timezone
    return now.astimezone(ZoneInfo(zone)).date(), zone
