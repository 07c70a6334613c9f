"""Registrations: claimed by a member, judged, made longer, handed over.

The member is kept first (see ``members.resolve``), then the unit is locked; both before
anything is read that is decided upon.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import crypto
from app.brands import services as brands
from app.db import db
from app.ids import new_id
from app.members.events import MemberErased, MemberMerged
from app.rewards import services as rewards
from app.warranties.errors import (
    UnitStepRefused,
    WarrantyDayImpossible,
    WarrantyNotFound,
    WarrantyNotTransferable,
    WarrantyOrderOverused,
    WarrantyOver,
    WarrantyTaken,
    WarrantyUnitReported,
)
from app.warranties.models import Warranty, WarrantyBatch, WarrantyExtension, WarrantyUnit
from app.warranties.queries import claims as queries
from app.warranties.queries import evidence, receipts
from app.warranties.queries import units as unit_queries
from app.warranties.rules.claims import UNITS_OF_ORDER_MAX, Purchase, impossible_day, order_key
from app.warranties.rules.scanning import REPORTED
from app.warranties.rules.units import may
from app.warranties.services.ownership import end_warranty, open_warranty
from app.warranties.services.terms import is_transferable
from app.warranties.services.units import (
    piece_of,
    record_event,
    take_step,
    unit_of_serial,
)


@dataclass(frozen=True)
class Registered:
    """A registration with its unit and batch. ``repeated``: the member had it already."""

    warranty: Warranty
    unit: WarrantyUnit
    batch: WarrantyBatch
    repeated: bool = False


def claim(
    brand_id: UUID,
    serial: str,
    member_id: UUID,
    purchase: Purchase,
    *,
    proven: bool,
    today: date,
    actor: str,
    now: datetime,
) -> Registered:
    """Register a unit for a member, who is kept. The same member again changes nothing.

    The first registration of a unit asks the reward rules that wait for one; consents have
    no part in it. ``proven``: the seller knows the purchase to be true.

    :raises UnitNotFound: the brand has no unit of this serial
    :raises WarrantyTaken: it belongs to somebody else
    :raises UnitStepRefused: it is void, or another was given for it
    :raises WarrantyUnitReported: it is reported lost or stolen
    :raises WarrantyDayImpossible: a day lies ahead, or before the unit was made
    :raises WarrantyOrderOverused: too many units were registered under the order
    """
    unit = unit_of_serial(brand_id, serial, lock=True)
    batch = piece_of(unit).batch
    owned = queries.find_current(brand_id, unit.id)
    if owned is not None and owned.member_id == member_id:
        return Registered(owned, unit, batch, repeated=True)
    order_index = _check(unit, batch, purchase, today)
    warranty = open_warranty(
        unit,
        member_id,
        purchase,
        proof="proven" if proven else "told",
        registered_on=today,
        order_index=order_index,
        actor=actor,
        now=now,
    )
    take_step(unit, "claim", detail=purchase.channel, reason=None, actor=actor, now=now)
    if warranty.seq == 1:
        rewards.fire(
            brand_id,
            member_id,
            "warranty_registered",
            rewards.Facts(brand_id, member_id),
            occasion=f"warranty/{unit.id}",
            actor=actor,
            now=now,
        )
    return Registered(warranty, unit, batch)


def check_claim(brand_id: UUID, serial: str, purchase: Purchase, *, today: date) -> None:
    """Refuse what :func:`claim` would refuse anybody who has not registered the unit.

    :raises UnitNotFound, WarrantyTaken, UnitStepRefused, WarrantyUnitReported,
        WarrantyDayImpossible, WarrantyOrderOverused: see :func:`claim`
    """
    unit = unit_of_serial(brand_id, serial)
    _check(unit, piece_of(unit).batch, purchase, today)


def get_warranty(brand_id: UUID, warranty_id: UUID | None) -> Registered:
    """:raises WarrantyNotFound: the brand has no such registration"""
    warranty = queries.find_warranty(brand_id, warranty_id) if warranty_id else None
    if warranty is None:
        raise WarrantyNotFound
    piece = piece_of(unit_queries.get_unit(brand_id, warranty.unit_id))
    return Registered(warranty, piece.unit, piece.batch)


def list_warranties(
    brand_id: UUID,
    *,
    member_id: UUID | None = None,
    serial: str | None = None,
    sku: str | None = None,
    channel: str | None = None,
    proof: str | None = None,
    ended: bool | None = None,
    has_receipt: bool = False,
    after: UUID | None = None,
    limit: int,
) -> list[Registered]:
    """Return registrations, the newest first; with ``has_receipt`` those with a photo to see.

    :raises UnitNotFound: the brand has no unit of this ``serial``
    """
    unit_id = unit_of_serial(brand_id, serial).id if serial is not None else None
    rows = queries.list_warranties(
        brand_id,
        member_id=member_id,
        unit_id=unit_id,
        sku=sku,
        channel=channel,
        proof=proof,
        ended=ended,
        has_receipt=has_receipt,
        after=after,
        limit=limit,
    )
    return [Registered(warranty, unit, batch) for warranty, unit, batch in rows]


def judge(
    brand_id: UUID,
    warranty_id: UUID | None,
    proof: str,
    *,
    reason: str,
    purchased_on: date | None = None,
    delivered_on: date | None = None,
    today: date,
    actor: str,
    now: datetime,
) -> Registered:
    """Hold a purchase for proven or disproved, and correct its days.

    :raises WarrantyNotFound: the brand has no such registration
    :raises WarrantyOver: it has ended
    :raises WarrantyDayImpossible: a day lies ahead, or before the unit was made
    """
    found = _lock(brand_id, warranty_id)
    warranty = found.warranty
    told = Purchase(
        warranty.channel,
        purchased_on or warranty.purchased_on,
        delivered_on or warranty.delivered_on,
    )
    _refuse_impossible(told, found.batch, today)
    before = _judged(warranty)
    warranty.proof = proof
    warranty.purchased_on, warranty.delivered_on = told.purchased_on, told.delivered_on
    if (after := _judged(warranty)) != before:
        warranty.changed_at = now
        brands.record_audit(
            brand_id,
            actor=actor,
            action="warranty.judged",
            subject=f"warranty/{warranty.id}",
            now=now,
            before=before,
            after={**after, "reason": reason},
        )
    db.session.flush()  # autoflush is off
    return found


def extend(
    brand_id: UUID,
    warranty_id: UUID | None,
    months: int,
    *,
    of: str,
    reason: str,
    actor: str,
    now: datetime,
) -> Registered:
    """Add months to a unit's coverage; they stay with the unit when it is handed over.

    :raises WarrantyNotFound: the brand has no such registration
    :raises WarrantyOver: it has ended
    """
    found = _lock(brand_id, warranty_id)
    unit = found.unit
    db.session.add(
        WarrantyExtension(
            brand_id=brand_id,
            id=new_id(),
            unit_id=unit.id,
            months=months,
            applies_to=of,
            reason=reason,
            actor=actor,
            at=now,
        )
    )
    detail = f"+{months} {of}"
    record_event(unit, "extend", detail=detail, reason=reason, actor=actor, now=now)
    return found


def hand_over(
    brand_id: UUID,
    warranty_id: UUID | None,
    member_id: UUID,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Registered:
    """Give a unit to another member, who is kept: its history travels, the owner's does not.

    Days and their proof are facts of the unit and go along; the order number does not.

    :raises WarrantyNotFound: the brand has no such registration
    :raises WarrantyOver: it has ended
    :raises WarrantyNotTransferable: its terms do not allow it
    :raises WarrantyUnitReported: it is reported lost or stolen
    """
    found = _lock(brand_id, warranty_id)
    former, unit, batch = found.warranty, found.unit, found.batch
    if former.member_id == member_id:
        return Registered(former, unit, batch, repeated=True)
    if not is_transferable(brand_id, batch.terms, batch.terms_version):
        raise WarrantyNotTransferable
    if REPORTED & set(unit.flags):
        raise WarrantyUnitReported
    end_warranty(unit, "transferred", now=now)
    warranty = open_warranty(
        unit,
        member_id,
        Purchase(former.channel, former.purchased_on, former.delivered_on),
        proof=former.proof,
        registered_on=former.registered_on,
        actor=actor,
        now=now,
    )
    record_event(unit, "transfer", detail=None, reason=reason, actor=actor, now=now)
    return Registered(warranty, unit, batch)


def move_to_survivor(event: MemberMerged) -> None:
    """Give a merged member's registrations, and what they reported, to the survivor."""
    queries.move_warranties(event.brand_id, event.member_id, event.into_id, event.now)
    evidence.move_reports(event.brand_id, event.member_id, event.into_id)


