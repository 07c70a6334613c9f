"""What is held on a person: what they asked service for. See ``app.parts``."""

import json
from typing import Any
from uuid import UUID

from app import crypto
from app.parts import Part, opener


def _open(brand_id: UUID, row: dict[str, Any]) -> None:
    sealed = row.pop("told_sealed")
    cell = crypto.Cell(brand_id, "service_requests", "told", row["id"])
    row["told"] = json.loads(crypto.unseal(bytes(sealed), cell)) if sealed is not None else None


PARTS = {
    "service_requests": Part(
        (
            "service_requests",
            "service_request_quotes",
            "service_request_events",
            "service_request_photos",
        ),
        """
        SELECT r.id, r.member_id, r.number, r.sku AS product, r.serial, r.replacement, r.symptom,
               r.told_sealed, r.incident_on, r.method, r.phase, r.status, r.outcome, r.decision,
               r.inbound, r.outbound, r.asked_on, r.delivered_on, r.created_at, r.changed_at,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('version', q.version, 'text', q.text,
                    'total', q.total, 'state', q.state, 'decided_at', q.decided_at)
                    ORDER BY q.version), '[]')
                  FROM service_request_quotes q
                 WHERE q.brand_id = r.brand_id AND q.request_id = r.id) AS quotes,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('step', e.step, 'status', e.after,
                    'at', e.at) ORDER BY e.seq), '[]')
                  FROM service_request_events e
                 WHERE e.brand_id = r.brand_id AND e.request_id = r.id) AS events,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('number', p.number,
                    'sha256', p.sha256, 'size', p.size) ORDER BY p.number), '[]')
                  FROM service_request_photos p
                 WHERE p.brand_id = r.brand_id AND p.request_id = r.id
                   AND p.removed_at IS NULL) AS photos
          FROM service_requests r
         WHERE r.brand_id = :brand_id AND r.member_id = ANY (:member_ids) ORDER BY r.id
        """,
        ids={"id": "srq"},
        finish=_open,
    ),
    "service_request_notes": Part(
        ("service_request_notes",),
        """
        SELECT n.id, r.number, n.seq, e.visibility, n.text_sealed, e.at
          FROM service_request_notes n
          JOIN service_requests r ON r.brand_id = n.brand_id AND r.id = n.request_id
          JOIN service_request_events e
            ON e.brand_id = n.brand_id AND e.request_id = n.request_id AND e.seq = n.seq
         WHERE n.brand_id = :brand_id AND r.member_id = ANY (:member_ids) ORDER BY n.id
        """,
        finish=opener("service_request_notes", "text"),
    ),
}
LEFT_OUT: dict[str, str] = {}
