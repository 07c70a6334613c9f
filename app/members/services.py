"""The use cases of members. None of them commits; none of them knows about HTTP."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, update
from sqlalchemy.dialects.postgresql import insert

from app import crypto, ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import queries, rules
from app.members.errors import (
    BirthdayInFuture,
    MemberIsErased,
    MemberIsMerged,
    MemberNotFound,
    MergeIntoItself,
    ReferralCodeFixed,
)
from app.members.events import MemberErased, MemberMerged, MemberRegistered
from app.members.models import Member
from app.members.rules import (
    Birthday,
    MemberFields,
    MemberRef,
    Profile,
    external_id_of,
    parse_reference,
)

__all__ = ["Birthday", "MemberFields", "MemberRef", "Profile", "parse_reference"]

Outcome = Literal["created", "changed", "unchanged"]

SEALED = ("name", "phone", "email")
PERSONAL = tuple(column.name for column in Member.__table__.columns if column.info.get("personal"))


def find_member(brand_id: UUID, reference: str, *, pointer: str | None = None) -> Member:
    """Return the very member a reference names, merged or erased as it may be.

    :raises MemberNotFound: the brand has no such member
    """
    return _get(brand_id, parse_reference(reference, pointer=pointer), pointer=pointer)


def resolve(brand_id: UUID, reference: str, *, pointer: str | None = None) -> Member:
    """Return the member, or who it was merged into.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = find_member(brand_id, reference, pointer=pointer)
    if member.merged_into_id is not None:
        member = _get(brand_id, MemberRef(member_id=member.merged_into_id), pointer=pointer)
    if member.status == "erased":
        raise MemberNotFound(pointer=pointer)
    return member


def survivor_id(brand_id: UUID, member_id: UUID) -> UUID:
    """Return the member itself, or who it was merged into in the end."""
    member = _get(brand_id, MemberRef(member_id=member_id))
    return member.merged_into_id or member.id


def profile_of(member: Member) -> Profile:
    """Return what is known of a member, opened."""
    birthday = None
    if (
        member.birth_year is not None
        and member.birth_month is not None
        and member.birth_day is not None
    ):
        birthday = Birthday(
            member.birth_year,
            member.birth_month,
            member.birth_day,
            calendar=member.birth_calendar or "solar",
            leap_month=bool(member.birth_leap_month),
        )
    return Profile(
        name=_unsealed(member, "name"),
        phone=_unsealed(member, "phone"),
        email=_unsealed(member, "email"),
        birthday=birthday,
        joined_on=member.joined_on,
        referred_by_code=member.referred_by_code,
    )


def put_member(
    brand_id: UUID, external_id: str, fields: MemberFields, *, now: datetime
) -> tuple[Member, Outcome]:
    """Register the member, or change the one there is; return it and what was done.

    Fields that are not named stay. Repeating it changes nothing, and of calls at the
    same time exactly one registers.

    :raises ExternalIdInvalid: the id is empty, too long or not printable
    :raises BirthdayInFuture: nobody is born yet on that day
    :raises MemberIsMerged: the member was merged into another one
    :raises ReferralCodeFixed: another referral code was given before
    """
    external_id = external_id_of(external_id)
    today = _today(brand_id, now)
    _check_birthday(fields, today)
    if registered := _register(brand_id, external_id, fields, today=today, now=now):
        publish(MemberRegistered(brand_id, registered.id, now))
        return registered, "created"
    member = _get(brand_id, MemberRef(external_id=external_id), lock=True)
    _refuse_inactive(member)
    return member, "changed" if _change(member, fields, now=now) else "unchanged"


def change_member(brand_id: UUID, reference: str, fields: MemberFields, *, now: datetime) -> Member:
    """Change a member; fields that are not named stay, a null clears.

    :raises MemberNotFound: the brand has no such member
    :raises BirthdayInFuture: nobody is born yet on that day
    :raises MemberIsMerged: the member was merged into another one
    :raises MemberIsErased: the member is erased
    :raises ReferralCodeFixed: another referral code was given before
    """
    member = _get(brand_id, parse_reference(reference), lock=True)
    _refuse_inactive(member)
    _check_birthday(fields, _today(brand_id, now))
    _change(member, fields, now=now)
    return member


def list_members(
    brand_id: UUID, *, status: str | None, before: UUID | None, limit: int
) -> list[Member]:
    """Return members, the newest first."""
    return queries.list_members(brand_id, status=status, before=before, limit=limit)


