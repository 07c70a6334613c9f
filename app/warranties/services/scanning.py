"""Looking at a unit by its label, and telling that something is wrong with it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app import crypto
from app.db import db
from app.events import publish
from app.ids import new_id
from app.verifications import services as verifications
from app.warranties.events import UnitReported
from app.warranties.models import Warranty, WarrantyReport, WarrantyScan, WarrantyUnit
from app.warranties.queries import claims as claim_queries
from app.warranties.queries import evidence as queries
from app.warranties.rules.coverage import Coverage
from app.warranties.rules.scanning import look_of
from app.warranties.services.reviews import weigh
from app.warranties.services.terms import Promise, promise_of
from app.warranties.services.units import Piece, coverage_of, find_by_code, flag_unit

SCANS_KEPT = timedelta(days=365)
NOTES_KEPT = timedelta(days=365)
# Codes that are none, from one address; see docs/scanning.md for the arithmetic.
UNKNOWN_CODES = (
    verifications.Window("unknown_codes_minutes", 30, timedelta(minutes=10)),
    verifications.Window("unknown_codes_hour", 60, timedelta(hours=1)),
)
OWNERS_REPORTS = ("lost", "stolen")


@dataclass(frozen=True)
class Visitor:
    """Who looks: keyed hashes of device and address, and the member if one is signed in."""

    device_hash: bytes
    ip_hash: bytes
    member_id: UUID | None = None


@dataclass(frozen=True)
class Look:
    """What a visitor sees (see ``rules.scanning``); ``warranty`` for the owner alone."""

    state: str
    piece: Piece | None = None
    coverage: Coverage | None = None
    promise: Promise | None = None
    warranty: Warranty | None = None


def look(
    brand_id: UUID,
    code: str,
    visitor: Visitor,
    *,
    gtin: str | None = None,
    today: date,
    now: datetime,
) -> Look:
    """Tell a visitor what a label says, and remember that somebody looked.

    :raises VerificationTooMany: too many codes that are none came from the address
    """
    verifications.refuse_over(brand_id, UNKNOWN_CODES, visitor.ip_hash, now=now)
    piece = find_by_code(brand_id, code, gtin=gtin)
    if piece is None:
        verifications.count_towards(brand_id, UNKNOWN_CODES, visitor.ip_hash, now=now)
        return Look("unknown")
    unit = piece.unit
    warranty = claim_queries.find_current(brand_id, unit.id)
    mine = warranty is not None and warranty.member_id == visitor.member_id
    db.session.add(
        WarrantyScan(
            brand_id=brand_id,
            id=new_id(),
            unit_id=unit.id,
            state=unit.state,
            by_owner=mine,
            device_hash=visitor.device_hash,
            ip_hash=visitor.ip_hash,
            at=now,
        )
    )
    db.session.flush()  # autoflush is off
    if not mine:
        weigh(unit, now=now)
    return Look(
        look_of(unit.state, unit.flags, mine=mine),
        piece,
        coverage_of(piece, on=today),
        promise_of(brand_id, piece.batch.terms, piece.batch.terms_version),
        warranty if mine else None,
    )


def report(
    brand_id: UUID, unit: WarrantyUnit, kind: str, visitor: Visitor, *, note: str, now: datetime
) -> None:
    """Write down that a visitor says something is wrong: ``doubtful`` or ``mine``.

    ``claimed_again`` is written by us, when a unit that has an owner is to be registered.
    """
    report_id = new_id()
    cell = crypto.Cell(brand_id, WarrantyReport.__tablename__, "note", report_id)
    db.session.add(
        WarrantyReport(
            brand_id=brand_id,
            id=report_id,
            unit_id=unit.id,
            kind=kind,
            member_id=visitor.member_id,
            note_sealed=crypto.seal(note, cell) if note else None,
            device_hash=visitor.device_hash,
            at=now,
        )
    )
    db.session.flush()  # autoflush is off
    publish(UnitReported(brand_id, unit.id, kind, now))
    weigh(unit, now=now)


def report_as_owner(
    brand_id: UUID, unit: WarrantyUnit, kind: str, visitor: Visitor, *, actor: str, now: datetime
) -> None:
    """Flag a unit as lost or stolen for its owner, or take both off: ``found``."""
    changes = {"found": dict.fromkeys(OWNERS_REPORTS, False)}.get(kind, {kind: True})
    for flag, on in changes.items():
        flag_unit(brand_id, unit.serial, flag, on=on, reason="owner", actor=actor, now=now)
    report(brand_id, unit, kind, visitor, note="", now=now)


def note_of(report: WarrantyReport) -> str | None:
    """Return what a visitor wrote, opened."""
    if report.note_sealed is None:
        return None
    cell = crypto.Cell(report.brand_id, WarrantyReport.__tablename__, "note", report.id)
    return crypto.unseal(report.note_sealed, cell)


def list_reports(
    brand_id: UUID, unit_id: UUID, *, before: UUID | None, limit: int
) -> list[WarrantyReport]:
    """Return what was reported of a unit, the newest first."""
    return queries.list_reports(brand_id, unit_id, before=before, limit=limit)


def forget_scans_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Delete scans of a year ago; return how many."""
    return queries.forget_scans(brand_id, limit, before=now - SCANS_KEPT)


def forget_notes_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Empty what visitors wrote a year ago; return how many there were."""
    return queries.forget_notes(brand_id, limit, before=now - NOTES_KEPT)
