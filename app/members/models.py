"""Members: who a brand's customers are, with their contact data sealed.

Name, phone and e-mail are encrypted (see ``app.crypto``) and found by blind index.
A birthday is kept as it was given: a lunar date such as 30 February is no solar
date. A merged member points at the survivor; an erased one keeps its row, so that
the books stay, and nothing that names a person.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Member(Model):
    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("brand_id", "external_id"),
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        ForeignKeyConstraint(["brand_id", "merged_into_id"], ["members.brand_id", "members.id"]),
        CheckConstraint("status IN ('active', 'merged', 'erased')", name="status"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("birth_calendar IN ('solar', 'lunar')", name="birth_calendar"),
        Index(
            "ix_members_phone_index",
            "brand_id",
            "phone_index",
            postgresql_where=text("phone_index IS NOT NULL"),
        ),
        Index(
            "ix_members_email_index",
            "brand_id",
            "email_index",
            postgresql_where=text("email_index IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    merged_into_id: Mapped[UUID | None]
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    birth_month: Mapped[int | None] = mapped_column(SmallInteger)
    birth_day: Mapped[int | None] = mapped_column(SmallInteger)
    birth_calendar: Mapped[str | None] = mapped_column(Text)
    birth_leap_month: Mapped[bool | None] = mapped_column(Boolean)
    birthday_changed_at: Mapped[datetime | None]
    joined_on: Mapped[date] = mapped_column(Date)
    referred_by_code: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
