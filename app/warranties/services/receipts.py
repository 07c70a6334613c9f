"""Photos that buyers send to prove a purchase: kept sealed, looked at by staff, forgotten."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from app import crypto, photos
from app.db import db
from app.ids import new_id
from app.photos import Picture
from app.warranties.errors import (
    WarrantyReceiptInvalid,
    WarrantyReceiptNotFound,
    WarrantyReceiptsTooMany,
)
from app.warranties.models import Warranty, WarrantyReceipt, WarrantyUnit
from app.warranties.queries import evidence
from app.warranties.queries import receipts as queries
from app.warranties.services.reviews import weigh

MOST = 3
# Somewhat longer than a registration can wait for its code.
UNCLAIMED = timedelta(hours=1)
# What was judged may be asked about for a while.
KEPT_AFTER_JUDGEMENT = timedelta(days=90)


def read_receipt(content: bytes) -> Picture:
    """Return a photo that holds nothing but its pixels. It takes a while: not in a transaction.

    :raises WarrantyReceiptInvalid: it is no picture that is taken, or too large
    """
    try:
        return photos.clean(content)
    except photos.PhotoRefused as error:
        raise WarrantyReceiptInvalid(pointer="/receipt") from error


def keep_receipt(unit: WarrantyUnit, picture: Picture, *, now: datetime) -> UUID:
    """Keep a photo until its unit is registered, and return its id."""
    receipt_id = new_id()
    db.session.add(
        WarrantyReceipt(
            brand_id=unit.brand_id,
            id=receipt_id,
            unit_id=unit.id,
            warranty_id=None,
            sha256=hashlib.sha256(picture.content).hexdigest(),
            look=photos.look_of(picture),
            content_sealed=crypto.seal_bytes(picture.content, _cell(unit.brand_id, receipt_id)),
            created_at=now,
        )
    )
    db.session.flush()  # autoflush is off
    return receipt_id


def attach_receipt(
    unit: WarrantyUnit, warranty: Warranty, receipt_id: UUID, *, now: datetime
) -> None:
    """Let a kept photo belong to the registration of its unit; repeating it changes nothing.

    :raises WarrantyReceiptsTooMany: the registration has three already
    """
    receipt = queries.find_receipt(unit.brand_id, receipt_id)
    if receipt is None or receipt.warranty_id is not None or receipt.unit_id != unit.id:
        return
    if queries.count_receipts(unit.brand_id, warranty.id) >= MOST:
        raise WarrantyReceiptsTooMany(pointer="/receipt", most=MOST)
    receipt.warranty_id = warranty.id
    db.session.flush()  # autoflush is off
    units = evidence.count_units_of_receipt(unit.brand_id, warranty.id)
    weigh(unit, units_of_receipt=units, now=now)


def list_receipts(brand_id: UUID, warranty_id: UUID) -> list[WarrantyReceipt]:
    """Return the receipts of a registration, in the order in which they came."""
    return queries.list_receipts(brand_id, warranty_id)


def picture_of(brand_id: UUID, warranty_id: UUID, receipt_id: UUID | None) -> bytes:
    """Return a receipt as JPEG.

    :raises WarrantyReceiptNotFound: the registration has no such receipt, or not any more
    """
    receipt = queries.find_receipt(brand_id, receipt_id) if receipt_id else None
    if receipt is None or receipt.warranty_id != warranty_id or receipt.content_sealed is None:
        raise WarrantyReceiptNotFound
    return crypto.unseal_bytes(receipt.content_sealed, _cell(brand_id, receipt.id))


def delete_unclaimed_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete photos whose registration was never completed; return how many."""
    return queries.delete_unclaimed(brand_id, limit, before=now - UNCLAIMED)


def forget_pictures_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Forget photos of registrations that were judged long ago, or ended; return how many."""
    return queries.forget_pictures(brand_id, limit, before=now - KEPT_AFTER_JUDGEMENT)


def _cell(brand_id: UUID, receipt_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, WarrantyReceipt.__tablename__, "content", receipt_id)
