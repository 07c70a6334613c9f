"""Named reads of brands, and the lock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.brands.errors import BrandNotFound
from app.brands.models import (
    ApiKey,
    ApiKeyDirectory,
    AuditRecord,
    Brand,
    BrandDirectory,
    BrandHost,
    BrandSettings,
)
from app.db import db


def get_brand(brand_id: UUID) -> Brand:
    """:raises BrandNotFound: there is no such brand, or another brand's rows are shown"""
    brand = db.session.get(Brand, brand_id, populate_existing=True)
    if brand is None:
        raise BrandNotFound
    return brand


def lock_brand(brand_id: UUID) -> Brand:
    """Return the brand, held against other changes of its settings or clock."""
    brand = db.session.get(Brand, brand_id, populate_existing=True, with_for_update=True)
    if brand is None:
        raise BrandNotFound
    return brand


def get_settings(brand_id: UUID, version: int) -> BrandSettings:
    settings = db.session.get(BrandSettings, (brand_id, version))
    if settings is None:
        raise BrandNotFound
    return settings


def list_brand_ids() -> list[UUID]:
    return list(
        db.session.scalars(select(BrandDirectory.brand_id).order_by(BrandDirectory.brand_id))
    )


def find_host_brand(host: str) -> UUID | None:
    return db.session.scalar(select(BrandHost.brand_id).where(BrandHost.host == host))


def point_host(brand_id: UUID, host: str | None) -> bool:
    """Let ``host`` and no other lead to the brand; False if it leads to another one."""
    db.session.execute(
        delete(BrandHost).where(
            BrandHost.brand_id == brand_id, BrandHost.host.is_distinct_from(host)
        )
    )
    if host is None:
        return True
    db.session.execute(
        insert(BrandHost).values(host=host, brand_id=brand_id).on_conflict_do_nothing()
    )
    return find_host_brand(host) == brand_id


def find_key_brand(key_id: str) -> UUID | None:
    return db.session.scalar(
        select(ApiKeyDirectory.brand_id).where(ApiKeyDirectory.key_id == key_id)
    )


def find_key(brand_id: UUID, key_id: str) -> ApiKey | None:
    return db.session.get(ApiKey, (brand_id, key_id), populate_existing=True)


def list_keys(brand_id: UUID) -> list[ApiKey]:
    return list(
        db.session.scalars(
            select(ApiKey).where(ApiKey.brand_id == brand_id).order_by(ApiKey.created_at)
        )
    )


def list_audit_records(
    brand_id: UUID,
    *,
    subject: str | None,
    actor: str | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
    before: UUID | None,
    limit: int,
) -> list[AuditRecord]:
    """Return records, the newest first, below ``before`` if it is given."""
    statement = (
        select(AuditRecord)
        .where(AuditRecord.brand_id == brand_id)
        .order_by(AuditRecord.id.desc())
        .limit(limit)
    )
    for column, value in (
        (AuditRecord.subject, subject),
        (AuditRecord.actor, actor),
        (AuditRecord.action, action),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if since is not None:
        statement = statement.where(AuditRecord.occurred_at >= since)
    if until is not None:
        statement = statement.where(AuditRecord.occurred_at < until)
    if before is not None:
        statement = statement.where(AuditRecord.id < before)
    return list(db.session.scalars(statement))
