"""What happened to consents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ConsentTextPublished:
    """Members are asked with a new text from now on.

    ``asks_anew``: it says something else than the one before, so that who agreed to
    that one has not agreed to this.
    """

    brand_id: UUID
    purpose: str
    language: str
    version: int
    asks_anew: bool
    now: datetime


@dataclass(frozen=True)
class ConsentRecorded:
    """A member answered, or what was agreed to came to its end: one record of the chain."""

    brand_id: UUID
    member_id: UUID
    purpose: str
    action: str
    seq: int
    now: datetime
