"""What happened to orders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class OrderPlaced:
    """An order was paid and its points posted."""

    brand_id: UUID
    order_id: UUID
    member_id: UUID | None
    now: datetime


@dataclass(frozen=True)
class OrderConfirmed:
    """The buyer keeps the goods: pending points became spendable. Not sent by the job."""

    brand_id: UUID
    order_id: UUID
    member_id: UUID | None
    now: datetime


@dataclass(frozen=True)
class OrderRefunded:
    """Some or all of an order was given back, its effects reversed with it."""

    brand_id: UUID
    order_id: UUID
    refund_id: UUID
    member_id: UUID | None
    now: datetime
