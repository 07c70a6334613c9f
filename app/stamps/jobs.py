"""What falls due by itself: cards whose time is over. In chunks, each its own transaction.

Reads never depend on it: a card is over once its time is, and whoever changes an
account writes down which of its cards are.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report, in_chunks
from app.stamps import services

CHUNK = 5000  # cards


def expire_cards(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Empty the cards that have lapsed.

    :returns: how many there were
    """
    return in_chunks(brand_id, partial(_one_chunk, brand_id, now, chunk), report)


def _one_chunk(brand_id: UUID, now: datetime, chunk: int) -> int:
    return services.expire_chunk(brand_id, chunk, now=now)
