"""The use cases of members. None of them commits; none of them knows about HTTP."""

from app.members.rules import Birthday, MemberFields, MemberRef, Profile, parse_reference
from app.members.services.contacts import profile_of, reseal_members
from app.members.services.ending import erase_member, merge_member
from app.members.services.reading import (
    find_member,
    ids_of_person,
    list_members,
    resolve,
    search_digest,
    search_members,
    survivor_id,
)
from app.members.services.registering import (
    Outcome,
    change_member,
    put_member,
    put_members,
    record_import,
)

__all__ = [
    "Birthday",
    "MemberFields",
    "MemberRef",
    "Outcome",
    "Profile",
    "change_member",
    "erase_member",
    "find_member",
    "ids_of_person",
    "list_members",
    "merge_member",
    "parse_reference",
    "profile_of",
    "put_member",
    "put_members",
    "record_import",
    "reseal_members",
    "resolve",
    "search_digest",
    "search_members",
    "survivor_id",
]
