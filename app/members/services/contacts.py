"""Between what is known of a member and the columns that hold it, sealed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from app import crypto
from app.members import rules
from app.members.models import Member
from app.members.rules import Birthday, MemberFields, Profile

SEALED = ("name", "phone", "email")
LAST4 = "phone_last4"
# How what is searched for is spelled, where it can be in more than one way.
KEYS: dict[str, Callable[[str], str]] = {"name": rules.name_key, "email": rules.email_key}
# The columns of personal data, as someone has them of whom nothing is known (any more).
EMPTY: dict[str, Any] = {
    column.name: None for column in Member.__table__.columns if column.info.get("personal")
}


def birthday_of(member: Member) -> Birthday | None:
    """Return a member's birthday, if it is known."""
    if member.birth_year is None or member.birth_month is None or member.birth_day is None:
        return None
    return Birthday(
        member.birth_year,
        member.birth_month,
        member.birth_day,
        calendar=member.birth_calendar or "solar",
        leap_month=bool(member.birth_leap_month),
    )


def profile_of(member: Member) -> Profile:
    """Return what is known of a member, opened."""
    return Profile(
        name=_unsealed(member, "name"),
        phone=_unsealed(member, "phone"),
        email=_unsealed(member, "email"),
        birthday=birthday_of(member),
        joined_on=member.joined_on,
        referred_by_code=member.referred_by_code,
    )


def columns_of(
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
        columns |= indexes_of(brand_id, name, text)
    if "phone" in fields:
        columns["phone_verified_at"] = None  # another number is not proved yet
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


def indexes_of(brand_id: UUID, name: str, text: str | None) -> dict[str, bytes | None]:
    """Return the columns by which a name, a phone number or an e-mail address is found."""
    columns = {f"{name}_index": None if text is None else index_of(brand_id, name, text)}
    if name == "phone":
        last4 = None if text is None else index_of(brand_id, LAST4, text[-4:])
        columns[f"{LAST4}_index"] = last4
    return columns


def phone_index(brand_id: UUID, phone: str) -> bytes:
    """Return what a phone number (E.164) is found by."""
    return index_of(brand_id, "phone", phone)


def index_of(brand_id: UUID, name: str, text: str) -> bytes:
    """Return what a name, a phone number, its last digits or an e-mail address is found by."""
    key = KEYS[name](text) if name in KEYS else text
    return crypto.blind_index(brand_id, Member.__tablename__, name, key)


def _sealed(brand_id: UUID, member_id: UUID, name: str, text: str) -> bytes:
    return crypto.seal(text, _cell(brand_id, member_id, name))


def _unsealed(member: Member, name: str) -> str | None:
    sealed: bytes | None = getattr(member, f"{name}_sealed")
    if sealed is None:
        return None
    return crypto.unseal(bytes(sealed), _cell(member.brand_id, member.id, name))


def _cell(brand_id: UUID, member_id: UUID, name: str) -> crypto.Cell:
    return crypto.Cell(brand_id, Member.__tablename__, name, member_id)
