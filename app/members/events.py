"""What happened to members."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class MemberRegistered:
    """A member exists who did not before."""

    brand_id: UUID
    member_id: UUID
    now: datetime


@dataclass(frozen=True)
class MemberReferred:
    """A member said whose code they were invited with."""

    brand_id: UUID
    member_id: UUID
    code: str
    now: datetime


@dataclass(frozen=True)
class MemberMerged:
    """A member turned out to be another one; what it had belongs to the survivor."""

    brand_id: UUID
    member_id: UUID
    into_id: UUID
    now: datetime
    actor: str


@dataclass(frozen=True)
class MemberErased:
    """A member's personal data is gone; the books stay."""

    brand_id: UUID
    member_id: UUID
    now: datetime
    actor: str


@dataclass(frozen=True)
class ErasureRequested:
    """A member wants to be erased; it has to be answered up to ``due_on``."""

    brand_id: UUID
    member_id: UUID
    request_id: UUID
    due_on: date
    now: datetime


@dataclass(frozen=True)
class ErasureRefused:
    """A member is not erased, for a reason that staff gave."""

    brand_id: UUID
    member_id: UUID
    request_id: UUID
    now: datetime
