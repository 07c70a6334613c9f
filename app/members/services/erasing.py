"""Wishes to be erased: taken down, answered within ten days, one way or the other."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.ids import new_id
from app.members import queries
from app.members.errors import ErasureRequestClosed, ErasureRequestNotFound
from app.members.events import ErasureRefused, ErasureRequested
from app.members.models import ErasureRequest
from app.members.rules import answer_due_on
from app.members.services.ending import erase_member
from app.members.services.reading import ids_of_person, survivor_id


@dataclass(frozen=True)
class Erasure:
    """A request, of whom it speaks by now, and whether its last day is over.

    ``repeated``: the person had asked before, and that is still open.
    """

    request: ErasureRequest
    member_id: UUID
    overdue: bool
    repeated: bool = False


def request_erasure(
    brand_id: UUID, member_id: UUID, *, source: str, actor: str = "member", now: datetime
) -> Erasure:
    """Take down that a member, or who it was merged into, wants to be erased.

    Who has asked already is not asked again: the first request stays, with its last day.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    person = ids_of_person(brand_id, ids.show("mem", member_id))
    queries.lock_members(brand_id, {person[0]})
    today = _today(brand_id, now)
    if (standing := queries.find_open_erasure(brand_id, person)) is not None:
        return Erasure(standing, person[0], standing.due_on < today, repeated=True)
    request = ErasureRequest(
        brand_id=brand_id,
        id=new_id(),
        member_id=person[0],
        state="open",
        source=source,
        requested_at=now,
        due_on=answer_due_on(today),
        decided_at=None,
        decided_by=None,
        reason=None,
    )
    db.session.add(request)
    db.session.flush()  # autoflush is off
    _record(request, "member.erasure_requested", actor, now, after={"due_on": str(request.due_on)})
    publish(ErasureRequested(brand_id, person[0], request.id, request.due_on, now))
    return Erasure(request, person[0], overdue=False)


def find_open_erasure(brand_id: UUID, member_id: UUID, *, now: datetime) -> Erasure | None:
    """Return the request of a member that waits, if there is one."""
    person = ids_of_person(brand_id, ids.show("mem", member_id))
    request = queries.find_open_erasure(brand_id, person)
    return _view(request, person[0], _today(brand_id, now)) if request else None


def get_erasure(brand_id: UUID, request_id: UUID, *, now: datetime) -> Erasure:
    """:raises ErasureRequestNotFound: the brand has no such request"""
    request = queries.find_erasure(brand_id, request_id)
    if request is None:
        raise ErasureRequestNotFound
    member_id = survivor_id(brand_id, request.member_id)
    return _view(request, member_id, _today(brand_id, now))


def list_erasures(
    brand_id: UUID,
    *,
    state: str | None,
    overdue: bool | None,
    after: tuple[date, UUID] | None,
    limit: int,
    now: datetime,
) -> list[Erasure]:
    """Return requests, those with the least time first. Only open ones can be overdue."""
    today = _today(brand_id, now)
    found = queries.list_erasures(
        brand_id, state=state, overdue=overdue, today=today, after=after, limit=limit
    )
    return [_view(request, member_id, today) for request, member_id in found]


def complete_erasure(brand_id: UUID, request_id: UUID, *, actor: str, now: datetime) -> Erasure:
    """Erase who asked for it, with those merged into them. Repeating it changes nothing.

    :raises ErasureRequestNotFound: the brand has no such request
    :raises ErasureRequestClosed: it was refused
    """
    request = _lock(brand_id, request_id)
    if request.state == "refused":
        raise ErasureRequestClosed(state=request.state)
    if request.state == "open":
        member_id = survivor_id(brand_id, request.member_id)
        erase_member(brand_id, ids.show("mem", member_id), actor=actor, now=now)
    return get_erasure(brand_id, request_id, now=now)


def refuse_erasure(
    brand_id: UUID, request_id: UUID, *, reason: str, actor: str, now: datetime
) -> Erasure:
    """Write down why a member is not erased; the person may complain about it.

    :raises ErasureRequestNotFound: the brand has no such request
    :raises ErasureRequestClosed: it was completed or refused before
    """
    request = _lock(brand_id, request_id)
    if request.state != "open":
        raise ErasureRequestClosed(state=request.state)
    request.state, request.reason = "refused", reason
    request.decided_at, request.decided_by = now, actor
    db.session.flush()  # autoflush is off
    _record(request, "member.erasure_refused", actor, now, after={"reason": reason})
    publish(ErasureRefused(brand_id, request.member_id, request.id, now))
    return get_erasure(brand_id, request_id, now=now)


def count_overdue_erasures(brand_id: UUID, *, now: datetime) -> int:
    """Return how many requests are open although their last day is over."""
    return queries.count_overdue_erasures(brand_id, _today(brand_id, now))


def _lock(brand_id: UUID, request_id: UUID) -> ErasureRequest:
    """Return a request, held against others who answer it or erase the member."""
    request = queries.find_erasure(brand_id, request_id)
    if request is None:
        raise ErasureRequestNotFound
    queries.lock_members(brand_id, {survivor_id(brand_id, request.member_id), request.member_id})
    locked = queries.find_erasure(brand_id, request_id, lock=True)
    if locked is None:
        raise ErasureRequestNotFound
    return locked


def _view(request: ErasureRequest, member_id: UUID, today: date) -> Erasure:
    return Erasure(request, member_id, request.state == "open" and request.due_on < today)


def _today(brand_id: UUID, now: datetime) -> date:
    return now.astimezone(ZoneInfo(brands.current_settings(brand_id).timezone)).date()


def _record(
    request: ErasureRequest, action: str, actor: str, now: datetime, *, after: dict[str, str]
) -> None:
    brands.record_audit(
        request.brand_id,
        actor=actor,
        action=action,
        subject=f"member:{ids.show('mem', request.member_id)}",
        now=now,
        after={"request": ids.show("era", request.id), **after},
    )
