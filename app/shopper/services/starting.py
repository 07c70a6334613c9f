"""What begins with a code sent to a phone: signing in, registering, handing over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.photos import Picture
from app.shopper.rules.forms import Registration
from app.shopper.services.identity import Shopper
from app.verifications import services as verifications
from app.warranties import services as warranties
from app.warranties.errors import WarrantyOrderNumberOdd
from app.warranties.services import Piece, Purchase


@dataclass(frozen=True)
class Sender:
    """From where a code is asked for: keyed hashes of the device and of the address."""

    device_hash: bytes
    ip_hash: bytes


def begin_login(
    brand_id: UUID, phone: str, next_path: str, sender: Sender, *, now: datetime
) -> UUID:
    """Send a code to sign in with, and return what it is answered under.

    Whether the brand knows the number does not show before it is proved.

    :raises VerificationPhoneInvalid: it is no Korean mobile number
    :raises VerificationTooMany: too soon or too often
    """
    return _begin(brand_id, phone, "login", {"next": next_path}, sender, now)


def begin_registration(
    brand_id: UUID,
    piece: Piece,
    code: str,
    form: Registration,
    receipt: Picture | None,
    sender: Sender,
    *,
    today: date,
    now: datetime,
) -> UUID:
    """Send the code that a registration waits for, if it could be done now.

    ``receipt`` waits with it.

    :raises WarrantyTaken, WarrantyUnitReported, UnitStepRefused: the unit cannot be registered
    :raises WarrantyDayImpossible, WarrantyOrderOverused: see ``warranties.claim``
    :raises WarrantyOrderNumberOdd: no order number of the place looks so
    :raises VerificationPhoneInvalid, VerificationTooMany: see :func:`begin_login`
    """
    number = form.order_number
    if number is not None and not warranties.is_order_number(form.channel, number):
        raise WarrantyOrderNumberOdd(pointer="/order_number")
    purchase = Purchase(form.channel, form.purchased_on, None, number)
    warranties.check_claim(brand_id, piece.unit.serial, purchase, today=today)
    content = {
        "code": code,
        "serial": piece.unit.serial,
        "name": form.name,
        "channel": form.channel,
        "purchased_on": form.purchased_on.isoformat() if form.purchased_on else None,
        "order_number": number,
        "receipt": (
            str(warranties.keep_receipt(piece.unit, receipt, now=now)) if receipt else None
        ),
    }
    return _begin(brand_id, form.phone, "registration", content, sender, now)


def begin_offer(
    brand_id: UUID,
    warranty_id: UUID | None,
    owner: Shopper,
    phone: str,
    sender: Sender,
    *,
    now: datetime,
) -> UUID:
    """Send the owner the code that an offer waits for.

    :raises WarrantyNotFound, WarrantyNotTransferable, WarrantyUnitReported,
        WarrantyTransferToOwner: see ``warranties.check_offer``
    :raises VerificationPhoneInvalid, VerificationTooMany: see :func:`begin_login`
    """
    number = warranties.check_offer(brand_id, warranty_id, owner.member_id, phone)
    content = {"step": "offer", "warranty": str(warranty_id), "phone": number}
    return _begin(brand_id, owner.phone, "transfer", content, sender, now)


def begin_acceptance(
    brand_id: UUID, token: str, name: str, phone: str, sender: Sender, *, now: datetime
) -> UUID:
    """Send who was offered a unit the code that taking it over waits for.

    :raises WarrantyTransferNotFound, WarrantyTransferOtherPhone: see
        ``warranties.check_acceptance``
    :raises VerificationPhoneInvalid, VerificationTooMany: see :func:`begin_login`
    """
    warranties.check_acceptance(brand_id, token, phone, now=now)
    content = {"step": "accept", "link": token, "name": name}
    return _begin(brand_id, phone, "transfer", content, sender, now)


def _begin(
    brand_id: UUID,
    phone: str,
    purpose: str,
    content: Mapping[str, str | None],
    sender: Sender,
    now: datetime,
) -> UUID:
    started = verifications.begin(
        brand_id,
        phone,
        purpose,
        device_hash=sender.device_hash,
        ip_hash=sender.ip_hash,
        content=content,
        now=now,
    )
    return started.challenge_id
