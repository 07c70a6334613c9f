"""What happened to tiers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class TierChanged:
    """A member's tier is another than before; changes of many at once send none."""

    brand_id: UUID
    member_id: UUID
    from_tier: str | None
    to_tier: str | None
    kind: str  # order | refund | adjustment | manual | merged
    order_id: UUID | None
    now: datetime
