"""Who a unit belongs to: one registration at a time, begun and ended with its steps."""

from datetime import date, datetime
from uuid import UUID

from app.db import db
from app.events import publish
from app.ids import new_id
from app.warranties.events import TransferEnded, WarrantyEnded, WarrantyRegistered
from app.warranties.models import Warranty, WarrantyUnit
from app.warranties.queries import claims as queries
from app.warranties.queries import transfers
from app.warranties.rules.claims import Purchase
from app.warranties.rules.coverage import Extension, Registration

# Steps that part a unit from its owner, and what is written down as the cause.
PARTING = {"release": "released", "replace": "replaced", "void": "void"}


def open_warranty(
    unit: WarrantyUnit,
    member_id: UUID,
    purchase: Purchase,
    *,
    proof: str,
    registered_on: date,
    order_index: bytes | None = None,
    actor: str,
    now: datetime,
) -> Warranty:
    """Write down that a unit, which is locked and has no owner, belongs to a member."""
    warranty = Warranty(
        brand_id=unit.brand_id,
        id=new_id(),
        unit_id=unit.id,
        seq=queries.count_of_unit(unit.brand_id, unit.id) + 1,
        member_id=member_id,
        channel=purchase.channel,
        purchased_on=purchase.purchased_on,
        delivered_on=purchase.delivered_on,
        registered_on=registered_on,
        order_index=order_index,
        proof=proof,
        actor=actor,
        created_at=now,
        changed_at=now,
    )
    db.session.add(warranty)
    db.session.flush()  # autoflush is off
    publish(
        WarrantyRegistered(
            unit.brand_id, warranty.id, unit.id, warranty.member_id, warranty.seq, now
        )
    )
    return warranty


def end_warranty(unit: WarrantyUnit, cause: str, *, now: datetime) -> Warranty | None:
    """End the registration of a unit, which is locked; None if it has none."""
    warranty = queries.find_current(unit.brand_id, unit.id)
    if warranty is None:
        return None
    warranty.ended_at = warranty.changed_at = now
    warranty.end_cause = cause
    end_offers(unit.brand_id, unit.id, "cancelled", now)
    db.session.flush()
    publish(WarrantyEnded(unit.brand_id, warranty.id, unit.id, warranty.member_id, cause, now))
    return warranty


def end_offers(brand_id: UUID, unit_id: UUID, state: str, now: datetime) -> None:
    """End the offer of a unit, which is locked, if there is one."""
    if transfers.end_offers(brand_id, unit_id, state, now):
        publish(TransferEnded(brand_id, unit_id, state, now))


def registration_of(warranty: Warranty | None) -> Registration | None:
    """Return what counts for the coverage of a registration."""
    if warranty is None:
        return None
    return Registration(
        warranty.registered_on,
        warranty.purchased_on,
        warranty.delivered_on,
        proven=warranty.proof == "proven",
        disproved=warranty.proof == "disproved",
    )


def extensions_of(brand_id: UUID, unit_id: UUID) -> list[Extension]:
    """Return the months on top of a unit."""
    return [
        Extension(str(each.id), each.months, each.applies_to)
        for each in queries.list_extensions(brand_id, unit_id)
    ]
