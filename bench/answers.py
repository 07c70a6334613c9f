"""The right answers: those of reference.json, or for a part of the data, by arithmetic.

What is counted here from plain lists is what a replay reads from the product.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bench.dataset import AS_OF, EXPIRY_DAYS, Dataset, round_half_up

THRESHOLDS = {"LV1": 10_000, "LV2": 100_000, "LV3": 200_000, "MASTER": 500_000}
TIERS = ("NONE", *THRESHOLDS)
DATES = (date(2010, 12, 31), date(2011, 3, 31), date(2011, 6, 30), date(2011, 9, 30), AS_OF)
GOAL = 3  # orders that fill a card

# By (basis, evening of a day): members by tier.
TierCounts = dict[tuple[str, date], dict[str, int]]


def expected(dataset: Dataset) -> dict[str, int]:
    """Return what sales, refunds, points, stamps and repurchases come to."""
    if dataset.reference is None:
        return computed(dataset)
    sales, points = dataset.reference["sale_set"], dataset.reference["points_simple"]
    match, stamps = dataset.reference["cancellation_match"], dataset.reference["stamps_simple"]
    return {
        "orders": sales["sale_orders"],
        "customers": sales["customers"],
        "gross": sales["gross_revenue_pence"],
        "lines": sales["sale_lines"],
        "units": sales["units"],
        "earned": points["earned_total"],
        "usable": points["usable_on_as_of_with_365_day_expiry"],
        "expired": points["expired_by_as_of"],
        "refunded": int(Decimal(str(match["matched_gbp"])) * 100),
        "units_refunded": match["matched_units"],
        "touched": match["sale_orders_touched"],
        "wholly": match["sale_orders_fully_cancelled"],
        "stamp_rewards": stamps["every_3rd_order_rewards"],
        "stamp_customers": stamps["customers_with_at_least_one"],
        "repurchases": dataset.reference["repurchase_kind"]["with_same_sku_again"],
    }


def computed(dataset: Dataset) -> dict[str, int]:
    """Return the same of any part of the data, by arithmetic."""
    earned = {order.invoice: order.pence // 100 for order in dataset.orders}
    usable = sum(
        earned[order.invoice]
        for order in dataset.orders
        if order.placed_at.date() > AS_OF - timedelta(days=EXPIRY_DAYS)
    )
    cards = {
        customer: orders // GOAL
        for customer, orders in Counter(order.customer for order in dataset.orders).items()
    }
    return {
        "orders": len(dataset.orders),
        "customers": len(dataset.customers),
        "gross": sum(order.pence for order in dataset.orders),
        "lines": sum(len(order.lines) for order in dataset.orders),
        "units": sum(line.quantity for order in dataset.orders for line in order.lines),
        "earned": sum(earned.values()),
        "usable": usable,
        "expired": sum(earned.values()) - usable,
        "refunded": round_half_up(sum(sum(refund.mills.values()) for refund in dataset.refunds)),
        "units_refunded": sum(sum(refund.quantities.values()) for refund in dataset.refunds),
        "touched": len({refund.order.invoice for refund in dataset.refunds}),
        "wholly": len(dataset.wholly_cancelled),
        "stamp_rewards": sum(cards.values()),
        "stamp_customers": sum(count > 0 for count in cards.values()),
        "repurchases": _repurchases(dataset),
    }


def expected_tiers(dataset: Dataset) -> TierCounts:
    """Return members by tier: net at each of the dates, gross at the last."""
    if dataset.reference is None:
        return computed_tiers(dataset)
    tiers = dataset.reference["tiers"]
    history = tiers["net_12m_history"]
    found: TierCounts = {("net_paid", on): history[str(on)]["counts"] for on in DATES}
    return {**found, ("gross", AS_OF): tiers["gross_12m"]}


def computed_tiers(dataset: Dataset) -> TierCounts:
    """Return the same of any part of the data, by arithmetic."""
    found = {("net_paid", on): _count(dataset, on, gross=False) for on in DATES}
    return {**found, ("gross", AS_OF): _count(dataset, AS_OF, gross=True)}


def _repurchases(dataset: Dataset) -> int:
    """Return how many orders have a product that the customer ordered before."""
    before: defaultdict[str, set[str]] = defaultdict(set)
    found = 0
    for order in dataset.orders:
        skus = {line.sku for line in order.lines}
        found += bool(skus & before[order.customer])
        before[order.customer] |= skus
    return found


def _count(dataset: Dataset, on: date, *, gross: bool) -> dict[str, int]:
    """Count members by what they spent in the twelve months that end on a day."""
    first = on.replace(year=on.year - 1) + timedelta(days=1)
    spent = Counter(dict.fromkeys(dataset.members, 0))
    for order in dataset.orders:
        if first <= order.placed_at.date() <= on:
            spent[order.customer] += order.pence
    if not gross:
        for customer, day, pence in _cancellations(dataset):
            if first <= day <= on:
                spent[customer] -= pence
    counts = dict.fromkeys(TIERS, 0)
    for pence in spent.values():
        counts[TIERS[sum(pence >= threshold for threshold in THRESHOLDS.values())]] += 1
    return counts


def _cancellations(dataset: Dataset) -> Iterator[tuple[str, date, int]]:
    """Return customer, day and pence of each cancellation, rounded once for each."""
    found: dict[str, Any] = {}
    mills: Counter[str] = Counter()
    for refund in dataset.refunds:
        found[refund.cancel_invoice] = (refund.order.customer, refund.refunded_at.date())
        mills[refund.cancel_invoice] += sum(refund.mills.values())
    for each in dataset.adjustments:
        found[each.cancel_invoice] = (each.customer, each.returned_at.date())
        mills[each.cancel_invoice] += each.mills
    for invoice, (customer, day) in found.items():
        yield customer, day, round_half_up(mills[invoice])
