"""Warranty terms, units and everything that happened to them.

- *Terms* are versioned; a version never changes. A unit keeps the version in force when
  it was made, and what later ones add to it (see ``rules.coverage``).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class WarrantyTerms(Model):
    __tablename__ = "warranty_terms"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("status IN ('active', 'ended')", name="status"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class WarrantyTermVersion(Model):
    __tablename__ = "warranty_term_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "code"], ["warranty_terms.brand_id", "warranty_terms.code"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
