"""Named reads of ladders, postings and standings, and the calls that write them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db import db
from app.tiers.models import TierAssessment, TierLadder, TierPosting
from app.tiers.rules.ladders import Ladder, Window

_STATE = text("SELECT tiers_state(:brand_id, :member_id, :zone, :now)")
_AMOUNT = text("SELECT tiers_amount(:brand_id, :member_id, :basis, :by_order_day, :first, :last)")
_WRITE = text("SELECT tiers_write(:brand_id, :member_id, :order_id, :now, CAST(:changes AS jsonb))")


def find_ladder(brand_id: UUID, version: int | None = None) -> TierLadder | None:
    """Return one version of the brand's ladder, the latest by default."""
    statement = select(TierLadder).where(TierLadder.brand_id == brand_id)
    if version is not None:
        statement = statement.where(TierLadder.version == version)
    return db.session.scalar(statement.order_by(TierLadder.version.desc()).limit(1))


def read_state(brand_id: UUID, member_id: UUID, zone: str, now: datetime) -> dict[str, Any] | None:
    """Return the state of a member as ``tiers_state`` tells it; lock the account first."""
    state: dict[str, Any] | None = db.session.execute(
        _STATE, {"brand_id": brand_id, "member_id": member_id, "zone": zone, "now": now}
    ).scalar_one()
    return state


def sum_amount(
    brand_id: UUID, member_id: UUID, ladder: Ladder, window: Window, *, by_order_day: bool
) -> int:
    """Return what counts for a member in a window of days."""
    return int(
        db.session.execute(
            _AMOUNT,
            {
                "brand_id": brand_id,
                "member_id": member_id,
                "basis": ladder.basis,
                "by_order_day": by_order_day,
                "first": window.first,
                "last": window.last,
            },
        ).scalar_one()
    )


def write(
    brand_id: UUID,
    member_id: UUID,
    changes: Mapping[str, Any],
    order_id: UUID | None,
    now: datetime,
) -> None:
    """Write what was decided for one member; see ``sql/20_write.sql``."""
    if changes:
        db.session.execute(
            _WRITE,
            {
                "brand_id": brand_id,
                "member_id": member_id,
                "order_id": order_id,
                "now": now,
                "changes": json.dumps(changes),
            },
        )


def find_posting(brand_id: UUID, member_id: UUID, posting_id: UUID) -> TierPosting | None:
    return db.session.get(TierPosting, (brand_id, member_id, posting_id))


def last_assessment(
    brand_id: UUID, prefix: str, *, after: date, until: date
) -> TierAssessment | None:
    """Return the latest finished assessment of a kind that fell due in some days."""
    return db.session.scalar(
        select(TierAssessment)
        .where(
            TierAssessment.brand_id == brand_id,
            TierAssessment.key.startswith(prefix, autoescape=True),
            TierAssessment.finished_at.is_not(None),
            TierAssessment.due_on > after,
            TierAssessment.due_on <= until,
        )
        .order_by(TierAssessment.due_on.desc())
        .limit(1)
    )
