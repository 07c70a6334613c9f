"""What is held on a person: each feature hands over its part, as rows of its tables.

A feature lists in its ``exports`` what of its tables speaks of a member: one query each over
``:brand_id`` and ``:member_ids`` (the person, and who was merged into it), in a fixed order.
``app.exports`` is the table of all features.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app import crypto, ids
from app.db import db

ROWS_MAX = 1_000

# What the columns that most tables share are shown as.
PREFIXES = {"member_id": "mem", "order_id": "ord", "refund_id": "rfd", "hold_id": "hld"}


@dataclass(frozen=True)
class Part:
    """Rows that speak of a person, from ``tables``.

    ``ids`` says how columns of ids are shown, beyond :data:`PREFIXES`; ``finish`` puts in
    the place of what is sealed what it says.
    """

    tables: tuple[str, ...]
    query: str
    ids: Mapping[str, str] = field(default_factory=dict)
    finish: Callable[[UUID, dict[str, Any]], None] | None = None


@dataclass(frozen=True)
class Read:
    """Rows of a part as JSON, and how many there are in all."""

    count: int
    rows: list[dict[str, Any]]


def opener(table: str, *names: str) -> Callable[[UUID, dict[str, Any]], None]:
    """Return what puts the text of sealed columns (``<name>_sealed``) in their place."""

    def finish(brand_id: UUID, row: dict[str, Any]) -> None:
        for name in names:
            sealed = row.pop(f"{name}_sealed")
            cell = crypto.Cell(brand_id, table, name, row["id"])
            row[name] = crypto.unseal(bytes(sealed), cell) if sealed is not None else None

    return finish


def read_part(part: Part, brand_id: UUID, member_ids: Sequence[UUID], *, after: int = 0) -> Read:
    """Return up to :data:`ROWS_MAX` rows of a part from the one numbered ``after`` on."""
    values = {"brand_id": brand_id, "member_ids": list(member_ids)}
    count = db.session.scalars(text(f"SELECT count(*) FROM ({part.query}) part"), values).one()
    page = text(f"{part.query} OFFSET :after LIMIT :limit")
    found = db.session.execute(page, {**values, "after": after, "limit": ROWS_MAX})
    return Read(int(count), [_shown(part, brand_id, dict(row._mapping)) for row in found])


def _shown(part: Part, brand_id: UUID, row: dict[str, Any]) -> dict[str, Any]:
    if part.finish is not None:
        part.finish(brand_id, row)
    return {name: _plain(value, {**PREFIXES, **part.ids}.get(name)) for name, value in row.items()}


def _plain(value: Any, prefix: str | None) -> Any:
    if isinstance(value, UUID):
        return ids.show(prefix, value) if prefix else str(value)
    if isinstance(value, list):
        return [_plain(each, prefix) for each in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
