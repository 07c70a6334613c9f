"""Consent texts: drafts, and published versions that never change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app import ddl
from app.db import UTCDateTime

revision = "0019_consent_texts"
down_revision = "0018_lapsed_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("brand_id", sa.Uuid(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("language", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("material_since", sa.Integer()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        sa.CheckConstraint(
            "CASE status WHEN 'draft' THEN published_at IS NULL AND material_since IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL AND material_since <= version"
            " ELSE false END",
            name="status",
        ),
        sa.Index(
            "uq_consent_texts_draft",
            "brand_id",
            "purpose",
            "language",
            unique=True,
            postgresql_where=sa.text("status = 'draft'"),
        ),
    )
    ddl.isolate("consent_texts", ddl.WRITE)
    ddl.install_functions("consents")
    op.execute(
        "CREATE TRIGGER consent_texts_keep BEFORE UPDATE OR DELETE ON consent_texts"
        " FOR EACH ROW EXECUTE FUNCTION consents_keep_text()"
    )


def downgrade() -> None:
    op.drop_table("consent_texts")
    ddl.drop_functions("consents")
