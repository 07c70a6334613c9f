"""Naming, finding and listing members."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, true

from app import crypto, ids
from app.members import queries
from app.members.errors import MemberIsErased, MemberIsMerged, MemberNotFound
from app.members.models import Member
from app.members.rules import MemberRef, parse_reference, solar_date_of
from app.members.services.contacts import birthday_of, index_of


def find_member(brand_id: UUID, reference: str, *, pointer: str | None = None) -> Member:
    """Return the very member a reference names, merged or erased as it may be.

    :raises MemberNotFound: the brand has no such member
    """
    return get_member(brand_id, parse_reference(reference, pointer=pointer), pointer=pointer)


def resolve(
    brand_id: UUID, reference: str, *, pointer: str | None = None, keep: bool = False
) -> Member:
    """Return the member, or who it was merged into.

    With ``keep`` neither can be merged or erased until the transaction ends (either
    would change the row of who is named). Whoever moves points asks for that: what
    is read before an account is locked may be over once it is.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    named = parse_reference(reference, pointer=pointer)
    member = get_member(brand_id, named, keep=keep, pointer=pointer)
    if member.merged_into_id is not None:
        member = get_member(brand_id, MemberRef(member_id=member.merged_into_id), pointer=pointer)
    if member.status == "erased":
        raise MemberNotFound(pointer=pointer)
    return member


def ids_of_person(brand_id: UUID, reference: str) -> list[UUID]:
    """Return the ids of the member, or its survivor, and of all who were merged into it.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    survivor = resolve(brand_id, reference)
    return [survivor.id, *queries.list_merged_ids(brand_id, survivor.id)]


def list_merged(brand_id: UUID, member_id: UUID) -> list[Member]:
    """Return who was merged into a member, with their own contact data."""
    return queries.list_merged(brand_id, member_id)


def survivor_id(brand_id: UUID, member_id: UUID, *, keep: bool = False) -> UUID:
    """Return the member itself, or who it was merged into in the end.

    With ``keep`` that stays true until the transaction ends; see :func:`resolve`.
    """
    member = get_member(brand_id, MemberRef(member_id=member_id), keep=keep)
    return member.merged_into_id or member.id


def birth_date(brand_id: UUID, member_id: UUID) -> date | None:
    """Return the day of birth in the solar calendar, if it is known."""
    birthday = birthday_of(get_member(brand_id, MemberRef(member_id=member_id)))
    return solar_date_of(birthday) if birthday else None


def is_erased(brand_id: UUID, member_id: UUID) -> bool:
    return get_member(brand_id, MemberRef(member_id=member_id)).status == "erased"


def get_member(
    brand_id: UUID,
    reference: MemberRef,
    *,
    lock: bool = False,
    keep: bool = False,
    pointer: str | None = None,
) -> Member:
    """:raises MemberNotFound: the brand has no such member"""
    member = queries.find_member(brand_id, reference, lock=lock, keep=keep)
    if member is None:
        raise MemberNotFound(pointer=pointer)
    return member


def list_members(
    brand_id: UUID, *, status: str | None, before: UUID | None, limit: int
) -> list[Member]:
    """Return members, the newest first."""
    return queries.list_members(brand_id, status=status, before=before, limit=limit)


@dataclass(frozen=True)
class Sharing:
    """Another member with the same phone number or e-mail address."""

    member_id: UUID
    since: datetime
    phone: bool
    email: bool


def list_sharing_contact(brand_id: UUID, member_id: UUID) -> list[Sharing]:
    """Return who else has the member's phone or e-mail, the earliest first, at most 100."""
    rows = queries.list_sharing(brand_id, member_id, limit=100)
    return [Sharing(row.member_id, row.since, row.phone, row.email) for row in rows]


def search_members(
    brand_id: UUID, keys: Mapping[str, str], *, before: UUID | None, limit: int
) -> list[Member]:
    """Return who is found by all of ``keys``, the newest first.

    Keys are phone (E.164), phone_last4, name, email and external_id.

    Who was merged is found as the survivor.
    """
    found_by: ColumnElement[bool] = true()
    for name, text in keys.items():
        if name == "external_id":
            found_by &= Member.external_id == text
        else:
            found_by &= getattr(Member, f"{name}_index") == index_of(brand_id, name, text)
    return queries.list_survivors(brand_id, found_by, before=before, limit=limit)


def search_digest(brand_id: UUID, keys: Mapping[str, str]) -> str:
    """Return what tells one search from another without telling what is searched for."""
    text = json.dumps(sorted(keys.items()))
    return crypto.blind_index(brand_id, Member.__tablename__, "search", text).hex()


def refuse_inactive(member: Member, *, pointer: str | None = None) -> None:
    """:raises MemberIsErased, MemberIsMerged: the member can no longer change"""
    if member.status == "erased":
        raise MemberIsErased(pointer=pointer)
    if member.merged_into_id is not None:
        raise MemberIsMerged(pointer=pointer, merged_into=ids.show("mem", member.merged_into_id))
