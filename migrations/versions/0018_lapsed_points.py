"""What lapsed unspent is not taken back a second time by a refund."""

import sqlalchemy as sa
from alembic import op

from app import ddl

revision = "0018_lapsed_points"
down_revision = "0017_stamp_upkeep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "point_lots", sa.Column("lapsed", sa.BigInteger, nullable=False, server_default="0")
    )
    op.create_check_constraint("lapsed", "point_lots", "lapsed >= 0 AND lapsed <= original")
    op.add_column("refunds", sa.Column("lapsed", sa.BigInteger, nullable=False, server_default="0"))
    # What lapsed so far: of all brands at once, so the policies are lifted meanwhile.
    for table in ("point_lots", "point_allocations", "point_entries"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE point_lots l SET lapsed = gone.points
          FROM (
              SELECT m.brand_id, m.member_id, m.lot_no, -sum(m.d_remaining) AS points
                FROM point_allocations m
                JOIN point_entries e
                  ON e.brand_id = m.brand_id AND e.member_id = m.member_id
                 AND e.seq = m.entry_seq AND e.kind = 'expiry'
               GROUP BY m.brand_id, m.member_id, m.lot_no
          ) gone
         WHERE l.brand_id = gone.brand_id AND l.member_id = gone.member_id
           AND l.lot_no = gone.lot_no
    """)
    for table in ("point_lots", "point_allocations", "point_entries"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    ddl.install_functions("points")


def downgrade() -> None:
    op.drop_column("refunds", "lapsed")
    op.drop_column("point_lots", "lapsed")
