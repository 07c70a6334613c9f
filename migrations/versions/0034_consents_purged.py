"""What is left of the consents of erased members is deleted once its time is over."""

from alembic import op

from app import ddl

revision = "0034_consents_purged"
down_revision = "0033_label_logos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ddl.install_functions("consents")


def downgrade() -> None:
    op.execute("DROP FUNCTION consents_purge(uuid, date, integer)")