def forget(event: MemberErased) -> None:
    """Part an erased member from what they owned; it can be registered again.

    When and where it was bought stays as a fact of the unit; order numbers and receipts
    are forgotten, and who reported something in what words.
    """
    for unit_id in queries.list_units_of_member(event.brand_id, event.member_id):
        unit = unit_queries.lock_unit(event.brand_id, unit_id)
        owned = queries.find_current(event.brand_id, unit_id)
        if owned is None or owned.member_id != event.member_id:
            continue  # handed over while we waited
        end_warranty(unit, "erased", now=event.now)
        take_step(unit, "release", detail=None, reason="erased", actor=event.actor, now=event.now)
    queries.forget_orders(event.brand_id, event.member_id)
    evidence.forget_reporter(event.brand_id, event.member_id)
    receipts.forget_pictures_of(event.brand_id, event.member_id)


def _lock(brand_id: UUID, warranty_id: UUID | None) -> Registered:
    """Return a registration that is in force, with its unit locked."""
    named = get_warranty(brand_id, warranty_id).warranty
    unit: WarrantyUnit = unit_queries.lock_unit(brand_id, named.unit_id)
    warranty = queries.find_current(brand_id, unit.id)
    if warranty is None or warranty.id != named.id:
        raise WarrantyOver
    return Registered(warranty, unit, piece_of(unit).batch)


