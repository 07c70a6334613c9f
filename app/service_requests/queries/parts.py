"""Named reads of what belongs to requests: lines, quotes, events, notes, photos, archives."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.db import db
from app.service_requests.models import (
    ServiceRequestArchive,
    ServiceRequestEvent,
    ServiceRequestLine,
    ServiceRequestNote,
    ServiceRequestPhoto,
    ServiceRequestQuote,
)

Part = TypeVar("Part", ServiceRequestLine, ServiceRequestQuote, ServiceRequestPhoto)
FRESH = {"populate_existing": True}


def list_lines(
    brand_id: UUID, request_ids: Collection[UUID]
) -> dict[UUID, list[ServiceRequestLine]]:
    """Return the lines of requests, those of all rounds, in order."""
    line = ServiceRequestLine
    rows = db.session.scalars(
        select(line)
        .where(line.brand_id == brand_id, line.request_id.in_(request_ids))
        .order_by(line.request_id, line.round, line.seq),
        execution_options=FRESH,
    )
    return _by_request(rows.all(), request_ids)


def delete_lines(brand_id: UUID, request_id: UUID, round_: int) -> None:
    line = ServiceRequestLine
    db.session.execute(
        delete(line).where(
            line.brand_id == brand_id, line.request_id == request_id, line.round == round_
        )
    )


def list_quotes(
    brand_id: UUID, request_ids: Collection[UUID]
) -> dict[UUID, list[ServiceRequestQuote]]:
    """Return the quotes of requests in the order of their versions."""
    quote = ServiceRequestQuote
    rows = db.session.scalars(
        select(quote)
        .where(quote.brand_id == brand_id, quote.request_id.in_(request_ids))
        .order_by(quote.request_id, quote.version),
        execution_options=FRESH,
    )
    return _by_request(rows.all(), request_ids)


def list_due_quotes(brand_id: UUID, limit: int, *, now: datetime) -> list[tuple[UUID, int]]:
    """Return open quotes whose time is over: the request and the version of each."""
    quote = ServiceRequestQuote
    rows = db.session.execute(
        select(quote.request_id, quote.version)
        .where(quote.brand_id == brand_id, quote.state == "open", quote.valid_until <= now)
        .order_by(quote.request_id)
        .limit(limit)
    )
    return [(request_id, version) for request_id, version in rows]


def list_photos(
    brand_id: UUID, request_ids: Collection[UUID]
) -> dict[UUID, list[ServiceRequestPhoto]]:
    """Return the photos of requests that are not removed."""
    photo = ServiceRequestPhoto
    rows = db.session.scalars(
        select(photo)
        .where(
            photo.brand_id == brand_id,
            photo.request_id.in_(request_ids),
            photo.removed_at.is_(None),
        )
        .order_by(photo.request_id, photo.number),
        execution_options=FRESH,
    )
    return _by_request(rows.all(), request_ids)


def count_photos(brand_id: UUID, request_id: UUID) -> int:
    """Return the number of the newest photo that a request ever had."""
    photo = ServiceRequestPhoto
    return (
        db.session.scalar(
            select(func.max(photo.number)).where(
                photo.brand_id == brand_id, photo.request_id == request_id
            )
        )
        or 0
    )


def lock_due_photo(brand_id: UUID) -> ServiceRequestPhoto | None:
    """Return a photo that is to be stored or to be removed, held; skip those others hold."""
    photo = ServiceRequestPhoto
    return db.session.scalars(
        select(photo)
        .where(
            photo.brand_id == brand_id,
            or_(photo.stored_at.is_(None), photo.removed_at.is_not(None)),
        )
        .order_by(photo.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        execution_options=FRESH,
    ).first()


def lock_stored_photo(
    brand_id: UUID, header: bytes, *, after: UUID | None
) -> ServiceRequestPhoto | None:
    """Return the next photo in the storage that does not begin with ``header``, held."""
    photo = ServiceRequestPhoto
    statement = select(photo).where(
        photo.brand_id == brand_id,
        photo.stored_at.is_not(None),
        photo.removed_at.is_(None),
        photo.stored_header != header,
    )
    if after is not None:
        statement = statement.where(photo.id > after)
    return db.session.scalars(
        statement.order_by(photo.id).limit(1).with_for_update(), execution_options=FRESH
    ).first()


def remove_photos(brand_id: UUID, request_id: UUID, *, now: datetime) -> int:
    """Take photos out of sight, and what is not stored yet out of the database."""
    photo = ServiceRequestPhoto
    removed = db.session.execute(
        update(photo)
        .where(
            photo.brand_id == brand_id,
            photo.request_id == request_id,
            photo.removed_at.is_(None),
        )
        .values(removed_at=now, content_sealed=None)
        .returning(photo.number)
    )
    return len(removed.all())


def list_events(
    brand_id: UUID,
    request_id: UUID,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> list[ServiceRequestEvent]:
    """Return what happened to a request, the newest first."""
    event = ServiceRequestEvent
    statement = select(event).where(event.brand_id == brand_id, event.request_id == request_id)
    if before is not None:
        statement = statement.where(event.seq < before)
    return list(db.session.scalars(statement.order_by(event.seq.desc()).limit(limit)))


def list_notes(brand_id: UUID, request_id: UUID) -> list[ServiceRequestNote]:
    note = ServiceRequestNote
    return list(
        db.session.scalars(
            select(note)
            .where(note.brand_id == brand_id, note.request_id == request_id)
            .order_by(note.seq)
        )
    )


def delete_notes(brand_id: UUID, request_id: UUID) -> None:
    note = ServiceRequestNote
    db.session.execute(delete(note).where(note.brand_id == brand_id, note.request_id == request_id))


def delete_archives(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete archives that the law wants no longer; return how many there were."""
    archive = ServiceRequestArchive
    due = (
        select(archive.id)
        .where(archive.brand_id == brand_id, archive.kept_until <= now)
        .limit(limit)
    )
    gone = db.session.execute(
        delete(archive)
        .where(archive.brand_id == brand_id, archive.id.in_(due))
        .returning(archive.id)
    )
    return len(gone.all())


def _by_request(rows: Collection[Part], request_ids: Collection[UUID]) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = {request_id: [] for request_id in request_ids}
    for row in rows:
        found[row.request_id].append(row)
    return found
