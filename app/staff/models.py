"""People of the staff, their sessions, and what they are in each brand; see decision 0075.

A *person* and a *session* belong to no brand: one person may work for several, and signs in
before it is known for which. They hold hashes and sealed values only, and stand outside of
row-level security with ``staff_directory``, the way from a person to the brands
(``db.DIRECTORY_TABLES``). What a person may do in a brand, who was invited, and whose data
was looked at, is the brand's own, under row-level security like everything else.

``staff_access_log`` is append-only: the app's role cannot change or delete a row.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model

ROLE = "role IN ('viewer', 'cs', 'operator', 'admin')"


class Person(Model):
    """``totp_step`` is the last time step whose code was used; ``totp_new`` waits to be proved.

    ``totp_waived``: may enter test brands with a password alone; see decision 0076.
    """

    __tablename__ = "staff_people"
    __table_args__ = (UniqueConstraint("email_index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_new_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(BigInteger)
    totp_waived: Mapped[bool]
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class Directory(Model):
    """From a person to the brands they work for, or worked for."""

    __tablename__ = "staff_directory"
    __table_args__ = (Index("ix_staff_directory_person_id", "person_id"),)

    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand_directory.brand_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff_people.id"), primary_key=True)


class RecoveryCode(Model):
    """A code that stands in for the authenticator, once."""

    __tablename__ = "staff_recovery_codes"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff_people.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Session(Model):
    """One browser that is signed in, or on its way there.

    ``stage``: ``code`` waits for a second factor, ``enrol`` for the first code of a new
    authenticator; only ``full`` opens anything. ``fresh_at`` is when a factor was last proved.
    """

    __tablename__ = "staff_sessions"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("stage IN ('code', 'enrol', 'full')", name="stage"),
        CheckConstraint("factor IN ('password', 'totp', 'recovery')", name="factor"),
        Index("ix_staff_sessions_person_id", "person_id"),
        Index("ix_staff_sessions_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff_people.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    stage: Mapped[str] = mapped_column(Text)
    factor: Mapped[str] = mapped_column(Text)
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand_directory.brand_id"))
    browser: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime]


class Membership(Model):
    """What a person is in a brand."""

    __tablename__ = "staff_memberships"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        ForeignKeyConstraint(
            ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
        ),
        CheckConstraint(ROLE, name="role"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Invitation(Model):
    """A link by e-mail that makes its reader one of the brand's staff, once."""

    __tablename__ = "staff_invitations"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint(ROLE, name="role"),
        CheckConstraint("state IN ('open', 'accepted', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_staff_invitations_open",
            "brand_id",
            "email_index",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    role: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Access(Model):
    """Whose personal data was seen or handed out, by whom, from where, when, what for.

    Signing in and failing to is written here, too. ``subject`` names one person
    (``mem_…``); of many, ``count`` says how many.
    """

    __tablename__ = "staff_access_log"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("count >= 0", name="count"),
        Index("ix_staff_access_log_subject", "brand_id", "subject", "id"),
        Index("ix_staff_access_log_actor", "brand_id", "actor", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    ip: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    items: Mapped[list[str]] = mapped_column(ARRAY(Text))
    count: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)


class View(Model):
    """A saved search of somebody; ``shared``: the whole team sees it."""

    __tablename__ = "staff_views"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
        ),
        UniqueConstraint("brand_id", "person_id", "page", "name"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    page: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, str]] = mapped_column(JSONB)
    shared: Mapped[bool]
    created_at: Mapped[datetime]


class Columns(Model):
    """Which columns somebody wants to see of a list, in their order."""

    __tablename__ = "staff_columns"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(Text, primary_key=True)
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Presence(Model):
    """Who looked at something, and when last."""

    __tablename__ = "staff_presence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class SentForm(Model):
    """A form that was sent: sending it again leads to the same place, and does nothing."""

    __tablename__ = "staff_sent_forms"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        Index("ix_staff_sent_forms_sent_at", "brand_id", "sent_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    location: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