def _check(
    unit: WarrantyUnit, batch: WarrantyBatch, purchase: Purchase, today: date
) -> bytes | None:
    """Return what the order number is found by; refuse what cannot be registered."""
    if unit.state == "claimed":
        raise WarrantyTaken(pointer="/unit")
    if not may("claim", unit.state):
        raise UnitStepRefused(state=unit.state, step="claim")
    if REPORTED & set(unit.flags):
        raise WarrantyUnitReported(pointer="/unit")
    _refuse_impossible(purchase, batch, today)
    order_index = _order_index(unit.brand_id, purchase)
    _refuse_overused(unit.brand_id, order_index)
    return order_index


def _refuse_impossible(purchase: Purchase, batch: WarrantyBatch, today: date) -> None:
    made_on = batch.manufactured_on
    if (day := impossible_day(purchase, made_on=made_on, today=today)) is not None:
        raise WarrantyDayImpossible(pointer=f"/{day}", day=str(getattr(purchase, day)))


def _refuse_overused(brand_id: UUID, order_index: bytes | None) -> None:
    if order_index is None:
        return
    if queries.count_of_order(brand_id, order_index) >= UNITS_OF_ORDER_MAX:
        raise WarrantyOrderOverused(pointer="/order_number", most=UNITS_OF_ORDER_MAX)


def _order_index(brand_id: UUID, purchase: Purchase) -> bytes | None:
    key = order_key(purchase.order_number or "")
    if not key:
        return None
    text = f"{purchase.channel}:{key}"
    return crypto.blind_index(brand_id, "warranties", "order_number", text)


def _judged(warranty: Warranty) -> dict[str, str | None]:
    return {
        "proof": warranty.proof,
        "purchased_on": str(warranty.purchased_on) if warranty.purchased_on else None,
        "delivered_on": str(warranty.delivered_on) if warranty.delivered_on else None,
    }
