"""Cards lapse set-based, follow a member into another one, and end with an erasure."""

from alembic import op

from app import ddl

revision = "0017_stamp_upkeep"
down_revision = "0016_stamp_occasions"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "stamps_forget(uuid, uuid, timestamptz)",
    "stamps_move(uuid, uuid, uuid)",
    "stamps_expire(uuid, timestamptz, integer)",
    "stamps_lapse(uuid, uuid[], text[], timestamptz, text, timestamptz)",
)


def upgrade() -> None:
    ddl.install_functions("stamps")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
