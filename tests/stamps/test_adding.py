"""Stamps from outside of orders: once for each occasion, with all that a card gives."""

from collections.abc import Iterator
from typing import Any

import pytest

from app import events
from app.ids import new_id
from app.points.errors import AccountNotFound
from app.stamps import services
from app.stamps.errors import InsufficientStamps, StampProgrammeNotFound
from app.stamps.events import StampCardCompleted
from app.stamps.services import ByHand
from tests.orders.programme import card
from tests.orders.shop import place, refund
from tests.stamps.shop import Shop
from tests.support.members import balance, make_member, member_id, unit_of_work
from tests.support.parallel import at_once


@pytest.fixture
def shop(brand) -> Shop:
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    return Shop(brand)


@pytest.fixture
def told(monkeypatch) -> Iterator[list[StampCardCompleted]]:
    """What is published of full cards."""
    heard: list[StampCardCompleted] = []
    monkeypatch.setitem(events.HANDLERS, StampCardCompleted, [heard.append])
    return heard


def add(shop: Shop, count: int = 1, occasion: str = "rule:R/joined", **more: Any) -> ByHand:
    with unit_of_work(shop.brand):
        return services.add(
            shop.brand.brand_id,
            shop.member,
            more.pop("programme", "COFFEE"),
            count,
            reason="test",
            occasion=occasion,
            actor="test",
            now=shop._now(),
            **more,
        )


def take(shop: Shop, count: int, occasion: str) -> ByHand:
    with unit_of_work(shop.brand):
        return services.take(
            shop.brand.brand_id,
            shop.member,
            "COFFEE",
            count,
            reason="test",
            occasion=occasion,
            actor="test",
            now=shop._now(),
        )


def test_stamps_fill_cards_and_give_their_rewards(shop, told) -> None:
    shop.offer()
    assert add(shop, 4).stamps == 4
    assert shop.cards() == [(1, 3, "completed"), (2, 1, "open")]
    assert balance(shop.brand, shop.path)["available"] == 1000
    assert [(each.programme, each.card_no, each.kind, each.order_id) for each in told] == [
        ("COFFEE", 1, "rule", None)
    ]


def test_an_occasion_stamps_once_however_often_it_comes(shop, told) -> None:
    shop.offer()
    add(shop, 3)
    again = add(shop, 3)
    assert (again.stamps, again.why) == (0, "repeated")
    assert add(shop, 1, occasion="rule:R/birthday/2026").stamps == 1
    assert shop.cards() == [(1, 3, "completed"), (2, 1, "open")]
    assert balance(shop.brand, shop.path)["available"] == 1000
    assert len(told) == 1


def test_an_occasion_is_of_one_programme_and_one_member(shop) -> None:
    shop.offer()
    shop.offer("TEA")
    add(shop)
    assert add(shop, programme="TEA").stamps == 1
    other = Shop(shop.brand, "bob")
    assert add(other).stamps == 1
    assert (shop.cards(), shop.cards("TEA"), other.cards()) == ([(1, 1, "open")],) * 3


def test_stamps_outside_of_orders_first_pay_what_is_owed(shop) -> None:
    shop.offer()
    orders = [shop.order()[0] for _ in range(3)]
    shop.used.add(("COFFEE", 1, 3))
    shop.refund(orders[0])
    add(shop, 1)
    assert (shop.debt(), shop.cards()) == (0, [(1, 3, "completed")])
    assert add(shop, 1).why == "repeated"  # known although it only paid


def test_what_is_added_for_an_order_goes_with_it(shop) -> None:
    shop.offer()
    order_id = new_id()
    add(shop, 2, order_id=order_id)
    shop.refund(order_id)
    assert shop.cards() == [(1, 0, "emptied")]


