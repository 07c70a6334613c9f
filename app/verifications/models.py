"""Challenges, and the counters that keep guessing hopeless.

A *challenge* is one code sent to one phone for one purpose. The code is kept as a keyed
hash over challenge, phone and purpose; without the key a stolen copy tells nothing. What
was typed into a form waits with it, sealed, until the code is answered.

A *limit* counts one thing (tries from an address, codes of a phone, …) in one window of
time. Its key is a hash that says nothing of brand or phone, and some limits hold over all
brands; the table therefore stands outside of row-level security, see
``db.DIRECTORY_TABLES``.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Challenge(Model):
    __tablename__ = "verification_challenges"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("state IN ('open', 'used', 'replaced', 'spent')", name="state"),
        CheckConstraint("failures >= 0", name="failures"),
        Index(
            "ix_verification_challenges_open",
            "brand_id",
            "phone_index",
            "purpose",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_verification_challenges_expires_at", "brand_id", "expires_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    failures: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Limit(Model):
    __tablename__ = "verification_limits"
    __table_args__ = (Index("ix_verification_limits_ends_at", "ends_at"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    count: Mapped[int]
