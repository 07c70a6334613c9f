"""Batches: units made by the thousand, and steps that many of them take at once.

Every step of a batch is a task. Small ones are done in the transaction that asked for
them; large ones chunk by chunk by a job (:func:`work_chunk`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import crypto
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.ids import new_id
from app.products import services as products
from app.warranties.errors import (
    UnitSerialInvalid,
    UnitSerialTaken,
    WarrantyBatchBusy,
    WarrantyBatchNotFound,
    WarrantyBatchVoid,
    WarrantyRangeInvalid,
    WarrantyTermsMissing,
)
from app.warranties.events import BatchCreated
from app.warranties.models import WarrantyBatch, WarrantyBatchTask, WarrantyUnit
from app.warranties.queries import units as queries
from app.warranties.rules import serials as rules
from app.warranties.rules.units import BATCH_STEPS, STEPS
from app.warranties.services.terms import terms_of_product

AT_ONCE = 2_000  # units that a request handles itself
CHUNK = 5_000  # units in one transaction of a job


@dataclass(frozen=True)
class Stock:
    """A batch, its units by state, and its tasks in order; ``waiting`` is one left to a job."""

    batch: WarrantyBatch
    by_state: dict[str, int]
    tasks: list[WarrantyBatchTask]

    @property
    def waiting(self) -> WarrantyBatchTask | None:
        return next((task for task in self.tasks if task.finished_at is None), None)


def create_batch(
    brand_id: UUID,
    sku: str,
    quantity: int,
    *,
    channel: str | None = None,
    manufactured_on: date | None = None,
    import_cleared_on: date | None = None,
    serials: Sequence[str] | None = None,
    actor: str,
    now: datetime,
) -> Stock:
    """Make units of a product, each with a serial and a secret code of its own.

    With ``serials`` (as many as ``quantity``) they are the maker's, and are made at once;
    so are up to 2,000 others. More are left to a job.

    :raises ProductNotFound: the product is not in the catalogue
    :raises WarrantyTermsMissing: no terms fit the product
    :raises UnitSerialInvalid: a serial cannot be used; names its line
    :raises UnitSerialTaken: a serial exists, or is there twice
    """
    product = products.get_product(brand_id, sku)
    terms = terms_of_product(brand_id, sku, product.definition.category)
    if terms is None:
        raise WarrantyTermsMissing(pointer="/product", sku=sku)
    if serials is not None:
        for _, fault in faults_of_serials(brand_id, sku, serials):
            raise fault
    batch = WarrantyBatch(
        brand_id=brand_id,
        id=new_id(),
        sku=sku,
        quantity=quantity,
        channel=channel,
        manufactured_on=manufactured_on,
        import_cleared_on=import_cleared_on,
        terms=terms.code,
        terms_version=terms.version,
        own_serials=serials is not None,
        actor=actor,
        created_at=now,
    )
    db.session.add(batch)
    db.session.flush()  # tasks and units refer to the batch
    task = _add_task(batch, "make", 1, quantity, actor=actor, now=now)
    if serials is not None:
        for start in range(0, quantity, CHUNK):
            _make(batch, task, serials[start : start + CHUNK])
        _finish(task, now)
    elif quantity <= AT_ONCE:
        _work(batch, task, AT_ONCE, now)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="warranty_batch.created",
        subject=f"warranty_batch:{batch.id}",
        now=now,
        after={"sku": sku, "quantity": quantity, "channel": channel, "terms": terms.code},
    )
    db.session.flush()  # autoflush is off
    publish(BatchCreated(brand_id, batch.id, sku, quantity, now))
    return get_batch(brand_id, batch.id)


def faults_of_serials(
    brand_id: UUID, sku: str, serials: Sequence[str]
) -> list[tuple[int, UnitSerialInvalid | UnitSerialTaken]]:
    """Return what is wrong with each of a maker's serials that cannot be used, by its place.

    :raises ProductNotFound: the product is not in the catalogue
    """
    rule = products.get_product(brand_id, sku).definition.serials
    found: list[tuple[int, UnitSerialInvalid | UnitSerialTaken]] = []
    for start in range(0, len(serials), CHUNK):
        keys = {rules.serial_key(serial) for serial in serials[start : start + CHUNK]}
        taken = queries.keys_taken(brand_id, list(keys))
        found += [
            (place, UnitSerialTaken(pointer=f"/serials/{place}", serial=serial))
            for place, serial in enumerate(serials[start : start + CHUNK], start)
            if rules.serial_key(serial) in taken
        ]
    found += [
        (place, UnitSerialTaken(pointer=f"/serials/{place}", serial=serials[place]))
        for place in rules.repeated(serials)
    ]
    found += [
        (
            place,
            UnitSerialInvalid(pointer=f"/serials/{place}", line=place + 1, serial=serial),
        )
        for place, serial in enumerate(serials)
        if not (rules.is_own_serial(serial) and products.serial_fits(rule, serial))
    ]
    # Of two things wrong with one, that it cannot be used at all is told.
    return sorted(dict(found).items())


def move_batch(
    brand_id: UUID,
    batch_id: UUID,
    step: str,
    *,
    first: int | None = None,
    last: int | None = None,
    channel: str | None = None,
    reason: str | None = None,
    actor: str,
    now: datetime,
) -> Stock:
    """Allocate, ship or void the units of a batch, or those numbered from first to last.

    Units from which the step does not lead stay as they are: those that have an owner,
    that are shipped or void already. A batch of which all is voided is void itself.

    :raises WarrantyBatchNotFound: the brand has no such batch
    :raises WarrantyBatchVoid: it is void
    :raises WarrantyBatchBusy: an earlier step is not done yet
    :raises WarrantyRangeInvalid: it has no such numbers
    """
    batch = lock_batch(brand_id, batch_id)
    first_no, last_no = first or 1, last or batch.quantity
    if not 1 <= first_no <= last_no <= batch.quantity:
        raise WarrantyRangeInvalid(pointer="/first", quantity=batch.quantity)
    whole = (first_no, last_no) == (1, batch.quantity)
    if step == "void" and whole:
        batch.voided_at, batch.void_reason = now, reason
    if step == "allocate" and whole:
        batch.channel = channel
    task = _add_task(
        batch, step, first_no, last_no, channel=channel, reason=reason, actor=actor, now=now
    )
    if last_no - first_no < AT_ONCE:
        _work(batch, task, AT_ONCE, now)
    brands.record_audit(
        brand_id,
        actor=actor,
        action=f"warranty_batch.{step}",
        subject=f"warranty_batch:{batch.id}",
        now=now,
        after={"first": first_no, "last": last_no, "channel": channel, "reason": reason},
    )
    db.session.flush()  # autoflush is off
    return get_batch(brand_id, batch_id)


def lock_batch(brand_id: UUID, batch_id: UUID) -> WarrantyBatch:
    """Return a batch that can take a step, held until the transaction ends.

    :raises WarrantyBatchNotFound: the brand has no such batch
    :raises WarrantyBatchVoid: it is void
    :raises WarrantyBatchBusy: an earlier step is not done yet
    """
    batch = queries.find_batch(brand_id, batch_id, lock=True)
    if batch is None:
        raise WarrantyBatchNotFound
    waiting = queries.find_open_task(brand_id, batch_id)
    if waiting is not None:
        total = waiting.last_no - waiting.first_no + 1
        raise WarrantyBatchBusy(done=waiting.cursor - waiting.first_no + 1, total=total)
    if batch.voided_at is not None:
        raise WarrantyBatchVoid
    return batch


def print_batch(batch: WarrantyBatch, *, actor: str, now: datetime) -> None:
    """Take down that the labels of a batch were fetched for the first time."""
    task = _add_task(batch, "print", 1, batch.quantity, actor=actor, now=now)
    if batch.quantity <= AT_ONCE:
        _work(batch, task, AT_ONCE, now)


def get_batch(brand_id: UUID, batch_id: UUID) -> Stock:
    """:raises WarrantyBatchNotFound: the brand has no such batch"""
    batch = queries.find_batch(brand_id, batch_id)
    if batch is None:
        raise WarrantyBatchNotFound
    return _stocks(brand_id, [batch])[0]


def list_batches(
    brand_id: UUID, *, sku: str | None, channel: str | None, before: UUID | None, limit: int
) -> list[Stock]:
    """Return batches, the newest first."""
    found = queries.list_batches(brand_id, sku=sku, channel=channel, before=before, limit=limit)
    return _stocks(brand_id, found)


def work_chunk(brand_id: UUID, chunk: int, *, now: datetime) -> int:
    """Do the next chunk of the first task that waits; return how many units it looked at.

    A task that is stopped goes on behind its cursor, so that nothing is done twice.
    """
    task = queries.find_open_task(brand_id)
    if task is None:
        return 0
    batch = queries.find_batch(brand_id, task.batch_id)
    if batch is None:
        raise WarrantyBatchNotFound
    return _work(batch, task, chunk, now)


def forget_codes_chunk(brand_id: UUID, chunk: int, *, now: datetime) -> int:
    """Delete sealed codes whose labels may be printed no longer; return how many there were."""
    for batch in queries.list_due_batches(brand_id, now):
        count = queries.forget_codes(brand_id, batch.id, chunk)
        if count:
            return count
        batch.codes_forgotten_at = now
        db.session.flush()  # autoflush is off
    return 0


def _stocks(brand_id: UUID, batches: Sequence[WarrantyBatch]) -> list[Stock]:
    ids = [batch.id for batch in batches]
    counts = queries.count_by_state(brand_id, ids)
    tasks = queries.list_tasks(brand_id, ids)
    return [Stock(batch, counts[batch.id], tasks[batch.id]) for batch in batches]


def _add_task(
    batch: WarrantyBatch,
    step: str,
    first: int,
    last: int,
    *,
    channel: str | None = None,
    reason: str | None = None,
    actor: str,
    now: datetime,
) -> WarrantyBatchTask:
    earlier = queries.list_tasks(batch.brand_id, [batch.id])[batch.id]
    task = WarrantyBatchTask(
        brand_id=batch.brand_id,
        batch_id=batch.id,
        seq=len(earlier) + 1,
        step=step,
        first_no=first,
        last_no=last,
        cursor=first - 1,
        done=0,
        channel=channel,
        reason=reason,
        actor=actor,
        at=now,
    )
    db.session.add(task)
    db.session.flush()  # autoflush is off
    return task


def _work(batch: WarrantyBatch, task: WarrantyBatchTask, chunk: int, now: datetime) -> int:
    """Do up to ``chunk`` units of a task, and end it if they were the last."""
    before = task.cursor
    if task.step == "make":
        _make(batch, task, _fresh_serials(batch.brand_id, min(chunk, task.last_no - before)))
    else:
        last, moved = queries.move_units(
            {
                "brand_id": batch.brand_id,
                "batch_id": batch.id,
                "after": before,
                "last": task.last_no,
                "chunk": chunk,
                "step": task.step,
                "state": STEPS[task.step].after,
                "before": sorted(BATCH_STEPS[task.step]),
                "channel": task.channel,
                "reason": task.reason,
                "actor": task.actor,
                "now": task.at,
            }
        )
        task.cursor = task.last_no if last is None else last
        task.done += moved
    if task.cursor >= task.last_no:
        _finish(task, now)
    db.session.flush()  # autoflush is off
    return max(task.cursor - before, 1)


def _finish(task: WarrantyBatchTask, now: datetime) -> None:
    task.finished_at = now
    db.session.flush()  # autoflush is off


def _fresh_serials(brand_id: UUID, quantity: int) -> list[str]:
    """Return serials that the brand has not used. One taken meanwhile undoes the transaction."""
    found: dict[str, str] = {}
    while len(found) < quantity:
        drawn = {rules.serial_key(each): each for each in rules.new_serials(quantity - len(found))}
        for key in queries.keys_taken(brand_id, list(drawn)):
            del drawn[key]
        found |= drawn
    return list(found.values())


def _make(batch: WarrantyBatch, task: WarrantyBatchTask, serials: Sequence[str]) -> None:
    codes = rules.new_codes(len(serials))
    ids = [new_id() for _ in serials]
    first = task.cursor + 1
    queries.insert_units(
        {
            "brand_id": batch.brand_id,
            "batch_id": batch.id,
            "channel": batch.channel,
            "actor": task.actor,
            "now": task.at,
            "ids": ids,
            "numbers": list(range(first, first + len(serials))),
            "serials": list(serials),
            "keys": [rules.serial_key(serial) for serial in serials],
            "hashes": [code_hash(batch.brand_id, code) for code in codes],
            "sealed": [
                crypto.seal(code, code_cell(batch.brand_id, unit_id))
                for code, unit_id in zip(codes, ids, strict=True)
            ],
        }
    )
    task.cursor += len(serials)
    task.done += len(serials)


def code_hash(brand_id: UUID, code: str) -> bytes:
    """Return what a secret code is found by."""
    return crypto.blind_index(brand_id, WarrantyUnit.__tablename__, "code", code)


def code_cell(brand_id: UUID, unit_id: UUID) -> crypto.Cell:
    """Return the place a unit's code is sealed for."""
    return crypto.Cell(brand_id, WarrantyUnit.__tablename__, "code", unit_id)
