"""Named reads and set-based writes of batches and units."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.db import db
from app.warranties.models import (
    WarrantyBatch,
    WarrantyBatchDownload,
    WarrantyBatchTask,
    WarrantyUnit,
    WarrantyUnitEvent,
)

_MAKE = text("""
    WITH made AS (
        INSERT INTO warranty_units (brand_id, id, batch_id, number, serial, serial_key, code_hash,
                                    code_sealed, state, flags, channel, version, changed_at)
        SELECT :brand_id, id, :batch_id, number, serial, serial_key, code_hash, code_sealed,
               'generated', '{}', :channel, 1, :now
          FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS integer[]), CAST(:serials AS text[]),
                      CAST(:keys AS text[]), CAST(:hashes AS bytea[]), CAST(:sealed AS bytea[]))
               AS u (id, number, serial, serial_key, code_hash, code_sealed)
        RETURNING id
    )
    INSERT INTO warranty_unit_events (brand_id, unit_id, seq, step, state, actor, at)
    SELECT :brand_id, id, 1, 'make', 'generated', :actor, :now FROM made
""")
# The units of the next numbers are locked; those in a fitting state move and say so.
_MOVE = text("""
    WITH due AS (
        SELECT id, number, state FROM warranty_units
         WHERE brand_id = :brand_id AND batch_id = :batch_id
           AND number > :after AND number <= :last
         ORDER BY number LIMIT :chunk FOR UPDATE
    ), moved AS (
        UPDATE warranty_units u
           SET state = :state, version = u.version + 1, changed_at = :now,
               channel = coalesce(:channel, u.channel),
               shipped_at = CASE WHEN :state = 'shipped' THEN :now ELSE u.shipped_at END,
               code_sealed = CASE WHEN :state = 'void' THEN NULL ELSE u.code_sealed END
          FROM due
         WHERE u.brand_id = :brand_id AND u.id = due.id
           AND due.state = ANY(CAST(:before AS text[]))
        RETURNING u.id, u.version
    ), told AS (
        INSERT INTO warranty_unit_events
               (brand_id, unit_id, seq, step, state, detail, reason, actor, at)
        SELECT :brand_id, id, version, :step, :state, :channel, :reason, :actor, :now FROM moved
        RETURNING 1
    )
    SELECT (SELECT max(number) FROM due) AS cursor, (SELECT count(*) FROM told) AS moved
""")
_TAKEN = text(
    "SELECT serial_key FROM warranty_units"
    " WHERE brand_id = :brand_id AND serial_key = ANY(CAST(:keys AS text[]))"
)
_FORGET = text("""
    WITH due AS (
        SELECT id FROM warranty_units
         WHERE brand_id = :brand_id AND batch_id = :batch_id AND code_sealed IS NOT NULL
         LIMIT :chunk FOR UPDATE
    ), gone AS (
        UPDATE warranty_units u SET code_sealed = NULL FROM due
         WHERE u.brand_id = :brand_id AND u.id = due.id RETURNING 1
    )
    SELECT count(*) FROM gone
""")


def insert_units(values: dict[str, Any]) -> None:
    """Write units and the first event of each; ``values`` are those of ``_MAKE``."""
    db.session.execute(_MAKE, values)


def move_units(values: dict[str, Any]) -> tuple[int | None, int]:
    """Move the next units of a batch; return the last number looked at, and how many moved."""
    row = db.session.execute(_MOVE, values).one()
    return row.cursor, row.moved


def forget_codes(brand_id: UUID, batch_id: UUID, chunk: int) -> int:
    """Delete sealed codes of a batch; return how many there were."""
    count: int = db.session.scalars(
        _FORGET, {"brand_id": brand_id, "batch_id": batch_id, "chunk": chunk}
    ).one()
    return count


def keys_taken(brand_id: UUID, keys: Sequence[str]) -> set[str]:
    """Return which keys of serials are in use."""
    return set(db.session.scalars(_TAKEN, {"brand_id": brand_id, "keys": list(keys)}))


def find_batch(brand_id: UUID, batch_id: UUID, *, lock: bool = False) -> WarrantyBatch | None:
    return db.session.get(
        WarrantyBatch, (brand_id, batch_id), populate_existing=True, with_for_update=lock or None
    )


def list_batches(
    brand_id: UUID, *, sku: str | None, channel: str | None, before: UUID | None, limit: int
) -> list[WarrantyBatch]:
    """Return batches, the newest first."""
    batch = WarrantyBatch
    statement = select(batch).where(batch.brand_id == brand_id)
    if sku is not None:
        statement = statement.where(batch.sku == sku)
    if channel is not None:
        statement = statement.where(batch.channel == channel)
    if before is not None:
        statement = statement.where(batch.id < before)
    return list(db.session.scalars(statement.order_by(batch.id.desc()).limit(limit)))


def list_due_batches(brand_id: UUID, now: datetime) -> list[WarrantyBatch]:
    """Return batches whose codes are kept no longer and not deleted yet."""
    batch = WarrantyBatch
    return list(
        db.session.scalars(
            select(batch).where(
                batch.brand_id == brand_id,
                batch.codes_kept_until <= now,
                batch.codes_forgotten_at.is_(None),
            )
        )
    )


def count_by_state(brand_id: UUID, batch_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many units of each batch are in each state."""
    unit = WarrantyUnit
    found: dict[UUID, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    rows = db.session.execute(
        select(unit.batch_id, unit.state, func.count())
        .where(unit.brand_id == brand_id, unit.batch_id.in_(batch_ids))
        .group_by(unit.batch_id, unit.state)
    )
    for batch_id, state, count in rows:
        found[batch_id][state] = count
    return found


def count_shipped(brand_id: UUID) -> list[tuple[str, UUID, int]]:
    """Return product, batch and number of units that were shipped, in the order of batches."""
    unit, batch = WarrantyUnit, WarrantyBatch
    rows = db.session.execute(
        select(batch.sku, batch.id, func.count(unit.shipped_at))
        .join(unit, (unit.brand_id == batch.brand_id) & (unit.batch_id == batch.id))
        .where(batch.brand_id == brand_id)
        .group_by(batch.sku, batch.id)
        .order_by(batch.id)
    )
    return [(sku, batch_id, units) for sku, batch_id, units in rows]


def find_open_task(brand_id: UUID, batch_id: UUID | None = None) -> WarrantyBatchTask | None:
    """Return the first unfinished task of a batch, or of any, held against other workers."""
    task = WarrantyBatchTask
    statement = select(task).where(task.brand_id == brand_id, task.finished_at.is_(None))
    if batch_id is not None:
        statement = statement.where(task.batch_id == batch_id)
    return db.session.scalars(
        statement.order_by(task.batch_id, task.seq).limit(1).with_for_update(),
        execution_options={"populate_existing": True},
    ).first()


def list_tasks(brand_id: UUID, batch_ids: Sequence[UUID]) -> dict[UUID, list[WarrantyBatchTask]]:
    """Return the tasks of batches in their order."""
    task = WarrantyBatchTask
    found: dict[UUID, list[WarrantyBatchTask]] = {batch_id: [] for batch_id in batch_ids}
    for each in db.session.scalars(
        select(task)
        .where(task.brand_id == brand_id, task.batch_id.in_(batch_ids))
        .order_by(task.batch_id, task.seq),
        execution_options={"populate_existing": True},
    ):
        found[each.batch_id].append(each)
    return found


def find_unit(brand_id: UUID, key: str, *, lock: bool = False) -> WarrantyUnit | None:
    """Return the unit of a serial's key."""
    statement = select(WarrantyUnit).where(
        WarrantyUnit.brand_id == brand_id, WarrantyUnit.serial_key == key
    )
    if lock:
        statement = statement.with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).first()


