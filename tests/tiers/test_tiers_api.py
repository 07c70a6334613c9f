"""Ladders and members' tiers over the API."""

from typing import Any

import pytest

from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.tiers.ladder import assess, set_clock

LADDER = "/v1/tier-ladder"


@pytest.fixture
def alice(brand: TestBrand) -> str:
    set_clock(brand, "2026-11-25")
    return make_member(brand, "alice")


def adjust(brand: TestBrand, member: str, external_id: str, amount: int, **more: Any) -> Any:
    body = {"external_id": external_id, "amount": amount, "reason": "매장 구매", **more}
    return brand.api.post(f"{member}/spend-adjustments", body)


def test_the_example_of_the_trade_is_what_an_empty_ladder_means(brand: TestBrand) -> None:
    brand.api.refused("GET", LADDER, code="tier_ladder_not_found")
    put = brand.api.put(LADDER, {})
    assert put == brand.api.get(LADDER)
    assert [(tier["code"], tier["threshold"]) for tier in put["tiers"]] == [
        ("LV1", 10_000),
        ("LV2", 100_000),
        ("LV3", 200_000),
        ("MASTER", 500_000),
    ]
    assert (put["basis"], put["period"]) == ("net_paid", {"kind": "rolling_months", "months": 12})
    assert put["version"] == brand.api.put(LADDER, {})["version"] == 1


