"""What members are told of their consents: told by messages, kept here.

Another feature sends; it takes a :class:`Notice`, says which message tells it, and reports
when that has left.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from app.consents.queries import notices as queries
from app.consents.queries import records
from app.ids import show
from app.messages.events import MessageSent


@dataclass(frozen=True)
class Told:
    """One purpose, what was said of it (granted, refused, withdrawn), and when."""

    purpose: str
    action: str
    at: datetime


@dataclass(frozen=True)
class Notice:
    """What one member is to be told at once. ``kind`` is result or reconfirm."""

    member_id: UUID
    kind: str
    told: tuple[Told, ...]
    seqs: tuple[int, ...]


def take_notices(brand_id: UUID, limit: int) -> list[Notice]:
    """Return the notices of up to ``limit`` members, held until the transaction ends.

    What one member is to be told in one way is one notice. A consent that is no longer in
    force is not confirmed again: its notice is cancelled.
    """
    notices = []
    rows = queries.lock_pending(brand_id, limit)
    for (member_id, kind), group in groupby(
        sorted(rows, key=lambda row: (row.member_id, row.kind, row.seq)),
        key=lambda row: (row.member_id, row.kind),
    ):
        due = list(group)
        over = [row.seq for row in due if kind == "reconfirm" and row.decided_at is None]
        if over:
            queries.refer(brand_id, member_id, kind, over, "over", "cancelled")
        left = [row for row in due if row.seq not in over]
        if left:
            notices.append(
                Notice(
                    member_id,
                    kind,
                    tuple(Told(row.purpose, row.action, row.at) for row in left),
                    tuple(row.seq for row in left),
                )
            )
    return notices


def refer_notice(brand_id: UUID, notice: Notice, message_id: UUID | None) -> None:
    """Write down which message tells a notice; None: the member cannot be reached.

    It stays pending until the message has left, and counts as overdue if it never does.
    """
    reference = show("msg", message_id) if message_id else "unreachable"
    queries.refer(brand_id, notice.member_id, notice.kind, notice.seqs, reference, "pending")


def record_notice(event: MessageSent) -> None:
    """Record that members were told, with what continues their chain."""
    brand_id, member_id = event.brand_id, event.member_id
    if member_id is None:
        return
    told = queries.mark_sent(brand_id, member_id, show("msg", event.message_id), at=event.at)
    if not told:
        return
    records.lock_chain(brand_id, member_id)
    rows = [
        {"purpose": row.purpose, "action": "reconfirm_notice"}
        for row in told
        if row.kind == "reconfirm" and _stands(brand_id, member_id, row.purpose, row.seq)
    ]
    if rows:
        records.append(
            brand_id,
            member_id,
            rows,
            source="reconfirmation",
            actor="job",
            recorded_by="job",
            evidence=None,
            at=event.at,
        )


def _stands(brand_id: UUID, member_id: UUID, purpose: str, seq: int) -> bool:
    state = records.find_state(brand_id, member_id, purpose)
    return state is not None and state.state == "granted" and state.decided_seq == seq
