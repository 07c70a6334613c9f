"""What happened to rewards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ReferralQualified:
    """An invited member's order qualified the invitation; both sides were rewarded."""

    brand_id: UUID
    referral_id: UUID
    inviter_id: UUID
    invitee_id: UUID
    order_id: UUID
    now: datetime


@dataclass(frozen=True)
class ReferralReversed:
    """The order that had qualified an invitation was given back, and so were the rewards."""

    brand_id: UUID
    referral_id: UUID
    inviter_id: UUID
    invitee_id: UUID
    order_id: UUID
    now: datetime
