"""What is in force of a member's consents, and when the brand may ask again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.brands import services as brands
from app.consents.models import ConsentRecord, ConsentText
from app.consents.queries import records as queries
from app.consents.queries import texts
from app.consents.rules.purposes import PURPOSES
from app.consents.rules.records import State, ask_again_at, may_ask
from app.members import services as members


@dataclass(frozen=True)
class Standing:
    """One purpose: the last decision, and whether the brand may ask of its own accord."""

    purpose: str
    state: State | None
    granted: bool
    ask_again_at: datetime | None
    may_ask: bool
    text: ConsentText | None


def load_states(brand_id: UUID, member_id: UUID) -> dict[str, State]:
    """Return the last decision for each purpose."""
    return load_states_of(brand_id, [member_id])[member_id]


def load_states_of(brand_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, dict[str, State]]:
    """Return the last decisions of many members, with one query."""
    found: dict[UUID, dict[str, State]] = {member_id: {} for member_id in member_ids}
    for row in queries.list_states(brand_id, member_ids):
        found[row.member_id][row.purpose] = _state(row)
    return found


def list_standings(
    brand_id: UUID, member_id: UUID, language: str, *, now: datetime
) -> list[Standing]:
    """Return how a member stands to each purpose that was decided or is asked with a text."""
    states = load_states(brand_id, member_id)
    asked = {
        text.purpose: text for text in texts.list_published(brand_id) if text.language == language
    }
    days = brands.current_settings(brand_id).consents.ask_again_days
    return [
        Standing(
            purpose,
            state := states.get(purpose),
            granted=state is not None and state.granted_at(now),
            ask_again_at=ask_again_at(state, days),
            may_ask=purpose in asked and may_ask(state, days, now),
            text=asked.get(purpose),
        )
        for purpose in PURPOSES
        if purpose in states or purpose in asked
    ]


def list_records(
    brand_id: UUID,
    reference: str,
    *,
    before: tuple[datetime, UUID, int] | None,
    limit: int,
) -> list[ConsentRecord]:
    """Return every record of a person, also of who was merged into it, the newest first.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    ids = members.ids_of_person(brand_id, reference)
    return queries.list_records(brand_id, ids, before=before, limit=limit)


def _state(row: Row[Any]) -> State:
    return State(
        row.state,
        row.decided_at,
        seq=row.seq,
        language=row.language,
        version=row.version,
        expires_at=row.expires_at,
        reconfirm_on=row.reconfirm_on,
        holds=row.holds,
    )
