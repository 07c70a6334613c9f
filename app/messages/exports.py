"""What is held on a person: what was sent. See ``app.parts``."""

from typing import Any
from uuid import UUID

from app.messages.services.sealing import open_sealed
from app.parts import Part


def _open(brand_id: UUID, row: dict[str, Any]) -> None:
    opened = open_sealed(brand_id, row["id"], row.pop("content_sealed"))
    address, texts = opened if opened else (None, None)
    row["phone"] = address.phone if address else None
    row["email"] = address.email if address else None
    row["texts"] = texts


PARTS = {
    "messages": Part(
        ("messages", "message_attempts"),
        """
        SELECT id, member_id, code, purpose, channels, state, reason, content_sealed,
               created_at, sent_at, finished_at, purged_at,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('channel', a.channel,
                    'provider', a.provider, 'state', a.state, 'started_at', a.started_at)
                    ORDER BY a.seq), '[]')
                  FROM message_attempts a
                 WHERE a.brand_id = m.brand_id AND a.message_id = m.id) AS attempts
          FROM messages m
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY id
        """,
        ids={"id": "msg"},
        finish=_open,
    ),
}
LEFT_OUT: dict[str, str] = {}
