"""Two members become one, one is forgotten, and the audit sees what does not hold."""

from uuid import UUID

import psycopg
import pytest

from app.tiers import services as tiers
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id, unit_of_work
from tests.tiers.ladder import order, put, refund, set_clock, tier_of


@pytest.fixture
def people(brand: TestBrand) -> list[UUID]:
    set_clock(brand, "2026-11-25")
    put(brand)
    return [member_id(brand, make_member(brand, name)) for name in ("alice", "bob")]


def merge(brand: TestBrand) -> None:
    brand.api.post("/v1/members/ext:bob/merge", {"into": "ext:alice"}, expect=200)


def findings(brand: TestBrand) -> list[str]:
    with unit_of_work(brand):
        return sorted({finding.check for finding in tiers.audit(brand.brand_id)})


def test_what_counted_for_both_counts_for_the_survivor(
    brand: TestBrand, people: list[UUID]
) -> None:
    alice, bob = people
    order(brand, alice, 60_000)
    placed = order(brand, bob, 50_000)
    merge(brand)
    assert tier_of(brand, alice) == "LV2"
    (change, *_) = brand.api.get("/v1/members/ext:bob/tier/history")["data"]
    assert (change["before"], change["after"], change["kind"]) == ("LV1", None, "merged")
    shown = brand.api.get("/v1/members/ext:bob/tier")
    assert (shown["tier"]["code"], shown["qualifying_amount"]) == ("LV2", 110_000)
    # An order of the one who is gone is given back to the one who remains.
    refund(brand, alice, placed, 50_000, orders=1)
    assert tier_of(brand, alice) == "LV1"
    assert findings(brand) == []


def test_the_survivor_keeps_the_higher_tier_however_it_is_held(
    brand: TestBrand, people: list[UUID]
) -> None:
    order(brand, people[1], 250_000)
    set_clock(brand, "2027-11-30")
    brand.api.put("/v1/members/ext:bob/tier", {"tier": "MASTER", "reason": "VIP"})
    merge(brand)
    shown = brand.api.get("/v1/members/ext:alice/tier")
    assert (shown["tier"]["code"], shown["source"]) == ("MASTER", "manual")
    shown = brand.api.put("/v1/members/ext:alice/tier", {"tier": None, "reason": "끝"})
    assert (shown["tier"]["code"], shown["source"]) == ("LV3", "earned")
    assert findings(brand) == []


def test_what_staff_wrote_of_an_erased_member_is_gone_and_the_books_stay(
    brand: TestBrand, people: list[UUID], owner: psycopg.Connection
) -> None:
    api, alice = brand.api, people[0]
    body = {"external_id": "S", "amount": 60_000, "reason": "홍길동 님 매장 구매"}
    api.post("/v1/members/ext:alice/spend-adjustments", body)
    api.put("/v1/members/ext:alice/tier", {"tier": "LV3", "reason": "홍길동 님 사과"})
    api.post("/v1/members/ext:alice/erase", expect=200)
    for table, column in (("tier_postings", "reason"), ("tier_changes", "note")):
        rows = owner.execute(
            f"SELECT {column} FROM {table} WHERE member_id = %s", (alice,)
        ).fetchall()
        assert rows
        assert {row[0] for row in rows} == {None}
    distribution = api.get("/v1/tier-ladder/distribution")
    assert distribution["members"] == 1


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE member_tiers SET changes = 7", "changes_are_counted"),
        ("UPDATE member_tiers SET tier = 'LV1'", "tier_equals_last_change"),
        ("DELETE FROM tier_changes WHERE seq = 1", "changes_chain"),
        ("UPDATE tier_changes SET from_tier = 'LV3' WHERE seq = 2", "changes_chain"),
        ("UPDATE tier_changes SET to_tier = from_tier WHERE seq = 2", "changes_change_something"),
        ("DELETE FROM member_tiers", "no_change_without_standing"),
        ("UPDATE member_tiers SET member_id = gen_random_uuid()", "no_standing_of_nobody"),
        ("UPDATE member_tiers SET grounded_on = NULL", "a_tier_is_grounded"),
        ("UPDATE member_tiers SET grace_until = current_date", "grace_is_of_an_unearned_tier"),
        ("DELETE FROM tier_postings WHERE kind = 'order'", "refund_of_an_order_that_counts"),
        ("UPDATE tier_postings SET net = -60001 WHERE kind = 'refund'",
         "refunds_at_most_their_order"),
        ("UPDATE members SET status = 'merged', merged_into_id = id",
         "merged_members_have_no_tier"),
    ],
)  # fmt: skip
def test_the_audit_sees_what_does_not_hold(
    brand: TestBrand, people: list[UUID], owner: psycopg.Connection, damage: str, check: str
) -> None:
    placed = order(brand, people[0], 60_000)
    order(brand, people[0], 60_000)
    refund(brand, people[0], placed, 1)
    assert findings(brand) == []
    where = "AND" if "WHERE" in damage else "WHERE"
    damaged = owner.execute(f"{damage} {where} brand_id = %s", (brand.brand_id,))
    assert damaged.rowcount > 0
    assert check in findings(brand)
