"""How a member ends: merged into another one, or erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app import ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import queries, rules
from app.members.errors import MergeIntoItself
from app.members.events import MemberErased, MemberMerged
from app.members.models import Member
from app.members.rules import parse_reference
from app.members.services.contacts import EMPTY, profile_of
from app.members.services.reading import find_member, get_member, refuse_inactive
from app.members.services.registering import apply_changes


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
    refuse_inactive(merged)
    refuse_inactive(survivor, pointer="/into")

    apply_changes(survivor, rules.inherited(profile_of(survivor), profile_of(merged)), now=now)
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
    member = get_member(brand_id, parse_reference(reference), lock=True)
    merged_ids = queries.list_merged_ids(brand_id, member.id)
    for person in queries.lock_members(brand_id, {member.id, *merged_ids}).values():
        if person.status == "erased":
            continue
        for column, value in EMPTY.items():
            setattr(person, column, value)
        person.status = "erased"
        person.erased_at = now
        queries.delete_tags(brand_id, person.id)
        person.updated_at = now
        brands.record_audit(
            brand_id, actor=actor, action="member.erased", subject=_subject(person), now=now
        )
        db.session.flush()  # autoflush is off
        queries.complete_erasures(brand_id, person.id, actor=actor, now=now)
        publish(MemberErased(brand_id, person.id, now, actor))
    return member


def _subject(member: Member) -> str:
    return f"member:{ids.show('mem', member.id)}"
