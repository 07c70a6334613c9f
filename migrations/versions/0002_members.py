"""Members, with their contact data sealed."""

import sqlalchemy as sa
from alembic import op

from app import ddl
from app.db import UTCDateTime

revision = "0002_members"
down_revision = "0001_brands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("external_id", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid()),
        sa.Column("name_sealed", sa.LargeBinary()),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("phone_index", sa.LargeBinary()),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.LargeBinary()),
        sa.Column("birth_year", sa.SmallInteger()),
        sa.Column("birth_month", sa.SmallInteger()),
        sa.Column("birth_day", sa.SmallInteger()),
        sa.Column("birth_calendar", sa.Text()),
        sa.Column("birth_leap_month", sa.Boolean()),
        sa.Column("birthday_changed_at", UTCDateTime()),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("referred_by_code", sa.Text()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("erased_at", UTCDateTime()),
        sa.UniqueConstraint("brand_id", "external_id"),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.ForeignKeyConstraint(
            ["brand_id", "merged_into_id"], ["members.brand_id", "members.id"]
        ),
        sa.CheckConstraint("status IN ('active', 'merged', 'erased')", name="status"),
        sa.CheckConstraint(
            "CASE status WHEN 'active' THEN merged_into_id IS NULL"
            " WHEN 'merged' THEN merged_into_id IS NOT NULL ELSE true END",
            name="merged",
        ),
        sa.CheckConstraint("birth_calendar IN ('solar', 'lunar')", name="birth_calendar"),
        sa.Index(
            "ix_members_phone_index",
            "brand_id",
            "phone_index",
            postgresql_where=sa.text("phone_index IS NOT NULL"),
        ),
        sa.Index(
            "ix_members_email_index",
            "brand_id",
            "email_index",
            postgresql_where=sa.text("email_index IS NOT NULL"),
        ),
        sa.Index(
            "ix_members_merged_into_id",
            "brand_id",
            "merged_into_id",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
    )
    ddl.isolate("members", ddl.WRITE)


def downgrade() -> None:
    op.drop_table("members")