def test_what_another_member_was_given_for_an_order_is_not_taken_from_the_buyer(shop) -> None:
    shop.offer()
    order_id, _ = shop.order()
    friend = Shop(shop.brand, "friend")
    add(friend, 2, order_id=order_id)
    shop.refund(order_id)
    assert (shop.cards(), friend.cards()) == ([(1, 0, "emptied")], [(1, 2, "open")])


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_a_programme_that_is_not_active_takes_none_and_the_occasion_stays_open(
    shop, status
) -> None:
    shop.offer()
    shop.set_status(status)
    assert add(shop).why == "not_active"
    if status == "paused":
        shop.set_status("active")
        assert add(shop).stamps == 1


def test_a_draft_stamps_nothing_before_it_is_activated(shop) -> None:
    shop.offer(draft=True)
    assert not shop.order()[1].added
    assert add(shop).why == "not_active"
    shop.set_status("active")
    assert shop.order()[1].added


def test_who_is_unknown_is_refused(shop) -> None:
    with pytest.raises(StampProgrammeNotFound):
        add(shop)
    shop.offer()
    shop.member = new_id()
    with pytest.raises(AccountNotFound):
        add(shop)


def test_only_stamps_without_a_reward_can_be_taken_from_the_newest_card_first(shop) -> None:
    shop.offer(goal=5, rewards=[{"at": 2, "benefits": [{"points": 10}]}])
    add(shop, 4)
    with pytest.raises(InsufficientStamps) as refused:
        take(shop, 3, "key/1")
    assert (refused.value.details["required"], refused.value.details["available"]) == (3, 2)
    assert take(shop, 2, "key/2").stamps == -2
    assert take(shop, 2, "key/2").why == "repeated"
    assert shop.cards() == [(1, 2, "open")]
    assert balance(shop.brand, shop.path)["available"] == 10


@pytest.mark.parametrize("policy", ["keep", "debt", "revoke_if_unused"])
def test_a_stamp_that_staff_took_is_not_owed_when_its_order_is_given_back(shop, policy) -> None:
    shop.offer(on_refund_of_used_reward=policy)
    order_id, _ = shop.order()
    take(shop, 1, "key/1")
    (told,) = shop.refund(order_id).programmes
    assert (told.taken, told.debt, told.kept) == (0, 0, 0)
    assert told.reason.ko == "커피: 스탬프 1개는 이미 빠져 있었어요"
    assert shop.refund(order_id).programmes == ()
    assert (shop.debt(), shop.cards()) == (0, [(1, 0, "emptied")])


def test_a_card_that_staff_emptied_is_out_of_play(shop) -> None:
    shop.offer()
    add(shop, 2)
    take(shop, 2, "key/1")
    add(shop, 1, occasion="again")
    assert shop.cards() == [(1, 0, "emptied"), (2, 1, "open")]


def test_many_at_the_same_moment_stamp_once_for_each_occasion(busy) -> None:
    shop = Shop(busy)
    shop.offer(goal=3)
    calls = [lambda n=n: add(shop, 1, occasion=f"o/{n % 7}").stamps for n in range(21)]
    assert sum(at_once(calls)) == 7
    assert shop.cards() == [(1, 3, "completed"), (2, 3, "completed"), (3, 1, "open")]
    assert balance(busy, shop.path)["available"] == 2000


def test_the_checkout_tells_of_full_cards_when_it_counts_the_order(make_brand, told) -> None:
    brand = make_brand(accrual={"pending": "until_confirmed"})
    path = make_member(brand, "17850")
    card(brand, "PAID", goal=1, rewards=[])
    card(brand, "KEPT", goal=1, rewards=[], counted_when="confirmed")
    place(brand)
    assert [(each.programme, each.kind) for each in told] == [("PAID", "order")]
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    assert [each.programme for each in told] == ["PAID", "KEPT"]
    assert {each.member_id for each in told} == {member_id(brand, path)}
    assert all(each.order_id for each in told)
    brand.api.post(
        "/v1/checkout/preview",
        {"member": "ext:17850", "lines": [{"sku": "a", "quantity": 1, "unit_price": 10}]},
        expect=200,
    )
    refund(brand)
    assert len(told) == 2
