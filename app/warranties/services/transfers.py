"""Handing a unit over between shoppers: the owner offers, the other one accepts by a link.

Both prove their phones. The link works once and for three days; the unit's history goes
along, who owned it does not.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app import crypto, ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import services as members
from app.messages import services as messages
from app.verifications import services as verifications
from app.warranties.errors import (
    WarrantyNotFound,
    WarrantyNotTransferable,
    WarrantyTransferNotFound,
    WarrantyTransferOtherPhone,
    WarrantyTransferToOwner,
    WarrantyUnitReported,
)
from app.warranties.events import TransferOffered
from app.warranties.models import WarrantyTransfer
from app.warranties.queries import claims as claim_queries
from app.warranties.queries import transfers as queries
from app.warranties.queries import units as unit_queries
from app.warranties.rules.scanning import REPORTED
from app.warranties.services.claims import Registered, get_warranty, hand_over
from app.warranties.services.ownership import end_offers
from app.warranties.services.terms import is_transferable
from app.warranties.services.units import Piece, piece_of

OPEN_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class Offer:
    """An offer that can be accepted, and the unit it is about."""

    transfer: WarrantyTransfer
    piece: Piece


def get_owned(
    brand_id: UUID, warranty_id: UUID | None, member_id: UUID, *, lock: bool = False
) -> Registered:
    """Return a registration in force to its owner; with ``lock`` its unit is held.

    :raises WarrantyNotFound: it is somebody else's, has ended, or never was
    """
    found = get_warranty(brand_id, warranty_id)
    if lock:
        unit_queries.lock_unit(brand_id, found.unit.id)
        found = get_warranty(brand_id, warranty_id)
    if found.warranty.member_id != member_id or found.warranty.ended_at is not None:
        raise WarrantyNotFound
    return found


def check_offer(brand_id: UUID, warranty_id: UUID | None, member_id: UUID, phone: str) -> str:
    """Return the number a unit can be offered to, in E.164, before anybody is told.

    :raises WarrantyNotFound: it is not the member's
    :raises WarrantyNotTransferable: its terms do not allow it
    :raises WarrantyUnitReported: it is reported lost or stolen
    :raises VerificationPhoneInvalid: the number is no Korean mobile one
    :raises WarrantyTransferToOwner: the number is no other person's
    """
    found = get_owned(brand_id, warranty_id, member_id)
    if not is_transferable(brand_id, found.batch.terms, found.batch.terms_version):
        raise WarrantyNotTransferable
    if REPORTED & set(found.unit.flags):
        raise WarrantyUnitReported
    number = verifications.mobile_of(phone)
    owner = members.profile_of(members.find_member(brand_id, ids.show("mem", member_id)))
    if number == owner.phone:
        raise WarrantyTransferToOwner(pointer="/phone")
    return number


def offer(
    brand_id: UUID,
    warranty_id: UUID | None,
    member_id: UUID,
    phone: str,
    *,
    base_url: str,
    now: datetime,
) -> WarrantyTransfer:
    """Offer a unit to whoever has a phone number, and send the link there.

    A further offer takes the place of the one before. ``base_url`` is where shoppers reach
    the brand's pages.

    :raises WarrantyNotFound, WarrantyNotTransferable, WarrantyUnitReported,
        WarrantyTransferToOwner: see :func:`check_offer`
    """
    named = get_owned(brand_id, warranty_id, member_id, lock=True)
    number = check_offer(brand_id, warranty_id, member_id, phone)
    end_offers(brand_id, named.unit.id, "cancelled", now)
    token = secrets.token_urlsafe(24)
    transfer_id = ids.new_id()
    transfer = WarrantyTransfer(
        brand_id=brand_id,
        id=transfer_id,
        unit_id=named.unit.id,
        warranty_id=named.warranty.id,
        token_hash=_hash(token),
        phone_sealed=crypto.seal(number, _cell(brand_id, transfer_id)),
        state="offered",
        created_at=now,
        expires_at=now + OPEN_FOR,
        ended_at=None,
    )
    db.session.add(transfer)
    db.session.flush()  # autoflush is off
    publish(TransferOffered(brand_id, transfer_id, named.warranty.id, transfer.expires_at, now))
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    messages.send(
        brand_id,
        "transfer_offered",
        to=messages.Address(phone=number),
        variables={
            "product": piece_of(named.unit).product.definition.name,
            "until": f"{transfer.expires_at.astimezone(zone):%Y-%m-%d %H:%M}",
            "link": f"{base_url}/t/{token}",
        },
        purpose="ownership",
        expires_at=transfer.expires_at,
        now=now,
    )
    return transfer


def find_offer(brand_id: UUID, warranty_id: UUID) -> WarrantyTransfer | None:
    """Return the offer of an owner that waits to be accepted."""
    return queries.find_offer(brand_id, warranty_id)


def open_offer(brand_id: UUID, token: str, *, now: datetime) -> Offer:
    """Return what a link offers.

    :raises WarrantyTransferNotFound: nothing (any more)
    """
    transfer = queries.find_by_token(brand_id, _hash(token))
    if transfer is None or transfer.state != "offered" or transfer.expires_at <= now:
        raise WarrantyTransferNotFound
    return Offer(transfer, piece_of(unit_queries.get_unit(brand_id, transfer.unit_id)))


def check_acceptance(brand_id: UUID, token: str, phone: str, *, now: datetime) -> Offer:
    """Return the offer if ``phone`` is the number it was made to.

    :raises WarrantyTransferNotFound: there is none (any more)
    :raises WarrantyTransferOtherPhone: it was made to another number
    """
    found = open_offer(brand_id, token, now=now)
    if members.phone_of(phone) != _phone(found.transfer):
        raise WarrantyTransferOtherPhone(pointer="/phone")
    return found


def accept(brand_id: UUID, token: str, member_id: UUID, phone: str, *, now: datetime) -> Registered:
    """Give the unit to the member who proved the number it was offered to.

    :raises WarrantyTransferNotFound: the link is used, cancelled or too old
    :raises WarrantyTransferOtherPhone: it was made to another number
    :raises WarrantyUnitReported: the unit was reported lost or stolen since
    """
    named = open_offer(brand_id, token, now=now)
    unit_queries.lock_unit(brand_id, named.transfer.unit_id)
    transfer = check_acceptance(brand_id, token, phone, now=now).transfer
    former = get_warranty(brand_id, transfer.warranty_id).warranty
    # Before the owner's registration ends, which would cancel what is left of it.
    end_offers(brand_id, transfer.unit_id, "completed", now)
    found = hand_over(
        brand_id,
        transfer.warranty_id,
        member_id,
        reason="transfer",
        actor=f"member:{ids.show('mem', member_id)}",
        now=now,
    )
    _tell_former_owner(former.member_id, named.piece, now=now)
    return found


def find_accepted(brand_id: UUID, token: str, member_id: UUID) -> Registered | None:
    """Return the registration that a member got by a link which is used up by it."""
    transfer = queries.find_by_token(brand_id, _hash(token))
    if transfer is None or transfer.state != "completed":
        return None
    warranty = claim_queries.find_current(brand_id, transfer.unit_id)
    if warranty is None or warranty.member_id != member_id:
        return None
    return get_warranty(brand_id, warranty.id)


def decline(brand_id: UUID, token: str, *, now: datetime) -> None:
    """:raises WarrantyTransferNotFound: the link is used, cancelled or too old"""
    named = open_offer(brand_id, token, now=now)
    unit_queries.lock_unit(brand_id, named.transfer.unit_id)
    end_offers(brand_id, named.transfer.unit_id, "declined", now)


def cancel(brand_id: UUID, warranty_id: UUID | None, member_id: UUID, *, now: datetime) -> None:
    """Take an offer back; without one nothing happens.

    :raises WarrantyNotFound: it is not the member's
    """
    unit = get_owned(brand_id, warranty_id, member_id, lock=True).unit
    end_offers(brand_id, unit.id, "cancelled", now)


def expire_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """End offers that nobody accepted in time; return how many."""
    return queries.expire_offers(brand_id, limit, now)


def _tell_former_owner(member_id: UUID, piece: Piece, *, now: datetime) -> None:
    brand_id = piece.unit.brand_id
    member = members.find_member(brand_id, ids.show("mem", member_id))
    profile = members.profile_of(member)
    if profile.phone is None and profile.email is None:
        return
    contact = brands.current_settings(brand_id).messages.contact
    messages.send(
        brand_id,
        "transfer_completed",
        member_id=member.id,
        variables={
            "product": piece.product.definition.name,
            "contact": contact or brands.get_brand(brand_id).name,
        },
        purpose="ownership",
        now=now,
    )


def _phone(transfer: WarrantyTransfer) -> str | None:
    if transfer.phone_sealed is None:
        return None
    return crypto.unseal(transfer.phone_sealed, _cell(transfer.brand_id, transfer.id))


def _cell(brand_id: UUID, transfer_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, WarrantyTransfer.__tablename__, "phone", transfer_id)


def _hash(token: str) -> bytes:
    # 192 random bits: nothing to guess, so that a plain hash is enough (ASVS 6.5.2).
    return hashlib.sha256(token.encode()).digest()
