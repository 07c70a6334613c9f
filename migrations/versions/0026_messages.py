"""Templates, messages and their attempts; challenges of phones, and counters of tries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0026_messages"
down_revision = "0025_answer_of_a_seen_order"
branch_labels = None
depends_on = None

BRAND = (["brand_id"], ["brands.brand_id"])


def upgrade() -> None:
    op.create_table(
        "message_templates",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*BRAND),
        sa.CheckConstraint(
            "CASE status WHEN 'draft' THEN published_at IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL ELSE false END",
            name="status",
        ),
        sa.Index(
            "uq_message_templates_draft",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=sa.text("status = 'draft'"),
        ),
    )
    ddl.isolate("message_templates", ddl.WRITE)
    op.create_table(
        "messages",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("key", sa.Text()),
        sa.Column("channels", ARRAY(sa.Text()), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("recipient_index", sa.LargeBinary()),
        sa.Column("content_sealed", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime()),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime()),
        sa.Column("finished_at", UTCDateTime()),
        sa.Column("purged_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*BRAND),
        sa.ForeignKeyConstraint(["brand_id", "member_id"], ["members.brand_id", "members.id"]),
        sa.UniqueConstraint("brand_id", "key"),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'failed')", name="state"
        ),
        sa.CheckConstraint(
            "(state IN ('delivered', 'failed')) = (finished_at IS NOT NULL)", name="finished"
        ),
        sa.CheckConstraint("finished_at IS NULL OR next_at IS NULL", name="next_at"),
        sa.CheckConstraint("(purged_at IS NULL) = (content_sealed IS NOT NULL)", name="purged"),
        sa.Index(
            "ix_messages_due",
            "brand_id",
            "next_at",
            postgresql_where=sa.text("next_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_messages_kept",
            "brand_id",
            "finished_at",
            postgresql_where=sa.text("finished_at IS NOT NULL AND purged_at IS NULL"),
        ),
        sa.Index("ix_messages_member_id", "brand_id", "member_id", "id"),
        sa.Index("ix_messages_recipient", "brand_id", "recipient_index", "id"),
    )
    ddl.isolate("messages", ddl.WRITE)
    op.create_table(
        "message_attempts",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id", "message_id"], ["messages.brand_id", "messages.id"]),
        sa.UniqueConstraint("brand_id", "message_id", "seq"),
        sa.CheckConstraint(
            "state IN ('sending', 'accepted', 'delivered', 'failed')", name="state"
        ),
    )
    ddl.isolate("message_attempts", ddl.WRITE)
    op.create_table(
        "verification_challenges",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*BRAND),
        sa.CheckConstraint("state IN ('open', 'used', 'replaced', 'spent')", name="state"),
        sa.CheckConstraint("failures >= 0", name="failures"),
        sa.Index(
            "ix_verification_challenges_open",
            "brand_id",
            "phone_index",
            "purpose",
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_verification_challenges_expires_at", "brand_id", "expires_at"),
    )
    ddl.isolate("verification_challenges", ddl.ALL)
    op.create_table(
        "verification_limits",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        sa.Column("begins_at", UTCDateTime(), primary_key=True),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Index("ix_verification_limits_ends_at", "ends_at"),
    )
    ddl.grant("verification_limits", ddl.ALL)


def downgrade() -> None:
    for table in (
        "verification_limits",
        "verification_challenges",
        "message_attempts",
        "messages",
        "message_templates",
    ):
        op.drop_table(table)
