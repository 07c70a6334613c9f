"""Symptoms, requests, and all that belongs to a request.

- A *symptom* is what customers choose from; it belongs to product categories, or to all.
- A *request* is about one product, and mostly about one unit. What was told with it is
  sealed; ``version`` counts its events, ``round`` how often it was opened.
- A *line* is one thing that costs, free or paid by the ``rule`` that decided.
- A *quote* is a snapshot of the lines with the text the customer reads. What it says
  never changes: the app's role may write down only what became of it.
- An *event* is one immutable step, numbered gaplessly. What was said with it is a *note*
  apart, sealed, which can be forgotten.
- A *photo* is kept sealed in its row until a job has moved it to the storage.
- A *counter* numbers the requests of a day.
- A *macro* is a text that staff write often, with places for what differs.
- An *undo* takes back who looks after requests, once and for a minute.
- An *archive* is all that was told with a request of an erased member, sealed and read by
  no route, until the law wants it no longer.
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


class ServiceSymptom(Model):
    __tablename__ = "service_symptoms"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))  # none: all products
    active: Mapped[bool]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ServiceRequestCounter(Model):
    __tablename__ = "service_request_counters"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class ServiceRequest(Model):
    __tablename__ = "service_requests"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "sku"], ["products.brand_id", "products.sku"]),
        ForeignKeyConstraint(
            ["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"]
        ),
        ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        UniqueConstraint("brand_id", "number"),
        CheckConstraint(
            "phase IN ('received', 'checking', 'arrived', 'working', 'done')", name="phase"
        ),
        CheckConstraint(
            "outcome IN ('repair', 'replace', 'refund', 'return', 'reject')", name="outcome"
        ),
        CheckConstraint("decision IN ('in_warranty', 'goodwill', 'paid')", name="decision"),
        CheckConstraint("method IN ('pick_up', 'visit', 'parcel')", name="method"),
        CheckConstraint("(unit_id IS NULL) = (serial IS NULL)", name="unit"),
        CheckConstraint(
            "(waiting_since IS NOT NULL) = (status IN ('needs_info', 'quoted'))", name="waiting"
        ),
        CheckConstraint("(phase = 'done') = (over_at IS NOT NULL)", name="over"),
        Index("ix_service_requests_id", "brand_id", "id", "status"),
        Index(
            "ix_service_requests_open", "brand_id", "id", postgresql_where=text("over_at IS NULL")
        ),
        Index("ix_service_requests_member_id", "brand_id", "member_id", "id"),
        Index("ix_service_requests_unit_id", "brand_id", "unit_id", "id"),
        Index(
            "ix_service_requests_erased",
            "brand_id",
            "id",
            postgresql_where=text("owner_erased AND emptied_at IS NULL"),
        ),
        Index(
            "ix_service_requests_kept",
            "brand_id",
            "over_at",
            postgresql_where=text("over_at IS NOT NULL AND emptied_at IS NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    sku: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID | None]
    serial: Mapped[str | None] = mapped_column(Text)
    replacement: Mapped[str | None] = mapped_column(Text)  # serial of the unit given instead
    member_id: Mapped[UUID | None]
    owner_erased: Mapped[bool]  # before it was over: it is archived once it is
    symptom: Mapped[str] = mapped_column(Text)
    # Description, address and contact, sealed together; gone once emptied_at is set.
    told_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    incident_on: Mapped[date | None]
    method: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    same_fault: Mapped[bool]  # free, as it came back within two months of a paid repair
    flags: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    round: Mapped[int]
    earlier_rounds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    assignee: Mapped[str | None] = mapped_column(Text)
    inbound: Mapped[str | None] = mapped_column(Text)  # courier and number of the parcel
    outbound: Mapped[str | None] = mapped_column(Text)
    vendor: Mapped[str | None] = mapped_column(Text)
    asked_on: Mapped[date]  # when this round began
    response_due_on: Mapped[date]
    repair_due_on: Mapped[date]
    statutory_due_on: Mapped[date]
    responded_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    delivered_on: Mapped[date | None]
    held_until: Mapped[date | None]  # put aside by staff; the clocks go on
    over_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]
    version: Mapped[int]
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


def _request_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "request_id"], ["service_requests.brand_id", "service_requests.id"]
    )


class ServiceRequestLine(Model):
    __tablename__ = "service_request_lines"
    __table_args__ = (
        _request_key(),
        CheckConstraint("kind IN ('part', 'labour', 'shipping', 'fee')", name="kind"),
        CheckConstraint("quantity > 0 AND unit_price >= 0", name="amount"),
        CheckConstraint("(rule = 'override') = (override_reason IS NOT NULL)", name="override"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    sku: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    covered: Mapped[bool]
    rule: Mapped[str] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text)


class ServiceRequestQuote(Model):
    """``state``: open, then accepted, declined or expired; or withdrawn for another one."""

    __tablename__ = "service_request_quotes"
    __table_args__ = (
        _request_key(),
        CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("total >= 0", name="total"),
        Index(
            "uq_service_request_quotes_open",
            "brand_id",
            "request_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_service_request_quotes_due",
            "brand_id",
            "valid_until",
            postgresql_where=text("state = 'open'"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    total: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)


class ServiceRequestEvent(Model):
    __tablename__ = "service_request_events"
    __table_args__ = (
        _request_key(),
        CheckConstraint("visibility IN ('internal', 'customer')", name="visibility"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    # open, a step of rules.states, back, note, lines, photos, assign, hold, flag, erase
    step: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)  # a version, a flag, another unit's serial
    noted: Mapped[bool]  # something was said with it
    visibility: Mapped[str] = mapped_column(Text)  # of what was said
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ServiceRequestNote(Model):
    __tablename__ = "service_request_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "request_id", "seq"],
            [
                "service_request_events.brand_id",
                "service_request_events.request_id",
                "service_request_events.seq",
            ],
        ),
        UniqueConstraint("brand_id", "request_id", "seq"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    seq: Mapped[int]  # that of its event
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ServiceRequestPhoto(Model):
    __tablename__ = "service_request_photos"
    __table_args__ = (
        _request_key(),
        UniqueConstraint("brand_id", "request_id", "number"),
        CheckConstraint(
            "(stored_at IS NULL) = (content_sealed IS NOT NULL) OR removed_at IS NOT NULL",
            name="stored",
        ),
        Index(
            "ix_service_request_photos_due",
            "brand_id",
            "id",
            postgresql_where=text("stored_at IS NULL OR removed_at IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    stored_header: Mapped[bytes | None] = mapped_column(LargeBinary)  # names the key it is under
    removed_at: Mapped[datetime | None]


class ServiceRequestArchive(Model):
    __tablename__ = "service_request_archives"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "id"], ["service_requests.brand_id", "service_requests.id"]
        ),
        Index("ix_service_request_archives_kept_until", "brand_id", "kept_until"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # that of its request
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_until: Mapped[datetime]
    archived_at: Mapped[datetime]


class ServiceMacro(Model):
    __tablename__ = "service_macros"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        UniqueConstraint("brand_id", "name"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class ServiceUndo(Model):
    __tablename__ = "service_undos"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        Index("ix_service_undos_expires_at", "brand_id", "expires_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(Text)  # only they may use it
    assignee: Mapped[str | None] = mapped_column(Text)  # whom the requests were given to
    # Of each request its id, and who looked after it before.
    items: Mapped[list[dict[str, str | None]]] = mapped_column(JSONB)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
