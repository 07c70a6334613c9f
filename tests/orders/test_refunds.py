"""Refunds: exact in any split, back to the very lots, by the policy of the order's day."""

import itertools
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orders.shop import expiries, give, later, place, refund, shop
from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member


def test_the_example_of_the_api_guide_is_exact(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    give(brand, member, 1500)
    lines = [{"sku": "85123A", "quantity": 6, "unit_price": 2550}]
    place(brand, lines=lines, shipping_fee=3000, redeem_points=1500)

    first = refund(brand, lines=[{"line": 1, "quantity": 2}])

    assert first["id"].startswith("rfd_")
    assert first["cash"] == 4600  # a third of 13,800
    assert first["points"] == {
        "restored": 500,
        "restored_expired": 0,
        "clawed_back": 46,
        "debt_added": 0,
        "waived": 0,
        "lapsed": 0,
    }
    assert first["order"]["status"] == "partially_refunded"
    kinds = [(effect["kind"], effect["points"]) for effect in first["effects"]]
    assert kinds == [("redemption_reversed", 500), ("accrual_reversed", 46)]
    rest = refund(brand, "R-2")
    assert (rest["cash"], rest["points"]["restored"], rest["points"]["clawed_back"]) == (
        9200 + 3000,
        1000,
        92,
    )
    assert rest["order"]["status"] == "refunded"
    assert balance(brand, member) == {"available": 1500, "pending": 0, "held": 0, "debt": 0}
    assert audit(brand) == []


@pytest.fixture
def counter() -> "itertools.count[int]":
    return itertools.count()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 30_000)), min_size=1, max_size=3),
    redeemed=st.integers(0, 5000),
    payer=st.sampled_from(["customer", "brand"]),
    data=st.data(),
)
def test_partial_refunds_in_any_split_and_order_equal_one_full_refund(
    brand: TestBrand,
    counter: "itertools.count[int]",
    lines: list[tuple[int, int]],
    redeemed: int,
    payer: str,
    data: st.DataObject,
) -> None:
    number = next(counter)
    brand.api.patch("/v1/brand", {"refund": {"rounding_paid_by": payer}})
    goods = sum(amount for _, amount in lines)
    order = {
        "lines": [{"sku": "a", "quantity": q, "amount": amount} for q, amount in lines],
        "redeem_points": min(redeemed, goods),
        "shipping_fee": 2500,
    }
    members = [f"whole-{number}", f"parts-{number}"]
    for name in members:
        give(brand, make_member(brand, name), 3000, "2027-01-01T00:00:00+09:00")
        give(brand, f"/v1/members/ext:{name}", 2000, "2028-01-01T00:00:00+09:00")
        place(brand, f"M-{name}", member=f"ext:{name}", **order)

    whole = refund(brand, order=f"M-{members[0]}")

    units = [line for line, (quantity, _) in enumerate(lines, 1) for _ in range(quantity)]
    pieces = data.draw(st.permutations(units))
    parts: list[Any] = []
    while pieces:
        size = data.draw(st.integers(1, len(pieces)))
        wanted = [{"line": line, "quantity": 1} for line in pieces[:size]]
        pieces = pieces[size:]
        parts.append(
            refund(
                brand,
                f"R-{len(parts)}",
                f"M-{members[1]}",
                lines=wanted,
                refund_shipping=not pieces,
            )
        )
    assert (
        sum(part["cash"] for part in parts)
        == whole["cash"]
        == goods - order["redeem_points"] + 2500
    )
    for name in ("restored", "restored_expired", "clawed_back", "debt_added", "waived"):
        assert sum(part["points"][name] for part in parts) == whole["points"][name], name
    one, other = (brand.api.get(f"/v1/members/ext:{name}/points") for name in members)
    assert {**one, "member": None} == {**other, "member": None}
    assert one["available"] == 5000
    assert parts[-1]["order"]["status"] == "refunded"
    assert audit(brand) == []


