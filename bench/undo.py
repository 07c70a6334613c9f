"""The end of a replay: every order is given back, and nothing of it may be left."""

import random
from uuid import UUID

from bench import figures
from bench.comparison import Table
from bench.dataset import Dataset
from bench.programme import BIRTHDAY_POINTS
from bench.sending import Pass, Shop, send_all, sum_balances


def refund_everything(shop: Shop, data: Dataset) -> Pass:
    """Refund whatever is left of every order, in an order that is none, but always the same."""
    gone = data.wholly_cancelled
    orders = [order for order in data.orders if order.invoice not in gone]
    random.Random(1).shuffle(orders)
    return send_all(
        "refunds of everything",
        orders,
        lambda order: order.customer,
        lambda client, order: client.send(
            "POST",
            f"/v1/orders/ext:{order.invoice}/refunds",
            {"external_id": figures.UNDO + order.invoice, "all": True},
            key=f"replay-undo-{order.invoice}",
        ),
        shop,
    )


def compare_undone(
    table: Table, shop: Shop, brand_id: UUID, data: Dataset, grants: dict[str, int]
) -> None:
    """Hold what is left against nothing; birthdays were given for no order, and stay."""
    ours = figures.left_over(brand_id)
    for name, what in (
        ("orders", "orders not wholly refunded"),
        ("cash", "paid and not given back"),
        ("points", "points from orders"),
        ("debt", "points owed"),
        ("stamps", "stamps"),
        ("stamp_debt", "stamps owed"),
        ("tiers", "members with a tier"),
        ("grants", "rewards of orders in force"),
        ("budgets", "grants and points of budgets used"),
        ("coupons", "coupons of limited templates out"),
        ("referrals", "invitations that count"),
    ):
        table.add(f"after refunding everything: {what}", ours[name], 0)
    table.add(
        "after refunding everything: points by the API (birthdays)",
        sum_balances(shop, data.members),
        grants["rule:BIRTHDAY"] * BIRTHDAY_POINTS,
    )
