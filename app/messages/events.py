"""What happened to messages. None of them names a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class MessageSent:
    """A provider took a message for the first time. ``key`` is that of who asked for it."""

    brand_id: UUID
    message_id: UUID
    member_id: UUID | None
    template: str
    channel: str
    key: str | None
    at: datetime


@dataclass(frozen=True)
class MessageDelivered:
    """A message arrived; test brands' messages arrive at once."""

    brand_id: UUID
    message_id: UUID
    member_id: UUID | None
    template: str
    channel: str
    key: str | None
    at: datetime


@dataclass(frozen=True)
class MessageFailed:
    """A message will not arrive. ``reason``: a provider's code, or why it may not be sent."""

    brand_id: UUID
    message_id: UUID
    member_id: UUID | None
    template: str
    reason: str
    key: str | None
    at: datetime
