"""The people of one brand: who they are, what they may do, and who was invited."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import crypto, links
from app.brands import services as brands
from app.db import db, use_brand
from app.ids import new_id, show
from app.messages import services as messages
from app.staff import queries
from app.staff.errors import (
    StaffAlreadyMember,
    StaffInvitationForOther,
    StaffInvitationUnusable,
    StaffLastAdmin,
    StaffNotFound,
    StaffNotYourself,
)
from app.staff.models import Invitation, Membership
from app.staff.rules.roles import permissions_of
from app.staff.rules.sessions import INVITED_FOR
from app.staff.services.people import (
    Account,
    account_of,
    actor_of,
    add_person,
    digest,
    email_index,
    join,
    read_email,
    read_name,
    read_role,
)
from app.staff.services.sessions import Browser, Visit, open_session

LINK = "staff-invitation"
TEMPLATE = "staff_invited"
ID_LENGTH = 16


@dataclass(frozen=True)
class Colleague:
    """Somebody who works or worked for the brand."""

    account: Account
    role: str
    joined_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class Invited:
    """An open invitation, opened. ``knows_us``: the address is that of a person already."""

    brand_id: UUID
    id: UUID
    brand: str
    email: str
    role: str
    expires_at: datetime
    knows_us: bool


def find_role(brand_id: UUID, person_id: UUID) -> str | None:
    """Return what a person is in the brand, None if they do not work there (any more)."""
    membership = queries.find_membership(brand_id, person_id)
    if membership is None or membership.disabled_at is not None:
        return None
    return membership.role


def may(brand_id: UUID, person_id: UUID, permission: str) -> bool:
    """Whether a person may do something in the brand now."""
    role = find_role(brand_id, person_id)
    return role is not None and permission in permissions_of(role)


def list_team(brand_id: UUID) -> list[Colleague]:
    """Return everybody who works or worked for the brand."""
    return [
        Colleague(account_of(person), each.role, each.created_at, each.disabled_at)
        for each, person in queries.list_memberships(brand_id)
    ]


def names_of(brand_id: UUID) -> dict[str, str]:
    """Return the names of the brand's staff by how the logs name them (``staff:stf_…``)."""
    return {
        actor_of(person.id): account_of(person).name
        for _, person in queries.list_memberships(brand_id)
    }


def list_invitations(brand_id: UUID) -> list[Invited]:
    """Return the open invitations, those whose time is over included."""
    return [_opened(each) for each in queries.list_open_invitations(brand_id)]


def invite(
    brand_id: UUID, email: str, role: str, *, actor: str, base_url: str, now: datetime
) -> str:
    """Send a link that makes its reader one of the staff, and return it.

    Inviting again takes the place of the invitation before.

    :raises StaffAlreadyMember: who has this address works for the brand
    """
    address, role = read_email(email), read_role(role)
    index = email_index(address)
    person = queries.find_person(index)
    if person is not None and find_role(brand_id, person.id) is not None:
        raise StaffAlreadyMember
    earlier = queries.find_open_invitation(brand_id, index)
    if earlier is not None:
        _end(earlier, "withdrawn", now)
    invitation_id, secret = new_id(), secrets.token_bytes(ID_LENGTH)
    db.session.add(
        Invitation(
            brand_id=brand_id,
            id=invitation_id,
            email_index=index,
            email_sealed=crypto.seal(address, _cell(brand_id, invitation_id)),
            role=role,
            token_hash=digest(secret.hex()),
            state="open",
            actor=actor,
            created_at=now,
            expires_at=now + INVITED_FOR,
            ended_at=None,
        )
    )
    db.session.flush()  # autoflush is off
    _audit(brand_id, "staff.invited", invitation_id, actor, now, {"role": role})
    link = links.sign(LINK, brand_id.bytes + invitation_id.bytes + secret)
    address_of_link = f"{base_url}/console/invitation/{link}"
    messages.send(
        brand_id,
        TEMPLATE,
        to=messages.Address(email=address),
        variables={"link": address_of_link},
        purpose="verification",
        expires_at=now + INVITED_FOR,
        now=now,
    )
    return address_of_link


def withdraw_invitation(brand_id: UUID, invitation_id: UUID, *, actor: str, now: datetime) -> None:
    """Make an invitation worthless.

    :raises StaffInvitationUnusable: it is not open
    """
    invitation = queries.find_invitation(brand_id, invitation_id, lock=True)
    if invitation is None or invitation.state != "open":
        raise StaffInvitationUnusable
    _end(invitation, "withdrawn", now)
    _audit(brand_id, "staff.invitation_withdrawn", invitation_id, actor, now, None)


def get_invitation(link: str, *, now: datetime) -> Invited:
    """Return the invitation of a link, and show the rows of its brand.

    :raises StaffInvitationUnusable: unknown, used, withdrawn or too old
    """
    return _opened(_of_link(link, now=now))


def accept_as_new(
    link: str, name: str, password_hash: str, browser: Browser, *, now: datetime
) -> str:
    """Make the reader of a link a person of the staff; return the id of a session.

    It opens nothing until an authenticator is connected.

    :raises StaffInvitationUnusable: see :func:`get_invitation`; or the person is known
    """
    invitation = _of_link(link, now=now, lock=True)
    invited = _opened(invitation)
    if invited.knows_us:
        raise StaffInvitationUnusable
    person = add_person(invited.email, read_name(name), password_hash, now=now)
    _accept(invitation, person.id, now)
    return open_session(person, "enrol", "password", browser, now=now)