def find_unit_by_hash(brand_id: UUID, code_hash: bytes) -> WarrantyUnit | None:
    return db.session.scalars(
        select(WarrantyUnit).where(
            WarrantyUnit.brand_id == brand_id, WarrantyUnit.code_hash == code_hash
        )
    ).first()


def get_unit(brand_id: UUID, unit_id: UUID) -> WarrantyUnit:
    return db.session.get_one(WarrantyUnit, (brand_id, unit_id))


def lock_unit(brand_id: UUID, unit_id: UUID) -> WarrantyUnit:
    """Return a unit as it is now, held against other changes."""
    return db.session.get_one(
        WarrantyUnit, (brand_id, unit_id), populate_existing=True, with_for_update=True
    )


def list_units(
    brand_id: UUID,
    *,
    batch_id: UUID | None,
    sku: str | None,
    state: str | None,
    flag: str | None,
    channel: str | None,
    after: UUID | None,
    limit: int,
) -> list[WarrantyUnit]:
    """Return units in the order in which they were made."""
    unit = WarrantyUnit
    statement = select(unit).where(unit.brand_id == brand_id)
    if batch_id is not None:
        statement = statement.where(unit.batch_id == batch_id)
    if sku is not None:
        of_sku = select(WarrantyBatch.id).where(
            WarrantyBatch.brand_id == brand_id, WarrantyBatch.sku == sku
        )
        statement = statement.where(unit.batch_id.in_(of_sku))
    if state is not None:
        statement = statement.where(unit.state == state)
    if flag is not None:
        statement = statement.where(unit.flags.contains([flag]))
    if channel is not None:
        statement = statement.where(unit.channel == channel)
    if after is not None:
        statement = statement.where(unit.id > after)
    return list(db.session.scalars(statement.order_by(unit.id).limit(limit)))


def list_numbers(brand_id: UUID, batch_id: UUID, *, first: int, last: int) -> list[WarrantyUnit]:
    """Return the units of a batch with these numbers, in their order."""
    unit = WarrantyUnit
    return list(
        db.session.scalars(
            select(unit)
            .where(
                unit.brand_id == brand_id,
                unit.batch_id == batch_id,
                unit.number.between(first, last),
            )
            .order_by(unit.number)
        )
    )


def list_events(
    brand_id: UUID, unit_id: UUID, *, before: int | None, limit: int
) -> list[WarrantyUnitEvent]:
    """Return what happened to a unit, the newest first."""
    event = WarrantyUnitEvent
    statement = select(event).where(event.brand_id == brand_id, event.unit_id == unit_id)
    if before is not None:
        statement = statement.where(event.seq < before)
    return list(db.session.scalars(statement.order_by(event.seq.desc()).limit(limit)))


def list_downloads(brand_id: UUID, batch_id: UUID) -> list[WarrantyBatchDownload]:
    """Return who fetched the labels of a batch, in order."""
    download = WarrantyBatchDownload
    return list(
        db.session.scalars(
            select(download)
            .where(download.brand_id == brand_id, download.batch_id == batch_id)
            .order_by(download.seq)
        )
    )
