"""Many requests at once: what would happen is said before, and giving away can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.db import db
from app.errors import DomainError
from app.ids import new_id
from app.service_requests.errors import (
    ServiceReasonRequired,
    ServiceRequestChanged,
    ServiceStepRefused,
    ServiceUndoOver,
)
from app.service_requests.models import ServiceRequest, ServiceUndo
from app.service_requests.queries import queue as queries
from app.service_requests.services.moving import move
from app.service_requests.services.noting import add_note, assign
from app.service_requests.services.queue import choices_of

UNDO = timedelta(minutes=1)
# Steps that need nothing but a reason; the others are taken one by one.
TOGETHER = frozenset(
    {
        "triage", "cover", "goodwill", "charge", "await_inbound", "collect", "arrive", "inspect",
        "wait_for_parts", "to_vendor", "repair", "check", "finish", "send", "send_back",
        "deliver", "close",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """What is to be done: ``assign`` (``who``), ``step`` (its name, ``text`` why), ``note``."""

    kind: str
    who: str | None = None
    step: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Effect:
    """What it does, or did, to one request; ``refusal``: why it does nothing."""

    request: ServiceRequest
    before: str | None
    refusal: DomainError | None = None
    idle: bool = False  # it is so already


@dataclass(frozen=True)
class Done:
    """What became of all of them; ``undo`` takes back for a minute who looks after them."""

    effects: list[Effect]
    undo: UUID | None = None

    @property
    def count(self) -> int:
        return sum(1 for each in self.effects if each.refusal is None and not each.idle)


def steps_for_all(brand_id: UUID, request_ids: Sequence[UUID], actor: str) -> list[str]:
    """Return the steps that each of some requests could take now."""
    found = queries.list_by_ids(brand_id, list(request_ids))
    allowed = [
        [each.step for each in choices_of(request, actor) if each.refusal is None]
        for request in found
    ]
    first = allowed[0] if allowed else []
    return [
        step for step in first if step in TOGETHER and all(step in others for others in allowed)
    ]


def foresee(brand_id: UUID, request_ids: Sequence[UUID], deed: Deed, *, actor: str) -> list[Effect]:
    """Return what a deed would do to each of some requests; nothing is changed."""
    return [
        _effect(request, deed, actor)
        for request in queries.list_by_ids(brand_id, list(request_ids))
    ]


def act(
    brand_id: UUID,
    versions: Mapping[UUID, int],
    deed: Deed,
    *,
    actor: str,
    now: datetime,
    wall: datetime,
) -> Done:
    """Do it to those of some requests that are as they were seen, at these versions.

    ``now`` is the brand's time, ``wall`` that on the wall, by which undoing counts.
    """
    effects = []
    for request in queries.list_by_ids(brand_id, list(versions), lock=True):
        if request.version != versions[request.id]:
            effects.append(Effect(request, request.assignee, ServiceRequestChanged()))
            continue
        effect = _effect(request, deed, actor)
        if effect.refusal is None and not effect.idle:
            _do(request, deed, actor, now)
        effects.append(effect)
    given = [each for each in effects if each.refusal is None and not each.idle]
    undo = None
    if deed.kind == "assign" and given:
        undo = _keep_undo(brand_id, given, deed.who, actor, wall)
    return Done(effects, undo)


def find_undo(brand_id: UUID, undo_id: UUID | None, *, actor: str, wall: datetime) -> bool:
    """Whether somebody could still take back what they gave away."""
    undo = queries.find_undo(brand_id, undo_id) if undo_id else None
    return (
        undo is not None and undo.actor == actor and undo.used_at is None and undo.expires_at > wall
    )


def undo_assignment(
    brand_id: UUID, undo_id: UUID, *, actor: str, now: datetime, wall: datetime
) -> int:
    """Give requests back to whom they were of before; return how many there were.

    Those that went on to somebody else since stay with them.

    :raises ServiceUndoOver: it was used, is older than a minute, or somebody else's
    """
    undo = queries.find_undo(brand_id, undo_id, lock=True)
    if undo is None or undo.actor != actor or undo.used_at or undo.expires_at <= wall:
        raise ServiceUndoOver
    undo.used_at = wall
    before = {UUID(str(each["id"])): each["before"] for each in undo.items}
    count = 0
    for request in queries.list_by_ids(brand_id, list(before), lock=True):
        if request.assignee == undo.assignee:
            assign(brand_id, request.id, before[request.id], actor=actor, now=now)
            count += 1
    db.session.flush()  # autoflush is off
    return count


def _effect(request: ServiceRequest, deed: Deed, actor: str) -> Effect:
    if deed.kind == "assign":
        return Effect(request, request.assignee, idle=request.assignee == deed.who)
    if deed.kind == "note":
        return Effect(request, request.assignee)
    choices = {each.step: each for each in choices_of(request, actor)}
    choice = choices.get(deed.step or "") if deed.step in TOGETHER else None
    if choice is None:
        refused = ServiceStepRefused(state=request.status, step=deed.step or "")
        return Effect(request, request.assignee, refused)
    if choice.refusal is None and choice.reasoned and not deed.text:
        return Effect(request, request.assignee, ServiceReasonRequired(pointer="/reason"))
    return Effect(request, request.assignee, choice.refusal)


def _do(request: ServiceRequest, deed: Deed, actor: str, now: datetime) -> None:
    brand_id = request.brand_id
    if deed.kind == "assign":
        assign(brand_id, request.id, deed.who, actor=actor, now=now)
    elif deed.kind == "note":
        add_note(brand_id, request.id, deed.text, visibility="internal", actor=actor, now=now)
    else:
        move(brand_id, request.id, deed.step or "", reason=deed.text or None, actor=actor, now=now)


def _keep_undo(
    brand_id: UUID, given: Sequence[Effect], who: str | None, actor: str, wall: datetime
) -> UUID:
    queries.forget_undos(brand_id, wall - UNDO)
    undo = ServiceUndo(
        brand_id=brand_id,
        id=new_id(),
        actor=actor,
        assignee=who,
        items=[{"id": str(each.request.id), "before": each.before} for each in given],
        expires_at=wall + UNDO,
        used_at=None,
    )
    db.session.add(undo)
    db.session.flush()  # autoflush is off
    return undo.id
