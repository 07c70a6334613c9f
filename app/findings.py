"""Proof: checks that list what does *not* hold, one set-based query each.

Every feature that keeps books has a table of them in its ``audits``; a query returns
(member_id, detail) for each row that contradicts another, and takes ``:brand_id``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.db import db

FINDINGS_MAX = 50


@dataclass(frozen=True)
class Finding:
    """One equality that does not hold, for one member or (None) for the brand."""

    check: str
    member_id: UUID | None
    detail: str


def prove(checks: Mapping[str, str], brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return [
        Finding(check, row.member_id, row.detail)
        for check, query in checks.items()
        for row in db.session.execute(text(f"{query} LIMIT {FINDINGS_MAX}"), {"brand_id": brand_id})
    ]
