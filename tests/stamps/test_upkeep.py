"""Cards lapse by themselves, follow a member into another one, and end with an erasure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from app import jobs, nightly
from app.stamps import services
from app.stamps.audits import CHECKS
from app.stamps.jobs import expire_cards
from tests.orders.programme import card, rule
from tests.orders.shop import place, refund
from tests.stamps.shop import Shop
from tests.stamps.test_adding import add
from tests.support.api import TestBrand
from tests.support.members import advance, balance, make_member, run_job, unit_of_work


@pytest.fixture
def shop(brand: TestBrand) -> Shop:
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    return Shop(brand)


def clean(brand: TestBrand) -> None:
    with unit_of_work(brand):
        assert services.audit(brand.brand_id) == []


def kinds(owner: psycopg.Connection, brand: TestBrand) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT kind, card_no, d_stamps, d_debt FROM stamp_entries WHERE brand_id = %s"
        " ORDER BY member_id, programme, seq",
        (brand.brand_id,),
    ).fetchall()


def test_the_job_empties_cards_at_midnight_once(shop: Shop, owner: psycopg.Connection) -> None:
    shop.offer(card_expires_in_days=2)
    shop.order()
    advance(shop.brand, "PT35H59M59S")
    assert run_job(shop.brand, expire_cards) == 0
    advance(shop.brand, "PT1S")
    assert run_job(shop.brand, expire_cards) == 1
    assert run_job(shop.brand, expire_cards) == 0
    assert shop.cards() == [(1, 0, "expired")]
    assert kinds(owner, shop.brand) == [("order", 1, 1, 0), ("expiry", 1, -1, 0)]
    clean(shop.brand)


@pytest.mark.parametrize(
    ("zone", "opened", "lapses"),
    [
        ("America/New_York", "2027-03-13T23:59:59", "2027-03-15T00:00:00"),  # a day of 23 hours
        ("America/New_York", "2027-11-06T12:00:00", "2027-11-08T00:00:00"),  # one of 25
        ("Asia/Seoul", "2027-12-31T23:59:59", "2028-01-02T00:00:00"),
        ("Asia/Seoul", "2028-02-28T00:00:00", "2028-03-01T00:00:00"),  # over 29 February
    ],
)
def test_a_card_of_two_days_ends_at_the_brands_midnight(
    make_brand: Any, zone: str, opened: str, lapses: str
) -> None:
    brand = make_brand(timezone=zone)

    def set_clock(local: str, seconds: int = 0) -> None:
        now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp() + seconds
        at = datetime.fromtimestamp(now, ZoneInfo(zone))
        brand.api.post("/v1/test-clock", {"now": at.isoformat()}, expect=200)

    set_clock(opened)
    shop = Shop(brand)
    shop.offer(card_expires_in_days=2)
    add(shop)
    set_clock(lapses, -1)
    assert run_job(brand, expire_cards) == 0
    set_clock(lapses)
    assert run_job(brand, expire_cards) == 1


def test_chunks_go_on_until_nothing_is_due(shop: Shop) -> None:
    shop.offer(card_expires_in_days=1, goal=10)
    for number in range(5):
        add(Shop(shop.brand, f"m{number}"))
    later = Shop(shop.brand, "later")
    advance(shop.brand, "P1D")
    add(later)
    reported: list[int] = []
    assert run_job(shop.brand, expire_cards, chunk=2, report=reported.append) == 5
    assert reported == [2, 4, 5]
    assert later.cards() == [(1, 1, "open")]
    clean(shop.brand)


def test_several_cards_of_one_account_lapse_together(shop: Shop, owner: psycopg.Connection) -> None:
    shop.offer(card_expires_in_days=9, earn={"per": "item"})
    first, _ = shop.order(2)
    second, _ = shop.order(2)
    shop.refund(first, left=(1, 5000))
    shop.order(1)
    shop.refund(second)
    advance(shop.brand, "P9D")
    open_cards = [each for each in shop.cards() if each[2] == "open"]
    assert run_job(shop.brand, expire_cards) == len(open_cards)
    assert all(stamps == 0 for _, stamps, state in shop.cards() if state != "completed")
    clean(shop.brand)


def test_an_account_that_is_being_changed_is_left_and_found_again(
    shop: Shop, owner: psycopg.Connection
) -> None:
    shop.offer(card_expires_in_days=1)
    shop.order()
    advance(shop.brand, "P1D")
    with owner.transaction():
        owner.execute(
            "SELECT 1 FROM stamp_accounts WHERE brand_id = %s FOR UPDATE", (shop.brand.brand_id,)
        )
        assert run_job(shop.brand, expire_cards) == 0
    assert run_job(shop.brand, expire_cards) == 1


def test_cards_lapse_in_the_night_even_if_nights_were_missed(shop: Shop) -> None:
    shop.offer(card_expires_in_days=1)
    with shop.brand.app.app_context():
        jobs.run(nightly.KIND, shop.brand.brand_id)
    shop.order()
    advance(shop.brand, "P5D")
    with shop.brand.app.app_context():
        jobs.run(nightly.KIND, shop.brand.brand_id)
    assert shop.cards() == [(1, 0, "expired")]


def test_a_merge_keeps_every_stamp_and_what_is_owed(shop: Shop) -> None:
    shop.offer()
    shop.offer("TEA", channels=["none"])
    old = Shop(shop.brand, "old")
    orders = [old.order()[0] for _ in range(3)]
    old.used.add(("COFFEE", 1, 3))
    old.refund(orders[0])  # owes one
    for each in (old, old, old, shop, shop):
        each.order()
    add(old, 2, programme="TEA")
    shop.brand.api.post("/v1/members/ext:old/merge", {"into": "ext:alice"}, expect=200)
    assert shop.cards() == [(1, 2, "open"), (2, 3, "completed"), (3, 2, "open")]
    assert (shop.cards("TEA"), shop.debt()) == ([(1, 2, "open")], 0)
    assert old.cards() == []
    shop.order()
    assert shop.cards() == [(1, 3, "completed"), (2, 3, "completed"), (3, 2, "open")]
    clean_cards(shop.brand)


def clean_cards(brand: TestBrand) -> None:
    """The shop of these tests grants nothing itself, so rewards are not asked for."""
    with unit_of_work(brand):
        found = services.audit(brand.brand_id)
    assert [each for each in found if each.check != "stamps_have_their_rewards"] == []


def test_debt_of_a_merged_member_is_owed_by_the_survivor(shop: Shop) -> None:
    shop.offer()
    old = Shop(shop.brand, "old")
    orders = [old.order()[0] for _ in range(3)]
    old.used.add(("COFFEE", 1, 3))
    old.refund(orders[0])
    shop.brand.api.post("/v1/members/ext:old/merge", {"into": "ext:alice"}, expect=200)
    assert shop.debt() == 1
    add(shop, 2, occasion="new")
    assert (shop.debt(), shop.cards()) == (0, [(1, 3, "completed"), (2, 1, "open")])


def test_occasions_of_both_are_known_after_a_merge(shop: Shop) -> None:
    shop.offer(goal=10)
    old = Shop(shop.brand, "old")
    for each in (old, shop):
        add(each, occasion="joined")
    add(old, occasion="birthday")
    shop.brand.api.post("/v1/members/ext:old/merge", {"into": "ext:alice"}, expect=200)
    assert shop.cards() == [(1, 1, "open"), (2, 2, "open")]
    for occasion in ("joined", "birthday"):
        assert add(shop, occasion=occasion).why == "repeated"


def test_an_order_of_a_merged_member_takes_its_stamps_and_rewards_back(make_brand: Any) -> None:
    brand = make_brand(accrual={"pending": "immediate", "rate_basis_points": 0})
    make_member(brand, "17850")
    alice = make_member(brand, "alice")
    card(brand, goal=2, rewards=[{"at": 2, "benefits": [{"points": 100}]}])
    rule(
        brand,
        "FULL",
        trigger={"on": "stamp_card_completed"},
        effects=[{"points": 7}],
    )
    for name, member in (("A", "ext:alice"), ("B", "ext:alice"), ("C", "ext:17850")):
        place(brand, name, member=member)
    place(brand, "D")
    assert balance(brand, alice)["available"] == 107
    brand.api.post("/v1/members/ext:17850/merge", {"into": "ext:alice"}, expect=200)
    assert balance(brand, alice)["available"] == 214
    clean(brand)
    refund(brand, "R-1", "D")
    (shown,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert [(each["card"], each["stamps"]) for each in shown["cards"]] == [(2, 1)]
    assert balance(brand, alice)["available"] == 107
    clean(brand)
    for name in ("A", "B", "C"):
        refund(brand, f"R-{name}", name)
    assert balance(brand, alice) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    (shown,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert [each["card"] for each in shown["cards"]] == [None]
    clean(brand)


def test_an_erased_members_cards_end_and_what_staff_wrote_is_gone(
    shop: Shop, owner: psycopg.Connection
) -> None:
    shop.offer()
    shop.offer("TEA", rewards=[], channels=["none"])
    add(shop, 2, programme="TEA")
    order_id, _ = shop.order()
    for _ in range(2):
        shop.order()
    shop.used.add(("COFFEE", 1, 3))
    shop.refund(order_id)
    shop.brand.api.post(f"{shop.path}/erase", expect=200)
    assert (shop.debt(), shop.cards("TEA")) == (0, [(1, 0, "expired")])
    assert ("erasure", None, 0, -1) in kinds(owner, shop.brand)
    assert ("erasure", 1, -2, 0) in kinds(owner, shop.brand)
    reasons = owner.execute(
        "SELECT count(*) FROM stamp_entries WHERE brand_id = %s AND reason IS NOT NULL",
        (shop.brand.brand_id,),
    ).fetchone()
    assert reasons == (0,)
    clean_cards(shop.brand)


def test_another_member_keeps_everything_when_one_is_erased(shop: Shop) -> None:
    shop.offer()
    other = Shop(shop.brand, "other")
    add(other, 2)
    add(shop, 2)
    shop.brand.api.post(f"{shop.path}/erase", expect=200)
    assert other.cards() == [(1, 2, "open")]
    clean(shop.brand)


LIES = {
    "account_equals_its_entries": "UPDATE stamp_accounts SET debt = debt + 1 WHERE brand_id = %s",
    "account_counts_its_cards": "UPDATE stamp_accounts SET cards = cards + 1 WHERE brand_id = %s",
    "card_equals_its_entries": "UPDATE stamp_cards SET stamps = 2 WHERE brand_id = %s"
    " AND card_no = 2",
    "card_is_of_its_version": "UPDATE stamp_cards SET goal = 4 WHERE brand_id = %s AND card_no = 2",
    "stamps_have_their_rewards": "UPDATE benefit_grants SET reversed_at = granted_at"
    " WHERE brand_id = %s",
    "rewards_have_their_stamps": "UPDATE benefit_grants SET occasion = 'card/2/3'"
    " WHERE brand_id = %s",
    "refunds_take_at_most_what_the_order_gave": "UPDATE stamp_entries"
    " SET order_id = gen_random_uuid() WHERE brand_id = %s AND kind = 'refund'",
    "merged_members_have_no_cards": "UPDATE members m SET status = 'merged', merged_into_id = ("
    "  SELECT o.id FROM members o WHERE o.brand_id = m.brand_id AND o.external_id = 'bob')"
    " WHERE brand_id = %s AND external_id = 'alice'",
}


@pytest.mark.parametrize("check", CHECKS)
def test_whoever_tampers_is_found(shop: Shop, owner: psycopg.Connection, check: str) -> None:
    shop.offer()
    make_member(shop.brand, "bob")
    add(shop, 3)
    order_id, _ = shop.order()
    add(shop, 1, occasion="again")
    shop.refund(order_id)
    clean(shop.brand)
    assert owner.execute(LIES[check], (shop.brand.brand_id,)).rowcount
    with unit_of_work(shop.brand):
        found = {finding.check for finding in services.audit(shop.brand.brand_id)}
    assert check in found
