"""Ours against the reference: the table at the end of a replay."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from bench import figures
from bench.dataset import AS_OF, Dataset


@dataclass
class Table:
    """Ours against the reference, line by line."""

    rows: list[tuple[str, str, str, bool]]

    def add(self, what: str, ours: object, reference: object) -> None:
        self.rows.append((what, _shown(ours), _shown(reference), ours == reference))

    @property
    def equal(self) -> bool:
        return all(row[3] for row in self.rows)

    def __str__(self) -> str:
        lines = ["| | ours | reference | |", "|---|--:|--:|---|"]
        lines += [
            f"| {what} | {ours} | {reference} | {'equal' if equal else '**DIFFERS**'} |"
            for what, ours, reference, equal in self.rows
        ]
        return "\n".join(lines)


def compare_sales(table: Table, ours: dict[str, int], right: dict[str, int]) -> None:
    for name, what in (
        ("orders", "sale orders"),
        ("customers", "customers"),
        ("gross", "gross"),
        ("lines", "lines"),
        ("units", "units"),
        ("earned", "points earned"),
        ("usable", f"points usable on {AS_OF}, after the sale pass"),
        ("expired", f"points expired by {AS_OF}"),
    ):
        table.add(what, ours[name], right[name])
    table.add("orders whose lines do not sum to them", ours["uneven"], 0)


def compare_refunds(table: Table, brand_id: UUID, data: Dataset, right: dict[str, int]) -> None:
    ours = figures.refunds(brand_id)
    table.add("refunds", ours["refunds"], len(data.refunds))
    for name, what in (
        ("refunded", "refunded"),
        ("units_refunded", "units refunded"),
        ("touched", "orders touched"),
        ("wholly", "orders wholly refunded"),
    ):
        table.add(what, ours[name], right[name])
    mills: defaultdict[tuple[str, int], int] = defaultdict(int)
    for refund in data.refunds:
        for line, amount in refund.mills.items():
            mills[refund.order.invoice, line] += amount
    rows = figures.refunded_lines(brand_id)
    table.add("lines refunded", len(rows), len(mills))
    whole = [row for row in rows if row.whole]
    table.add(
        f"{len(whole):,} lines refunded whole: given back, and as sold",
        sum(int(row.cash) for row in whole),
        sum(row.amount for row in whole),
    )
    table.add("… of them not exactly as sold", sum(row.cash != row.amount for row in whole), 0)
    off = [abs(10 * int(row.cash) - mills[row.invoice, row.line]) for row in rows]
    table.add(
        f"lines a penny or more from the match file (the furthest: {max(off, default=0) / 10:.1f})",
        sum(each >= 10 for each in off),
        0,
    )


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
