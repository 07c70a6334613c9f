"""What happened to service requests."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ServiceRequestOpened:
    """Somebody asked for service; ``round`` is 1, or more when it was opened again."""

    brand_id: UUID
    request_id: UUID
    member_id: UUID | None
    round: int
    now: datetime


@dataclass(frozen=True)
class ServiceRequestMoved:
    """A request took a step (see ``rules.states``)."""

    brand_id: UUID
    request_id: UUID
    step: str
    status: str
    phase: str
    now: datetime


@dataclass(frozen=True)
class ServiceQuoteSent:
    """A quote waits for the customer's answer. ``total`` in won."""

    brand_id: UUID
    request_id: UUID
    version: int
    total: int
    now: datetime


@dataclass(frozen=True)
class ServiceQuoteAnswered:
    """A quote was ``accepted``, ``declined`` or has ``expired``."""

    brand_id: UUID
    request_id: UUID
    version: int
    state: str
    now: datetime