def test_points_go_back_to_the_very_lots_the_latest_to_expire_first(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    soon, late = "2026-12-01T00:00:00+00:00", "2027-06-01T00:00:00+00:00"
    give(brand, member, 200, late)
    give(brand, member, 100, soon)
    place(brand, redeem_points=300)
    assert expiries(brand, member) == {}
    refund(brand, lines=[{"line": 1, "quantity": 1}])
    assert expiries(brand, member) == {late: 100}
    refund(brand, "R-2", lines=[{"line": 1, "quantity": 1}])
    assert expiries(brand, member) == {late: 200}
    refund(brand, "R-3", lines=[{"line": 1, "quantity": 1}])
    assert expiries(brand, member) == {soon: 100, late: 200}
    assert audit(brand) == []


def test_points_back_in_a_lapsed_lot_are_told_as_restored_and_as_expired(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    give(brand, member, 100, later(days=1))
    give(brand, member, 200, later(days=90))
    place(brand, redeem_points=300)
    advance(brand, "P2D")

    told = refund(brand)

    assert told["points"]["restored"] == 300
    assert told["points"]["restored_expired"] == 100
    kinds = {effect["kind"]: effect["points"] for effect in told["effects"]}
    assert (kinds["redemption_reversed"], kinds["restored_expired"]) == (300, 100)
    assert balance(brand, member) == {"available": 200, "pending": 0, "held": 0, "debt": 0}
    entries = brand.api.get(f"{member}/points/entries")["data"]
    back = [(entry["kind"], entry["points"]) for entry in entries if entry["refund"]]
    assert back == [("cancellation", -297), ("expiry", -100), ("redemption_reversal", 300)]
    assert audit(brand) == []


def test_days_of_grace_let_lapsed_points_live_once_more_and_only_once(make_brand: Any) -> None:
    brand, member = shop(make_brand, refund={"grace_days": 7})
    give(brand, member, 300, later(days=1))
    place(brand, redeem_points=300)
    advance(brand, "P2D")
    told = refund(brand)
    assert (told["points"]["restored"], told["points"]["restored_expired"]) == (300, 0)
    # Seven whole days after 27 November.
    assert expiries(brand, member) == {"2026-12-04T15:00:00+00:00": 300}
    place(brand, "M-2", redeem_points=300)
    advance(brand, "P8D")
    again = refund(brand, order="M-2")
    assert (again["points"]["restored"], again["points"]["restored_expired"]) == (300, 300)
    assert balance(brand, member)["available"] == 0
    assert audit(brand) == []


def test_a_dry_run_tells_what_a_refund_does_and_changes_nothing(
    make_brand: Any, owner: psycopg.Connection
) -> None:
    brand, member = shop(make_brand)
    give(brand, member, 100, later(days=1))
    place(brand, redeem_points=100)
    advance(brand, "P2D")
    before = dump(owner, brand)

    wanted = {"lines": [{"line": 1, "quantity": 2}], "refund_shipping": True}
    tried = refund(brand, **wanted, dry_run=True)

    assert tried["dry_run"] is True
    assert tried["id"] is None
    assert dump(owner, brand) == before
    done = refund(brand, **wanted)
    for name in ("cash", "points", "lines", "shipping"):
        assert tried[name] == done[name]
    assert tried["order"]["status"] == done["order"]["status"] == "partially_refunded"


TABLES = (
    "orders",
    "order_lines",
    "order_effects",
    "refunds",
    "refund_lines",
    "idempotency_records",
    "point_accounts",
    "point_lots",
    "point_entries",
    "point_allocations",
    "point_holds",
)


def dump(owner: psycopg.Connection, brand: TestBrand) -> dict[str, list[Any]]:
    """Return every row of the brand's books."""
    return {
        table: sorted(
            row[0]
            for row in owner.execute(
                f"SELECT t::text FROM {table} t WHERE brand_id = %s", (brand.brand_id,)
            )
        )
        for table in TABLES
    }


def test_a_dry_run_needs_no_room_and_uses_up_no_key(make_brand: Any) -> None:
    brand, _ = shop(make_brand)
    place(brand)
    body = {"external_id": "R-1", "all": True}
    path = "/v1/orders/ext:M-1/refunds"
    brand.api.post(path, {**body, "dry_run": True}, expect=200, key="k")
    done = brand.api.post(path, body, key="k")
    assert done["dry_run"] is False
    again = brand.api.send("POST", path, {**body, "dry_run": False}, key="k")
    assert (again.status_code, again.get_json()) == (201, done)


def test_what_is_refunded_already_cannot_be_refunded_again(make_brand: Any) -> None:
    brand, member = shop(make_brand)
    place(brand, shipping_fee=2500)
    path = "/v1/orders/ext:M-1/refunds"
    for wrong in ([{"line": 1, "quantity": 4}], [{"line": 2, "quantity": 1}]):
        brand.api.refused(
            "POST", path, {"external_id": "R", "lines": wrong}, code="refund_exceeds_order"
        )
    twice = [{"line": 1, "quantity": 2}, {"line": 1, "quantity": 2}]
    problem = brand.api.refused(
        "POST", path, {"external_id": "R", "lines": twice}, code="refund_exceeds_order"
    )
    assert problem["remaining"] == 3
    refund(brand, refund_shipping=True)
    shipping = {"external_id": "R", "refund_shipping": True}
    brand.api.refused("POST", path, shipping, code="refund_exceeds_order")
    assert refund(brand, "R-2")["cash"] == 30_000
    brand.api.refused("POST", path, {"external_id": "R", "all": True}, code="refund_exceeds_order")
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 0}


def test_a_refund_sent_again_is_told_again_and_one_of_other_content_is_refused(
    make_brand: Any,
) -> None:
    brand, member = shop(make_brand)
    place(brand)
    lines = [{"line": 1, "quantity": 1}]
    first = refund(brand, lines=lines)
    again = brand.api.send(
        "POST", "/v1/orders/ext:M-1/refunds", {"external_id": "R-1", "lines": lines}
    )
    assert again.status_code in (200, 201)
    assert again.get_json()["id"] == first["id"]
    assert balance(brand, member)["pending"] == 200
    other = {"external_id": "R-1", "all": True}
    path = "/v1/orders/ext:M-1/refunds"
    brand.api.refused("POST", path, other, code="refund_already_exists")
