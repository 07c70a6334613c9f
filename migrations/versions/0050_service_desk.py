"""The service desk: requests put aside, macros, undoing; saved views, who looks at what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0050_service_desk"
down_revision = "0045_members_found"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_requests", sa.Column("held_until", sa.Date()))
    op.create_table(
        "service_macros",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.UniqueConstraint("brand_id", "name"),
    )
    ddl.isolate("service_macros", ddl.ALL)
    op.create_table(
        "service_undos",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("items", JSONB(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.Index("ix_service_undos_expires_at", "brand_id", "expires_at"),
    )
    ddl.isolate("service_undos", ddl.ALL)
    _create_desk_tables()


def _create_desk_tables() -> None:
    op.create_table(
        "staff_views",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        _colleague(),
        sa.UniqueConstraint("brand_id", "person_id", "page", "name"),
    )
    ddl.isolate("staff_views", ddl.ALL)
    op.create_table(
        "staff_columns",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column("page", sa.Text(), primary_key=True),
        sa.Column("columns", ARRAY(sa.Text()), nullable=False),
        _colleague(),
    )
    ddl.isolate("staff_columns", ddl.ALL)
    op.create_table(
        "staff_presence",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        _colleague(),
    )
    ddl.isolate("staff_presence", ddl.ALL)
    op.create_table(
        "staff_sent_forms",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("actor", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.Index("ix_staff_sent_forms_sent_at", "brand_id", "sent_at"),
    )
    ddl.isolate("staff_sent_forms", ddl.ALL)


def _colleague() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["brand_id", "person_id"], ["staff_directory.brand_id", "staff_directory.person_id"]
    )


def downgrade() -> None:
    for table in (
        "staff_sent_forms",
        "staff_presence",
        "staff_columns",
        "staff_views",
        "service_undos",
        "service_macros",
    ):
        op.drop_table(table)
    op.drop_column("service_requests", "held_until")
