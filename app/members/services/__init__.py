"""The use cases of members. None of them commits; none of them knows about HTTP."""

from app.members.models import Member
from app.members.rules import (
    Birthday,
    MemberFields,
    MemberRef,
    Profile,
    parse_reference,
    phone_of,
)
from app.members.services.celebrating import (
    Celebration,
    coming_anniversaries,
    coming_birthdays,
    list_anniversaries,
    list_birthdays,
)
from app.members.services.contacts import profile_of
from app.members.services.ending import erase_member, merge_member
from app.members.services.erasing import (
    Erasure,
    complete_erasure,
    count_overdue_erasures,
    get_erasure,
    list_erasures,
    refuse_erasure,
    request_erasure,
)
from app.members.services.reading import (
    birth_date,
    find_member,
    ids_of_person,
    is_erased,
    list_members,
    list_sharing_contact,
    resolve,
    search_digest,
    search_members,
    survivor_id,
)
from app.members.services.registering import (
    Outcome,
    change_member,
    join_by_phone,
    put_member,
    put_members,
    recognise,
    record_import,
    verify_phone,
)
from app.members.services.tags import add_tag, list_tags, remove_tag

__all__ = [
    "Birthday",
    "Celebration",
    "Erasure",
    "Member",
    "MemberFields",
    "MemberRef",
    "Outcome",
    "Profile",
    "add_tag",
    "birth_date",
    "change_member",
    "coming_anniversaries",
    "coming_birthdays",
    "complete_erasure",
    "count_overdue_erasures",
    "erase_member",
    "find_member",
    "get_erasure",
    "ids_of_person",
    "is_erased",
    "join_by_phone",
    "list_anniversaries",
    "list_birthdays",
    "list_erasures",
    "list_members",
    "list_sharing_contact",
    "list_tags",
    "merge_member",
    "parse_reference",
    "phone_of",
    "profile_of",
    "put_member",
    "put_members",
    "recognise",
    "record_import",
    "refuse_erasure",
    "remove_tag",
    "request_erasure",
    "resolve",
    "search_digest",
    "search_members",
    "survivor_id",
    "verify_phone",
]
