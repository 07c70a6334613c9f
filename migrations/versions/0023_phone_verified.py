"""When a member proved that the phone number is theirs."""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0023_phone_verified"
down_revision = "0022_warranty_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("phone_verified_at", UTCDateTime()))


def downgrade() -> None:
    op.drop_column("members", "phone_verified_at")
