"""Between a session and the member it stands for."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from app import ids
from app.members import services as members
from app.members.errors import MemberNotFound
from app.members.services import Member


@dataclass(frozen=True)
class Shopper:
    """A member who is signed in. ``phone`` in E.164."""

    member_id: UUID
    name: str | None
    phone: str

    @property
    def actor(self) -> str:
        return f"member:{ids.show('mem', self.member_id)}"


def mark_of(phone_index: bytes | None) -> str:
    """Return what tells a number from another without being one."""
    return hashlib.sha256(phone_index or b"").hexdigest()[:32]


def find_shopper(brand_id: UUID, member_id: UUID, mark: str) -> Shopper | None:
    """Return the member of a session, None if the number is no longer proved by them.

    It may be that of somebody who was merged into the member, who has another.
    """
    try:
        member = members.find_member(brand_id, ids.show("mem", member_id))
    except MemberNotFound:
        return None
    if member.status != "active":
        return None
    person = member if _is_of(member, mark) else _merged(member, mark)
    phone = members.profile_of(person).phone if person is not None else None
    return Shopper(member.id, members.profile_of(member).name, phone) if phone else None


def _merged(member: Member, mark: str) -> Member | None:
    found = members.list_merged(member.brand_id, member.id)
    return next((each for each in found if _is_of(each, mark)), None)


def _is_of(person: Member, mark: str) -> bool:
    return person.phone_verified_at is not None and mark_of(person.phone_index) == mark
