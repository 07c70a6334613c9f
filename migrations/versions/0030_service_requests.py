"""Service requests: symptoms, requests, lines, quotes, events, notes, photos, archives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0030_service_requests"
down_revision = "0034_consents_purged"
branch_labels = None
depends_on = None

BRAND = (["brand_id"], ["brands.brand_id"])
REQUEST = (["brand_id", "request_id"], ["service_requests.brand_id", "service_requests.id"])
# What a quote says never changes; what became of it is written down once.
QUOTE = "SELECT, INSERT, UPDATE (state, decided_at, decided_by)"


def upgrade() -> None:
    op.create_table(
        "service_symptoms",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("categories", ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*BRAND),
    )
    ddl.isolate("service_symptoms", ddl.WRITE)
    op.create_table(
        "service_request_counters",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*BRAND),
    )
    ddl.isolate("service_request_counters", ddl.WRITE)
    op.create_table(
        "service_requests",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("serial", sa.Text()),
        sa.Column("replacement", sa.Text()),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("owner_erased", sa.Boolean(), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary()),
        sa.Column("incident_on", sa.Date()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("decision", sa.Text()),
        sa.Column("same_fault", sa.Boolean(), nullable=False),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("earlier_rounds", JSONB(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("inbound", sa.Text()),
        sa.Column("outbound", sa.Text()),
        sa.Column("vendor", sa.Text()),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("response_due_on", sa.Date(), nullable=False),
        sa.Column("repair_due_on", sa.Date(), nullable=False),
        sa.Column("statutory_due_on", sa.Date(), nullable=False),
        sa.Column("responded_at", UTCDateTime()),
        sa.Column("waiting_since", UTCDateTime()),
        sa.Column("arrived_at", UTCDateTime()),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("over_at", UTCDateTime()),
        sa.Column("emptied_at", UTCDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("brand_id", "number"),
        sa.CheckConstraint(
            "outcome IN ('repair', 'replace', 'refund', 'return', 'reject')", name="outcome"
        ),
        sa.CheckConstraint(
            "(waiting_since IS NOT NULL) = (status IN ('needs_info', 'quoted'))", name="waiting"
        ),
        sa.CheckConstraint(
            "phase IN ('received', 'checking', 'arrived', 'working', 'done')", name="phase"
        ),
        sa.CheckConstraint("(phase = 'done') = (over_at IS NOT NULL)", name="over"),
        sa.CheckConstraint("(unit_id IS NULL) = (serial IS NULL)", name="unit"),
        sa.ForeignKeyConstraint(["brand_id", "sku"], ["products.brand_id", "products.sku"]),
        sa.CheckConstraint("decision IN ('in_warranty', 'goodwill', 'paid')", name="decision"),
        sa.CheckConstraint("method IN ('pick_up', 'visit', 'parcel')", name="method"),
        sa.ForeignKeyConstraint(
            ["brand_id", "unit_id"], ["warranty_units.brand_id", "warranty_units.id"]
        ),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.Index(
            "ix_service_requests_erased",
            "brand_id",
            "id",
            postgresql_where=sa.text("owner_erased AND emptied_at IS NULL"),
        ),
        sa.Index("ix_service_requests_id", "brand_id", "id", "status"),
        sa.Index(
            "ix_service_requests_kept",
            "brand_id",
            "over_at",
            postgresql_where=sa.text("over_at IS NOT NULL AND emptied_at IS NULL"),
        ),
        sa.Index("ix_service_requests_member_id", "brand_id", "member_id", "id"),
        sa.Index(
            "ix_service_requests_open",
            "brand_id",
            "id",
            postgresql_where=sa.text("over_at IS NULL"),
        ),
        sa.Index("ix_service_requests_unit_id", "brand_id", "unit_id", "id"),
    )
    ddl.isolate("service_requests", ddl.WRITE)
    op.create_table(
        "service_request_lines",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("round", sa.Integer(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text()),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("override_reason", sa.Text()),
        sa.ForeignKeyConstraint(*REQUEST),
        sa.CheckConstraint("kind IN ('part', 'labour', 'shipping', 'fee')", name="kind"),
        sa.CheckConstraint("(rule = 'override') = (override_reason IS NOT NULL)", name="override"),
        sa.CheckConstraint("quantity > 0 AND unit_price >= 0", name="amount"),
    )
    ddl.isolate("service_request_lines", ddl.ALL)
    op.create_table(
        "service_request_quotes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("valid_until", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("decided_by", sa.Text()),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("total >= 0", name="total"),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')", name="state"
        ),
        sa.ForeignKeyConstraint(*REQUEST),
        sa.Index(
            "ix_service_request_quotes_due",
            "brand_id",
            "valid_until",
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "uq_service_request_quotes_open",
            "brand_id",
            "request_id",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    ddl.isolate("service_request_quotes", QUOTE)
    op.create_table(
        "service_request_events",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("noted", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(*REQUEST),
        sa.CheckConstraint("visibility IN ('internal', 'customer')", name="visibility"),
    )
    ddl.isolate("service_request_events", ddl.APPEND)
    op.create_table(
        "service_request_notes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "request_id", "seq"],
            [
                "service_request_events.brand_id",
                "service_request_events.request_id",
                "service_request_events.seq",
            ],
        ),
        sa.UniqueConstraint("brand_id", "request_id", "seq"),
    )
    ddl.isolate("service_request_notes", ddl.ALL)
    op.create_table(
        "service_request_photos",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("stored_at", UTCDateTime()),
        sa.Column("stored_header", sa.LargeBinary()),
        sa.Column("removed_at", UTCDateTime()),
        sa.UniqueConstraint("brand_id", "request_id", "number"),
        sa.CheckConstraint(
            "(stored_at IS NULL) = (content_sealed IS NOT NULL) OR removed_at IS NOT NULL",
            name="stored",
        ),
        sa.ForeignKeyConstraint(*REQUEST),
        sa.Index(
            "ix_service_request_photos_due",
            "brand_id",
            "id",
            postgresql_where=sa.text("stored_at IS NULL OR removed_at IS NOT NULL"),
        ),
    )
    ddl.isolate("service_request_photos", ddl.ALL)
    op.create_table(
        "service_request_archives",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "id"], ["service_requests.brand_id", "service_requests.id"]
        ),
        sa.Index("ix_service_request_archives_kept_until", "brand_id", "kept_until"),
    )
    ddl.isolate("service_request_archives", ddl.ALL)


def downgrade() -> None:
    for table in (
        "service_request_archives",
        "service_request_photos",
        "service_request_notes",
        "service_request_events",
        "service_request_quotes",
        "service_request_lines",
        "service_requests",
        "service_request_counters",
        "service_symptoms",
    ):
        op.drop_table(table)
