"""Operations: the plain dicts that the posting function applies.

Other features build them here and hand them to ``post``; what each does stands in
``sql/30_post.sql``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.points import rules

Operation = dict[str, Any]


def accrual(
    points: int,
    *,
    pending: bool,
    expires_at: datetime | None,
    confirms_at: datetime | None = None,
    meta: dict[str, Any],
) -> Operation:
    """Build an accrual; ``expires_at`` None never lapses."""
    return {
        "op": "accrue",
        "points": points,
        "pending": pending,
        "expires_at": instant_or_never(expires_at),
        "confirms_at": confirms_at,
        "meta": meta,
    }


def redemption(points: int, *, meta: dict[str, Any]) -> Operation:
    return {"op": "redeem", "points": points, "meta": meta}


def capture(hold_id: UUID, points: int, *, meta: dict[str, Any]) -> Operation:
    return {"op": "capture", "hold_id": hold_id, "points": points, "meta": meta}


def confirmation(lots: Sequence[int], *, meta: dict[str, Any]) -> Operation:
    return {"op": "confirm", "lots": list(lots), "meta": meta}


def claw_back(points: int, *, lots: Sequence[int], policy: str, meta: dict[str, Any]) -> Operation:
    """Build the taking back of earned points; see ``points_claw_back`` for the policies."""
    return {"op": "claw_back", "points": points, "lots": list(lots), "policy": policy, "meta": meta}


def restoration(
    points: int, *, source_seq: int, grace_until: datetime | None, meta: dict[str, Any]
) -> Operation:
    """Build the giving back of redeemed points to the lots of entry ``source_seq``."""
    return {
        "op": "restore",
        "points": points,
        "source_seq": source_seq,
        "grace_until": grace_until,
        "meta": meta,
    }


def instant_or_never(value: datetime | None) -> datetime | str:
    return rules.NEVER if value is None else value
