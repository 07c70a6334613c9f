"""The consent ledger: records in chains of hashes, what is in force, evidence, notices."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0021_consent_records"
down_revision = "0020_warranty_terms"
branch_labels = None
depends_on = None

MEMBER_KEY = (["brand_id", "member_id"], ["members.brand_id", "members.id"])
TEXT_KEY = ("brand_id", "purpose", "language", "version")
RECORD_KEY = ("brand_id", "member_id", "seq")
FUNCTIONS = (
    "consents_append()",
    "consents_keep_record()",
    "consents_keep_until(uuid, uuid, date)",
    "consents_lock(uuid, uuid)",
    "consents_reconfirm_on(date, date)",
    "consents_hash(bytea, uuid, uuid, bigint, text, text, text, integer, bytea, text, text,"
    " text, text, bytea, timestamptz)",
)


def upgrade() -> None:
    op.create_table(
        "consent_chains",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("purge_on", sa.Date()),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.Index(
            "ix_consent_chains_purge",
            "brand_id",
            "purge_on",
            postgresql_where=sa.text("purge_on IS NOT NULL"),
        ),
    )
    op.create_table(
        "consent_evidence",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("ip_hash", sa.LargeBinary()),
        sa.Column("user_agent", sa.Text()),
        sa.Column("otp_ref", sa.Text()),
        sa.Column("ui_snapshot_sha256", sa.LargeBinary()),
        sa.Column("guardian_ref", sa.Text()),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("emptied_at", UTCDateTime()),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.Index("ix_consent_evidence_member_id", "brand_id", "member_id"),
        sa.CheckConstraint(
            "emptied_at IS NULL OR coalesce(ip_hash, salt, ui_snapshot_sha256) IS NULL"
            " AND coalesce(user_agent, otp_ref, guardian_ref) IS NULL",
            name="emptied",
        ),
    )
    op.create_table(
        "consent_records",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("text_sha256", sa.LargeBinary()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("method", sa.Text()),
        sa.Column("evidence_id", sa.Uuid()),
        sa.Column("evidence_sha256", sa.LargeBinary()),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.ForeignKeyConstraint(TEXT_KEY, [f"consent_texts.{name}" for name in TEXT_KEY]),
        sa.ForeignKeyConstraint(
            ["brand_id", "evidence_id"], ["consent_evidence.brand_id", "consent_evidence.id"]
        ),
        sa.CheckConstraint(
            "action IN ('granted', 'refused', 'withdrawn', 'pending', 'reconfirm_notice',"
            " 'reconfirmed', 'expired')",
            name="action",
        ),
        sa.CheckConstraint(
            "action <> 'granted' OR text_sha256 IS NOT NULL AND version IS NOT NULL", name="text"
        ),
        sa.CheckConstraint("(evidence_id IS NULL) = (evidence_sha256 IS NULL)", name="evidence"),
        sa.Index("ix_consent_records_history", "brand_id", "member_id", "at"),
    )
    op.create_table(
        "consent_states",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("decided_seq", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime()),
        sa.Column("reconfirm_on", sa.Date()),
        sa.ForeignKeyConstraint(*MEMBER_KEY),
        sa.CheckConstraint(
            "state IN ('granted', 'refused', 'withdrawn', 'pending', 'expired')", name="state"
        ),
        sa.Index(
            "ix_consent_states_reconfirm",
            "brand_id",
            "reconfirm_on",
            postgresql_where=sa.text("reconfirm_on IS NOT NULL"),
        ),
        sa.Index(
            "ix_consent_states_expiring",
            "brand_id",
            "expires_at",
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        ),
    )
    op.create_table(
        "consent_notices",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("due_at", UTCDateTime(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime()),
        sa.Column("message_ref", sa.Text()),
        sa.ForeignKeyConstraint(RECORD_KEY, [f"consent_records.{name}" for name in RECORD_KEY]),
        sa.CheckConstraint("kind IN ('result', 'reconfirm')", name="kind"),
        sa.CheckConstraint("state IN ('pending', 'sent', 'cancelled')", name="state"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        sa.Index(
            "ix_consent_notices_pending",
            "brand_id",
            "due_at",
            postgresql_where=sa.text("state = 'pending'"),
        ),
    )
    ddl.isolate("consent_chains", ddl.READ)
    ddl.isolate("consent_evidence", ddl.WRITE)
    ddl.isolate("consent_records", ddl.APPEND)
    ddl.isolate("consent_states", ddl.READ)
    ddl.isolate("consent_notices", ddl.WRITE)
    ddl.install_functions("consents")
    op.execute(
        "CREATE TRIGGER consent_records_append BEFORE INSERT ON consent_records"
        " FOR EACH ROW EXECUTE FUNCTION consents_append()"
    )
    op.execute(
        "CREATE TRIGGER consent_records_keep BEFORE UPDATE OR DELETE ON consent_records"
        " FOR EACH ROW EXECUTE FUNCTION consents_keep_record()"
    )
    op.execute(
        "CREATE TRIGGER consent_records_keep_all BEFORE TRUNCATE ON consent_records"
        " FOR EACH STATEMENT EXECUTE FUNCTION consents_keep_record()"
    )


def downgrade() -> None:
    for table in (
        "consent_notices",
        "consent_states",
        "consent_records",
        "consent_evidence",
        "consent_chains",
    ):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
