"""The use cases of members (references only, for now)."""

from uuid import UUID

from sqlalchemy import select

from app import ids
from app.db import db
from app.members.errors import MemberNotFound
from app.members.models import Member


def parse_reference(
    reference: str | None, *, pointer: str | None = None
) -> tuple[UUID | None, str | None]:
    """Return (member id, None) or (None, external id); (None, None) for no reference.

    :raises MemberNotFound: neither ``mem_…`` nor ``ext:…``
    """
    if reference is None:
        return None, None
    if reference.startswith("ext:") and 4 < len(reference) <= 132:
        return None, reference[4:]
    member_id = ids.read("mem", reference)
    if member_id is None:
        raise MemberNotFound(pointer=pointer)
    return member_id, None


def find_member(brand_id: UUID, reference: str, *, pointer: str | None = None) -> Member:
    """:raises MemberNotFound: the brand has no such member"""
    member_id, external_id = parse_reference(reference, pointer=pointer)
    statement = select(Member).where(Member.brand_id == brand_id)
    if member_id is not None:
        statement = statement.where(Member.id == member_id)
    else:
        statement = statement.where(Member.external_id == external_id)
    member = db.session.scalar(statement)
    if member is None:
        raise MemberNotFound(pointer=pointer)
    return member


def resolve(brand_id: UUID, reference: str, *, pointer: str | None = None) -> Member:
    """Return the member, or who it was merged into.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = find_member(brand_id, reference, pointer=pointer)
    while member.merged_into_id is not None:
        member = db.session.get_one(Member, (brand_id, member.merged_into_id))
    if member.status == "erased":
        raise MemberNotFound(pointer=pointer)
    return member


def survivor_id(brand_id: UUID, member_id: UUID) -> UUID:
    """Return the member itself, or who it was merged into in the end."""
    member = db.session.get_one(Member, (brand_id, member_id))
    while member.merged_into_id is not None:
        member = db.session.get_one(Member, (brand_id, member.merged_into_id))
    return member.id
