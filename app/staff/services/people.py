"""People: who they are, at rest, and their passwords."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import crypto, ids
from app.brands import services as brands
from app.db import db, use_brand
from app.ids import new_id
from app.members import services as members
from app.staff import queries
from app.staff.errors import (
    StaffAlreadyMember,
    StaffEmailInvalid,
    StaffNameInvalid,
    StaffPasswordUnfit,
    StaffRoleUnknown,
    StaffWaiverOfLive,
)
from app.staff.models import Directory, Membership, Person
from app.staff.rules.passwords import fault_of
from app.staff.rules.roles import ROLES
from app.staff.services.hashing import hash_password

NO_BRAND = UUID(int=0)
NAME_MAX = 40


@dataclass(frozen=True)
class Account:
    """A person of the staff, opened."""

    person_id: UUID
    name: str
    email: str
    has_totp: bool

    @property
    def actor(self) -> str:
        return actor_of(self.person_id)


def actor_of(person_id: UUID) -> str:
    """Return how audit log, ledger and access log name somebody of the staff."""
    return f"staff:{ids.show('stf', person_id)}"


def read_email(text: str) -> str:
    """:raises StaffEmailInvalid: this is no address"""
    email = members.email_of(text)
    if email is None:
        raise StaffEmailInvalid(pointer="/email")
    return email


def read_name(text: str) -> str:
    """:raises StaffNameInvalid: nothing, or too much"""
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_MAX:
        raise StaffNameInvalid(pointer="/name")
    return name


def read_role(text: str) -> str:
    """:raises StaffRoleUnknown: there is no such role"""
    if text not in ROLES:
        raise StaffRoleUnknown(pointer="/role")
    return text


def check_password(password: str, *about: str) -> None:
    """:raises StaffPasswordUnfit: too short, too long, common, or about oneself"""
    words = [part for each in about for part in (each, each.partition("@")[0])]
    if fault := fault_of(password, words):
        raise StaffPasswordUnfit(pointer="/password", fault=fault)


def email_index(email: str) -> bytes:
    """Return what a person is found by. Takes anything that was typed."""
    plain = members.email_of(email) or email
    return crypto.blind_index(NO_BRAND, "staff_people", "email", members.email_key(plain))


def account_of(person: Person) -> Account:
    return Account(
        person.id,
        crypto.unseal(person.name_sealed, cell(person.id, "name")),
        crypto.unseal(person.email_sealed, cell(person.id, "email")),
        person.totp_sealed is not None,
    )


def get_account(person_id: UUID) -> Account:
    return account_of(queries.get_person(person_id))


def cell(person_id: UUID, column: str) -> crypto.Cell:
    return crypto.Cell(NO_BRAND, "staff_people", column, person_id)


def digest(token: str) -> bytes:
    """Return what is kept of a random token of 128 bits, which a plain hash does not betray."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def add_person(email: str, name: str, password_hash: str, *, now: datetime) -> Person:
    """Write a person down; the address must be nobody's."""
    person_id = new_id()
    person = Person(
        id=person_id,
        email_index=email_index(email),
        email_sealed=crypto.seal(email, cell(person_id, "email")),
        name_sealed=crypto.seal(name, cell(person_id, "name")),
        password_hash=password_hash,
        totp_sealed=None,
        totp_new_sealed=None,
        totp_step=0,
        totp_waived=False,
        created_at=now,
        password_changed_at=now,
    )
    db.session.add(person)
    db.session.flush()  # the directory refers to it
    return person


def join(brand_id: UUID, person_id: UUID, role: str, *, actor: str, now: datetime) -> None:
    """Make a person one of the brand's staff; who left comes back."""
    membership = queries.find_membership(brand_id, person_id)
    if membership is None:
        db.session.add(Directory(brand_id=brand_id, person_id=person_id))
        db.session.flush()  # the membership refers to it
        membership = Membership(
            brand_id=brand_id, person_id=person_id, role=role, created_at=now, changed_at=now
        )
        db.session.add(membership)
    membership.role = role
    membership.disabled_at = None
    membership.changed_at = now
    db.session.flush()  # autoflush is off
    brands.record_audit(
        brand_id,
        actor=actor,
        action="staff.joined",
        subject=actor_of(person_id),
        now=now,
        after={"role": role},
    )


def create_tester(
    brand_id: UUID, email: str, name: str, role: str, password: str, *, now: datetime
) -> UUID:
    """Create somebody who may enter this test brand with a password alone.

    A tester of another test brand gets the role here, and the new password.

    :raises StaffWaiverOfLive: the brand is live
    :raises StaffAlreadyMember: the address is that of somebody who is no tester
    """
    if brands.get_brand(brand_id).mode != "test":
        raise StaffWaiverOfLive
    check_password(password, email, name)
    kept = hash_password(password)
    known = queries.find_person(email_index(read_email(email)))
    if known is not None and not known.totp_waived:
        raise StaffAlreadyMember
    person = known or add_person(read_email(email), read_name(name), kept, now=now)
    person.password_hash = kept
    person.totp_waived = True
    db.session.flush()  # autoflush is off
    join(brand_id, person.id, read_role(role), actor="cli", now=now)
    return person.id


def list_brands(person_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return id, name and mode of each brand that a person works for now.

    Shows the rows of the last one; see ``use_brand``.
    """
    found = []
    for brand_id in queries.list_brand_ids(person_id):
        use_brand(brand_id)
        membership = queries.find_membership(brand_id, person_id)
        if membership is not None and membership.disabled_at is None:
            brand = brands.get_brand(brand_id)
            found.append((brand_id, brand.name, brand.mode))
    return found
