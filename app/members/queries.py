"""Named reads of members, and the lock.

Everything is read anew: a session may have seen the row before it was locked.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    delete,
    func,
    not_,
    or_,
    select,
    text,
    tuple_,
    update,
)

from app.db import db
from app.members.models import ErasureRequest, Member, MemberTag
from app.members.rules import BirthdayKey, MemberRef

_ANEW = {"populate_existing": True}


def find_member(
    brand_id: UUID, reference: MemberRef, *, lock: bool = False, keep: bool = False
) -> Member | None:
    """Return the member a reference names.

    It is held against other changes if ``lock``; with ``keep`` against all changes,
    together with others who want it kept.
    """
    if reference.member_id is not None:
        named: ColumnElement[bool] = Member.id == reference.member_id
    else:
        named = Member.external_id == reference.external_id
    statement = select(Member).where(Member.brand_id == brand_id, named)
    if lock:
        statement = _held(statement)
    elif keep:
        statement = statement.with_for_update(read=True)
    return db.session.scalar(statement, execution_options=_ANEW)


def lock_by_proved_phone(brand_id: UUID, phone_index: bytes) -> Member | None:
    """Return the member who proved a phone number, held against other changes."""
    statement = select(Member).where(
        Member.brand_id == brand_id,
        Member.phone_index == phone_index,
        Member.phone_verified_at.is_not(None),
        Member.status == "active",
    )
    return db.session.scalar(_held(statement), execution_options=_ANEW)


def unprove_phone(brand_id: UUID, phone_index: bytes, *, but: UUID) -> None:
    """Let a phone number be proved by nobody ``but`` one."""
    db.session.execute(
        update(Member)
        .where(
            Member.brand_id == brand_id,
            Member.phone_index == phone_index,
            Member.phone_verified_at.is_not(None),
            Member.id != but,
        )
        .values(phone_verified_at=None)
    )


def lock_members(brand_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, Member]:
    """Return members by id, held against other changes; locked in ascending order."""
    statement = (
        select(Member)
        .where(Member.brand_id == brand_id, Member.id.in_(member_ids))
        .order_by(Member.id)
    )
    found = db.session.scalars(_held(statement), execution_options=_ANEW)
    return {member.id: member for member in found}


def lock_members_of(brand_id: UUID, external_ids: Collection[str]) -> dict[str, Member]:
    """Return members by external id, held against other changes; locked by ascending id."""
    if not external_ids:
        return {}
    statement = (
        select(Member)
        .where(Member.brand_id == brand_id, Member.external_id.in_(external_ids))
        .order_by(Member.id)
    )
    found = db.session.scalars(_held(statement), execution_options=_ANEW)
    return {str(member.external_id): member for member in found}


def list_merged(brand_id: UUID, survivor_id: UUID) -> list[Member]:
    """Return who was merged into a member."""
    statement = select(Member).where(
        Member.brand_id == brand_id, Member.merged_into_id == survivor_id
    )
    return list(db.session.scalars(statement, execution_options=_ANEW))


def list_merged_ids(brand_id: UUID, survivor_id: UUID) -> list[UUID]:
    return list(
        db.session.scalars(
            select(Member.id).where(
                Member.brand_id == brand_id, Member.merged_into_id == survivor_id
            )
        )
    )


def list_members(
    brand_id: UUID, *, status: str | None, before: UUID | None, limit: int
) -> list[Member]:
    """Return members, the newest first."""
    statement = select(Member).where(Member.brand_id == brand_id)
    if status is not None:
        statement = statement.where(Member.status == status)
    return _page(statement, before, limit)


def list_survivors(
    brand_id: UUID, found_by: ColumnElement[bool], *, before: UUID | None, limit: int
) -> list[Member]:
    """Return who the members that ``found_by`` holds for are today, the newest first."""
    survivors = select(func.coalesce(Member.merged_into_id, Member.id)).where(
        Member.brand_id == brand_id, found_by
    )
    # As an array they are looked up one by one; of IN the planner reads all members instead.
    among = any_(func.array(survivors.scalar_subquery(), type_=ARRAY(Uuid)))
    statement = select(Member).where(
        Member.brand_id == brand_id, Member.status == "active", Member.id == among
    )
    return _page(statement, before, limit)


_BIRTHDAYS = text(
    "SELECT m.id, k.year, m.birthday_changed_at AS changed_at"
    "  FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS k ("
    "       calendar text, month smallint, day smallint, leap_month boolean, year integer)"
    "  JOIN members m ON m.brand_id = :brand_id AND m.status = 'active'"
    "   AND m.birth_calendar = k.calendar AND m.birth_month = k.month AND m.birth_day = k.day"
    "   AND coalesce(m.birth_leap_month, false) = k.leap_month"
    " WHERE coalesce(m.birthday_changed_at < :changed_before, true)"
    "   AND (CAST(:after AS uuid) IS NULL OR m.id > :after)"
    "   AND (CAST(:among AS uuid[]) IS NULL OR m.id = ANY (:among))"
    " ORDER BY m.id LIMIT :limit"
)
_ANNIVERSARIES = text(
    "SELECT m.id FROM members m"
    " WHERE m.brand_id = :brand_id AND m.status = 'active'"
    "   AND m.joined_on = ANY (:days)"
    "   AND (CAST(:after AS uuid) IS NULL OR m.id > :after)"
    "   AND (CAST(:among AS uuid[]) IS NULL OR m.id = ANY (:among))"
    " ORDER BY m.id LIMIT :limit"
)


def lock_unindexed(brand_id: UUID, *, after: UUID | None, limit: int) -> list[Member]:
    """Return members whose name or last digits nobody finds yet, held, in the order of ids."""
    statement = (
        select(Member)
        .where(
            Member.brand_id == brand_id,
            or_(
                and_(Member.name_sealed.is_not(None), Member.name_index.is_(None)),
                and_(Member.phone_sealed.is_not(None), Member.phone_last4_index.is_(None)),
            ),
        )
        .order_by(Member.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Member.id > after)
    return list(db.session.scalars(_held(statement), execution_options=_ANEW))


def list_birthdays(
    brand_id: UUID,
    keys: Sequence[BirthdayKey],
    changed_before: datetime,
    *,
    after: UUID | None,
    among: Sequence[UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return (id, year of the birthday, changed_at) of whose birthday is one of ``keys``."""
    values = {
        "brand_id": brand_id,
        "keys": json.dumps([key._asdict() for key in keys]),
        "changed_before": changed_before,
        "after": after,
        "among": among,
        "limit": limit,
    }
    return db.session.execute(_BIRTHDAYS, values).all()


