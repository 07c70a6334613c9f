"""Warranty terms: changed by new versions; and the coverage that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.warranties.errors import (
    WarrantyTermsEnded,
    WarrantyTermsNotFound,
    WarrantyTermsOverlap,
)
from app.warranties.models import WarrantyTerms, WarrantyTermVersion
from app.warranties.queries import terms as queries
from app.warranties.rules import coverage as rules
from app.warranties.rules.coverage import Coverage, Extension, Registration, UnitFacts
from app.warranties.rules.terms import Terms, overlap_of, selects, terms_for, terms_of


@dataclass(frozen=True)
class Defined:
    """Terms with the version in force."""

    terms: WarrantyTerms
    version: WarrantyTermVersion
    created: bool = False


def put_terms(
    brand_id: UUID, code: str, definition: dict[str, Any], *, actor: str, now: datetime
) -> Defined:
    """Set warranty terms, or change them for units made from now on, as a new version.

    Units that exist keep the version they were made under, and gain by what is better
    in the new one. Saying the same again makes no version.

    :raises WarrantyTermsEnded: they have ended for good
    :raises WarrantyTermsOverlap: other terms cover the same products as closely
    """
    brands.change_programme(brand_id)  # terms of a brand change one after another
    others = [
        terms_of(each.code, each.version, version.definition)
        for each, version in queries.list_current(brand_id, status="active")
        if each.code != code
    ]
    overlap = overlap_of(terms_of(code, 0, definition), others)
    if overlap is not None:
        raise WarrantyTermsOverlap(pointer="/selection", terms=overlap[0].code, what=overlap[1])
    terms = queries.find_terms(brand_id, code)
    before = None
    if terms is None:
        terms = WarrantyTerms(
            brand_id=brand_id,
            code=code,
            version=0,
            status="active",
            created_at=now,
            updated_at=now,
        )
        db.session.add(terms)
    else:
        if terms.status == "ended":
            raise WarrantyTermsEnded
        current = _version(terms)
        before = current.definition
        if before == definition:
            return Defined(terms, current)
    terms.version += 1
    terms.updated_at = now
    db.session.flush()  # the version refers to the terms
    version = WarrantyTermVersion(
        brand_id=brand_id,
        code=code,
        version=terms.version,
        definition=definition,
        actor=actor,
        created_at=now,
    )
    db.session.add(version)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="warranty_terms.changed" if before else "warranty_terms.created",
        subject=f"warranty_terms:{code}",
        now=now,
        before=before,
        after=definition,
    )
    db.session.flush()  # autoflush is off
    return Defined(terms, version, created=before is None)


def end_terms(brand_id: UUID, code: str, *, actor: str, now: datetime) -> Defined:
    """End terms for units to be made; units that have them keep them. Repeating changes nothing.

    :raises WarrantyTermsNotFound: the brand has no such terms
    """
    brands.change_programme(brand_id)
    terms = _get(brand_id, code)
    if terms.status != "ended":
        terms.status = "ended"
        terms.updated_at = now
        brands.record_audit(
            brand_id,
            actor=actor,
            action="warranty_terms.ended",
            subject=f"warranty_terms:{code}",
            now=now,
            before={"status": "active"},
            after={"status": "ended"},
        )
        db.session.flush()  # autoflush is off
    return Defined(terms, _version(terms))


def is_transferable(brand_id: UUID, code: str, since: int) -> bool:
    """Whether a unit made under version ``since`` may be handed over.

    As with coverage, the version that is better for the owner counts.
    """
    versions = queries.list_versions(brand_id, code, since=since)
    return any(terms_of(code, each.version, each.definition).transferable for each in versions)


@dataclass(frozen=True)
class Promise:
    """How long a unit will be covered, and how much longer if it is registered in time."""

    months: int
    bonus_months: int


def promise_of(brand_id: UUID, code: str, since: int) -> Promise:
    """Return what the terms of a unit made under version ``since`` promise, at their best."""
    versions = [
        terms_of(code, each.version, each.definition)
        for each in queries.list_versions(brand_id, code, since=since)
    ]
    return Promise(
        max(max(each.parts_months, each.labour_months) for each in versions),
        max(each.bonus_months for each in versions),
    )


def get_terms(brand_id: UUID, code: str) -> Defined:
    """:raises WarrantyTermsNotFound: the brand has no such terms"""
    terms = _get(brand_id, code)
    return Defined(terms, _version(terms))


def list_terms(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int
) -> list[Defined]:
    """Return terms as they are, by code."""
    found = queries.list_current(brand_id, status=status, after=after, limit=limit)
    return [Defined(terms, version) for terms, version in found]


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[WarrantyTermVersion]:
    """Return the versions of terms, the newest first.

    :raises WarrantyTermsNotFound: the brand has no such terms
    """
    _get(brand_id, code)
    return queries.list_versions(brand_id, code, before=before, limit=limit)


def terms_of_product(brand_id: UUID, sku: str, category: str | None) -> Terms | None:
    """Return the terms for new units of a product: by SKU, by category, or the default."""
    active = [
        terms_of(terms.code, terms.version, version.definition)
        for terms, version in queries.list_current(brand_id, status="active")
    ]
    return terms_for(active, sku, category)


def cover(
    brand_id: UUID,
    code: str,
    unit: UnitFacts,
    registration: Registration | None,
    *,
    since: int | None = None,
    product: tuple[str, str | None] | None = None,
    extensions: Sequence[Extension] = (),
    on: date,
) -> Coverage:
    """Work out the coverage under terms, of a unit made under version ``since`` (None: now).

    Later versions count if they still name the ``product`` (SKU, category).

    :raises WarrantyTermsNotFound: the brand has no such terms
    """
    terms = _get(brand_id, code)
    first = terms.version if since is None else since
    versions = [
        terms_of(code, each.version, each.definition)
        for each in reversed(queries.list_versions(brand_id, code, since=first))
    ]
    counted = [
        each
        for each in versions
        if each.version == first or product is None or selects(each, *product)
    ]
    return rules.coverage(unit, registration, counted, extensions, on)


def _get(brand_id: UUID, code: str) -> WarrantyTerms:
    terms = queries.find_terms(brand_id, code)
    if terms is None:
        raise WarrantyTermsNotFound(terms=code)
    return terms


def _version(terms: WarrantyTerms) -> WarrantyTermVersion:
    return db.session.get_one(WarrantyTermVersion, (terms.brand_id, terms.code, terms.version))
