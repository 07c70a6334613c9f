"""Registering members and changing what is known of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert

from app import ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import queries, rules
from app.members.errors import BirthdayInFuture, ReferralCodeFixed
from app.members.events import MemberReferred, MemberRegistered
from app.members.models import Member
from app.members.rules import MemberFields, MemberRef, external_id_of, parse_reference
from app.members.services.contacts import EMPTY, columns_of, index_of, profile_of
from app.members.services.reading import get_member, refuse_inactive

Outcome = Literal["created", "changed", "unchanged"]


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
    return put_members(brand_id, {external_id: fields}, now=now)[external_id]


def put_members(
    brand_id: UUID, fields_of: Mapping[str, MemberFields], *, now: datetime
) -> dict[str, tuple[Member, Outcome]]:
    """Do :func:`put_member` for many by (valid) external id, all of them or none."""
    today = _today(brand_id, now)
    for fields in fields_of.values():
        _check_birthday(fields, today)
    done: dict[str, tuple[Member, Outcome]] = {}
    for member in _register(brand_id, fields_of, today=today, now=now):
        publish(MemberRegistered(brand_id, member.id, now))
        if member.referred_by_code is not None:
            publish(MemberReferred(brand_id, member.id, member.referred_by_code, now))
        done[str(member.external_id)] = (member, "created")
    there = fields_of.keys() - done.keys()
    for external_id, member in queries.lock_members_of(brand_id, there).items():
        refuse_inactive(member)
        changed = apply_changes(member, fields_of[external_id], now=now)
        done[external_id] = (member, "changed" if changed else "unchanged")
    if gone := there - done.keys():  # erased since the moment we met them
        done |= put_members(brand_id, {name: fields_of[name] for name in gone}, now=now)
    return done


def change_member(brand_id: UUID, reference: str, fields: MemberFields, *, now: datetime) -> Member:
    """Change a member; fields that are not named stay, a null clears.

    :raises MemberNotFound: the brand has no such member
    :raises BirthdayInFuture: nobody is born yet on that day
    :raises MemberIsMerged: the member was merged into another one
    :raises MemberIsErased: the member is erased
    :raises ReferralCodeFixed: another referral code was given before
    """
    member = get_member(brand_id, parse_reference(reference), lock=True)
    refuse_inactive(member)
    _check_birthday(fields, _today(brand_id, now))
    apply_changes(member, fields, now=now)
    return member


def verify_phone(brand_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """Write down that the member proved the phone number, by OTP; False if there is none.

    Another number has to be proved again. Whoever had proved the same number before has
    to prove it again: it belongs to one.

    :raises MemberIsMerged, MemberIsErased: the member can no longer change
    """
    member = get_member(brand_id, MemberRef(member_id=member_id), lock=True)
    refuse_inactive(member)
    if member.phone_index is None:
        return False
    queries.unprove_phone(brand_id, member.phone_index, but=member_id)
    member.phone_verified_at = now
    db.session.flush()  # autoflush is off
    return True


def recognise(brand_id: UUID, phone: str, *, now: datetime) -> Member | None:
    """Return the member a proved phone number belongs to, held, or None.

    ``phone`` in E.164, proved by its owner this moment. It belongs to the member who proved
    it before, else to the only one the brand knows by it. Of several nobody can tell which
    one it is, so that none is shown.
    """
    index = index_of(brand_id, "phone", phone)
    member = queries.lock_by_proved_phone(brand_id, index) or _known_by(brand_id, index)
    if member is None:
        return None
    for person in (member, *queries.list_merged(brand_id, member.id)):  # who has this number
        if person.phone_index == index:
            person.phone_verified_at = now
    db.session.flush()  # autoflush is off
    return member


def join_by_phone(
    brand_id: UUID, phone: str, *, name: str | None = None, now: datetime
) -> tuple[Member, Outcome]:
    """Do :func:`recognise`; whom that does not find becomes a member.

    Of two calls at the same time the second is refused by the database, and finds the first
    one's member when it is tried again. ``name`` is kept where none is known.
    """
    member = recognise(brand_id, phone, now=now)
    if member is None:
        member = _new_member(brand_id, {"phone": phone, "name": name}, now=now)
        member.phone_verified_at = now
        db.session.flush()  # autoflush is off
        publish(MemberRegistered(brand_id, member.id, now))
        return member, "created"
    if name is not None and member.name_sealed is None:
        apply_changes(member, {"name": name}, now=now)
        return member, "changed"
    return member, "unchanged"


def _known_by(brand_id: UUID, phone_index: bytes) -> Member | None:
    """Return the only member, or survivor, whom the brand knows by a number, held."""
    found = queries.list_survivors(
        brand_id, Member.phone_index == phone_index, before=None, limit=2
    )
    if len(found) != 1:
        return None
    member = get_member(brand_id, MemberRef(member_id=found[0].id), lock=True)
    return member if member.status == "active" else None


def _new_member(brand_id: UUID, fields: MemberFields, *, now: datetime) -> Member:
    """Return somebody whom the brand's shop does not know."""
    member_id = ids.new_id()
    member = Member(
        **{
            **EMPTY,
            "joined_on": _today(brand_id, now),
            **columns_of(brand_id, member_id, fields, now=now),
        },
        brand_id=brand_id,
        id=member_id,
        status="active",
        created_at=now,
        updated_at=now,
    )
    db.session.add(member)
    return member


def apply_changes(member: Member, fields: MemberFields, *, now: datetime) -> bool:
    """Change what differs; return whether anything did.

    :raises ReferralCodeFixed: another referral code was given before
    """
    changes = rules.differing(profile_of(member), fields)
    if not changes:
        return False
    if "referred_by_code" in changes and member.referred_by_code is not None:
        raise ReferralCodeFixed(pointer="/referred_by_code")
    for column, value in columns_of(member.brand_id, member.id, changes, now=now).items():
        setattr(member, column, value)
    member.updated_at = now
    db.session.flush()  # autoflush is off
    if "referred_by_code" in changes:
        publish(MemberReferred(member.brand_id, member.id, changes["referred_by_code"], now))
    return True


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


def _register(
    brand_id: UUID, fields_of: Mapping[str, MemberFields], *, today: date, now: datetime
) -> list[Member]:
    """Insert who is not there, maybe only since a moment, and return them."""
    rows = []
    # In one order, so that two imports of the same file do not wait for each other.
    for external_id, fields in sorted(fields_of.items()):
        member_id = ids.new_id()
        row: dict[str, Any] = {
            **EMPTY,
            "joined_on": today,
            **columns_of(brand_id, member_id, fields, now=now),
            "brand_id": brand_id,
            "id": member_id,
            "external_id": external_id,
            "status": "active",
            "created_at": now,
            "updated_at": now,
        }
        rows.append(row)
    statement = insert(Member).on_conflict_do_nothing(index_elements=["brand_id", "external_id"])
    return list(db.session.scalars(statement.returning(Member), rows))


def _today(brand_id: UUID, now: datetime) -> date:
    return now.astimezone(ZoneInfo(brands.current_settings(brand_id).timezone)).date()


def _check_birthday(fields: MemberFields, today: date) -> None:
    birthday = fields.get("birthday")
    born = rules.solar_date_of(birthday) if birthday else None
    if born is not None and born > today:
        raise BirthdayInFuture(pointer="/birthday")