def list_joined_on(
    brand_id: UUID,
    days: Sequence[date],
    *,
    after: UUID | None,
    among: Sequence[UUID] | None,
    limit: int,
) -> list[UUID]:
    """Return who joined on one of ``days``, by id."""
    values = {
        "brand_id": brand_id, "days": days, "after": after, "among": among, "limit": limit,
    }  # fmt: skip
    return list(db.session.scalars(_ANNIVERSARIES, values))


_SHARING = text(
    "WITH me AS (SELECT id, phone_index, email_index FROM members"
    "  WHERE brand_id = :brand_id AND id = :member_id), found AS ("
    " SELECT o.id, o.merged_into_id, o.created_at, 'phone' AS by FROM me JOIN members o"
    "   ON o.brand_id = :brand_id AND o.phone_index = me.phone_index"
    " UNION ALL"
    " SELECT o.id, o.merged_into_id, o.created_at, 'email' FROM me JOIN members o"
    "   ON o.brand_id = :brand_id AND o.email_index = me.email_index)"
    " SELECT coalesce(merged_into_id, id) AS member_id, min(created_at) AS since,"
    "        bool_or(by = 'phone') AS phone, bool_or(by = 'email') AS email"
    "   FROM found WHERE coalesce(merged_into_id, id) <> :member_id"
    "  GROUP BY 1 ORDER BY since, member_id LIMIT :limit"
)


