"""Warranty terms, units and everything that happened to them.

- *Terms* are versioned; a version never changes. A unit keeps the version in force when
  it was made, and what later ones add to it (see ``rules.coverage``).
- A *batch* is a number of units of one product, made together under one version of terms.
- A *task* is a step that a whole batch (or some of its numbers) takes, chunk by chunk, so
  that a job can go on where another one was stopped; ``cursor`` is the last number done.
- A *unit* is one piece. Its serial is public, found by ``serial_key``; its code is secret:
  kept as an HMAC, and sealed as long as labels may be printed. ``version`` counts its
  events.
- An *event* is one immutable step of a unit, numbered gaplessly.
- A *warranty* is the registration of a unit by a member. A unit has one at a time; ended
  ones stay. What an order number is found by is kept, the number itself is not.
- An *extension* adds months to a unit, whoever owns it.
- A *download* is leave to fetch the labels of a batch for a while: all but the first have
  a reason.
- A *transfer* is an owner's offer of a unit to whoever has a phone number, accepted by a
  link that works once.
- A *receipt* is a photo that a buyer sent to prove a purchase; it waits without a warranty
  until the code to the phone is answered. The picture is forgotten, ``look`` stays.
- A *scan* is one look at a unit's page: who looked is a keyed hash. It is evidence, as a
  *report* is; a *review* is what staff make of a unit's evidence.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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


class WarrantyBatch(Model):
    __tablename__ = "warranty_batches"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "sku"], ["products.brand_id", "products.sku"]),
        ForeignKeyConstraint(
            ["brand_id", "terms", "terms_version"],
            [
                "warranty_term_versions.brand_id",
                "warranty_term_versions.code",
                "warranty_term_versions.version",
            ],
        ),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_warranty_batches_sku", "brand_id", "sku", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    channel: Mapped[str | None] = mapped_column(Text)
    manufactured_on: Mapped[date | None]
    import_cleared_on: Mapped[date | None]
    terms: Mapped[str] = mapped_column(Text)
    terms_version: Mapped[int]
    own_serials: Mapped[bool]
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    # From then on labels cannot be printed any more: the sealed codes are deleted.
    codes_kept_until: Mapped[datetime | None]
    codes_forgotten_at: Mapped[datetime | None]


def _batch_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "batch_id"], ["warranty_batches.brand_id", "warranty_batches.id"]
    )


class WarrantyBatchTask(Model):
    __tablename__ = "warranty_batch_tasks"
    __table_args__ = (
        _batch_key(),
        CheckConstraint("step IN ('make', 'print', 'allocate', 'ship', 'void')", name="step"),
        CheckConstraint("first_no <= last_no AND cursor <= last_no", name="numbers"),
        Index(
            "ix_warranty_batch_tasks_open",
            "brand_id",
            "batch_id",
            "seq",
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    first_no: Mapped[int]
    last_no: Mapped[int]
    cursor: Mapped[int]
    done: Mapped[int]
    channel: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class WarrantyUnit(Model):
    __tablename__ = "warranty_units"
    __table_args__ = (
        _batch_key(),
        UniqueConstraint("brand_id", "batch_id", "number"),
        UniqueConstraint("brand_id", "serial_key"),
        UniqueConstraint("brand_id", "code_hash"),
        CheckConstraint(
            "state IN ('generated', 'printed', 'allocated', 'shipped', 'claimed', 'released',"
            " 'replaced', 'void')",
            name="state",
        ),
        CheckConstraint("(state = 'replaced') = (replaced_by IS NOT NULL)", name="replaced"),
        CheckConstraint("flags <@ ARRAY['suspect', 'lost', 'stolen', 'recalled']", name="flags"),
        Index("ix_warranty_units_state", "brand_id", "batch_id", "state"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(Text)
    serial_key: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channel: Mapped[str | None] = mapped_column(Text)
    shipped_at: Mapped[datetime | None]
    exchanged_on: Mapped[date | None]
    replaced_by: Mapped[UUID | None]
    version: Mapped[int]
    changed_at: Mapped[datetime]


def _unit_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"]
    )


class WarrantyUnitEvent(Model):
    __tablename__ = "warranty_unit_events"
    __table_args__ = (_unit_key(),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    # make, a step of rules.units, flag, unflag, extend, transfer, replacement (of another)
    step: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)  # after it
    detail: Mapped[str | None] = mapped_column(Text)  # a channel, a flag, another unit's serial
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Warranty(Model):
    __tablename__ = "warranties"
    __table_args__ = (
        _unit_key(),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        UniqueConstraint("brand_id", "unit_id", "seq"),
        CheckConstraint("proof IN ('told', 'proven', 'disproved')", name="proof"),
        CheckConstraint(
            "end_cause IN ('released', 'replaced', 'void', 'transferred', 'erased')",
            name="end_cause",
        ),
        CheckConstraint("(ended_at IS NULL) = (end_cause IS NULL)", name="ended"),
        Index(
            "uq_warranties_owner",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_warranties_member_id", "brand_id", "member_id", "id"),
        Index(
            "ix_warranties_order_index",
            "brand_id",
            "order_index",
            postgresql_where=text("order_index IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    seq: Mapped[int]  # which of the unit's registrations it is
    member_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    purchased_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    registered_on: Mapped[date]  # that of the first owner, also after a transfer
    order_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    proof: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_cause: Mapped[str | None] = mapped_column(Text)


class WarrantyExtension(Model):
    __tablename__ = "warranty_extensions"
    __table_args__ = (
        _unit_key(),
        CheckConstraint("applies_to IN ('all', 'parts', 'labour')", name="applies_to"),
        CheckConstraint("months > 0", name="months"),
        Index("ix_warranty_extensions_unit_id", "brand_id", "unit_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    months: Mapped[int]
    applies_to: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class WarrantyBatchDownload(Model):
    __tablename__ = "warranty_batch_downloads"
    __table_args__ = (_batch_key(), CheckConstraint("seq = 1 OR reason IS NOT NULL", name="reason"))

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    open_until: Mapped[datetime]


class WarrantyTransfer(Model):
    __tablename__ = "warranty_transfers"
    __table_args__ = (
        _unit_key(),
        ForeignKeyConstraint(["brand_id", "warranty_id"], ["warranties.brand_id", "warranties.id"]),
        UniqueConstraint("brand_id", "token_hash"),
        CheckConstraint(
            "state IN ('offered', 'completed', 'declined', 'cancelled', 'expired')", name="state"
        ),
        CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_warranty_transfers_offered",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
        Index("ix_warranty_transfers_warranty_id", "brand_id", "warranty_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    warranty_id: Mapped[UUID]  # of the owner who offers
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WarrantyReceipt(Model):
    __tablename__ = "warranty_receipts"
    __table_args__ = (
        _unit_key(),
        ForeignKeyConstraint(["brand_id", "warranty_id"], ["warranties.brand_id", "warranties.id"]),
        Index("ix_warranty_receipts_warranty_id", "brand_id", "warranty_id", "id"),
        Index(
            "ix_warranty_receipts_kept",
            "brand_id",
            "created_at",
            postgresql_where=text("content_sealed IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    warranty_id: Mapped[UUID | None]
    sha256: Mapped[str] = mapped_column(Text)
    look: Mapped[int | None] = mapped_column(BigInteger)  # see photos.look_of; none: too plain
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class WarrantyScan(Model):
    __tablename__ = "warranty_scans"
    __table_args__ = (
        _unit_key(),
        Index("ix_warranty_scans_unit_id", "brand_id", "unit_id", "at"),
        Index("ix_warranty_scans_at", "brand_id", "at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)  # of the unit when it was looked at
    by_owner: Mapped[bool]
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    ip_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class WarrantyReport(Model):
    __tablename__ = "warranty_reports"
    __table_args__ = (
        _unit_key(),
        CheckConstraint(
            "kind IN ('doubtful', 'mine', 'claimed_again', 'lost', 'stolen', 'found')", name="kind"
        ),
        Index("ix_warranty_reports_unit_id", "brand_id", "unit_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class WarrantyReview(Model):
    __tablename__ = "warranty_reviews"
    __table_args__ = (
        _unit_key(),
        CheckConstraint("state IN ('open', 'cleared', 'confirmed')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_warranty_reviews_open",
            "brand_id",
            "unit_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_warranty_reviews_state", "brand_id", "state", "id"),
        Index("ix_warranty_reviews_unit_id", "brand_id", "unit_id", "id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    score: Mapped[int]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class LabelLogo(Model):
    """What stands in the middle of a brand's codes: a square PNG as it is printed."""

    __tablename__ = "label_logos"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
