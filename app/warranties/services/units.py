"""Units one by one: found by serial, by code or by a GS1 path; steps and flags by staff."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.db import db
from app.events import publish
from app.products import services as products
from app.warranties.errors import (
    UnitNotFound,
    UnitReasonRequired,
    UnitReplacementUnfit,
    UnitStepRefused,
)
from app.warranties.events import UnitFlagged, UnitMoved
from app.warranties.models import Warranty, WarrantyBatch, WarrantyUnit, WarrantyUnitEvent
from app.warranties.queries import claims as claim_queries
from app.warranties.queries import units as queries
from app.warranties.rules.claims import Purchase
from app.warranties.rules.coverage import Coverage, UnitFacts
from app.warranties.rules.scanning import REPORTED
from app.warranties.rules.serials import NO_CODE, code_of, serial_key
from app.warranties.rules.units import CLAIMABLE, STEPS, may
from app.warranties.services.batches import code_hash
from app.warranties.services.ownership import (
    PARTING,
    end_warranty,
    extensions_of,
    open_warranty,
    registration_of,
)
from app.warranties.services.terms import cover


@dataclass(frozen=True)
class Piece:
    """A unit with its batch and its product."""

    unit: WarrantyUnit
    batch: WarrantyBatch
    product: products.Catalogued


@dataclass(frozen=True)
class Shipped:
    """How many units of a batch have left the brand so far."""

    sku: str
    batch_id: UUID
    units: int


def count_shipped(brand_id: UUID) -> list[Shipped]:
    """Return how many units of each batch were shipped, in the order of batches."""
    return [Shipped(*row) for row in queries.count_shipped(brand_id)]


def find_by_code(brand_id: UUID, text: str, *, gtin: str | None = None) -> Piece | None:
    """Return the unit whose label was scanned; with ``gtin`` (14 digits), only of that product.

    None for a code that is unknown, void, malformed or of another product: whoever asks
    learns nothing of which, and the same look-ups are made for each.
    """
    code = code_of(text)
    unit = queries.find_unit_by_hash(brand_id, code_hash(brand_id, code or NO_CODE))
    if code is None or unit is None or unit.state == "void":
        return None
    piece = piece_of(unit)
    if gtin is not None and products.gtin_14(piece.product.definition.gtin or "") != gtin:
        return None
    return piece


def find_current(brand_id: UUID, unit_id: UUID) -> Warranty | None:
    """Return the registration of a unit that is in force."""
    return claim_queries.find_current(brand_id, unit_id)


def is_free(unit: WarrantyUnit) -> bool:
    """Whether a unit could be registered now."""
    return may("claim", unit.state) and not REPORTED & set(unit.flags)


def get_unit(brand_id: UUID, serial: str) -> Piece:
    """:raises UnitNotFound: the brand has no unit of this serial"""
    return piece_of(unit_of_serial(brand_id, serial))


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
    return queries.list_units(
        brand_id,
        batch_id=batch_id,
        sku=sku,
        state=state,
        flag=flag,
        channel=channel,
        after=after,
        limit=limit,
    )


def list_events(
    brand_id: UUID, serial: str, *, before: int | None, limit: int
) -> list[WarrantyUnitEvent]:
    """Return what happened to a unit, the newest first.

    :raises UnitNotFound: the brand has no unit of this serial
    """
    return queries.list_events(
        brand_id, unit_of_serial(brand_id, serial).id, before=before, limit=limit
    )


def coverage_of(piece: Piece, *, on: date) -> Coverage:
    """Work out the coverage of a unit on a day; without a registration, by its own dates."""
    unit = piece.unit
    return coverage_under(piece, claim_queries.find_current(unit.brand_id, unit.id), on=on)


def coverage_under(piece: Piece, warranty: Warranty | None, *, on: date) -> Coverage:
    """Do :func:`coverage_of` where the registration in force is at hand."""
    unit, batch = piece.unit, piece.batch
    return cover(
        unit.brand_id,
        batch.terms,
        UnitFacts(batch.manufactured_on, batch.import_cleared_on, unit.exchanged_on),
        registration_of(warranty),
        since=batch.terms_version,
        product=(batch.sku, piece.product.definition.category),
        extensions=extensions_of(unit.brand_id, unit.id),
        on=on,
    )


def move_unit(
    brand_id: UUID,
    serial: str,
    step: str,
    *,
    channel: str | None = None,
    by: str | None = None,
    reason: str | None = None,
    actor: str,
    now: datetime,
) -> Piece:
    """Let a unit take a step (see ``rules.units``). ``by``: the serial of its replacement.

    ``release``, ``replace`` and ``void`` end its registration; the replacement belongs to
    the same member at once.

    :raises UnitNotFound: the brand has no unit of this serial, or of ``by``
    :raises UnitStepRefused: the step does not lead from the state it is in
    :raises UnitReasonRequired: the step needs a reason
    :raises UnitReplacementUnfit: the replacement has an owner, is void, or the unit itself
    """
    unit = unit_of_serial(brand_id, serial, lock=True)
    if not may(step, unit.state):
        raise UnitStepRefused(state=unit.state, step=step)
    if STEPS[step].reasoned and not reason:
        raise UnitReasonRequired(pointer="/reason")
    detail = channel
    former = end_warranty(unit, PARTING[step], now=now) if step in PARTING else None
    if step == "replace":
        other = _replacement(unit, by or "", former, reason=reason, actor=actor, now=now)
        unit.replaced_by = other.id
        detail = other.serial
    if step == "ship":
        unit.shipped_at = now
    if step == "void":
        unit.code_sealed = None
    unit.channel = channel or unit.channel
    take_step(unit, step, detail=detail, reason=reason, actor=actor, now=now)
    return piece_of(unit)


def _replacement(
    unit: WarrantyUnit,
    serial: str,
    former: Warranty | None,
    *,
    reason: str | None,
    actor: str,
    now: datetime,
) -> WarrantyUnit:
    """Return the unit given in exchange, which belongs to the former owner of the other."""
    other = unit_of_serial(unit.brand_id, serial, lock=True)
    if other.id == unit.id or other.state not in CLAIMABLE:
        raise UnitReplacementUnfit(pointer="/by", serial=other.serial, state=other.state)
    zone = ZoneInfo(brands.current_settings(unit.brand_id).timezone)
    other.exchanged_on = now.astimezone(zone).date()
    record_event(other, "replacement", detail=unit.serial, reason=reason, actor=actor, now=now)
    if former is not None:
        open_warranty(
            other,
            former.member_id,
            Purchase(former.channel, former.purchased_on, former.delivered_on),
            proof=former.proof,
            registered_on=other.exchanged_on,
            actor=actor,
            now=now,
        )
        take_step(other, "claim", detail=former.channel, reason=None, actor=actor, now=now)
    return other


def flag_unit(
    brand_id: UUID,
    serial: str,
    flag: str,
    *,
    on: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> Piece:
    """Set a flag of a unit, or take it off. Repeating it changes nothing.

    :raises UnitNotFound: the brand has no unit of this serial
    """
    unit = unit_of_serial(brand_id, serial, lock=True)
    if (flag in unit.flags) != on:
        unit.flags = sorted({*unit.flags, flag} if on else set(unit.flags) - {flag})
        step = "flag" if on else "unflag"
        record_event(unit, step, detail=flag, reason=reason, actor=actor, now=now)
        publish(UnitFlagged(brand_id, unit.id, flag, on, now))
    return piece_of(unit)


def take_step(
    unit: WarrantyUnit,
    step: str,
    *,
    detail: str | None,
    reason: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Take a step that leads from the state of a unit, which is locked, and tell it."""
    unit.state = STEPS[step].after
    record_event(unit, step, detail=detail, reason=reason, actor=actor, now=now)
    publish(UnitMoved(unit.brand_id, unit.id, step, unit.state, now))


def record_event(
    unit: WarrantyUnit,
    step: str,
    *,
    detail: str | None,
    reason: str | None,
    actor: str,
    now: datetime,
) -> None:
    unit.version += 1
    unit.changed_at = now
    db.session.add(
        WarrantyUnitEvent(
            brand_id=unit.brand_id,
            unit_id=unit.id,
            seq=unit.version,
            step=step,
            state=unit.state,
            detail=detail,
            reason=reason,
            actor=actor,
            at=now,
        )
    )
    db.session.flush()  # autoflush is off


def unit_of_serial(brand_id: UUID, serial: str, *, lock: bool = False) -> WarrantyUnit:
    unit = queries.find_unit(brand_id, serial_key(serial), lock=lock)
    if unit is None:
        raise UnitNotFound
    return unit


def piece_of(unit: WarrantyUnit) -> Piece:
    batch = queries.find_batch(unit.brand_id, unit.batch_id)
    if batch is None:
        raise UnitNotFound
    return Piece(unit, batch, products.get_product(unit.brand_id, batch.sku))