def search_members(
    brand_id: UUID, keys: Mapping[str, str], *, before: UUID | None, limit: int
) -> list[Member]:
    """Return who is found by all of ``keys`` (phone, email, external_id), the newest first.

    Who was merged is found as the survivor.
    """
    found_by: ColumnElement[bool] = db.true()
    for name, text in keys.items():
        if name == "external_id":
            found_by &= Member.external_id == text
        else:
            column = getattr(Member, f"{name}_index")
            found_by &= column == _blind_index(brand_id, name, text)
    return queries.list_survivors(brand_id, found_by, before=before, limit=limit)


def search_digest(brand_id: UUID, keys: Mapping[str, str]) -> str:
    """Return what tells one search from another without telling what is searched for."""
    text = json.dumps(sorted(keys.items()))
    return crypto.blind_index(brand_id, Member.__tablename__, "search", text).hex()


def merge_member(brand_id: UUID, reference: str, into: str, *, actor: str, now: datetime) -> Member:
    """Merge a member into another one, and return it.

    The survivor takes over what it lacks of contact data and, through the event,
    everything the merged one has. References to the merged one lead to the
    survivor from now on. Repeating it changes nothing.

    :raises MemberNotFound: the brand has no such member
    :raises MergeIntoItself: both are the same person already
    :raises MemberIsMerged: one of them was merged into somebody else
    :raises MemberIsErased: one of them is erased
    """
    merged = find_member(brand_id, reference)
    survivor = find_member(brand_id, into, pointer="/into")
    target_id = survivor.merged_into_id or survivor.id
    if merged.id == target_id:
        raise MergeIntoItself(pointer="/into")
    locked = queries.lock_members(brand_id, {merged.id, target_id})
    merged, survivor = locked[merged.id], locked[target_id]
    if merged.status == "merged" and merged.merged_into_id == survivor.id:
        return merged
    _refuse_inactive(merged)
    _refuse_inactive(survivor, pointer="/into")

    _change(survivor, rules.inherited(profile_of(survivor), profile_of(merged)), now=now)
    merged.status = "merged"
    merged.merged_into_id = survivor.id
    merged.updated_at = now
    db.session.flush()  # autoflush is off
    # One step must lead to the survivor, also for those merged earlier.
    db.session.execute(
        update(Member)
        .where(Member.brand_id == brand_id, Member.merged_into_id == merged.id)
        .values(merged_into_id=survivor.id)
        .execution_options(synchronize_session=False)
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action="member.merged",
        subject=_subject(merged),
        now=now,
        after={"merged_into": ids.show("mem", survivor.id)},
    )
    publish(MemberMerged(brand_id, merged.id, survivor.id, now, actor))
    return merged


def erase_member(brand_id: UUID, reference: str, *, actor: str, now: datetime) -> Member:
    """Erase a person's data and those of who was merged into them; the books stay.

    A merged member is erased alone, without its survivor. Repeating it changes nothing.

    :raises MemberNotFound: the brand has no such member
    """
    member = _get(brand_id, parse_reference(reference), lock=True)
    merged_ids = queries.list_merged_ids(brand_id, member.id)
    for person in queries.lock_members(brand_id, {member.id, *merged_ids}).values():
        if person.status == "erased":
            continue
        for column in PERSONAL:
            setattr(person, column, None)
        person.status = "erased"
        person.erased_at = now
        person.updated_at = now
        brands.record_audit(
            brand_id, actor=actor, action="member.erased", subject=_subject(person), now=now
        )
        db.session.flush()  # autoflush is off
        publish(MemberErased(brand_id, person.id, now, actor))
    return member


def record_import(
    brand_id: UUID, *, counts: Mapping[str, int], digest: str, actor: str, now: datetime
) -> None:
    """Write down that a file of members was imported: its digest and counts, no names."""
    brands.record_audit(
        brand_id,
        actor=actor,
        action="members.imported",
        subject="members",
        now=now,
        after={"sha256": digest, **counts},
    )


