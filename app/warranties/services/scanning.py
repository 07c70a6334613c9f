"""Looking at a unit by its label, and telling that something is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app import crypto
from app.db import db
from app.events import publish
from app.ids import new_id
from app.verifications import services as verifications
from app.verifications.services import Window
from app.warranties.errors import WarrantyTriesTooMany
from app.warranties.events import UnitReported
from app.warranties.models import Warranty, WarrantyReport, WarrantyUnit
from app.warranties.queries import claims as claim_queries
from app.warranties.queries import evidence as queries
from app.warranties.rules.coverage import Coverage
from app.warranties.rules.scanning import look_of
from app.warranties.services.reviews import weigh
from app.warranties.services.terms import Promise, promise_of
from app.warranties.services.units import Piece, coverage_under, find_by_code, flag_unit

# So many looks of one address at one unit are written down within an hour; more say nothing.
SCANS_MOST = 20
SCANS_WITHIN = timedelta(hours=1)
SCANS_KEPT = timedelta(days=365)
NOTES_KEPT = timedelta(days=365)
# Codes that are none, from one address; see docs/shopper-pages.md for the arithmetic.
UNKNOWN_CODES = (
    Window("unknown_codes_minutes", 30, timedelta(minutes=10)),
    Window("unknown_codes_hour", 60, timedelta(hours=1)),
)
RECEIPTS = (Window("receipts_hour", 60, timedelta(hours=1)),)
LINKS = (Window("certificate_links_day", 10, timedelta(days=1)),)
# What one address may report, of all units together.
REPORTS = (Window("unit_reports_day", 50, timedelta(days=1)),)
OWNERS_REPORTS = ("lost", "stolen")


@dataclass(frozen=True)
class Visitor:
    """Who looks: keyed hashes of device and address, and the member if one is signed in."""

    device_hash: bytes
    ip_hash: bytes
    member_id: UUID | None = None


@dataclass(frozen=True)
class Look:
    """What a visitor sees (see ``rules.scanning``); ``warranty`` for the owner alone.

    ``coverage`` of a unit that is registered, ``promise`` of one that can be.
    """

    state: str
    piece: Piece | None = None
    coverage: Coverage | None = None
    promise: Promise | None = None
    warranty: Warranty | None = None


def find_scanned(
    brand_id: UUID, code: str, ip_hash: bytes, *, gtin: str | None = None, now: datetime
) -> Piece | None:
    """Do ``find_by_code`` for a visitor; a code that is none is counted for the address.

    :raises WarrantyTriesTooMany: there were too many
    """
    refuse_over(brand_id, UNKNOWN_CODES, ip_hash, now=now)
    piece = find_by_code(brand_id, code, gtin=gtin)
    if piece is None:
        verifications.count_towards(brand_id, UNKNOWN_CODES, ip_hash, now=now)
    return piece


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

    :raises WarrantyTriesTooMany: too many codes that are none came from the address
    """
    piece = find_scanned(brand_id, code, visitor.ip_hash, gtin=gtin, now=now)
    if piece is None:
        return Look("unknown")
    unit = piece.unit
    warranty = claim_queries.find_current(brand_id, unit.id)
    mine = warranty is not None and warranty.member_id == visitor.member_id
    scan = {
        "brand_id": brand_id,
        "id": new_id(),
        "unit_id": unit.id,
        "state": unit.state,
        "by_owner": mine,
        "device_hash": visitor.device_hash,
        "ip_hash": visitor.ip_hash,
        "at": now,
    }
    written = queries.insert_scan(scan, since=now - SCANS_WITHIN, most=SCANS_MOST)
    if written and not mine:
        weigh(unit, now=now)
    state = look_of(unit.state, unit.flags, mine=mine)
    return Look(
        state,
        piece,
        coverage_under(piece, warranty, on=today) if state in ("mine", "owned") else None,
        promise_of(brand_id, piece.batch.terms, piece.batch.terms_version)
        if state == "genuine"
        else None,
        warranty if mine else None,
    )


def report(
    brand_id: UUID, unit: WarrantyUnit, kind: str, visitor: Visitor, *, note: str, now: datetime
) -> None:
    """Write down that a visitor says something is wrong: ``doubtful`` or ``mine``.

    ``claimed_again`` is written by us, when a unit that has an owner is to be registered.

    :raises WarrantyTriesTooMany: the address has reported enough for a day
    """
    take(brand_id, REPORTS, visitor.ip_hash, now=now)
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


def take(brand_id: UUID, windows: Sequence[Window], value: bytes, *, now: datetime) -> None:
    """Count one more of something that visitors may do so often and no oftener.

    :raises WarrantyTriesTooMany: there were as many already
    """
    refuse_over(brand_id, windows, value, now=now)
    verifications.count_towards(brand_id, windows, value, now=now)


def refuse_over(brand_id: UUID, windows: Sequence[Window], value: bytes, *, now: datetime) -> None:
    """:raises WarrantyTriesTooMany: one of the windows is full"""
    wait = verifications.wait_for(brand_id, windows, value, now=now)
    if wait is not None:
        raise WarrantyTriesTooMany(retry_after=wait)


def count_receipt(brand_id: UUID, ip_hash: bytes, *, now: datetime) -> None:
    """Count a photo that comes with a registration, before anybody's number is proved.

    :raises WarrantyTriesTooMany: too many came from the address
    """
    take(brand_id, RECEIPTS, ip_hash, now=now)


def count_link(brand_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Count a link to a certificate that a member has sent to them.

    :raises WarrantyTriesTooMany: they had enough for a day
    """
    take(brand_id, LINKS, member_id.bytes, now=now)


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
