"""Named reads of programmes, cards and entries, and the one way to write stamps."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text, tuple_

from app.db import db
from app.stamps.models import (
    StampAccount,
    StampCard,
    StampEntry,
    StampProgramme,
    StampProgrammeVersion,
)

_STATE = text("SELECT stamps_state(:brand_id, :member_id, :today, :now)")
_WRITE = text(
    "SELECT stamps_write(:brand_id, :member_id, :order_id, :now, CAST(:changes AS jsonb))"
)
_EXPIRE = text("SELECT stamps_expire(:brand_id, :now, :limit)")
_MOVE = text("SELECT programme, card_no_offset FROM stamps_move(:brand_id, :source, :target)")
_FORGET = text("SELECT stamps_forget(:brand_id, :member_id, :now)")


def read_state(
    brand_id: UUID, member_id: UUID, *, today: datetime, now: datetime
) -> dict[str, Any]:
    """Return a member's state as ``stamps_state`` tells it; ``today`` is when the day began."""
    state: dict[str, Any] = db.session.execute(
        _STATE, {"brand_id": brand_id, "member_id": member_id, "today": today, "now": now}
    ).scalar_one()
    return state


def write(
    brand_id: UUID,
    member_id: UUID,
    changes: Sequence[dict[str, Any]],
    *,
    order_id: UUID | None = None,
    now: datetime,
) -> None:
    """Write what was decided; see ``sql/10_stamps.sql``."""
    db.session.execute(
        _WRITE,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "order_id": order_id,
            "now": now,
            "changes": json.dumps(changes, default=str),
        },
    )


def find_programme(brand_id: UUID, code: str) -> StampProgramme | None:
    return db.session.get(StampProgramme, (brand_id, code), populate_existing=True)


def list_programmes(
    brand_id: UUID,
    *,
    status: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[StampProgramme]:
    """Return programmes by code, behind ``after`` if it is given."""
    statement = (
        select(StampProgramme)
        .where(StampProgramme.brand_id == brand_id)
        .order_by(StampProgramme.code)
    )
    if status is not None:
        statement = statement.where(StampProgramme.status == status)
    if after is not None:
        statement = statement.where(StampProgramme.code > after)
    return list(
        db.session.scalars(statement.limit(limit), execution_options={"populate_existing": True})
    )


def list_versions(
    brand_id: UUID,
    codes: Collection[str],
    *,
    before: int | None = None,
    limit: int | None = None,
) -> list[StampProgrammeVersion]:
    """Return versions of programmes, the newest first, below ``before`` if it is given."""
    version = StampProgrammeVersion
    statement = (
        select(version)
        .where(version.brand_id == brand_id, version.code.in_(codes))
        .order_by(version.version.desc(), version.code)
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(version.version < before)
    return list(db.session.scalars(statement))


def get_current(brand_id: UUID, programme: StampProgramme) -> StampProgrammeVersion:
    """Return the version of a programme that is in force."""
    return db.session.get_one(StampProgrammeVersion, (brand_id, programme.code, programme.version))


def list_movements(brand_id: UUID, member_id: UUID, order_id: UUID) -> list[StampEntry]:
    """Return a member's entries of an order, of all programmes, in the order of writing."""
    return list(
        db.session.scalars(
            select(StampEntry)
            .where(
                StampEntry.brand_id == brand_id,
                StampEntry.member_id == member_id,
                StampEntry.order_id == order_id,
            )
            .order_by(StampEntry.programme, StampEntry.seq)
        )
    )


def has_occasion(brand_id: UUID, member_id: UUID, programme: str, occasion: str) -> bool:
    """Whether stamps came or went on an occasion before."""
    return db.session.scalars(
        select(
            exists().where(
                StampEntry.brand_id == brand_id,
                StampEntry.member_id == member_id,
                StampEntry.programme == programme,
                StampEntry.occasion == occasion,
            )
        )
    ).one()


def list_cards(brand_id: UUID, member_id: UUID, programme: str) -> list[StampCard]:
    """Return the cards of an account, from the first."""
    return list(
        db.session.scalars(
            select(StampCard)
            .where(
                StampCard.brand_id == brand_id,
                StampCard.member_id == member_id,
                StampCard.programme == programme,
            )
            .execution_options(populate_existing=True)
        )
    )


def kept_by_card(brand_id: UUID, member_id: UUID, programme: str) -> dict[int, int]:
    """Return how many stamps refunds have left on each card although they were undeserved."""
    rows = db.session.execute(
        select(StampEntry.card_no, func.sum(StampEntry.kept))
        .where(
            StampEntry.brand_id == brand_id,
            StampEntry.member_id == member_id,
            StampEntry.programme == programme,
            StampEntry.kept > 0,
        )
        .group_by(StampEntry.card_no)
    )
    return {card_no: int(kept) for card_no, kept in rows if card_no is not None}


def count_completed(brand_id: UUID, member_id: UUID) -> dict[str, int]:
    """Return how many cards of each programme a member has filled."""
    rows = db.session.execute(
        select(StampCard.programme, func.count())
        .where(
            StampCard.brand_id == brand_id,
            StampCard.member_id == member_id,
            StampCard.state == "completed",
        )
        .group_by(StampCard.programme)
    )
    return {row[0]: row[1] for row in rows}


def list_accounts(brand_id: UUID, member_id: UUID) -> list[StampAccount]:
    return list(
        db.session.scalars(
            select(StampAccount)
            .where(StampAccount.brand_id == brand_id, StampAccount.member_id == member_id)
            .order_by(StampAccount.programme)
            .execution_options(populate_existing=True)
        )
    )


def list_entries(
    brand_id: UUID,
    member_id: UUID,
    *,
    before: tuple[datetime, str, int] | None,
    limit: int,
) -> list[StampEntry]:
    """Return a member's entries, the newest first, below ``before`` if it is given."""
    position = tuple_(StampEntry.at, StampEntry.programme, StampEntry.seq)
    statement = (
        select(StampEntry)
        .where(StampEntry.brand_id == brand_id, StampEntry.member_id == member_id)
        .order_by(StampEntry.at.desc(), StampEntry.programme.desc(), StampEntry.seq.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(position < before)
    return list(db.session.scalars(statement))


def expire(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Empty cards whose time is over; see ``sql/20_upkeep.sql``."""
    count: int = db.session.execute(
        _EXPIRE, {"brand_id": brand_id, "now": now, "limit": limit}
    ).scalar_one()
    return count


def move(brand_id: UUID, source: UUID, target: UUID) -> dict[str, int]:
    """Move a member's cards; return by how much those of each programme are renumbered."""
    rows = db.session.execute(_MOVE, {"brand_id": brand_id, "source": source, "target": target})
    return {row[0]: row[1] for row in rows}


def forget(brand_id: UUID, member_id: UUID, *, now: datetime) -> None:
    db.session.execute(_FORGET, {"brand_id": brand_id, "member_id": member_id, "now": now})
