"""Consent texts, what members answered to them, and what is in force because of it.

A *text* is what a brand asks with: one for each purpose and language, in versions. There
is at most one draft; a published version never changes, by right and by trigger, and is
known by its sha256. ``material_since`` is the first version that asked for the same as
this one, in other words perhaps: who agreed to that one or a later one has agreed to this.

A *record* is one answer of one member about one purpose, or what became of it. Records are
only ever added: each continues its member's *chain* of hashes, whose end stands apart, so
that neither a changed nor a missing record goes unseen. A *state* is what a member's last
decision for a purpose amounts to; the database keeps it with every record. *Evidence* is
what proves a decision and may name a person: it lies apart, and the record keeps its hash.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
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


def _member() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"])


class ConsentChain(Model):
    """The end of a member's chain; ``purge_on``: the last day its records are kept."""

    __tablename__ = "consent_chains"
    __table_args__ = (
        _member(),
        Index(
            "ix_consent_chains_purge",
            "brand_id",
            "purge_on",
            postgresql_where=text("purge_on IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    purge_on: Mapped[date | None] = mapped_column(Date)


class ConsentEvidence(Model):
    """By what one call's decisions can be proved. Emptied when the member is erased.

    The records hold its salted hash, so that the chain stays whole without it.
    """

    __tablename__ = "consent_evidence"
    __table_args__ = (
        _member(),
        Index("ix_consent_evidence_member_id", "brand_id", "member_id"),
        CheckConstraint(
            "emptied_at IS NULL OR coalesce(ip_hash, salt, ui_snapshot_sha256) IS NULL"
            " AND coalesce(user_agent, otp_ref, guardian_ref) IS NULL",
            name="emptied",
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    ip_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    user_agent: Mapped[str | None] = mapped_column(Text)
    otp_ref: Mapped[str | None] = mapped_column(Text)
    ui_snapshot_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    guardian_ref: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    emptied_at: Mapped[datetime | None]


class ConsentRecord(Model):
    """One answer or one happening, for ever; see ``sql/20_records.sql`` for its hash."""

    __tablename__ = "consent_records"
    __table_args__ = (
        _member(),
        ForeignKeyConstraint(
            ["brand_id", "purpose", "language", "version"],
            [
                "consent_texts.brand_id",
                "consent_texts.purpose",
                "consent_texts.language",
                "consent_texts.version",
            ],
        ),
        ForeignKeyConstraint(
            ["brand_id", "evidence_id"], ["consent_evidence.brand_id", "consent_evidence.id"]
        ),
        CheckConstraint(
            "action IN ('granted', 'refused', 'withdrawn', 'pending', 'reconfirm_notice',"
            " 'reconfirmed', 'expired')",
            name="action",
        ),
        CheckConstraint(
            "action <> 'granted' OR text_sha256 IS NOT NULL AND version IS NOT NULL", name="text"
        ),
        CheckConstraint("(evidence_id IS NULL) = (evidence_sha256 IS NULL)", name="evidence"),
        Index("ix_consent_records_history", "brand_id", "member_id", "at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None]
    text_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    evidence_id: Mapped[UUID | None]
    evidence_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    row_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ConsentState(Model):
    """What is in force for a purpose: the last decision, kept by ``consents_append``."""

    __tablename__ = "consent_states"
    __table_args__ = (
        _member(),
        CheckConstraint(
            "state IN ('granted', 'refused', 'withdrawn', 'pending', 'expired')", name="state"
        ),
        Index(
            "ix_consent_states_reconfirm",
            "brand_id",
            "reconfirm_on",
            postgresql_where=text("reconfirm_on IS NOT NULL"),
        ),
        Index(
            "ix_consent_states_expiring",
            "brand_id",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(BigInteger)
    decided_seq: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None]
    decided_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    reconfirm_on: Mapped[date | None] = mapped_column(Date)


class ConsentNotice(Model):
    """What a member is to be told of a consent, and by when; another feature sends it."""

    __tablename__ = "consent_notices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "member_id", "seq"],
            ["consent_records.brand_id", "consent_records.member_id", "consent_records.seq"],
        ),
        CheckConstraint("kind IN ('result', 'reconfirm')", name="kind"),
        CheckConstraint("state IN ('pending', 'sent', 'cancelled')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index(
            "ix_consent_notices_pending",
            "brand_id",
            "due_at",
            postgresql_where=text("state = 'pending'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_ref: Mapped[str | None] = mapped_column(Text)