def test_every_version_of_a_ladder_stays_readable(brand: TestBrand) -> None:
    first = brand.api.put(LADDER, {})
    second = brand.api.put(LADDER, {"basis": "gross", "move_down": "now"})
    third = brand.api.put(LADDER, {"basis": "orders"})
    assert (second["version"], second["move_down"]) == (2, "now")
    page = brand.api.get(f"{LADDER}/versions?limit=2")
    assert page["data"] == [third, second]
    rest = brand.api.get(f"{LADDER}/versions?limit=2&cursor={page['next_cursor']}")
    assert rest["data"] == [first]
    records = brand.api.get("/v1/audit-log?subject=tier_ladder")["data"]
    assert [record["action"] for record in records] == ["tier_ladder.changed"] * 3
    assert records[0]["before"]["basis"] == "gross"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"period": {"kind": "rolling_months"}}, "/period/months"),
        ({"period": {"kind": "lifetime", "months": 3}}, "/period/months"),
        ({"period": {"kind": "calendar_year"}}, "/assessment"),
        ({"assessment": {"drop": "never", "grace_days": 1}}, "/assessment/grace_days"),
        ({"tiers": []}, "/tiers"),
        ({"tiers": [{"code": "NONE", "name": "n", "threshold": 1}]}, "/tiers/0/code"),
        ({"tiers": [{"code": "A", "name": "A", "threshold": n} for n in (1, 2)]}, "/tiers"),
        ({"tiers": [{"code": c, "name": c, "threshold": 5} for c in "AB"]}, "/tiers"),
        (
            {"tiers": [{"code": "A", "name": "A", "threshold": 0, "on_reaching": [{"points": 1}]}]},
            "/tiers/0/on_reaching",
        ),
        (
            {
                "tiers": [
                    {
                        "code": "A",
                        "name": "A",
                        "threshold": 1,
                        "on_reaching": [{"stamps": 1, "programme": "COFFEE"}],
                    }
                ]
            },
            "/tiers/0/on_reaching",
        ),
        (
            {
                "tiers": [
                    {
                        "code": "A",
                        "name": "A",
                        "threshold": 1,
                        "accrual": {"rate_basis_points": 1, "multiplier_percent": 100},
                    }
                ]
            },
            "/tiers/0/accrual",
        ),
        ({"tiers": [{"code": "A", "name": "A", "threshold": 10**12 + 1}]}, "/tiers/0/threshold"),
        ({"unknown": 1}, "/unknown"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(
    brand: TestBrand, body: dict[str, Any], pointer: str
) -> None:
    problem = brand.api.refused("PUT", LADDER, body, code="invalid_request")
    assert problem["errors"][0]["pointer"].startswith(pointer)


def test_a_member_sees_the_tier_what_is_missing_and_what_is_to_come(
    brand: TestBrand, alice: str
) -> None:
    brand.api.put(LADDER, {})
    assert brand.api.get(f"{alice}/tier")["tier"] is None
    adjust(brand, alice, "1", 150_000, occurred_at="2025-12-15T12:00:00+09:00")
    adjust(brand, alice, "2", 20_000, occurred_at="2026-11-01T12:00:00+09:00")
    shown = brand.api.get(f"{alice}/tier")
    assert shown["tier"] == {
        "code": "LV2",
        "name": "LV2",
        "threshold": 100_000,
        "accrual_rate_basis_points": 100,
        "member_discount_basis_points": 0,
    }
    assert (shown["source"], shown["since"]) == ("earned", "2026-11-25T01:00:00+00:00")
    assert (shown["first_day"], shown["last_day"]) == ("2025-11-26", "2026-11-25")
    assert (shown["qualifying_amount"], shown["basis"]) == (170_000, "net_paid")
    assert shown["next"] == {
        "code": "LV3",
        "name": "LV3",
        "threshold": 200_000,
        "missing": 30_000,
    }
    # On the first of December all of November still counts, and December of last year.
    assert shown["projected"] == {
        "on": "2026-12-01",
        "tier": {"code": "LV2", "name": "LV2", "threshold": 100_000},
        "qualifying_amount": 170_000,
    }
    assert shown["stay"] == {"needed": 100_000, "missing": 0, "by": "2026-11-30"}
    set_clock(brand, "2026-12-05")
    assess(brand)
    later = brand.api.get(f"{alice}/tier")
    assert later["stay"] == {"needed": 100_000, "missing": 80_000, "by": "2026-12-31"}
    assert later["projected"]["tier"]["code"] == "LV1"


def test_the_history_says_why(brand: TestBrand, alice: str) -> None:
    brand.api.put(LADDER, {})
    adjust(brand, alice, "1", 150_000)
    adjust(brand, alice, "2", -60_000)
    brand.api.put(f"{alice}/tier", {"tier": "MASTER", "until": "2026-11-26", "reason": "사과"})
    set_clock(brand, "2026-11-27")
    assess(brand)
    changes = brand.api.get(f"{alice}/tier/history")["data"]
    assert [
        (each["seq"], each["before"], each["after"], each["kind"], each["note"]) for each in changes
    ] == [
        (4, "MASTER", "LV1", "manual_ended", None),
        (3, "LV1", "MASTER", "manual", "사과"),
        (2, "LV2", "LV1", "adjustment", None),
        (1, None, "LV2", "adjustment", None),
    ]
    assert [each["changed_on"] for each in changes][:2] == ["2026-11-27", "2026-11-25"]
    assert changes[2]["reason"] == {
        "ko": "LV2 → LV1: 실적 조정, 실결제 90,000 (기준 10,000)",
        "en": "LV2 → LV1: an adjustment, 90,000 paid (needs 10,000)",
    }
    assert changes[0]["reason"]["en"] == "MASTER → LV1: what was set by hand has ended"


def test_a_tier_set_by_hand_stands_beside_what_is_earned(brand: TestBrand, alice: str) -> None:
    brand.api.put(LADDER, {})
    put = f"{alice}/tier"
    brand.api.refused("PUT", put, {"tier": "GOLD", "reason": "x"}, code="tier_unknown")
    shown = brand.api.put(put, {"tier": "LV2", "until": "2026-12-31", "reason": "VIP"})
    assert (shown["tier"]["code"], shown["source"], shown["until"]) == (
        "LV2",
        "manual",
        "2026-12-31",
    )
    adjust(brand, alice, "1", 200_000)
    shown = brand.api.get(put)
    assert (shown["tier"]["code"], shown["source"], shown["until"]) == ("LV3", "earned", None)
    brand.api.refused("PUT", put, {"tier": "LV2", "reason": "x"}, code="tier_below_earned")
    brand.api.refused(
        "PUT", put, {"tier": "MASTER", "until": "2026-11-24", "reason": "x"},
        code="tier_ends_in_the_past",
    )  # fmt: skip
    adjust(brand, alice, "2", -200_000)
    assert brand.api.get(put)["tier"]["code"] == "LV2"
    shown = brand.api.put(put, {"tier": None, "reason": "끝"})
    assert (shown["tier"], shown["source"]) == (None, None)
    assert brand.api.put(put, {"tier": None, "reason": "끝"}) == shown
    assert len(brand.api.get(f"{put}/history")["data"]) == 4


def test_a_tier_set_by_hand_is_over_after_its_last_day_if_no_job_runs(
    brand: TestBrand, alice: str
) -> None:
    brand.api.put(LADDER, {})
    adjust(brand, alice, "1", 15_000)
    brand.api.put(f"{alice}/tier", {"tier": "LV3", "until": "2026-11-30", "reason": "VIP"})
    set_clock(brand, "2026-11-30", "23:59")
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV3"
    set_clock(brand, "2026-12-01", "00:00")
    shown = brand.api.get(f"{alice}/tier")
    assert (shown["tier"]["code"], shown["since"]) == ("LV1", "2026-11-30T15:00:00+00:00")
    # Whatever is written next tells of the end first.
    adjust(brand, alice, "2", 85_000)
    changes = brand.api.get(f"{alice}/tier/history")["data"]
    assert [(each["before"], each["after"]) for each in changes] == [
        ("LV1", "LV2"),
        ("LV3", "LV1"),
        ("LV1", "LV3"),
        (None, "LV1"),
    ]


def test_a_spend_adjustment_counts_once(brand: TestBrand, alice: str) -> None:
    first = adjust(brand, alice, "S-1", 30_000, orders=1)
    assert first["tier"] is None
    assert adjust(brand, alice, "S-1", 30_000, orders=1)["recorded_at"] == first["recorded_at"]
    brand.api.refused(
        "POST",
        f"{alice}/spend-adjustments",
        {"external_id": "S-1", "amount": 30_001, "reason": "매장 구매"},
        code="spend_adjustment_already_exists",
    )
    brand.api.refused(
        "POST",
        f"{alice}/spend-adjustments",
        {
            "external_id": "S-2",
            "amount": 1,
            "reason": "내일",
            "occurred_at": "2026-11-26T00:00:00+09:00",
        },
        code="spend_adjustment_in_the_future",
    )
    brand.api.put(LADDER, {})
    assess(brand)
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "LV1"
    (posting,) = brand.api.get(f"{alice}/tier/postings")["data"]
    assert (posting["net"], posting["gross"], posting["orders"]) == (30_000, 30_000, 1)
    assert (posting["external_id"], posting["reason"]) == ("S-1", "매장 구매")


def test_a_dry_run_tells_who_would_move_and_changes_nothing(brand: TestBrand, alice: str) -> None:
    brand.api.put(LADDER, {})
    others = [make_member(brand, name) for name in ("bob", "carol", "dave")]
    for member, won in zip((alice, *others), (50_000, 100_000, 250_000, 5_000), strict=True):
        adjust(brand, member, member, won)
    before = brand.api.get(LADDER)
    tiers = [dict(tier) for tier in before["tiers"]]
    tiers[1]["threshold"], tiers[2]["threshold"] = 50_000, 300_000
    body = {"tiers": tiers, "dry_run": True}
    shown = brand.api.put(LADDER, body)
    assert shown["version"] == 2
    assert shown["dry_run"]["counts"] == [
        {"tier": "NONE", "now": 1, "at_once": 1, "at_assessment": 1},
        {"tier": "LV1", "now": 1, "at_once": 0, "at_assessment": 0},
        {"tier": "LV2", "now": 1, "at_once": 2, "at_assessment": 3},
        {"tier": "LV3", "now": 1, "at_once": 1, "at_assessment": 0},
        {"tier": "MASTER", "now": 0, "at_once": 0, "at_assessment": 0},
    ]
    assert shown["dry_run"]["moved"] == 2
    a, c = (brand.api.get(member)["id"] for member in (alice, others[1]))
    assert [
        (move["member"], move["now"], move["at_once"], move["at_assessment"])
        for move in shown["dry_run"]["members"]
    ] == [(c, "LV3", "LV3", "LV2"), (a, "LV1", "LV2", "LV2")]
    assert brand.api.get(LADDER) == before
    at_once = brand.api.put(LADDER, {**body, "move_down": "now"})["dry_run"]["counts"]
    assert [each["at_once"] for each in at_once] == [1, 0, 3, 0, 0]
    # What it told is what happens.
    brand.api.put(LADDER, {"tiers": tiers})
    assess(brand)
    assert brand.api.get(f"{others[1]}/tier")["tier"]["code"] == "LV3"
    set_clock(brand, "2026-12-01")
    assess(brand)
    assert brand.api.get(f"{others[1]}/tier")["tier"]["code"] == "LV2"


def test_the_distribution_is_that_of_any_day_by_any_measure(brand: TestBrand, alice: str) -> None:
    brand.api.refused("GET", f"{LADDER}/distribution", code="tier_ladder_not_found")
    brand.api.put(LADDER, {})
    bob = make_member(brand, "bob")
    adjust(brand, alice, "1", 100_000, occurred_at="2026-01-10T12:00:00+09:00")
    adjust(brand, alice, "2", -50_000, occurred_at="2026-03-10T12:00:00+09:00")
    adjust(brand, bob, "3", 10_000, occurred_at="2026-05-10T12:00:00+09:00")

    def counts(query: str) -> dict[str, int]:
        shown = brand.api.get(f"{LADDER}/distribution{query}")
        assert shown["members"] == 2
        return {each["tier"]: each["members"] for each in shown["tiers"] if each["members"]}

    assert counts("") == {"LV1": 2}
    assert counts("?on=2026-02-01") == {"NONE": 1, "LV2": 1}
    assert counts("?on=2026-04-01&basis=gross") == {"NONE": 1, "LV2": 1}
    assert counts("?basis=gross") == {"LV1": 1, "LV2": 1}
    assert counts("?on=2027-01-10") == {"NONE": 1, "LV1": 1}


def test_everyone_has_a_tier_that_asks_for_nothing(brand: TestBrand, alice: str) -> None:
    tiers = [
        {"code": "WELCOME", "name": "웰컴", "threshold": 0, "accrual": {"rate_basis_points": 150}},
        {"code": "VIP", "name": "VIP", "threshold": 100_000},
    ]
    brand.api.put(LADDER, {"tiers": tiers})
    shown = brand.api.get(f"{alice}/tier")
    assert (shown["tier"]["code"], shown["tier"]["accrual_rate_basis_points"]) == ("WELCOME", 150)
    assert (shown["source"], shown["stay"]) == ("earned", None)
    adjust(brand, alice, "1", -5_000)
    assert brand.api.get(f"{alice}/tier")["tier"]["code"] == "WELCOME"
    adjust(brand, alice, "2", 200_000)
    (change,) = brand.api.get(f"{alice}/tier/history")["data"]
    assert (change["before"], change["after"]) == ("WELCOME", "VIP")