def accept_as(link: str, visit: Visit, *, now: datetime) -> UUID:
    """Let somebody who is signed in work for a further brand; return which.

    :raises StaffInvitationUnusable: see :func:`get_invitation`
    :raises StaffInvitationForOther: it was sent to another address
    """
    invitation = _of_link(link, now=now, lock=True)
    if email_index(visit.account.email) != invitation.email_index:
        raise StaffInvitationForOther
    _accept(invitation, visit.account.person_id, now)
    return invitation.brand_id


def change_role(brand_id: UUID, person_id: UUID, role: str, *, by: UUID, now: datetime) -> None:
    """Give somebody another role; their sessions in the brand end.

    :raises StaffNotFound: nobody like that works for the brand
    :raises StaffNotYourself: nobody changes their own role
    :raises StaffLastAdmin: a brand keeps one
    """
    membership, others = _held(brand_id, person_id, by)
    before, role = membership.role, read_role(role)
    if before == role:
        return
    if before == "admin" and not _has_admin(others):
        raise StaffLastAdmin
    membership.role = role
    membership.changed_at = now
    _tell(membership, "staff.role_changed", by, now, {"role": before}, {"role": role})


def disable(brand_id: UUID, person_id: UUID, *, by: UUID, now: datetime) -> None:
    """Let somebody work for the brand no more; their sessions in it end.

    :raises StaffNotFound: see :func:`change_role`, as the others
    """
    membership, others = _held(brand_id, person_id, by)
    if membership.disabled_at is not None:
        return
    if membership.role == "admin" and not _has_admin(others):
        raise StaffLastAdmin
    membership.disabled_at = membership.changed_at = now
    _tell(membership, "staff.disabled", by, now, {"role": membership.role}, None)


def enable(brand_id: UUID, person_id: UUID, *, by: UUID, now: datetime) -> None:
    """Let somebody who was disabled work for the brand again.

    :raises StaffNotFound: see :func:`change_role`
    """
    membership, _ = _held(brand_id, person_id, by)
    if membership.disabled_at is None:
        return
    membership.disabled_at = None
    membership.changed_at = now
    _tell(membership, "staff.enabled", by, now, None, {"role": membership.role})


def _held(brand_id: UUID, person_id: UUID, by: UUID) -> tuple[Membership, list[Membership]]:
    everybody = queries.lock_memberships(brand_id)
    membership = next((each for each in everybody if each.person_id == person_id), None)
    if membership is None:
        raise StaffNotFound
    if person_id == by:
        raise StaffNotYourself
    return membership, [each for each in everybody if each.person_id != person_id]


def _has_admin(team: list[Membership]) -> bool:
    return any(each.role == "admin" and each.disabled_at is None for each in team)


def _tell(
    membership: Membership, action: str, by: UUID, now: datetime, before: object, after: object
) -> None:
    db.session.flush()  # autoflush is off
    queries.end_sessions(membership.person_id, brand_id=membership.brand_id)
    brands.record_audit(
        membership.brand_id,
        actor=actor_of(by),
        action=action,
        subject=actor_of(membership.person_id),
        now=now,
        before=before,
        after=after,
    )


def _of_link(link: str, *, now: datetime, lock: bool = False) -> Invitation:
    payload = links.read(LINK, link) or b""
    if len(payload) != 3 * ID_LENGTH:
        raise StaffInvitationUnusable
    brand_id, invitation_id = UUID(bytes=payload[:16]), UUID(bytes=payload[16:32])
    use_brand(brand_id)
    invitation = queries.find_invitation(brand_id, invitation_id, lock=lock)
    if (
        invitation is None
        or invitation.state != "open"
        or invitation.expires_at <= now
        or not secrets.compare_digest(invitation.token_hash, digest(payload[32:].hex()))
    ):
        raise StaffInvitationUnusable
    return invitation


def _opened(invitation: Invitation) -> Invited:
    return Invited(
        invitation.brand_id,
        invitation.id,
        brands.get_brand(invitation.brand_id).name,
        crypto.unseal(invitation.email_sealed, _cell(invitation.brand_id, invitation.id)),
        invitation.role,
        invitation.expires_at,
        queries.find_person(invitation.email_index) is not None,
    )


def _accept(invitation: Invitation, person_id: UUID, now: datetime) -> None:
    _end(invitation, "accepted", now)
    join(invitation.brand_id, person_id, invitation.role, actor=invitation.actor, now=now)


def _end(invitation: Invitation, state: str, now: datetime) -> None:
    invitation.state = state
    invitation.ended_at = now
    db.session.flush()  # autoflush is off


def _audit(
    brand_id: UUID, action: str, invitation_id: UUID, actor: str, now: datetime, after: object
) -> None:
    brands.record_audit(
        brand_id,
        actor=actor,
        action=action,
        subject=f"invitation:{show('inv', invitation_id)}",
        now=now,
        after=after,
    )


def _cell(brand_id: UUID, invitation_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, "staff_invitations", "email", invitation_id)
