"""The checkout reads and writes the whole programme."""

import sqlalchemy as sa
from alembic import op

from app import ddl

revision = "0013_checkout_programme"
down_revision = "0012_exchanges"
branch_labels = None
depends_on = None

DUE = (
    "due = goods - discounts - member_discount - coupon_discount"
    " + shipping_fee - shipping_discount - points_used"
)
OLD_DUE = "due = goods - discounts + shipping_fee - points_used"
ORDERS = ("member_discount", "coupon_discount", "shipping_discount")
LINES = ("member_discount", "coupon_discount")


def upgrade() -> None:
    # Defaults, so that the version before goes on placing orders meanwhile.
    for table, names in (("orders", ORDERS), ("order_lines", LINES)):
        for name in names:
            op.add_column(
                table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            )
    op.add_column("orders", sa.Column("accrual_rate", sa.Integer()))
    op.add_column("orders", sa.Column("tier", sa.Text()))
    op.add_column(
        "orders",
        sa.Column("programme_version", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("orders", sa.Column("address_index", sa.LargeBinary()))
    op.create_index(
        "ix_orders_address",
        "orders",
        ["brand_id", "address_index"],
        postgresql_where=sa.text("address_index IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_orders_due"), "orders")
    op.create_check_constraint("due", "orders", DUE)
    op.add_column("order_lines", sa.Column("member_id", sa.Uuid()))
    # Brand by brand: the owner, too, sees the rows of one brand only.
    op.execute(
        "DO $$ DECLARE brand uuid; BEGIN"
        " FOR brand IN SELECT brand_id FROM brand_directory LOOP"
        "  PERFORM set_config('app.brand_id', brand::text, true);"
        "  UPDATE order_lines l SET member_id = o.member_id FROM orders o"
        "   WHERE o.brand_id = l.brand_id AND o.id = l.order_id AND o.member_id IS NOT NULL;"
        " END LOOP; END $$"
    )
    op.create_index(
        "ix_order_lines_purchases",
        "order_lines",
        ["brand_id", "member_id", "sku"],
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.add_column(
        "refunds",
        sa.Column("coupon_adjustment", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("order_effects", sa.Column("reason_en", sa.Text()))
    ddl.install_functions("orders")


def downgrade() -> None:
    for function in (
        "order_open(uuid, timestamptz, jsonb)",
        "order_programme(uuid, uuid, timestamptz, jsonb)",
        "order_history(uuid, uuid, text[], jsonb, timestamptz, uuid)",
        "order_follow(uuid, uuid, uuid, timestamptz, jsonb)",
        "order_effects_add(uuid, uuid, jsonb)",
        "order_place(uuid, timestamptz, jsonb, text, bytea, integer, text)",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("order_effects", "reason_en")
    op.drop_column("refunds", "coupon_adjustment")
    op.drop_column("order_lines", "member_id")
    op.drop_constraint(op.f("ck_orders_due"), "orders")
    op.create_check_constraint("due", "orders", OLD_DUE)
    for name in (*ORDERS, "accrual_rate", "tier", "programme_version", "address_index"):
        op.drop_column("orders", name)
    for name in LINES:
        op.drop_column("order_lines", name)
