"""Named reads of warranty terms."""

from uuid import UUID

from sqlalchemy import select

from app.db import db
from app.warranties.models import WarrantyTerms, WarrantyTermVersion


def find_terms(brand_id: UUID, code: str) -> WarrantyTerms | None:
    return db.session.get(WarrantyTerms, (brand_id, code), populate_existing=True)


def list_current(
    brand_id: UUID, *, status: str | None = None, after: str | None = None, limit: int | None = None
) -> list[tuple[WarrantyTerms, WarrantyTermVersion]]:
    """Return terms by code, each with the version in force."""
    terms, version = WarrantyTerms, WarrantyTermVersion
    statement = (
        select(terms, version)
        .join(
            version,
            (version.brand_id == terms.brand_id)
            & (version.code == terms.code)
            & (version.version == terms.version),
        )
        .where(terms.brand_id == brand_id)
        .order_by(terms.code)
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(terms.status == status)
    if after is not None:
        statement = statement.where(terms.code > after)
    found = db.session.execute(statement, execution_options={"populate_existing": True})
    return [(row[0], row[1]) for row in found]


def list_versions(
    brand_id: UUID,
    code: str,
    *,
    since: int = 1,
    before: int | None = None,
    limit: int | None = None,
) -> list[WarrantyTermVersion]:
    """Return versions of terms from ``since`` on, the newest first."""
    version = WarrantyTermVersion
    statement = (
        select(version)
        .where(version.brand_id == brand_id, version.code == code, version.version >= since)
        .order_by(version.version.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(version.version < before)
    return list(db.session.scalars(statement))
