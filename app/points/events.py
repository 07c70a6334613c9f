"""What happened to points."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PointsTransferred:
    """Points moved from one member to another of the same brand."""

    brand_id: UUID
    from_member_id: UUID
    to_member_id: UUID
    points: int
