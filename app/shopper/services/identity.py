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


def mark_of(member: Member) -> str:
    """Return what tells a member's number from another without being one."""
    return hashlib.sha256(member.phone_index or b"").hexdigest()[:32]


def find_shopper(brand_id: UUID, member_id: UUID, mark: str) -> Shopper | None:
    """Return the member of a session, None if the number is no longer proved by them."""
    try:
        member = members.find_member(brand_id, ids.show("mem", member_id))
    except MemberNotFound:
        return None
    if member.status != "active" or member.phone_verified_at is None or mark_of(member) != mark:
        return None
    profile = members.profile_of(member)
    return Shopper(member.id, profile.name, profile.phone) if profile.phone else None
