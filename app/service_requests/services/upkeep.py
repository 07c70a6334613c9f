"""What happens to requests by themselves: closed, lapsed, flagged, forgotten; merges."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.members.events import MemberErased, MemberMerged
from app.service_requests.errors import ServiceQuoteOver, ServiceQuoteStale
from app.service_requests.models import ServiceRequest, ServiceRequestArchive
from app.service_requests.queries import parts
from app.service_requests.queries import requests as queries
from app.service_requests.rules.states import may
from app.service_requests.rules.statute import flag
from app.service_requests.services.cases import (
    day_of,
    open_notes,
    open_told,
    request_of,
    seal_archive,
)
from app.service_requests.services.quoting import expire_quote
from app.service_requests.services.recording import enter, raise_flags, record

ACTOR = "job"
CLOSE_AFTER = timedelta(days=7)


def close_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Close requests that were given back a week ago."""
    before = day_of(brand_id, now) - CLOSE_AFTER
    due = queries.lock_delivered(brand_id, limit, before=before)
    for found in due:
        enter(found, "closed", "close", actor=ACTOR, now=now)
    return len(due)


def expire_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Let quotes lapse that nobody answered in time."""
    due = parts.list_due_quotes(brand_id, limit, now=now)
    for request_id, version in due:
        with suppress(ServiceQuoteOver, ServiceQuoteStale):  # answered in this very moment
            expire_quote(brand_id, request_id, version, actor=ACTOR, now=now)
    return len(due)


def flag_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Raise the flag of requests whose month is over."""
    due = queries.lock_overdue_by_law(brand_id, limit, on=day_of(brand_id, now))
    for found in due:
        raised = flag("overdue_month", since=found.asked_on)
        raise_flags(found, [raised], actor=ACTOR, now=now)
    return len(due)


def empty_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Forget what was told with requests that were over long enough ago.

    Those of erased members are archived at once; see :func:`forget`.
    """
    keep = timedelta(days=brands.current_settings(brand_id).service.keep_days)
    due = queries.lock_kept_until(brand_id, limit, before=now - keep)
    for found in due:
        _empty(found, now=now)
    left = limit - len(due)
    return len(due) + (_archive_erased(brand_id, left, now=now) if left else 0)


def delete_archives_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete archives that need not be kept any longer."""
    return parts.delete_archives(brand_id, limit, now=now)


def move_to_survivor(event: MemberMerged) -> None:
    """Give a merged member's requests to the survivor."""
    queries.move_requests(event.brand_id, event.member_id, event.into_id, event.now)


def forget(event: MemberErased) -> None:
    """Forget an erased member's requests, as far as they are over.

    Photos go at once. What has not arrived is cancelled. What is over is archived for as
    long as the law wants the record of a complaint; goods that are here are still given
    back, and archived then.
    """
    for request_id in queries.list_ids_of_member(event.brand_id, event.member_id):
        found = request_of(event.brand_id, request_id, lock=True)
        if may("cancel", found.status, arrived=found.arrived_at is not None, role="system"):
            enter(found, "cancelled", "cancel", actor=ACTOR, now=event.now)
        parts.remove_photos(event.brand_id, found.id, now=event.now)
        if found.over_at is None:
            found.owner_erased = True
        elif found.emptied_at is None:
            _archive(found, now=event.now)


def _archive_erased(brand_id: UUID, limit: int, *, now: datetime) -> int:
    due = queries.lock_over_of_erased(brand_id, limit)
    for found in due:
        _archive(found, now=now)
    return len(due)


def _archive(found: ServiceRequest, *, now: datetime) -> None:
    """Move what was told into the archive, which no route reads."""
    told = open_told(found)
    notes = open_notes(found.brand_id, found.id)
    keep = timedelta(days=brands.current_settings(found.brand_id).service.keep_days)
    content = {**vars(told), "notes": notes}
    db.session.add(
        ServiceRequestArchive(
            brand_id=found.brand_id,
            id=found.id,
            content_sealed=seal_archive(found.brand_id, found.id, content),
            kept_until=(found.over_at or now) + keep,
            archived_at=now,
        )
    )
    _empty(found, now=now)


def _empty(found: ServiceRequest, *, now: datetime) -> None:
    found.told_sealed = None
    found.inbound = found.outbound = None
    found.emptied_at = now
    parts.remove_photos(found.brand_id, found.id, now=now)
    parts.delete_notes(found.brand_id, found.id)
    record(found, "erase", before=found.status, actor=ACTOR, now=now)