def list_sharing(brand_id: UUID, member_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """Return (member_id, since, phone, email) of others with the member's phone or e-mail.

    Who was merged is another one as the survivor, and none as part of the member.
    """
    values = {"brand_id": brand_id, "member_id": member_id, "limit": limit}
    return db.session.execute(_SHARING, values).all()


def find_tag(brand_id: UUID, member_id: UUID, tag: str) -> MemberTag | None:
    return db.session.get(MemberTag, (brand_id, member_id, tag), populate_existing=True)


def count_tags(brand_id: UUID, member_id: UUID) -> int:
    return int(
        db.session.scalar(
            select(func.count()).where(
                MemberTag.brand_id == brand_id, MemberTag.member_id == member_id
            )
        )
        or 0
    )


def list_tags(brand_id: UUID, member_id: UUID, *, after: str | None, limit: int) -> list[MemberTag]:
    """Return a member's tags in the order of their names, beyond ``after`` if it is given."""
    statement = (
        select(MemberTag)
        .where(MemberTag.brand_id == brand_id, MemberTag.member_id == member_id)
        .order_by(MemberTag.tag)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(MemberTag.tag > after)
    return list(db.session.scalars(statement, execution_options=_ANEW))


def delete_tags(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(
        delete(MemberTag).where(MemberTag.brand_id == brand_id, MemberTag.member_id == member_id)
    )


def find_open_erasure(brand_id: UUID, member_ids: Collection[UUID]) -> ErasureRequest | None:
    """Return the request of a person that waits for an answer, the earliest first."""
    return db.session.scalar(
        select(ErasureRequest)
        .where(
            ErasureRequest.brand_id == brand_id,
            ErasureRequest.member_id.in_(member_ids),
            ErasureRequest.state == "open",
        )
        .order_by(ErasureRequest.due_on, ErasureRequest.id)
        .limit(1),
        execution_options=_ANEW,
    )


def find_erasure(brand_id: UUID, request_id: UUID, *, lock: bool = False) -> ErasureRequest | None:
    return db.session.get(
        ErasureRequest,
        (brand_id, request_id),
        populate_existing=True,
        with_for_update=lock or None,
    )


def list_erasures(
    brand_id: UUID,
    *,
    state: str | None,
    overdue: bool | None,
    today: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[tuple[ErasureRequest, UUID]]:
    """Return requests with who they speak of by now, those with the least time first."""
    late = and_(ErasureRequest.state == "open", ErasureRequest.due_on < today)
    statement = (
        select(ErasureRequest, func.coalesce(Member.merged_into_id, Member.id))
        .join(
            Member,
            and_(Member.brand_id == ErasureRequest.brand_id, Member.id == ErasureRequest.member_id),
        )
        .where(ErasureRequest.brand_id == brand_id)
    )
    if state is not None:
        statement = statement.where(ErasureRequest.state == state)
    if overdue is not None:
        statement = statement.where(late if overdue else not_(late))
    if after is not None:
        key = tuple_(ErasureRequest.due_on, ErasureRequest.id)
        statement = statement.where(key > after)
    rows = db.session.execute(
        statement.order_by(ErasureRequest.due_on, ErasureRequest.id).limit(limit),
        execution_options=_ANEW,
    )
    return [(request, member_id) for request, member_id in rows]


def count_overdue_erasures(brand_id: UUID, today: date) -> int:
    return int(
        db.session.scalar(
            select(func.count()).where(
                ErasureRequest.brand_id == brand_id,
                ErasureRequest.state == "open",
                ErasureRequest.due_on < today,
            )
        )
        or 0
    )


def complete_erasures(brand_id: UUID, member_id: UUID, *, actor: str, now: datetime) -> None:
    """Close what an erased member had asked for."""
    db.session.execute(
        update(ErasureRequest)
        .where(
            ErasureRequest.brand_id == brand_id,
            ErasureRequest.member_id == member_id,
            ErasureRequest.state == "open",
        )
        .values(state="completed", decided_at=now, decided_by=actor)
        .execution_options(synchronize_session=False)
    )


def _page(statement: Select[Member], before: UUID | None, limit: int) -> list[Member]:
    if before is not None:
        statement = statement.where(Member.id < before)
    statement = statement.order_by(Member.id.desc()).limit(limit)
    return list(db.session.scalars(statement, execution_options=_ANEW))


def _held(statement: Select[Member]) -> Select[Member]:
    # FOR NO KEY UPDATE: rows that refer to the member may still be written.
    return statement.with_for_update(key_share=True)
