"""The chain: its lock, what is added to it, what it says."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select, text

from app.consents.models import ConsentEvidence, ConsentRecord, ConsentState
from app.db import db

_LOCK = text("SELECT consents_lock(:brand_id, :member_id)")
_APPEND = text(
    "INSERT INTO consent_records (brand_id, member_id, seq, purpose, action, language, version,"
    "  text_sha256, source, actor, recorded_by, method, evidence_id, evidence_sha256, at,"
    "  prev_hash, row_hash)"
    " SELECT :brand_id, :member_id, 0, r.purpose, r.action, r.language, r.version,"
    "  t.sha256, :source, :actor, :recorded_by, r.method, CAST(:evidence_id AS uuid),"
    "  CAST(:evidence_sha256 AS bytea), :at, '', ''"
    "  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r ("
    "       place integer, purpose text, action text, language text, version integer,"
    "       method text)"
    "  LEFT JOIN consent_texts t ON t.brand_id = :brand_id AND t.purpose = r.purpose"
    "   AND t.language = r.language AND t.version = r.version"
    " ORDER BY r.place"
    " RETURNING seq, purpose, action"
)
# Who said so told by what became of it: none of what the books do by themselves.
_RESULTS = text(
    "INSERT INTO consent_notices"
    "  (brand_id, member_id, seq, kind, due_at, purpose, state, prepared_at)"
    " SELECT brand_id, member_id, seq, 'result', at + interval '14 days', purpose, 'pending',"
    "        :now"
    "  FROM consent_records"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND seq = ANY (:seqs)"
    "   AND purpose LIKE 'ad\\_%' AND action IN ('granted', 'refused', 'withdrawn')"
    " ON CONFLICT DO NOTHING"
)
_STATES = text(
    "SELECT s.member_id, s.purpose, s.state, s.seq, s.language, s.version, s.decided_at,"
    "       s.expires_at, s.reconfirm_on,"
    "       coalesce(s.version >= p.material_since, true) AS holds"
    "  FROM consent_states s"
    "  LEFT JOIN LATERAL ("
    "       SELECT t.material_since FROM consent_texts t"
    "        WHERE t.brand_id = s.brand_id AND t.purpose = s.purpose"
    "          AND t.language = s.language AND t.status = 'published'"
    "        ORDER BY t.version DESC LIMIT 1) p ON s.version IS NOT NULL"
    " WHERE s.brand_id = :brand_id AND s.member_id = ANY (:member_ids)"
)


def lock_chain(brand_id: UUID, member_id: UUID) -> int:
    """Hold a member's chain against other changes; return the number of its last record."""
    seq: int = db.session.scalars(_LOCK, {"brand_id": brand_id, "member_id": member_id}).one()
    return seq


def append(
    brand_id: UUID,
    member_id: UUID,
    rows: Sequence[dict[str, Any]],
    *,
    source: str,
    actor: str,
    recorded_by: str,
    evidence: ConsentEvidence | None,
    at: datetime,
) -> Sequence[Row[Any]]:
    """Add records in their order and return (seq, purpose, action) of each.

    A row names purpose, action, language, version and method.
    """
    numbered = [{**row, "place": place} for place, row in enumerate(rows)]
    return db.session.execute(
        _APPEND,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "rows": json.dumps(numbered),
            "source": source,
            "actor": actor,
            "recorded_by": recorded_by,
            "evidence_id": evidence.id if evidence else None,
            "evidence_sha256": evidence.sha256 if evidence else None,
            "at": at,
        },
    ).all()


def prepare_results(brand_id: UUID, member_id: UUID, seqs: Sequence[int], *, now: datetime) -> None:
    """Prepare the notices of what became of answers about advertising."""
    db.session.execute(
        _RESULTS,
        {"brand_id": brand_id, "member_id": member_id, "seqs": list(seqs), "now": now},
    )


def list_states(brand_id: UUID, member_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Return what is in force, and whether the published text still asks for the same."""
    values = {"brand_id": brand_id, "member_ids": list(member_ids)}
    return db.session.execute(_STATES, values).all()


def list_records(
    brand_id: UUID,
    member_ids: Collection[UUID],
    *,
    before: tuple[datetime, UUID, int] | None,
    limit: int,
) -> list[ConsentRecord]:
    """Return records of one person, the newest first."""
    statement = select(ConsentRecord).where(
        ConsentRecord.brand_id == brand_id, ConsentRecord.member_id.in_(member_ids)
    )
    if before is not None:
        at, member_id, seq = before
        statement = statement.where(
            or_(
                ConsentRecord.at < at,
                and_(
                    ConsentRecord.at == at,
                    or_(
                        ConsentRecord.member_id < member_id,
                        and_(ConsentRecord.member_id == member_id, ConsentRecord.seq < seq),
                    ),
                ),
            )
        )
    statement = statement.order_by(
        ConsentRecord.at.desc(), ConsentRecord.member_id.desc(), ConsentRecord.seq.desc()
    ).limit(limit)
    return list(db.session.scalars(statement))


def find_state(brand_id: UUID, member_id: UUID, purpose: str) -> ConsentState | None:
    return db.session.get(ConsentState, (brand_id, member_id, purpose), populate_existing=True)


_CANCEL = text(
    "UPDATE consent_notices SET state = 'cancelled'"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND state = 'pending'"
)
_EMPTY = text(
    "UPDATE consent_evidence SET salt = NULL, ip_hash = NULL, user_agent = NULL, otp_ref = NULL,"
    "       ui_snapshot_sha256 = NULL, guardian_ref = NULL, emptied_at = :now"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND emptied_at IS NULL"
)
_KEEP_UNTIL = text("SELECT consents_keep_until(:brand_id, :member_id, :purge_on)")


def cancel_notices(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(_CANCEL, {"brand_id": brand_id, "member_id": member_id})


def empty_evidence(brand_id: UUID, member_id: UUID, *, now: datetime) -> None:
    db.session.execute(_EMPTY, {"brand_id": brand_id, "member_id": member_id, "now": now})


def keep_until(brand_id: UUID, member_id: UUID, purge_on: date) -> None:
    """Write down until when an erased member's chain is kept."""
    db.session.execute(
        _KEEP_UNTIL, {"brand_id": brand_id, "member_id": member_id, "purge_on": purge_on}
    )
