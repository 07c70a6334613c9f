"""Ours against the reference: the table at the end of a replay."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from bench import figures
from bench.answers import TierCounts
from bench.client import Client
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
        ("earned", "points that orders earned"),
        ("usable", f"… of them usable on {AS_OF}, after the sale pass"),
        ("expired", f"… of them expired by {AS_OF}"),
    ):
        table.add(what, ours[name], right[name])
    table.add("orders whose lines do not sum to them", ours["uneven"], 0)


def compare_grants(
    table: Table, ours: dict[str, tuple[int, int]], right: dict[str, int], grants: dict[str, int]
) -> None:
    """Compare how often cards and rules gave something, taken back later or not."""
    for source, what in (
        ("stamps:THIRD", "stamp cards filled and rewarded"),
        ("rule:AGAIN", "orders with a product bought before, rewarded"),
        ("rule:BIRTHDAY", "birthdays rewarded"),
        ("rule:FRIEND", "rewards for invitations, both sides"),
    ):
        table.add(what, ours.get(source, (0, 0))[0], grants[source])
    filled = ours.get("stamps:THIRD", (0, 0))[1]
    table.add("members with at least one full card", filled, right["stamp_customers"])
    table.add("other sources of rewards", len(ours.keys() - grants.keys()), 0)


def compare_tiers(table: Table, client: Client, right: TierCounts) -> None:
    """Compare members by tier as the API counts them on the evening of each day."""
    for (basis, on), members in right.items():
        path = f"/v1/tier-ladder/distribution?on={on}&basis={basis}"
        shown = client.send("GET", path).body["tiers"]
        ours = {each["tier"]: each["members"] for each in shown}
        name = {"net_paid": "net", "gross": "gross"}[basis]
        table.add(f"tiers on {on}, {name} ({'/'.join(members)})", _tiers(ours), _tiers(members))


def _tiers(members: dict[str, int]) -> str:
    return " / ".join(f"{count:,}" for count in members.values())


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
    table.add("returns without an order", ours["adjustments"], len(data.adjustments))
    table.add("… what they come to", ours["returned"], sum(each.pence for each in data.adjustments))
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
