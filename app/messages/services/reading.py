"""Looking at messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.members import services as members
from app.messages import queries
from app.messages.errors import MessageNotFound
from app.messages.models import Message, MessageAttempt
from app.messages.rules.templates import Address, mask
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


@dataclass(frozen=True)
class MessageView:
    """A message with every try; ``masked`` is where it went, None once that was forgotten."""

    message: Message
    masked: str | None
    attempts: Sequence[MessageAttempt]


def get_message(brand_id: UUID, message_id: UUID) -> MessageView:
    """:raises MessageNotFound: the brand has no such message"""
    message = queries.get_message(brand_id, message_id)
    if message is None:
        raise MessageNotFound
    return _views(brand_id, [message])[0]


def list_messages(
    brand_id: UUID, *, member: str | None, state: str | None, before: UUID | None, limit: int
) -> list[MessageView]:
    """Return messages, the newest first; those of a member with who was merged into it.

    :raises MemberNotFound: the brand has no such member
    """
    member_ids = None if member is None else members.ids_of_person(brand_id, member)
    found = queries.list_messages(
        brand_id, member_ids=member_ids, state=state, before=before, limit=limit
    )
    return _views(brand_id, found)


def _views(brand_id: UUID, messages: Sequence[Message]) -> list[MessageView]:
    tries: dict[UUID, list[MessageAttempt]] = {message.id: [] for message in messages}
    for attempt in queries.list_attempts(brand_id, list(tries)):
        tries[attempt.message_id].append(attempt)
    return [MessageView(message, _masked(message), tries[message.id]) for message in messages]


def _masked(message: Message) -> str | None:
    opened = open_content(message)
    if opened is None or message.channel is None:
        return None
    address = opened[0].on(message.channel)
    return mask(address) if address else None
