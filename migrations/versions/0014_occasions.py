"""Referrals, events of members, and birthdays: found by day, rewarded many at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0014_occasions"
down_revision = "0013_checkout_programme"
branch_labels = None
depends_on = None

TABLES = (
    "referral_codes", "referrals", "referral_addresses", "member_events", "occasion_runs",
)  # fmt: skip


def member_key(column: str = "member_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["brand_id", column], ["members.brand_id", "members.id"])


def upgrade() -> None:
    op.create_table(
        "referral_codes",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        member_key(),
        sa.UniqueConstraint("brand_id", "member_id"),
    )
    ddl.isolate("referral_codes", ddl.APPEND)
    op.create_table(
        "referrals",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("invitee_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("invited_at", UTCDateTime(), nullable=False),
        sa.Column("first_order_id", sa.Uuid()),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("order_amount", sa.BigInteger()),
        sa.Column("settings_version", sa.Integer()),
        sa.Column("qualified_at", UTCDateTime()),
        sa.Column("reversed_at", UTCDateTime()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("note", sa.Text()),
        member_key("inviter_id"),
        member_key("invitee_id"),
        sa.UniqueConstraint("brand_id", "invitee_id"),
        sa.CheckConstraint(
            "state IN ('pending', 'review', 'refused', 'qualified', 'reversed')", name="state"
        ),
        sa.CheckConstraint(
            "state NOT IN ('qualified', 'reversed')"
            " OR (order_id IS NOT NULL AND qualified_at IS NOT NULL)",
            name="qualified",
        ),
        sa.Index("ix_referrals_inviter", "brand_id", "inviter_id", "state"),
        sa.Index("ix_referrals_state", "brand_id", "state", "id"),
        sa.Index(
            "ix_referrals_order",
            "brand_id",
            "order_id",
            postgresql_where=sa.text("order_id IS NOT NULL"),
        ),
    )
    ddl.isolate("referrals", ddl.WRITE)
    op.create_table(
        "referral_addresses",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), primary_key=True),
        sa.Column("address_index", sa.LargeBinary(), primary_key=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        member_key(),
        sa.Index("ix_referral_addresses_address", "brand_id", "address_index"),
    )
    ddl.isolate("referral_addresses", ddl.ALL)
    op.create_table(
        "member_events",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        member_key(),
        sa.UniqueConstraint("brand_id", "type", "external_id"),
        sa.Index("ix_member_events_member", "brand_id", "member_id", "id"),
    )
    ddl.isolate("member_events", ddl.WRITE)
    op.create_table(
        "occasion_runs",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("run_on", sa.Date(), primary_key=True),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
    )
    ddl.isolate("occasion_runs", ddl.WRITE)
    ddl.install_functions("points")
    op.create_index(
        "ix_members_birthday",
        "members",
        ["brand_id", "birth_calendar", "birth_month", "birth_day"],
        postgresql_where=sa.text("birth_day IS NOT NULL"),
    )
    op.create_index("ix_members_joined_on", "members", ["brand_id", "joined_on"])


def downgrade() -> None:
    op.drop_index("ix_members_joined_on", "members")
    op.drop_index("ix_members_birthday", "members")
    for table in reversed(TABLES):
        op.drop_table(table)
