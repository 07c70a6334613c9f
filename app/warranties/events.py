"""What happened to units and batches."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class BatchCreated:
    """A batch of units was ordered; large ones are made by a job afterwards."""

    brand_id: UUID
    batch_id: UUID
    sku: str
    quantity: int
    now: datetime


@dataclass(frozen=True)
class UnitMoved:
    """One unit took a step (``claim``, ``release``, ``replace``, ``void``, …).

    Steps of whole batches send none.
    """

    brand_id: UUID
    unit_id: UUID
    step: str
    state: str
    now: datetime


@dataclass(frozen=True)
class UnitFlagged:
    """A flag of a unit was set or taken off."""

    brand_id: UUID
    unit_id: UUID
    flag: str
    on: bool
    now: datetime


@dataclass(frozen=True)
class WarrantyRegistered:
    """A unit belongs to a member from now on. ``seq``: 1 for its first owner."""

    brand_id: UUID
    warranty_id: UUID
    unit_id: UUID
    member_id: UUID
    seq: int
    now: datetime


@dataclass(frozen=True)
class WarrantyEnded:
    """A unit belongs to a member no more; ``cause`` is one of ``rules.claims.ENDS``."""

    brand_id: UUID
    warranty_id: UUID
    unit_id: UUID
    member_id: UUID
    cause: str
    now: datetime


@dataclass(frozen=True)
class TransferOffered:
    """An owner offers a unit to whoever has a phone number."""

    brand_id: UUID
    transfer_id: UUID
    warranty_id: UUID
    expires_at: datetime
    now: datetime


@dataclass(frozen=True)
class TransferEnded:
    """The offers of a unit are over: ``completed``, ``declined`` or ``cancelled``.

    Those that nobody accepted in time send none.
    """

    brand_id: UUID
    unit_id: UUID
    state: str
    now: datetime


@dataclass(frozen=True)
class UnitReported:
    """A visitor or the owner said that something is wrong with a unit (``kind``)."""

    brand_id: UUID
    unit_id: UUID
    kind: str
    now: datetime


@dataclass(frozen=True)
class ReviewOpened:
    """The evidence of a unit asks staff to look at it."""

    brand_id: UUID
    review_id: UUID
    unit_id: UUID
    score: int
    now: datetime


@dataclass(frozen=True)
class ReviewDecided:
    """Staff hold a unit for a copy (``confirmed``) or not (``cleared``)."""

    brand_id: UUID
    review_id: UUID
    unit_id: UUID
    state: str
    now: datetime
