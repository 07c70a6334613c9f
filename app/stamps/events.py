"""What happened to stamp cards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class StampCardCompleted:
    """A card is full; what it gives is given already.

    ``kind`` tells by what: an ``order`` in the checkout, which has asked the rules that
    wait for full cards itself, or, outside of it, a ``rule`` or ``staff``.
    """

    brand_id: UUID
    member_id: UUID
    programme: str
    card_no: int
    kind: str
    order_id: UUID | None
    now: datetime
