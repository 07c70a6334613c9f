"""What members are still to be told of their consents, and what they were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

# What was withdrawn meanwhile is not confirmed again; its own result is told.
_PENDING = text(
    "SELECT n.member_id, n.seq, n.kind, n.due_at, n.purpose, r.action, s.decided_at, r.at"
    "  FROM consent_notices n"
    "  JOIN consent_records r"
    "    ON r.brand_id = n.brand_id AND r.member_id = n.member_id AND r.seq = n.seq"
    "  LEFT JOIN consent_states s"
    "    ON s.brand_id = n.brand_id AND s.member_id = n.member_id AND s.purpose = n.purpose"
    "   AND s.state = 'granted' AND s.decided_seq = n.seq"
    " WHERE n.brand_id = :brand_id AND n.state = 'pending' AND n.message_ref IS NULL"
    "   AND n.member_id IN (SELECT member_id FROM consent_notices"
    "        WHERE brand_id = :brand_id AND state = 'pending' AND message_ref IS NULL"
    "        ORDER BY due_at LIMIT :limit)"
    " ORDER BY n.member_id, n.seq FOR UPDATE OF n SKIP LOCKED"
)
_REFER = text(
    "UPDATE consent_notices SET message_ref = :reference, state = :state"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND kind = :kind"
    "   AND seq = ANY (:seqs) AND state = 'pending' AND message_ref IS NULL"
)
_SENT = text(
    "UPDATE consent_notices SET state = 'sent', sent_at = :at"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND message_ref = :reference"
    "   AND state = 'pending' RETURNING seq, kind, purpose"
)


def lock_pending(brand_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """Return everything that some members are to be told, those with the least time first."""
    return db.session.execute(_PENDING, {"brand_id": brand_id, "limit": limit}).all()


def refer(
    brand_id: UUID, member_id: UUID, kind: str, seqs: Sequence[int], reference: str, state: str
) -> None:
    """Write down which message tells it, or that none does."""
    db.session.execute(
        _REFER,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "kind": kind,
            "seqs": list(seqs),
            "reference": reference,
            "state": state,
        },
    )


def mark_sent(
    brand_id: UUID, member_id: UUID, reference: str, *, at: datetime
) -> Sequence[Row[Any]]:
    values = {"brand_id": brand_id, "member_id": member_id, "reference": reference, "at": at}
    return db.session.execute(_SENT, values).all()
