"""What happened to exchanges."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PointsExchanged:
    """A member paid points for coupons or gifts."""

    brand_id: UUID
    exchange_id: UUID
    member_id: UUID
    now: datetime


@dataclass(frozen=True)
class ExchangeCancelled:
    """Staff cancelled an exchange: coupons are revoked, points are back."""

    brand_id: UUID
    exchange_id: UUID
    member_id: UUID
    now: datetime
