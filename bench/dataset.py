"""The real orders of a UK gift shop, read for the replay: one penny counts as one won.

UCI *Online Retail* (Chen, D., 2015, doi 10.24432/C5BW33, CC BY 4.0), with derived
files that list its orders and match each cancelled line with the sale line it takes
back; the folder's own README describes them.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SOURCE = "UCI Online Retail (Chen 2015), doi 10.24432/C5BW33, CC BY 4.0"
ZONE = ZoneInfo("Europe/London")
AS_OF = date(2011, 12, 9)
EXPIRY_DAYS = 365


@dataclass(frozen=True)
class Line:
    sku: str
    name: str
    quantity: int
    mills: int  # the exact total, in tenths of a penny
    pence: int  # its share of the order's amount


@dataclass(frozen=True)
class Order:
    invoice: str
    customer: str
    placed_at: datetime
    pence: int
    lines: tuple[Line, ...]

    def body(self) -> dict[str, Any]:
        """Return the order as a storefront would send it."""
        return {
            "external_id": self.invoice,
            "member": f"ext:{self.customer}",
            "channel": "online_retail",
            "placed_at": self.placed_at.isoformat(),
            "lines": [
                {
                    "sku": line.sku,
                    "name": line.name,
                    "quantity": line.quantity,
                    "amount": line.pence,
                }
                for line in self.lines
            ],
        }


@dataclass(frozen=True)
class Refund:
    """What one cancellation takes back of one order."""

    cancel_invoice: str
    order: Order
    refunded_at: datetime
    quantities: dict[int, int]  # line number within the order → quantity
    mills: dict[int, int]

    @property
    def external_id(self) -> str:
        return f"{self.cancel_invoice}/{self.order.invoice}"

    def body(self) -> dict[str, Any]:
        return {
            "external_id": self.external_id,
            "refunded_at": self.refunded_at.isoformat(),
            "lines": [
                {"line": line, "quantity": quantity}
                for line, quantity in sorted(self.quantities.items())
            ],
        }


@dataclass(frozen=True)
class Dataset:
    orders: list[Order]
    refunds: list[Refund]
    unmatched: list[dict[str, str]]
    reference: dict[str, Any] | None  # None for a part of the data

    @property
    def customers(self) -> list[str]:
        return list(dict.fromkeys(order.customer for order in self.orders))


def load(folder: Path, limit: int | None = None) -> Dataset:
    """Read the orders in order of time, only the first ``limit`` if given.

    :raises ValueError: lines do not make up their order
    """
    times: dict[str, datetime] = {}
    sales: list[dict[str, str]] = []
    for row in _rows(folder, "uci_orders.csv"):
        times[row["invoice_no"]] = datetime.fromisoformat(row["ts"]).replace(tzinfo=ZONE)
        if row["kind"] == "SALE":
            sales.append(row)
    sales.sort(key=lambda row: (row["ts"], row["invoice_no"]))
    sales = sales[:limit]
    lines, places = _sale_lines(folder, {row["invoice_no"]: int(row["lines"]) for row in sales})
    orders = [
        Order(
            row["invoice_no"],
            row["customer_id"],
            times[row["invoice_no"]],
            int(row["amount_pence"]),
            tuple(lines[row["invoice_no"]]),
        )
        for row in sales
    ]
    for order in orders:
        if sum(line.pence for line in order.lines) != order.pence:
            raise ValueError(f"the lines of {order.invoice} do not sum to its amount")
    refunds, unmatched = _refunds(folder, {order.invoice: order for order in orders}, places, times)
    reference = None
    if limit is None:
        reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    return Dataset(orders, refunds, unmatched, reference)


def expected(dataset: Dataset) -> dict[str, int]:
    """Return the right answers: those of reference.json, or for a part, by arithmetic."""
    if dataset.reference is None:
        return _computed(dataset)
    sales, points = dataset.reference["sale_set"], dataset.reference["points_simple"]
    match = dataset.reference["cancellation_match"]
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
    }


def _computed(dataset: Dataset) -> dict[str, int]:
    earned = {order.invoice: order.pence // 100 for order in dataset.orders}
    usable = sum(
        earned[order.invoice]
        for order in dataset.orders
        if order.placed_at.date() > AS_OF - timedelta(days=EXPIRY_DAYS)
    )
    back: defaultdict[tuple[str, int], int] = defaultdict(int)
    for refund in dataset.refunds:
        for line, quantity in refund.quantities.items():
            back[refund.order.invoice, line] += quantity
    wholly = sum(
        all(back[order.invoice, i] == line.quantity for i, line in enumerate(order.lines, 1))
        for order in dataset.orders
    )
    return {
        "orders": len(dataset.orders),
        "customers": len(dataset.customers),
        "gross": sum(order.pence for order in dataset.orders),
        "lines": sum(len(order.lines) for order in dataset.orders),
        "units": sum(line.quantity for order in dataset.orders for line in order.lines),
        "earned": sum(earned.values()),
        "usable": usable,
        "expired": sum(earned.values()) - usable,
        "refunded": _pence(sum(sum(refund.mills.values()) for refund in dataset.refunds)),
        "units_refunded": sum(sum(refund.quantities.values()) for refund in dataset.refunds),
        "touched": len({refund.order.invoice for refund in dataset.refunds}),
        "wholly": wholly,
    }


def _sale_lines(
    folder: Path, wanted: dict[str, int]
) -> tuple[dict[str, list[Line]], dict[int, int]]:
    """Return the lines of each order, and the line number of each row of the raw file.

    ``wanted`` says of each order how many lines it has; reading ends with the last.
    """
    lines: dict[str, list[Line]] = {invoice: [] for invoice in wanted}
    sums = dict.fromkeys(wanted, 0)
    places: dict[int, int] = {}
    missing = sum(wanted.values())
    for number, row in enumerate(_rows(folder, "uci_online_retail_raw.csv"), 1):
        invoice, quantity = row["InvoiceNo"], int(row["Quantity"])
        if missing == 0:
            break
        if invoice not in lines or not row["CustomerID"] or quantity <= 0:
            continue
        mills = int(Decimal(row["UnitPrice"]) * 1000) * quantity
        if mills <= 0:
            continue
        # Rounding the running sum keeps every line within a penny and the total exact.
        before = sums[invoice]
        sums[invoice] = before + mills
        pence = _pence(before + mills) - _pence(before)
        lines[invoice].append(
            Line(row["StockCode"], row["Description"].strip(), quantity, mills, pence)
        )
        places[number] = len(lines[invoice])
        missing -= 1
    if {invoice: len(found) for invoice, found in lines.items()} != wanted:
        raise ValueError("the raw file has other lines than the orders say")
    return lines, places


def _refunds(
    folder: Path,
    orders: dict[str, Order],
    places: dict[int, int],
    times: dict[str, datetime],
) -> tuple[list[Refund], list[dict[str, str]]]:
    """Return what each cancellation takes back, in order of time, and what fits nothing."""
    found: dict[tuple[str, str], Refund] = {}
    unmatched = []
    for row in _rows(folder, "uci_cancellation_match.csv"):
        cancel, sale = row["cancel_invoice"], row["sale_invoice"]
        if not sale:
            unmatched.append(row)
            continue
        if sale not in orders:
            continue  # beyond the limit
        refund = found.setdefault(
            (cancel, sale), Refund(cancel, orders[sale], times[cancel], {}, {})
        )
        line, quantity = places[int(row["sale_line_no"])], int(row["quantity"])
        refund.quantities[line] = refund.quantities.get(line, 0) + quantity
        refund.mills[line] = refund.mills.get(line, 0) + int(row["unit_price_mills"]) * quantity
    refunds = sorted(found.values(), key=lambda refund: (refund.refunded_at, refund.external_id))
    return refunds, unmatched


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    packed = folder / f"{name}.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _pence(mills: int) -> int:
    """Round half-up."""
    return (mills + 5) // 10
