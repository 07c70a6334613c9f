"""Staff: people, sessions, memberships, invitations, the access log; a reason in the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app import ddl
from app.db import UTCDateTime

revision = "0040_staff"
down_revision = "0035_receipts"
branch_labels = None
depends_on = None

ROLE = "role IN ('viewer', 'cs', 'operator', 'admin')"


def upgrade() -> None:
    _create_people()
    _create_brand_tables()
    op.add_column("audit_log", sa.Column("reason", sa.Text()))
    op.create_index("ix_audit_log_actor", "audit_log", ["brand_id", "actor", "id"])
    op.create_index("ix_audit_log_action", "audit_log", ["brand_id", "action", "id"])


def _create_people() -> None:
    op.create_table(
        "staff_people",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_new_sealed", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("totp_waived", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("password_changed_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("email_index"),
    )
    ddl.grant("staff_people", ddl.WRITE)
    op.create_table(
        "staff_directory",
        sa.Column(
            "brand_id", sa.Uuid(), sa.ForeignKey("brand_directory.brand_id"), primary_key=True
        ),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("staff_people.id"), primary_key=True),
        sa.Index("ix_staff_directory_person_id", "person_id"),
    )
    ddl.grant("staff_directory", ddl.APPEND)
    op.create_table(
        "staff_recovery_codes",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("staff_people.id"), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime()),
    )
    ddl.grant("staff_recovery_codes", ddl.ALL)
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("staff_people.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), sa.ForeignKey("brand_directory.brand_id")),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("fresh_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("token_hash"),
        sa.CheckConstraint("stage IN ('code', 'enrol', 'full')", name="stage"),
        sa.CheckConstraint("factor IN ('password', 'totp', 'recovery')", name="factor"),
        sa.Index("ix_staff_sessions_person_id", "person_id"),
        sa.Index("ix_staff_sessions_created_at", "created_at"),
    )
    ddl.grant("staff_sessions", ddl.ALL)


def _create_brand_tables() -> None:
    op.create_table(
        "staff_memberships",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.ForeignKeyConstraint(
            ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
        ),
        sa.CheckConstraint(ROLE, name="role"),
    )
    ddl.isolate("staff_memberships", ddl.WRITE)
    op.create_table(
        "staff_invitations",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint(ROLE, name="role"),
        sa.CheckConstraint("state IN ('open', 'accepted', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )
    op.create_index(
        "uq_staff_invitations_open",
        "staff_invitations",
        ["brand_id", "email_index"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    ddl.isolate("staff_invitations", ddl.WRITE)
    op.create_table(
        "staff_access_log",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("items", ARRAY(sa.Text()), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint("count >= 0", name="count"),
        sa.Index("ix_staff_access_log_subject", "brand_id", "subject", "id"),
        sa.Index("ix_staff_access_log_actor", "brand_id", "actor", "id"),
    )
    ddl.isolate("staff_access_log", ddl.APPEND)


def downgrade() -> None:
    op.drop_index("ix_audit_log_action", "audit_log")
    op.drop_index("ix_audit_log_actor", "audit_log")
    op.drop_column("audit_log", "reason")
    for table in (
        "staff_access_log",
        "staff_invitations",
        "staff_memberships",
        "staff_sessions",
        "staff_recovery_codes",
        "staff_directory",
        "staff_people",
    ):
        op.drop_table(table)
