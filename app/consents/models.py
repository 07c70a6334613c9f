"""Consent texts, and what members answered to them.

A *text* is what a brand asks with: one for each purpose and language, in versions. There
is at most one draft; a published version never changes, by right and by trigger, and is
known by its sha256. ``material_since`` is the first version that asked for the same as
this one, in other words perhaps: who agreed to that one or a later one has agreed to this.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class ConsentText(Model):
    __tablename__ = "consent_texts"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint(
            "CASE status WHEN 'draft' THEN published_at IS NULL AND material_since IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL AND material_since <= version"
            " ELSE false END",
            name="status",
        ),
        Index(
            "uq_consent_texts_draft",
            "brand_id",
            "purpose",
            "language",
            unique=True,
            postgresql_where=text("status = 'draft'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    material_since: Mapped[int | None]
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
