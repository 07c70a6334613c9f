"""Photos of a request: made harmless, sealed, moved to the storage by a job.

A photo is a row with its sealed bytes first, in the transaction of whoever adds it, so
that nothing outside of the database happens in there. A job hands it to the storage and
empties the row; what is removed, it deletes there and then here.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app import crypto, photos, storage
from app.db import db
from app.ids import new_id
from app.queue import enqueue
from app.service_requests.errors import (
    ServicePhotoInvalid,
    ServicePhotoNotFound,
    ServicePhotosTooMany,
    ServicePhotoTooLarge,
    ServiceStepRefused,
)
from app.service_requests.models import ServiceRequest, ServiceRequestPhoto
from app.service_requests.queries import parts
from app.service_requests.rules.states import OVER
from app.service_requests.services.cases import Case, case_of, request_of
from app.service_requests.services.recording import record

PHOTOS_MAX = 5
MOVE_PHOTOS = "service_requests.move_photos"


def add_photos(
    brand_id: UUID,
    request_id: UUID | None,
    pictures: Sequence[photos.Picture],
    *,
    actor: str,
    now: datetime,
) -> Case:
    """Add photos (see :func:`clean_photos`), five at most in all.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceStepRefused: it is over
    :raises ServicePhotosTooMany: it would have more than five
    """
    found = request_of(brand_id, request_id, lock=True)
    if found.status in OVER:
        raise ServiceStepRefused(state=found.status, step="photos")
    add_to(found, pictures, actor=actor, now=now)
    detail = str(len(pictures))
    record(found, "photos", before=found.status, detail=detail, actor=actor, now=now)
    return case_of(found)


def clean_photos(contents: Sequence[bytes]) -> list[photos.Picture]:
    """Return photos made harmless. It takes a while: not in a transaction.

    :raises ServicePhotosTooMany: there are more than five
    :raises ServicePhotoInvalid: one is no JPEG, PNG, WebP or HEIC picture
    :raises ServicePhotoTooLarge: one has too many bytes or pixels
    """
    if len(contents) > PHOTOS_MAX:
        raise ServicePhotosTooMany(most=PHOTOS_MAX)
    return [_cleaned(content) for content in contents]


def add_to(
    found: ServiceRequest, pictures: Sequence[photos.Picture], *, actor: str, now: datetime
) -> None:
    """Add photos to a request, which is locked or new."""
    brand_id = found.brand_id
    there = len(parts.list_photos(brand_id, [found.id])[found.id])
    if there + len(pictures) > PHOTOS_MAX:
        raise ServicePhotosTooMany(most=PHOTOS_MAX)
    number = parts.count_photos(brand_id, found.id)
    for picture in pictures:
        number += 1
        photo_id = new_id()
        db.session.add(
            ServiceRequestPhoto(
                brand_id=brand_id,
                request_id=found.id,
                number=number,
                id=photo_id,
                sha256=hashlib.sha256(picture.content).hexdigest(),
                size=len(picture.content),
                width=picture.width,
                height=picture.height,
                content_sealed=crypto.seal_bytes(picture.content, _cell(brand_id, photo_id)),
                actor=actor,
                created_at=now,
            )
        )
    db.session.flush()  # autoflush is off
    enqueue(MOVE_PHOTOS, brand_id=str(brand_id))


def read_photo(brand_id: UUID, request_id: UUID | None, number: int) -> bytes:
    """Return a photo as JPEG.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServicePhotoNotFound: it has no such photo, or it was removed
    """
    found = request_of(brand_id, request_id)
    photos_of = parts.list_photos(brand_id, [found.id])[found.id]
    photo = next((each for each in photos_of if each.number == number), None)
    if photo is None:
        raise ServicePhotoNotFound
    sealed = photo.content_sealed or storage.get(key_of(photo))
    if sealed is None:
        raise ServicePhotoNotFound
    try:
        return crypto.unseal_bytes(sealed, _cell(brand_id, photo.id))
    except crypto.SealBroken as error:
        raise ServicePhotoNotFound from error


def move_photo(brand_id: UUID, *, now: datetime) -> int:
    """Hand one photo to the storage, or delete one there; returns 0 if none is waiting.

    Whoever dies in between repeats it: the key is the row's own.
    """
    photo = parts.lock_due_photo(brand_id)
    if photo is None:
        return 0
    if photo.removed_at is not None:
        storage.delete(key_of(photo))
        db.session.delete(photo)
    elif photo.content_sealed is not None:
        storage.put(key_of(photo), photo.content_sealed)
        photo.stored_header = crypto.header_in(photo.content_sealed)
        photo.stored_at, photo.content_sealed = now, None
    db.session.flush()
    return 1


def reseal_photo(brand_id: UUID, *, after: UUID | None) -> tuple[UUID, bool] | None:
    """Seal the next photo in the storage anew that is not under the first key.

    :returns: its id, and whether it did open; None if there is none after ``after``
    """
    header = crypto.current_header()
    photo = parts.lock_stored_photo(brand_id, header, after=after)
    if photo is None:
        return None
    sealed = storage.get(key_of(photo))
    cell = _cell(brand_id, photo.id)
    try:
        anew = crypto.seal_bytes(crypto.unseal_bytes(sealed or b"", cell), cell)
    except crypto.SealBroken:
        return photo.id, False
    storage.put(key_of(photo), anew)
    photo.stored_header = header
    db.session.flush()
    return photo.id, True


def key_of(photo: ServiceRequestPhoto) -> str:
    return f"{photo.brand_id}/service-requests/{photo.request_id}/{photo.id}"


def _cleaned(content: bytes) -> photos.Picture:
    try:
        return photos.clean(content)
    except photos.PhotoTooLarge as error:
        raise ServicePhotoTooLarge from error
    except photos.PhotoRefused as error:
        raise ServicePhotoInvalid from error


def _cell(brand_id: UUID, photo_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, "service_request_photos", "content", photo_id)