def reseal_members(brand_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
    """Seal a chunk of members anew under the first key; return their ids in order.

    Who is sealed under it already is passed over, so it can be stopped and repeated.
    """
    header = crypto.current_header()
    members = queries.lock_sealed_otherwise(brand_id, header, after=after, limit=limit)
    for member in members:
        for name in SEALED:
            text = _unsealed(member, name)
            if text is not None:
                setattr(member, f"{name}_sealed", _sealed(member.brand_id, member.id, name, text))
    db.session.flush()  # autoflush is off
    return [member.id for member in members]


def _get(
    brand_id: UUID, reference: MemberRef, *, lock: bool = False, pointer: str | None = None
) -> Member:
    member = queries.find_member(brand_id, reference, lock=lock)
    if member is None:
        raise MemberNotFound(pointer=pointer)
    return member


def _register(
    brand_id: UUID, external_id: str, fields: MemberFields, *, today: date, now: datetime
) -> Member | None:
    """Insert the member, or return None: there is one, maybe since a moment."""
    member_id = ids.new_id()
    values: dict[str, Any] = {
        "brand_id": brand_id,
        "id": member_id,
        "external_id": external_id,
        "status": "active",
        "joined_on": today,
        "created_at": now,
        "updated_at": now,
        **_columns(brand_id, member_id, fields, now=now),
    }
    statement = (
        insert(Member)
        .values(values)
        .on_conflict_do_nothing(index_elements=["brand_id", "external_id"])
        .returning(Member)
    )
    return db.session.scalar(statement)


def _change(member: Member, fields: MemberFields, *, now: datetime) -> bool:
    """Change what differs; return whether anything did."""
    changes = rules.differing(profile_of(member), fields)
    if not changes:
        return False
    if "referred_by_code" in changes and member.referred_by_code is not None:
        raise ReferralCodeFixed(pointer="/referred_by_code")
    for column, value in _columns(member.brand_id, member.id, changes, now=now).items():
        setattr(member, column, value)
    member.updated_at = now
    db.session.flush()  # autoflush is off
    return True


def _columns(
    brand_id: UUID, member_id: UUID, fields: MemberFields, *, now: datetime
) -> dict[str, Any]:
    """Return the columns that hold ``fields``."""
    named: dict[str, Any] = {**fields}
    columns: dict[str, Any] = {
        name: named[name] for name in ("joined_on", "referred_by_code") if name in named
    }
    for name in SEALED:
        if name not in named:
            continue
        text = named[name]
        columns[f"{name}_sealed"] = (
            None if text is None else _sealed(brand_id, member_id, name, text)
        )
        if name != "name":
            columns[f"{name}_index"] = None if text is None else _blind_index(brand_id, name, text)
    if "birthday" in fields:
        birthday = fields["birthday"]
        columns |= {
            "birth_year": birthday and birthday.year,
            "birth_month": birthday and birthday.month,
            "birth_day": birthday and birthday.day,
            "birth_calendar": birthday and birthday.calendar,
            "birth_leap_month": birthday and birthday.leap_month,
            "birthday_changed_at": now,
        }
    return columns


def _cell(brand_id: UUID, member_id: UUID, name: str) -> crypto.Cell:
    return crypto.Cell(brand_id, Member.__tablename__, name, member_id)


def _sealed(brand_id: UUID, member_id: UUID, name: str, text: str) -> bytes:
    return crypto.seal(text, _cell(brand_id, member_id, name))


def _unsealed(member: Member, name: str) -> str | None:
    sealed: bytes | None = getattr(member, f"{name}_sealed")
    if sealed is None:
        return None
    return crypto.unseal(bytes(sealed), _cell(member.brand_id, member.id, name))


def _blind_index(brand_id: UUID, name: str, text: str) -> bytes:
    key = rules.email_key(text) if name == "email" else text
    return crypto.blind_index(brand_id, Member.__tablename__, name, key)


def _today(brand_id: UUID, now: datetime) -> date:
    return now.astimezone(ZoneInfo(brands.current_settings(brand_id).timezone)).date()


def _check_birthday(fields: MemberFields, today: date) -> None:
    birthday = fields.get("birthday")
    born = rules.solar_date_of(birthday) if birthday else None
    if born is not None and born > today:
        raise BirthdayInFuture(pointer="/birthday")


def _refuse_inactive(member: Member, *, pointer: str | None = None) -> None:
    if member.status == "erased":
        raise MemberIsErased(pointer=pointer)
    if member.merged_into_id is not None:
        raise MemberIsMerged(pointer=pointer, merged_into=ids.show("mem", member.merged_into_id))


def _subject(member: Member) -> str:
    return f"member:{ids.show('mem', member.id)}"
