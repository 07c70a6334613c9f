"""Points over JSON: every movement, every refusal, every entry explained."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.points import jobs
from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member, member_id, run_job

NOW = "2026-11-25T10:00:00+09:00"
ME = "/v1/members/ext:17850"


def later(**by: int) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**by)).isoformat()


def counters(available: int, held: int = 0, debt: int = 0) -> dict[str, int]:
    return {"available": available, "pending": 0, "held": held, "debt": debt}


@pytest.fixture
def member(brand: TestBrand) -> str:
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    return make_member(brand, "17850")


def post(brand: TestBrand, what: str, member: str = ME, **body: Any) -> Any:
    return brand.api.post(f"{member}/points/{what}", body)


def kinds(brand: TestBrand, member: str = ME) -> list[str]:
    return [entry["kind"] for entry in brand.api.get(f"{member}/points/entries")["data"]]


def test_points_given_lapse_by_the_brands_rule_or_on_the_day_named(
    brand: TestBrand, member: str
) -> None:
    given = post(brand, "accruals", points=100, origin="event", reason="가입 축하")
    assert given["balance"] == counters(100)
    entry = given["entry"]
    assert (entry["seq"], entry["kind"], entry["points"]) == (1, "accrual", 100)
    assert (entry["origin"], entry["reason"]) == ("event", "가입 축하")
    assert entry["actor"].startswith("key:")
    post(brand, "accruals", points=50, expires_at=later(days=10))
    assert brand.api.get(f"{member}/points")["expiries"] == [
        {"expires_at": "2026-12-05T01:00:00+00:00", "points": 50},
        {"expires_at": "2027-11-24T15:00:00+00:00", "points": 100},
    ]
    past = {"points": 1, "expires_at": NOW}
    brand.api.refused("POST", f"{ME}/points/accruals", past, code="expiry_in_the_past")


def test_points_that_never_lapse_are_spent_last(make_brand: Any) -> None:
    brand: TestBrand = make_brand(accrual={"expiry": {"kind": "never", "count": 0}})
    make_member(brand, "17850")
    post(brand, "accruals", points=100)
    post(brand, "accruals", points=100, expires_at="2999-01-01T00:00:00+09:00")
    post(brand, "redemptions", points=150)
    assert brand.api.get(f"{ME}/points")["expiries"] == [{"expires_at": None, "points": 50}]


def test_the_soonest_to_expire_are_spent_first_and_the_entry_says_which(
    brand: TestBrand, member: str
) -> None:
    for points, days in ((100, 30), (100, 10), (100, 20)):
        post(brand, "accruals", points=points, expires_at=later(days=days))

    spent = post(brand, "redemptions", points=150, reason="앱 게임")

    assert (spent["entry"]["points"], spent["balance"]) == (-150, counters(150))
    explained = brand.api.get(f"{ME}/points/entries/4")
    assert [(lot["lot"], lot["points"], lot["earned_by_entry"]) for lot in explained["lots"]] == [
        (2, -100, 2),
        (3, -50, 3),
    ]
    assert explained["after"] == counters(150)
    assert explained["reason"] == "앱 게임"
    dates = [row["points"] for row in brand.api.get(f"{ME}/points")["expiries"]]
    assert dates == [50, 100]


def test_points_of_one_date_are_spent_in_the_order_they_came(brand: TestBrand, member: str) -> None:
    for _ in range(3):
        post(brand, "accruals", points=10, expires_at=later(days=5))
    post(brand, "redemptions", points=15)
    lots = brand.api.get(f"{ME}/points/entries/4")["lots"]
    assert [(lot["lot"], lot["points"]) for lot in lots] == [(1, -10), (2, -5)]


def test_more_than_is_available_cannot_be_spent_and_nothing_changes(
    brand: TestBrand, member: str
) -> None:
    post(brand, "accruals", points=100)
    make_member(brand, "2")
    for what, body in (
        ("redemptions", {"points": 101}),
        ("holds", {"points": 101}),
        ("transfers", {"points": 101, "to": "ext:2"}),
        ("adjustments", {"points": -101, "reason_code": "cs_fix"}),
    ):
        problem = brand.api.refused("POST", f"{ME}/points/{what}", body, code="insufficient_points")
        assert (problem["required"], problem["available"]) == (101, 100)
    assert balance(brand, ME) == counters(100)
    assert kinds(brand) == ["accrual"]


def test_dead_points_are_never_counted_whether_or_not_a_job_ran(
    brand: TestBrand, member: str
) -> None:
    post(brand, "accruals", points=100, expires_at=later(hours=1))
    post(brand, "accruals", points=70, expires_at=later(hours=2))
    advance(brand, "PT59M59S")
    assert balance(brand, ME) == counters(170)
    advance(brand, "PT1S")
    brand.api.refused(
        "POST", f"{ME}/points/redemptions", {"points": 71}, code="insufficient_points"
    )
    assert balance(brand, ME) == counters(70)
    advance(brand, "PT1H")
    assert run_job(brand, jobs.settle_points) == 1
    assert run_job(brand, jobs.settle_points) == 0
    assert balance(brand, ME) == counters(0)
    entries = brand.api.get(f"{ME}/points/entries")["data"]
    assert [(e["kind"], e["points"], e["occurred_at"]) for e in entries[:2]] == [
        ("expiry", -70, "2026-11-25T03:00:00+00:00"),
        ("expiry", -100, "2026-11-25T02:00:00+00:00"),
    ]
    assert audit(brand) == []


def test_a_hold_reserves_points_until_captured_whole_or_in_part(
    brand: TestBrand, member: str
) -> None:
    post(brand, "accruals", points=1000)
    hold = post(brand, "holds", points=700, ttl_seconds=60)
    assert (hold["state"], hold["balance"]) == ("open", counters(300, held=700))
    brand.api.refused(
        "POST", f"{ME}/points/redemptions", {"points": 301}, code="insufficient_points"
    )
    path = f"/v1/holds/{hold['id']}"
    brand.api.refused("POST", f"{path}/capture", {"points": 701}, code="capture_exceeds_hold")
    captured = brand.api.post(f"{path}/capture", {"points": 500}, expect=200)
    assert (captured["state"], captured["captured"]) == ("captured", 500)
    assert captured["balance"] == counters(500)
    brand.api.refused("POST", f"{path}/capture", {}, code="hold_closed")
    brand.api.refused("POST", f"{path}/void", code="hold_closed")
    assert kinds(brand) == ["capture", "hold", "accrual"]
    assert audit(brand) == []


def test_a_voided_hold_returns_to_its_lots_and_voiding_again_changes_nothing(
    brand: TestBrand, member: str
) -> None:
    post(brand, "accruals", points=100, expires_at=later(days=3))
    hold = post(brand, "holds", points=60)
    for _ in range(2):
        voided = brand.api.post(f"/v1/holds/{hold['id']}/void", expect=200)
        assert (voided["state"], voided["balance"]) == ("voided", counters(100))
    assert kinds(brand) == ["void", "hold", "accrual"]
    capture = f"/v1/holds/{hold['id']}/capture"
    brand.api.refused("POST", capture, {}, code="hold_closed")


def test_a_hold_times_out_even_if_no_job_runs(brand: TestBrand, member: str) -> None:
    post(brand, "accruals", points=100)
    hold = post(brand, "holds", points=60, ttl_seconds=60)
    advance(brand, "PT60S")
    capture = f"/v1/holds/{hold['id']}/capture"
    brand.api.refused("POST", capture, {}, code="hold_expired")
    shown = brand.api.get(f"/v1/holds/{hold['id']}")
    assert (shown["state"], shown["balance"]) == ("expired", counters(100))
    assert brand.api.post(f"/v1/holds/{hold['id']}/void", expect=200)["state"] == "expired"
    assert run_job(brand, jobs.settle_points) == 0


def test_held_points_do_not_lapse_while_they_are_held(brand: TestBrand, member: str) -> None:
    post(brand, "accruals", points=100, expires_at=later(minutes=1))
    hold = post(brand, "holds", points=100, ttl_seconds=3600)
    advance(brand, "PT30M")
    run_job(brand, jobs.settle_points)
    assert kinds(brand) == ["hold", "accrual"]
    captured = brand.api.post(f"/v1/holds/{hold['id']}/capture", {}, expect=200)
    assert captured["captured"] == 100


def test_a_correction_names_its_reason_and_who_decided_it(brand: TestBrand, member: str) -> None:
    up = post(brand, "adjustments", points=100, reason_code="goodwill", actor="김상담", note="지연")
    assert (up["entry"]["reason"], up["entry"]["note"]) == ("goodwill", "지연")
    assert up["entry"]["actor"].endswith("김상담")
    assert up["entry"]["actor"].startswith("key:")
    down = post(brand, "adjustments", points=-30, reason_code="double_grant")
    assert (down["entry"]["points"], down["balance"]) == (-30, counters(70))
    for wrong in ({"points": 0}, {"points": 1, "reason_code": None}, {"points": 1.5}):
        body = {"reason_code": "cs_fix", **wrong}
        assert brand.api.send("POST", f"{ME}/points/adjustments", body).status_code == 422


def test_points_sent_to_another_member_keep_their_dates(brand: TestBrand, member: str) -> None:
    other = make_member(brand, "2")
    post(brand, "accruals", points=100, expires_at=later(days=3))
    post(brand, "accruals", points=100, expires_at=later(days=9))

    sent = post(brand, "transfers", points=150, to="ext:2", reason="선물")

    assert sent["balance"] == counters(50)
    assert [row["points"] for row in brand.api.get(f"{other}/points")["expiries"]] == [100, 50]
    assert kinds(brand) == ["transfer_out", "accrual", "accrual"]
    assert kinds(brand, other) == ["transfer_in"]
    own = {"points": 1, "to": "ext:17850"}
    brand.api.refused("POST", f"{ME}/points/transfers", own, code="transfer_to_self")
    nobody = {"points": 1, "to": "ext:nobody"}
    problem = brand.api.refused("POST", f"{ME}/points/transfers", nobody, code="member_not_found")
    assert "/to" in str(problem)
    assert audit(brand) == []


def test_entries_are_paged_the_newest_first(brand: TestBrand, member: str) -> None:
    for points in range(1, 12):
        post(brand, "accruals", points=points)
    seen: list[int] = []
    path = f"{ME}/points/entries?limit=4"
    while path:
        shown = brand.api.get(path)
        seen += [entry["seq"] for entry in shown["data"]]
        cursor = shown["next_cursor"]
        path = f"{ME}/points/entries?limit=4&cursor={cursor}" if cursor else ""
    assert seen == list(range(11, 0, -1))
    assert shown["has_more"] is False
    first = brand.api.get(f"{ME}/points/entries?limit=4")["next_cursor"]
    make_member(brand, "2")
    brand.api.refused(
        "GET", f"/v1/members/ext:2/points/entries?cursor={first}", code="cursor_invalid"
    )
    brand.api.refused("GET", f"{ME}/points/entries/12", code="entry_not_found")


def test_an_entry_of_an_order_tells_order_rule_and_lots(brand: TestBrand, member: str) -> None:
    post(brand, "accruals", points=500)
    placed = brand.api.post(
        "/v1/orders",
        {
            "external_id": "M-1",
            "member": "ext:17850",
            "lines": [{"sku": "a", "quantity": 1, "unit_price": 10_000}],
            "redeem_points": 500,
        },
    )
    redemption = brand.api.get(f"{ME}/points/entries/2")
    assert (redemption["kind"], redemption["order"]) == ("redemption", placed["id"])
    assert (redemption["rule"], redemption["rule_version"]) == ("redemption", 1)
    accrual = brand.api.get(f"{ME}/points/entries/3")
    assert (accrual["kind"], accrual["order"], accrual["rule"]) == (
        "accrual",
        placed["id"],
        "accrual",
    )
    [lot] = accrual["lots"]
    assert (lot["pending"], lot["earned_by_order"]) == (95, placed["id"])
    refunded = brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R", "all": True})
    back = brand.api.get(f"{ME}/points/entries/4")
    assert (back["kind"], back["reverses"], back["refund"]) == (
        "redemption_reversal",
        2,
        refunded["id"],
    )
    assert back["lots"][0]["gives_back_entry"] == 2


@pytest.mark.parametrize("what", ["accruals", "redemptions", "holds"])
@pytest.mark.parametrize("points", [0, -1, 1.0, 1.9, "1", True, None, 10**9 + 1, 10**30])
def test_points_are_whole_positive_numbers_with_a_maximum(
    brand: TestBrand, what: str, points: Any
) -> None:
    make_member(brand, "17850")
    response = brand.api.send("POST", f"{ME}/points/{what}", {"points": points})
    assert response.status_code in (400, 422)
    assert balance(brand, ME) == counters(0)


def test_a_merged_member_brings_its_points_dates_holds_and_debt(make_brand: Any) -> None:
    brand: TestBrand = make_brand(accrual={"pending": "immediate"})
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    make_member(brand, "17850")
    survivor = make_member(brand, "2")
    lines = [{"sku": "a", "quantity": 1, "unit_price": 30_000}]
    brand.api.post("/v1/orders", {"external_id": "M", "member": "ext:17850", "lines": lines})
    post(brand, "redemptions", points=300)
    brand.api.post("/v1/orders/ext:M/refunds", {"external_id": "R", "all": True})
    assert balance(brand, ME) == counters(0, debt=300)
    post(brand, "accruals", survivor, points=1000, expires_at=later(days=3))

    brand.api.post(f"{ME}/merge", {"into": "ext:2"}, expect=200)

    assert balance(brand, survivor) == counters(700)
    # The merged member's name leads to the survivor; its own entries remain readable.
    assert balance(brand, ME) == counters(700)
    assert kinds(brand)[0] == "transfer_out"
    assert audit(brand) == []


def test_a_merge_releases_open_holds_first(brand: TestBrand, member: str) -> None:
    survivor = make_member(brand, "2")
    post(brand, "accruals", points=100, expires_at=later(minutes=1))
    post(brand, "accruals", points=100)
    hold = post(brand, "holds", points=150, ttl_seconds=3600)
    advance(brand, "PT2M")
    brand.api.post(f"{ME}/merge", {"into": "ext:2"}, expect=200)
    assert balance(brand, survivor) == counters(100)
    assert brand.api.get(f"/v1/holds/{hold['id']}")["state"] == "voided"
    assert audit(brand) == []


def test_erasing_a_member_ends_its_points_and_keeps_its_entries(
    brand: TestBrand, member: str
) -> None:
    post(brand, "accruals", points=100)
    post(brand, "holds", points=40)
    lines = [{"sku": "a", "quantity": 1, "unit_price": 30_000}]
    brand.api.post("/v1/orders", {"external_id": "M", "member": "ext:17850", "lines": lines})
    shown = brand.api.get(ME)["id"]
    brand.api.post(f"{ME}/erase", expect=200)
    entries = brand.api.get(f"/v1/members/{shown}/points/entries")["data"]
    assert entries[0]["kind"] == "forfeiture"
    assert entries[0]["after"] == counters(0)
    assert len(entries) == 6
    assert audit(brand) == []


def test_another_brand_sees_nothing_of_members_and_holds(
    brand: TestBrand, member: str, make_brand: Any
) -> None:
    post(brand, "accruals", points=100)
    hold = post(brand, "holds", points=40)["id"]
    other: TestBrand = make_brand()
    make_member(other, "2", points=50)
    mine = brand.api.get(ME)["id"]
    for reference in ("ext:17850", mine):
        base = f"/v1/members/{reference}/points"
        other.api.refused("GET", base, code="member_not_found")
        other.api.refused("GET", f"{base}/entries", code="member_not_found")
        other.api.refused("GET", f"{base}/entries/1", code="member_not_found")
        for what, body in (
            ("accruals", {"points": 1}),
            ("redemptions", {"points": 1}),
            ("holds", {"points": 1}),
            ("transfers", {"points": 1, "to": "ext:2"}),
            ("adjustments", {"points": 1, "reason_code": "cs_fix"}),
        ):
            other.api.refused("POST", f"{base}/{what}", body, code="member_not_found")
        gift = {"points": 1, "to": reference}
        other.api.refused(
            "POST", "/v1/members/ext:2/points/transfers", gift, code="member_not_found"
        )
    other.api.refused("GET", f"/v1/holds/{hold}", code="hold_not_found")
    other.api.refused("POST", f"/v1/holds/{hold}/capture", {}, code="hold_not_found")
    other.api.refused("POST", f"/v1/holds/{hold}/void", code="hold_not_found")
    order = {"lines": [{"sku": "a", "quantity": 1, "unit_price": 500}], "member": "ext:2"}
    stolen = {**order, "hold": hold}
    other.api.refused("POST", "/v1/checkout/preview", stolen, code="hold_not_found")
    assert balance(brand, ME) == counters(60, held=40)


def test_keys_of_two_brands_do_not_meet(brand: TestBrand, member: str, make_brand: Any) -> None:
    other: TestBrand = make_brand()
    make_member(other, "17850")
    for each, points in ((brand, 1), (other, 2)):
        body = {"points": points}
        given = each.api.post(f"{ME}/points/accruals", body, key="the same")
        assert given["balance"]["available"] == points


def test_a_call_without_the_scope_is_refused(brand: TestBrand, member: str) -> None:
    reader = brand.key("points:read", "orders:read")
    reader.get(f"{ME}/points")
    for what in ("accruals", "redemptions", "holds", "transfers", "adjustments"):
        reader.refused("POST", f"{ME}/points/{what}", {"points": 1}, code="scope_missing")
    reader.refused("POST", "/v1/orders", {}, code="scope_missing")
    assert member_id(brand, ME) is not None
