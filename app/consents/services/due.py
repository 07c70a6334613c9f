"""What falls due by itself. Nothing that is asked or sent waits for it."""

from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.consents.queries import due as queries
from app.consents.rules.records import SEOUL
from app.consents.services.recording import tell


def lapse_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Record that consents are over whose text said until when; returns how many."""
    done = queries.lapse(brand_id, limit, now=now)
    for row in done:
        tell(brand_id, row.member_id, [row], now=now)
    return len(done)


def prepare_reconfirmations_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Prepare what members are to be told before two years are over; a repeat adds nothing."""
    days = brands.current_settings(brand_id).consents.reconfirm_days_before
    until = now.astimezone(SEOUL).date() + timedelta(days=days)
    return queries.prepare_reconfirmations(brand_id, until, limit, now=now)


def count_overdue_notices(brand_id: UUID, *, now: datetime) -> int:
    """Return how many notices the law wanted to be sent before now and nobody sent."""
    return queries.count_overdue(brand_id, now=now)


def purge_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete what is left of erased members whose time of keeping is over; how many."""
    return queries.purge(brand_id, now.astimezone(SEOUL).date(), limit)
