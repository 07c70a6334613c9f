"""Members: who a brand's customers are, with their contact data sealed.

Name, phone and e-mail are encrypted (see ``app.crypto``) and found by blind index.
A birthday is kept as it was given: a lunar date such as 30 February is no solar
date. A merged member keeps what it is found by and points at the survivor, always
at the last one, so that one step leads to it. An erased one keeps its row, so that
the books stay, and nothing that names a person.

Every column says in ``info`` whether it holds personal data and what for; erasure
empties exactly the columns that do.
"""

from datetime import date, datetime
from typing import Any
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

NOT_PERSONAL: dict[str, Any] = {"personal": False}


def personal(purpose: str) -> dict[str, Any]:
    """Tag a column: personal data, what it is kept for, and until when."""
    return {"personal": True, "purpose": purpose, "kept": "until the member is erased"}


class Member(Model):
    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("brand_id", "external_id"),
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        ForeignKeyConstraint(["brand_id", "merged_into_id"], ["members.brand_id", "members.id"]),
        CheckConstraint("status IN ('active', 'merged', 'erased')", name="status"),
        CheckConstraint(
            "CASE status WHEN 'active' THEN merged_into_id IS NULL"
            " WHEN 'merged' THEN merged_into_id IS NOT NULL ELSE true END",
            name="merged",
        ),
        CheckConstraint("birth_calendar IN ('solar', 'lunar')", name="birth_calendar"),
        Index(
            "ix_members_phone_index",
            "brand_id",
            "phone_index",
            postgresql_where=text("phone_index IS NOT NULL"),
        ),
        # A number that was proved belongs to one member; see decision 0061.
        Index(
            "uq_members_proved_phone",
            "brand_id",
            "phone_index",
            unique=True,
            postgresql_where=text("phone_verified_at IS NOT NULL AND status = 'active'"),
        ),
        Index(
            "ix_members_email_index",
            "brand_id",
            "email_index",
            postgresql_where=text("email_index IS NOT NULL"),
        ),
        Index(
            "ix_members_phone_last4_index",
            "brand_id",
            "phone_last4_index",
            "id",
            postgresql_where=text("phone_last4_index IS NOT NULL"),
        ),
        Index(
            "ix_members_name_index",
            "brand_id",
            "name_index",
            "id",
            postgresql_where=text("name_index IS NOT NULL"),
        ),
        Index(
            "ix_members_birthday",
            "brand_id",
            "birth_calendar",
            "birth_month",
            "birth_day",
            postgresql_where=text("birth_day IS NOT NULL"),
        ),
        Index("ix_members_joined_on", "brand_id", "joined_on"),
        Index(
            "ix_members_merged_into_id",
            "brand_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    external_id: Mapped[str | None] = mapped_column(
        Text, info=personal("to be the same person as in the brand's shop")
    )
    status: Mapped[str] = mapped_column(Text, info=NOT_PERSONAL)
    merged_into_id: Mapped[UUID | None] = mapped_column(info=NOT_PERSONAL)
    name_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be addressed by name")
    )
    name_index: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be found by name")
    )
    phone_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be reached about points and warranties")
    )
    phone_index: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be found by phone")
    )
    phone_last4_index: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be found by the last digits of the phone")
    )
    phone_verified_at: Mapped[datetime | None] = mapped_column(
        info=personal("no advertising to somebody else's number")
    )
    email_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be reached about points and warranties")
    )
    email_index: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=personal("to be found by e-mail")
    )
    birth_year: Mapped[int | None] = mapped_column(SmallInteger, info=personal("birthday benefits"))
    birth_month: Mapped[int | None] = mapped_column(
        SmallInteger, info=personal("birthday benefits")
    )
    birth_day: Mapped[int | None] = mapped_column(SmallInteger, info=personal("birthday benefits"))
    birth_calendar: Mapped[str | None] = mapped_column(Text, info=personal("birthday benefits"))
    birth_leap_month: Mapped[bool | None] = mapped_column(
        Boolean, info=personal("birthday benefits")
    )
    birthday_changed_at: Mapped[datetime | None] = mapped_column(
        info=personal("no second birthday benefit after a change")
    )
    joined_on: Mapped[date] = mapped_column(Date, info=NOT_PERSONAL)
    referred_by_code: Mapped[str | None] = mapped_column(
        Text, info=personal("to reward who invited the member")
    )
    created_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    erased_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class MemberTag(Model):
    """A label the brand or a rule gave a member: segments such as ``vip``."""

    __tablename__ = "member_tags"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    member_id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    tag: Mapped[str] = mapped_column(
        Text, primary_key=True, info=personal("the brand's own segments")
    )
    created_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)


class ErasureRequest(Model):
    """A person's wish to be erased, and what became of it; ``due_on`` is the last day to act."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        CheckConstraint("state IN ('open', 'completed', 'refused')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason"),
        Index(
            "uq_erasure_requests_open",
            "brand_id",
            "member_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_erasure_requests_member_id", "brand_id", "member_id", "id"),
        Index(
            "ix_erasure_requests_due_on",
            "brand_id",
            "due_on",
            postgresql_where=text("state = 'open'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    id: Mapped[UUID] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    member_id: Mapped[UUID] = mapped_column(info=NOT_PERSONAL)
    state: Mapped[str] = mapped_column(Text, info=NOT_PERSONAL)
    source: Mapped[str] = mapped_column(Text, info=NOT_PERSONAL)
    requested_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    due_on: Mapped[date] = mapped_column(Date, info=NOT_PERSONAL)
    decided_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    decided_by: Mapped[str | None] = mapped_column(Text, info=NOT_PERSONAL)
    reason: Mapped[str | None] = mapped_column(Text, info=NOT_PERSONAL)
