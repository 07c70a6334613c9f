"""Answers kept for repeats of a request.

Reserved, executed and answered in one transaction: a row exists only if the
effect it answers for exists (https://brandur.org/idempotency-keys). Bodies live
72 hours; the ledger's own cause key lives for ever.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class IdempotencyRecord(Model):
    __tablename__ = "idempotency_records"
    __table_args__ = (Index("ix_idempotency_records_created_at", "brand_id", "created_at"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
