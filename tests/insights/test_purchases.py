"""Figures of purchases: the real orders against the reference, small ones counted by hand."""

import csv
import gzip
import json
import os
import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from app import clock
from app.db import transaction
from app.insights import services
from app.insights.services import Purchases
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.support.server import ROOT

REAL = Path(os.environ.get("DANGOL_DATA", ROOT.parent / "shared" / "data"))
LONDON = ZoneInfo("Europe/London")
AS_OF = date(2011, 12, 9)


def insert_orders(
    owner: psycopg.Connection[Any], brand_id: uuid.UUID, rows: list[tuple[str, datetime, int]]
) -> None:
    """Write (customer, instant, amount) as orders, without what else an order does."""
    members = {customer: uuid.uuid4() for customer, _, _ in rows}
    now = clock.now()
    with owner.cursor() as cursor:
        with cursor.copy(
            "COPY members (brand_id, id, status, joined_on, created_at, updated_at) FROM STDIN"
        ) as copy:
            for member_id in members.values():
                copy.write_row((brand_id, member_id, "active", now.date(), now, now))
        with cursor.copy(
            "COPY orders (brand_id, id, external_id, fingerprint, member_id, currency, status,"
            " placed_at, goods, discounts, shipping_fee, points_used, due, earned, earned_pending,"
            " settings_version, shipping_refunded, cash_refunded, points_restored,"
            " points_taken_back, created_at) FROM STDIN"
        ) as copy:
            for number, (customer, placed_at, amount) in enumerate(rows):
                copy.write_row(
                    (
                        brand_id, uuid.uuid4(), str(number), b"", members[customer], "KRW",
                        "paid", placed_at, amount, 0, 0, 0, amount, 0, False, 1, False, 0, 0, 0,
                        now,
                    )
                )  # fmt: skip


def tell(brand: TestBrand, as_of: date = AS_OF) -> Purchases:
    with brand.app.app_context(), transaction(brand.brand_id):
        return services.tell_purchases(brand.brand_id, as_of=as_of)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real orders are not in {REAL}")
def test_the_figures_of_the_real_orders_equal_the_reference(
    make_brand, owner: psycopg.Connection[Any]
) -> None:
    brand = make_brand(timezone="Europe/London")
    reference = json.loads((REAL / "reference.json").read_text())
    with gzip.open(REAL / "uci_orders.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "SALE"]
    insert_orders(
        owner,
        brand.brand_id,
        [
            (
                row["customer_id"],
                datetime.fromisoformat(row["ts"]).replace(tzinfo=LONDON),
                int(row["amount_pence"]),
            )
            for row in rows
        ],
    )
    found = tell(brand)
    told = reference["repurchase_rate"]
    for figure, part in ((found.ever, "all_time"), (found.year, "rolling_12m")):
        assert (figure.members, figure.by_order) == (
            told[part]["customers"],
            told[part]["two_or_more_orders"],
        )
        assert figure.by_day == told[f"{part}_by_day"]["two_or_more_days"]
        assert figure.rate == told[part]["rate"]
        assert figure.average_amount == pytest.approx(reference["aov"][f"{part}_pence"])
        assert figure.median_amount == reference["aov"][f"{part}_median_pence"]
    by_day = reference["repurchase_interval"]["by_day"]
    assert found.intervals.gaps == by_day["gaps"]
    assert found.intervals.mean == pytest.approx(by_day["mean"])
    assert list(found.intervals.at) == [
        by_day[name] for name in ("p10", "p25", "median", "p75", "p90")
    ]
    assert found.intervals.histogram == by_day["histogram_days"]
    assert [(each.gaps, each.median) for each in found.intervals.steps] == [
        (step["gaps"], step["median"]) for step in by_day["median_by_step"].values()
    ]
    for name in ("recency", "frequency", "money"):
        bands: dict[str, int] = {}
        for group in found.groups:
            band = getattr(group, name)
            bands[band] = bands.get(band, 0) + group.members
        rfm = reference["rfm"]
        expected = {
            "recency": rfm["R"],
            "frequency": rfm["F"],
            "money": {
                "low": rfm["M_fixed"]["LOW"],
                "middle": rfm["M_fixed"]["MID"],
                "high": rfm["M_fixed"]["HIGH"],
            },
        }[name]
        assert bands == expected
    assert sum(each.members for each in found.cohorts) == told["all_time"]["customers"]


def test_cohorts_and_intervals_of_a_few_orders_are_those_of_a_count_by_hand(
    brand: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}+09:00")

    insert_orders(
        owner,
        brand.brand_id,
        [
            ("a", at("2026-01-31T23:59"), 1000),
            ("a", at("2026-02-01T00:00"), 1000),  # the next day in Seoul
            ("a", at("2026-04-10T10:00"), 1000),
            ("b", at("2026-01-05T10:00"), 300_000),
            ("c", at("2026-02-05T10:00"), 1000),
            ("c", at("2026-02-05T11:00"), 1000),  # the same day
            ("d", at("2026-05-01T00:00"), 1000),  # after the day
        ],
    )
    found = tell(brand, date(2026, 4, 30))
    assert (found.ever.members, found.ever.by_order, found.ever.by_day) == (3, 2, 1)
    assert [(f"{each.month:%Y-%m}", each.members, list(each.later)) for each in found.cohorts] == [
        ("2026-01", 2, [1, 0, 1]),
        ("2026-02", 1, []),
    ]
    assert found.intervals.gaps == 2
    assert [(each.number, each.median) for each in found.intervals.steps] == [(1, 1.0), (2, 68.0)]
    groups = {(each.recency, each.frequency, each.money) for each in found.groups}
    assert groups == {("0-30", "2-4", "low"), ("91+", "1", "high"), ("31-90", "2-4", "low")}


def test_who_was_merged_counts_as_the_survivor(brand: TestBrand) -> None:
    for number, name in enumerate(("old", "new")):
        make_member(brand, name)
        brand.api.post(
            "/v1/orders",
            {
                "external_id": str(number),
                "member": f"ext:{name}",
                "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}],
            },
        )
    before = brand.api.get("/v1/insights/purchases")["ever"]
    assert (before["members"], before["two_or_more_orders"]) == (2, 0)
    brand.api.post("/v1/members/ext:old/merge", {"into": "ext:new"}, expect=200)
    after = brand.api.get("/v1/insights/purchases")["ever"]
    assert (after["members"], after["two_or_more_orders"]) == (1, 1)
    assert after["rate_basis_points"] == 10_000


def test_a_brand_without_orders_has_figures_too(brand: TestBrand) -> None:
    found = brand.api.get("/v1/insights/purchases")
    assert found["ever"]["rate_basis_points"] is None
    assert found["intervals"]["median"] is None
    assert found["cohorts"] == []
    assert all(each["ko"] and each["en"] for each in found["definitions"].values())
