"""Stamp programmes, members' cards, and every stamp that came or went.

- A *programme* is what a brand offers: for what a stamp is given, how many fill a card,
  what a card gives. Its definition is versioned; a version never changes.
- An *account* is what a member has of one programme: how many cards there were, how
  many entries, and stamps owed (*debt*: taken back after their reward was used).
- A *card* keeps the version it was opened under: its goal and rewards never change.
  It is ``open``, ``completed``, ``expired``, or ``emptied`` (a refund took every
  stamp). A refund may reopen a completed card, so several may be open: the oldest is
  filled first.
- An *entry* is one immutable movement, numbered gaplessly within the account:
  ``d_stamps`` on a card, ``d_debt`` of the account, and ``kept``: stamps that a refund
  should have taken and left by the programme's policy. An entry that brings stamps
  names the version by which, so that a refund asks the same. What comes or goes outside
  of orders does so on an *occasion*, which its first entry names: once for each.

A card's stamps and an account's debt are the sums of entries; ``audits`` proves it.
All of it is written by ``stamps_write`` under the lock of the member's point account;
``seq`` in the account refuses whoever decided on what is no longer true.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


def _account_key() -> ForeignKeyConstraint:
    columns = ("brand_id", "member_id", "programme")
    return ForeignKeyConstraint(columns, [f"stamp_accounts.{name}" for name in columns])


class StampProgramme(Model):
    __tablename__ = "stamp_programmes"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("status IN ('draft', 'active', 'paused', 'ended')", name="status"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StampProgrammeVersion(Model):
    __tablename__ = "stamp_programme_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "code"], ["stamp_programmes.brand_id", "stamp_programmes.code"]
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class StampAccount(Model):
    __tablename__ = "stamp_accounts"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        ForeignKeyConstraint(
            ["brand_id", "programme"], ["stamp_programmes.brand_id", "stamp_programmes.code"]
        ),
        CheckConstraint("seq >= 0 AND cards >= 0 AND debt >= 0", name="counters"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    cards: Mapped[int]
    debt: Mapped[int]


class StampCard(Model):
    __tablename__ = "stamp_cards"
    __table_args__ = (
        _account_key(),
        CheckConstraint("stamps >= 0 AND stamps <= goal", name="stamps"),
        CheckConstraint("state IN ('open', 'completed', 'expired', 'emptied')", name="state"),
        CheckConstraint(
            "CASE state WHEN 'open' THEN stamps > 0 AND stamps < goal"
            " WHEN 'completed' THEN stamps = goal AND completed_at IS NOT NULL"
            " ELSE stamps = 0 END",
            name="filled",
        ),
        Index(
            "ix_stamp_cards_open",
            "brand_id",
            "member_id",
            "programme",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_stamp_cards_due",
            "brand_id",
            "expires_at",
            postgresql_where=text("state = 'open' AND expires_at IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(Text, primary_key=True)
    card_no: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    goal: Mapped[int]
    stamps: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class StampEntry(Model):
    __tablename__ = "stamp_entries"
    __table_args__ = (
        _account_key(),
        CheckConstraint("d_stamps <> 0 OR d_debt <> 0 OR kept > 0", name="moves"),
        CheckConstraint("d_stamps = 0 OR card_no IS NOT NULL", name="card"),
        Index(
            "uq_stamp_entries_occasion",
            "brand_id",
            "member_id",
            "programme",
            "occasion",
            unique=True,
            postgresql_where=text("occasion IS NOT NULL"),
        ),
        Index("ix_stamp_entries_history", "brand_id", "member_id", "at"),
        Index(
            "ix_stamp_entries_order",
            "brand_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # order | rule | staff | refund | expiry | erasure
    version: Mapped[int]
    card_no: Mapped[int | None]
    d_stamps: Mapped[int]
    d_debt: Mapped[int]
    kept: Mapped[int]
    order_id: Mapped[UUID | None]
    refund_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    occasion: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
