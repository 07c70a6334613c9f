"""Cancelling an exchange: coupons back, points back to their very lots, or neither."""

from datetime import datetime, timedelta
from typing import Any

from tests.coupons.shop import use
from tests.exchanges.shop import (
    NOW,
    audit,
    cancel,
    exchange,
    make_member,
    open_shop,
    put_item,
    refused,
    taken,
)
from tests.support.api import TestBrand
from tests.support.members import advance, balance, member_id, unit_of_work


def later(**by: int) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**by)).isoformat()


def give(brand: TestBrand, member: str, points: int, **by: int) -> None:
    body = {"points": points, "expires_at": later(**by)}
    brand.api.post(f"{member}/points/accruals", body)


def expiries(brand: TestBrand, member: str) -> list[int]:
    return [row["points"] for row in brand.api.get(f"{member}/points")["expiries"]]


def test_points_return_to_their_lots_and_everything_else_is_undone(
    brand: TestBrand, owner: Any
) -> None:
    open_shop(brand, stock=2, per_member_limit=2)
    member = make_member(brand, "1")
    give(brand, member, 700, days=10)
    give(brand, member, 1800, days=20)
    made = exchange(brand, member, quantity=2)
    assert expiries(brand, member) == [500]

    done = cancel(brand, made)

    assert (done["status"], done["cancel_reason"]) == ("cancelled", "변심")
    assert done["given_back"] == {"restored": 2000, "restored_expired": 0}
    assert done["balance"]["available"] == 2500
    assert expiries(brand, member) == [700, 1800]
    statuses = owner.execute(
        "SELECT status FROM coupons WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall()
    assert statuses == [("revoked",), ("revoked",)]
    assert taken(brand) == 0
    assert exchange(brand, member, quantity=2)["balance"]["available"] == 500
    assert audit(brand) == []


def test_cancelling_again_changes_nothing(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=1000)
    made = exchange(brand, member)
    first = cancel(brand, made)
    advance(brand, "PT1H")
    again = cancel(brand, made)
    assert again["cancelled_at"] == first["cancelled_at"]
    assert again["given_back"] == {"restored": 0, "restored_expired": 0}
    assert (balance(brand, member)["available"], taken(brand)) == (1000, 0)


def test_with_a_coupon_used_nothing_is_cancelled(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=3000)
    made = exchange(brand, member, quantity=2)
    mine = member_id(brand, member)
    with unit_of_work(brand):
        use(brand, mine, [made["coupons"][1]])
    path = f"/v1/exchanges/{made['id']}/cancel"
    problem = brand.api.refused("POST", path, {"reason": "변심"}, code="exchange_coupons_used")
    assert problem["coupons"] == made["coupons"][1]
    assert brand.api.get(f"/v1/exchanges/{made['id']}")["status"] == "exchanged"
    assert (balance(brand, member)["available"], taken(brand)) == (1000, 2)
    assert audit(brand) == []


def test_points_whose_time_is_over_lapse_at_once(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1")
    give(brand, member, 600, days=1)
    give(brand, member, 600, days=5)
    made = exchange(brand, member)
    advance(brand, "P2D")
    done = cancel(brand, made)
    assert done["given_back"] == {"restored": 1000, "restored_expired": 600}
    assert done["balance"]["available"] == 600
    assert audit(brand) == []


def test_or_live_on_for_the_days_of_grace_that_refunds_grant(make_brand: Any) -> None:
    brand: TestBrand = make_brand(refund={"grace_days": 3})
    open_shop(brand)
    member = make_member(brand, "1")
    give(brand, member, 1000, days=1)
    made = exchange(brand, member)
    advance(brand, "P2D")
    assert cancel(brand, made)["given_back"] == {"restored": 1000, "restored_expired": 0}
    assert brand.api.get(f"{member}/points")["expiries"] == [
        {"expires_at": "2026-11-30T15:00:00+00:00", "points": 1000}
    ]


def test_points_that_come_back_pay_debt_first(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1")
    line = {"sku": "A", "quantity": 1, "unit_price": 100_000}
    brand.api.post("/v1/orders", {"external_id": "M", "member": "ext:1", "lines": [line]})
    brand.api.post("/v1/orders/ext:M/confirm", {}, expect=200)
    made = exchange(brand, member)
    brand.api.post("/v1/orders/ext:M/refunds", {"external_id": "R", "all": True})
    assert balance(brand, member)["debt"] == 1000
    assert cancel(brand, made)["balance"] == {
        "available": 0, "pending": 0, "held": 0, "debt": 0,
    }  # fmt: skip
    assert audit(brand) == []


def test_the_price_paid_comes_back_whatever_it_is_today(brand: TestBrand) -> None:
    open_shop(brand, stock=1)
    member = make_member(brand, "1", points=1000)
    made = exchange(brand, member)
    put_item(brand, points=5, stock=0, active=False, ends_at=NOW)
    assert cancel(brand, made)["given_back"]["restored"] == 1000
    assert taken(brand) == 0
    assert audit(brand) == []


def test_what_a_merged_member_exchanged_is_the_survivors(brand: TestBrand) -> None:
    open_shop(brand, per_member_limit=3)
    old, new = make_member(brand, "old"), make_member(brand, "new", points=2000)
    give(brand, old, 2500, days=5)
    made = exchange(brand, old, quantity=2)
    brand.api.post(f"{old}/merge", {"into": "ext:new"}, expect=200)

    listed = brand.api.get(f"{new}/exchanges")["data"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert listed[0]["member"] == brand.api.get(new)["id"]
    refused(brand, old, "exchange_limit_reached", quantity=2)
    exchange(brand, old)
    assert balance(brand, new)["available"] == 1500

    assert cancel(brand, made)["balance"]["available"] == 3500
    # The day on which they lapse came along.
    assert expiries(brand, new) == [2000, 1500]
    assert audit(brand) == []


def test_an_erased_members_exchanges_stay_without_words(brand: TestBrand) -> None:
    open_shop(brand)
    member = make_member(brand, "1", points=3000)
    cancelled, kept = exchange(brand, member), exchange(brand, member)
    cancel(brand, cancelled)
    brand.api.post(f"{member}/erase", {}, expect=200)

    assert brand.api.get(f"/v1/exchanges/{cancelled['id']}")["cancel_reason"] is None
    path = f"/v1/exchanges/{kept['id']}/cancel"
    brand.api.refused("POST", path, {"reason": "변심"}, code="member_erased")
    assert brand.api.get(f"/v1/exchanges/{kept['id']}")["status"] == "exchanged"
    assert taken(brand) == 1
    assert audit(brand) == []


def test_who_cancelled_stands_in_the_audit_log_without_words(brand: TestBrand) -> None:
    open_shop(brand)
    made = exchange(brand, make_member(brand, "1", points=1000))
    cancel(brand, made)
    records = brand.api.get(f"/v1/audit-log?subject=exchange:{made['id']}")["data"]
    assert [(each["action"], each["after"]) for each in records] == [("exchange.cancelled", None)]
    assert "변심" not in str(records)
