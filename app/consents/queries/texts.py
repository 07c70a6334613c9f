"""Reads of consent texts."""

from uuid import UUID

from sqlalchemy import ScalarSelect, func, select, tuple_
from sqlalchemy.orm import aliased

from app.consents.models import ConsentText
from app.db import db

_ANEW = {"populate_existing": True}


def list_versions(
    brand_id: UUID, purpose: str, language: str, *, before: int | None, limit: int
) -> list[ConsentText]:
    """Return the versions of a text, the newest first."""
    statement = select(ConsentText).where(
        ConsentText.brand_id == brand_id,
        ConsentText.purpose == purpose,
        ConsentText.language == language,
    )
    if before is not None:
        statement = statement.where(ConsentText.version < before)
    statement = statement.order_by(ConsentText.version.desc()).limit(limit)
    return list(db.session.scalars(statement, execution_options=_ANEW))


def find_published(brand_id: UUID, purpose: str, language: str) -> ConsentText | None:
    """Return the version that members are asked with now."""
    statement = (
        select(ConsentText)
        .where(
            ConsentText.brand_id == brand_id,
            ConsentText.purpose == purpose,
            ConsentText.language == language,
            ConsentText.status == "published",
        )
        .order_by(ConsentText.version.desc())
        .limit(1)
    )
    return db.session.scalar(statement, execution_options=_ANEW)


def find_version(brand_id: UUID, purpose: str, language: str, version: int) -> ConsentText | None:
    return db.session.get(ConsentText, (brand_id, purpose, language, version))


def list_published(brand_id: UUID) -> list[ConsentText]:
    """Return what members are asked with now, by purpose and language."""
    statement = (
        select(ConsentText)
        .where(
            ConsentText.brand_id == brand_id,
            ConsentText.status == "published",
            ConsentText.version == _newest(status="published"),
        )
        .order_by(ConsentText.purpose, ConsentText.language)
    )
    return list(db.session.scalars(statement))


def list_latest(brand_id: UUID, *, after: tuple[str, str] | None, limit: int) -> list[ConsentText]:
    """Return the newest version of each text, by purpose and language."""
    statement = select(ConsentText).where(
        ConsentText.brand_id == brand_id, ConsentText.version == _newest()
    )
    if after is not None:
        statement = statement.where(tuple_(ConsentText.purpose, ConsentText.language) > after)
    statement = statement.order_by(ConsentText.purpose, ConsentText.language).limit(limit)
    return list(db.session.scalars(statement))


def _newest(*, status: str | None = None) -> ScalarSelect[int]:
    """Return the number of the newest version (of a status) of the row's text."""
    other = aliased(ConsentText)
    statement = select(func.max(other.version)).where(
        other.brand_id == ConsentText.brand_id,
        other.purpose == ConsentText.purpose,
        other.language == ConsentText.language,
    )
    if status is not None:
        statement = statement.where(other.status == status)
    return statement.correlate(ConsentText).scalar_subquery()
