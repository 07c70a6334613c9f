"""Notes about a customer, for staff alone: sealed, and gone with the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import crypto, ids
from app.brands import services as brands
from app.db import db
from app.desk import queries
from app.desk.errors import NoteEmpty
from app.desk.models import MemberNote
from app.ids import new_id
from app.members.events import MemberErased, MemberMerged
from app.members.services import Member


@dataclass(frozen=True)
class Note:
    """A note, opened; ``text`` is None if its key is gone."""

    id: UUID
    text: str | None
    actor: str
    created_at: datetime


def add_note(brand_id: UUID, member: Member, text: str, *, actor: str, now: datetime) -> None:
    """Write a note about a customer.

    :raises NoteEmpty: there is nothing to write
    """
    if not text.strip():
        raise NoteEmpty(pointer="/text")
    note_id = new_id()
    db.session.add(
        MemberNote(
            brand_id=brand_id,
            id=note_id,
            member_id=member.id,
            text_sealed=crypto.seal(text.strip(), _cell(brand_id, note_id)),
            actor=actor,
            created_at=now,
        )
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action="member.noted",
        subject=f"member:{ids.show('mem', member.id)}",
        now=now,
        after={"note": ids.show("not", note_id)},
    )
    db.session.flush()  # autoflush is off


def list_notes(
    brand_id: UUID, member_id: UUID, *, before: UUID | None = None, limit: int
) -> Sequence[Note]:
    """Return notes about a customer, the newest first."""
    return [
        Note(each.id, _text_of(each), each.actor, each.created_at)
        for each in queries.list_notes(brand_id, member_id, before=before, limit=limit)
    ]


def move_to_survivor(event: MemberMerged) -> None:
    """Give the survivor what was noted, asked and done for a merged customer."""
    queries.move_to(event.brand_id, event.member_id, event.into_id)


def forget(event: MemberErased) -> None:
    """Delete what was noted about an erased customer; what waited for approval is refused."""
    queries.forget(event.brand_id, event.member_id, now=event.now)


def _text_of(note: MemberNote) -> str | None:
    try:
        return crypto.unseal(note.text_sealed, _cell(note.brand_id, note.id))
    except crypto.SealBroken:
        return None


def _cell(brand_id: UUID, note_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, MemberNote.__tablename__, "text", note_id)
