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
from datetime import date, datetime
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
class Adjustment:
    """What of a cancellation fits no earlier order: a return without one."""

    cancel_invoice: str
    customer: str
    returned_at: datetime
    lines: int
    mills: int  # what is given back, in tenths of a penny

    @property
    def pence(self) -> int:
        return round_half_up(self.mills)

    def body(self) -> dict[str, Any]:
        return {
            "external_id": self.cancel_invoice,
            "amount": -self.pence,
            "occurred_at": self.returned_at.isoformat(),
            "reason": f"{self.cancel_invoice}: a return that fits no order",
        }


@dataclass(frozen=True)
class Dataset:
    orders: list[Order]
    refunds: list[Refund]
    adjustments: list[Adjustment]
    reference: dict[str, Any] | None  # None for a part of the data

    @property
    def customers(self) -> list[str]:
        """Everyone who ordered, by the first order."""
        return list(dict.fromkeys(order.customer for order in self.orders))

    @property
    def members(self) -> list[str]:
        """Everyone: after those who ordered, those who only ever gave something back."""
        everyone = (*self.customers, *(each.customer for each in self.adjustments))
        return list(dict.fromkeys(everyone))

    @property
    def wholly_cancelled(self) -> set[str]:
        """The orders of which nothing is left."""
        back: defaultdict[tuple[str, int], int] = defaultdict(int)
        for refund in self.refunds:
            for line, quantity in refund.quantities.items():
                back[refund.order.invoice, line] += quantity
        return {
            order.invoice
            for order in self.orders
            if all(back[order.invoice, i] == line.quantity for i, line in enumerate(order.lines, 1))
        }


def load(folder: Path, limit: int | None = None) -> Dataset:
    """Read the orders in order of time, only the first ``limit`` if given.

    :raises ValueError: lines do not make up their order
    """
    times: dict[str, datetime] = {}
    customers: dict[str, str] = {}
    sales: list[dict[str, str]] = []
    for row in _rows(folder, "uci_orders.csv"):
        times[row["invoice_no"]] = datetime.fromisoformat(row["ts"]).replace(tzinfo=ZONE)
        customers[row["invoice_no"]] = row["customer_id"]
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
    refunds = _refunds(folder, {order.invoice: order for order in orders}, places, times)
    adjustments = _adjustments(folder, customers, times)
    if limit is not None:
        known = {order.customer for order in orders}
        adjustments = [each for each in adjustments if each.customer in known]
        return Dataset(orders, refunds, adjustments, None)
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    return Dataset(orders, refunds, adjustments, reference)


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
        pence = round_half_up(before + mills) - round_half_up(before)
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
) -> list[Refund]:
    """Return what each cancellation takes back of orders, in order of time."""
    found: dict[tuple[str, str], Refund] = {}
    for row in _rows(folder, "uci_cancellation_match.csv"):
        cancel, sale = row["cancel_invoice"], row["sale_invoice"]
        if sale not in orders:
            continue  # none, or beyond the limit
        refund = found.setdefault(
            (cancel, sale), Refund(cancel, orders[sale], times[cancel], {}, {})
        )
        line, quantity = places[int(row["sale_line_no"])], int(row["quantity"])
        refund.quantities[line] = refund.quantities.get(line, 0) + quantity
        refund.mills[line] = refund.mills.get(line, 0) + int(row["unit_price_mills"]) * quantity
    return sorted(found.values(), key=lambda refund: (refund.refunded_at, refund.external_id))


def _adjustments(
    folder: Path, customers: dict[str, str], times: dict[str, datetime]
) -> list[Adjustment]:
    """Return what each cancellation takes back that was never ordered, in order of time."""
    lines: defaultdict[str, int] = defaultdict(int)
    mills: defaultdict[str, int] = defaultdict(int)
    for row in _rows(folder, "uci_cancellation_match.csv"):
        if not row["sale_invoice"]:
            lines[row["cancel_invoice"]] += 1
            mills[row["cancel_invoice"]] += int(row["quantity"]) * int(row["unit_price_mills"])
    found = [
        Adjustment(invoice, customers[invoice], times[invoice], lines[invoice], mills[invoice])
        for invoice in lines
    ]
    return sorted(found, key=lambda each: (each.returned_at, each.cancel_invoice))


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    packed = folder / f"{name}.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def round_half_up(mills: int) -> int:
    """Return tenths of a penny in pence."""
    return (mills + 5) // 10
