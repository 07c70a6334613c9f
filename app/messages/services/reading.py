"""Looking at messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.messages import queries
from app.messages.models import Message
from app.messages.rules.templates import Address
from app.messages.services.sealing import Texts, open_content


@dataclass(frozen=True)
class Opened:
    """A message with what it says, which is nothing once it was emptied."""

    message: Message
    address: Address
    texts: Texts


def list_outbox(brand_id: UUID, limit: int) -> Sequence[Opened]:
    """Return the newest messages of a brand, opened."""
    return [
        Opened(message, *(open_content(message) or (Address(), {})))
        for message in queries.list_newest(brand_id, limit)
    ]
