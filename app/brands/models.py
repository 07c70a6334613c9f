"""Brands and what is known of them before any member.

``brand_directory``, ``api_key_directory`` and ``brand_hosts`` are read before the brand is
known (see ``db.DIRECTORY_TABLES``); everything else is under row-level security.
Settings are never changed in place: each change is a new row of
``brand_settings``, and what was granted points at the version it was granted by.
``audit_log`` is append-only: the app's role cannot change or delete a row.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class BrandDirectory(Model):
    """Every brand's id: what jobs walk over."""

    __tablename__ = "brand_directory"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class ApiKeyDirectory(Model):
    """From the public part of an API key to its brand."""

    __tablename__ = "api_key_directory"

    key_id: Mapped[str] = mapped_column(Text, primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand_directory.brand_id"))


class BrandHost(Model):
    """From the host that a brand's codes lead to, to the brand."""

    __tablename__ = "brand_hosts"

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand_directory.brand_id"), unique=True)


class Brand(Model):
    __tablename__ = "brands"
    __table_args__ = (CheckConstraint("mode IN ('live', 'test')", name="mode"),)

    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand_directory.brand_id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    settings_version: Mapped[int]
    # Counts every change of what the brand offers: ladder, stamps, coupons, rules.
    # What a process has compiled of it is good for one number.
    programme_version: Mapped[int] = mapped_column(server_default="0")
    test_now: Mapped[datetime | None]
    created_at: Mapped[datetime]

    def now(self, wall_clock: datetime) -> datetime:
        """Return the brand's own time: its test clock if one is set."""
        return self.test_now or wall_clock


class BrandSettings(Model):
    __tablename__ = "brand_settings"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class ApiKey(Model):
    __tablename__ = "api_keys"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(Text, primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditRecord(Model):
    """Who changed what, when, why, from what, to what."""

    __tablename__ = "audit_log"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        Index("ix_audit_log_subject", "brand_id", "subject", "id"),
        Index("ix_audit_log_actor", "brand_id", "actor", "id"),
        Index("ix_audit_log_action", "brand_id", "action", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any | None] = mapped_column(JSONB)
    reason: Mapped[str | None] = mapped_column(Text)
