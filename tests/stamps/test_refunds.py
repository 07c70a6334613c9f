"""A refund takes back what the order no longer deserves, and says what it could not."""

import itertools

import pytest

from tests.stamps.shop import Shop, occasions
from tests.support.members import advance

ITEMS = {"earn": {"per": "item"}}
STAMPS = "stamps:COFFEE"


@pytest.fixture
def shop(brand) -> Shop:
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    return Shop(brand)


def told(reversal):
    return [
        (each.taken, each.debt, each.kept, each.reopened, [occasion for _, occasion in each.grants])
        for each in reversal.programmes
    ]


def test_the_stamps_of_an_order_go_with_it(shop) -> None:
    shop.offer()
    first, _ = shop.order()
    second, _ = shop.order()
    assert told(shop.refund(first)) == [(1, 0, 0, (), [])]
    assert shop.cards() == [(1, 1, "open")]
    assert told(shop.refund(first)) == []  # again: nothing is left to take
    shop.refund(second)
    assert shop.cards() == [(1, 0, "emptied")]
    shop.order()
    assert shop.cards()[-1] == (2, 1, "open")


def test_a_full_card_whose_reward_is_not_used_is_reopened_and_may_be_filled_again(shop) -> None:
    shop.offer()
    orders = [shop.order()[0] for _ in range(4)]
    assert told(shop.refund(orders[0])) == [(1, 0, 0, (), [])]  # from the newest card
    assert told(shop.refund(orders[1])) == [(1, 0, 0, (1,), ["card/1/3"])]
    assert shop.cards() == [(1, 2, "open"), (2, 0, "emptied")]
    assert occasions(shop.order()[1]) == ["card/1/3"]
    assert shop.cards() == [(1, 3, "completed"), (2, 0, "emptied")]


def test_keep_leaves_stamps_whose_reward_is_used(shop) -> None:
    shop.offer(on_refund_of_used_reward="keep")
    orders = [shop.order()[0] for _ in range(3)]
    shop.used.add(("COFFEE", 1, 3))
    reversal = shop.refund(orders[0])
    assert told(reversal) == [(0, 0, 1, (), [])]
    assert "그대로 두었어요" in reversal.programmes[0].reason.ko
    assert told(shop.refund(orders[0])) == []
    assert (shop.cards(), shop.debt()) == ([(1, 3, "completed")], 0)


def test_debt_is_paid_first_by_the_next_stamps(shop) -> None:
    shop.offer(on_refund_of_used_reward="debt")
    orders = [shop.order()[0] for _ in range(3)]
    shop.used.add(("COFFEE", 1, 3))
    assert told(shop.refund(orders[0])) == [(0, 1, 0, (), [])]
    assert shop.debt() == 1
    payer, outcome = shop.order()
    assert (outcome.added[0].stamps, outcome.added[0].repaid) == (1, 1)
    assert (shop.cards(), shop.debt()) == ([(1, 3, "completed")], 0)
    shop.order()
    assert shop.cards() == [(1, 3, "completed"), (2, 1, "open")]
    # Who paid the debt is given back too: it is owed again, the card stays.
    assert told(shop.refund(payer)) == [(0, 1, 0, (), [])]
    assert (shop.cards()[1], shop.debt()) == ((2, 1, "open"), 1)


def test_a_repaid_debt_is_owed_again_even_if_the_policy_is_to_keep(shop) -> None:
    shop.offer(on_refund_of_used_reward="debt")
    orders = [shop.order()[0] for _ in range(3)]
    shop.used.add(("COFFEE", 1, 3))
    shop.refund(orders[0])
    advance(shop.brand, "PT1S")
    shop.offer(on_refund_of_used_reward="keep")
    payer, _ = shop.order()
    assert told(shop.refund(payer)) == [(0, 1, 0, (), [])]


def test_revoke_if_unused_takes_the_rewards_that_can_be_taken_and_keeps_the_stamps(shop) -> None:
    rewards = [{"at": at, "benefits": [{"points": 10}]} for at in (2, 4, 6)]
    shop.offer(**ITEMS, goal=6, rewards=rewards, on_refund_of_used_reward="revoke_if_unused")
    order, _ = shop.order(6)
    shop.used.add(("COFFEE", 1, 4))
    reversal = shop.refund(order)
    assert told(reversal) == [(2, 0, 4, (1,), ["card/1/6", "card/1/2"])]
    assert reversal.grants == ((STAMPS, "card/1/6"), (STAMPS, "card/1/2"))
    assert shop.cards() == [(1, 4, "open")]


def test_an_unused_reward_of_an_older_card_does_not_hide_behind_a_used_one(shop) -> None:
    rewards = [{"at": at, "benefits": [{"points": 10}]} for at in (1, 3)]
    shop.offer(**ITEMS, rewards=rewards, on_refund_of_used_reward="keep")
    order, _ = shop.order(4)
    shop.used.add(("COFFEE", 2, 1))
    assert told(shop.refund(order)) == [(3, 0, 1, (), ["card/1/1", "card/1/3"])]
    assert shop.cards() == [(1, 0, "emptied"), (2, 1, "open")]


def test_two_open_cards_are_filled_the_oldest_first(shop) -> None:
    rewards = [{"at": at, "benefits": [{"points": 10}]} for at in (1, 3)]
    shop.offer(**ITEMS, rewards=rewards)
    order, _ = shop.order(4)
    shop.used.add(("COFFEE", 2, 1))
    shop.refund(order, left=(3, 15_000))
    assert shop.cards() == [(1, 2, "open"), (2, 1, "open")]
    _, outcome = shop.order(2)
    assert occasions(outcome) == ["card/1/3"]
    assert shop.cards() == [(1, 3, "completed"), (2, 2, "open")]


def test_a_refund_does_not_reach_cards_older_than_the_order(shop) -> None:
    shop.offer(on_refund_of_used_reward="keep")
    for _ in range(3):
        shop.order()
    late, _ = shop.order()
    shop.used.add(("COFFEE", 2, 1))
    assert told(shop.refund(late)) == [(1, 0, 0, (), [])]
    assert shop.cards()[0] == (1, 3, "completed")


def test_what_lapsed_with_its_card_is_not_taken_from_another(shop) -> None:
    shop.offer(card_expires_in_days=1)
    old, _ = shop.order()
    advance(shop.brand, "P1D")
    shop.order()
    assert told(shop.refund(old)) == []
    assert shop.cards() == [(1, 0, "expired"), (2, 1, "open")]


def test_a_refund_sees_a_card_expired_that_no_job_has_swept(shop) -> None:
    shop.offer(card_expires_in_days=1)
    old, _ = shop.order()
    advance(shop.brand, "P1D")
    assert told(shop.refund(old)) == []


def test_a_reopened_card_has_its_full_time_again(shop) -> None:
    shop.offer(card_expires_in_days=10)
    orders = [shop.order()[0] for _ in range(3)]
    advance(shop.brand, "P20D")
    shop.refund(orders[0])
    advance(shop.brand, "P9D")
    assert occasions(shop.order()[1]) == ["card/1/3"]


def test_what_the_daily_limit_did_not_give_is_not_taken(shop) -> None:
    shop.offer(**ITEMS, daily_limit=2, goal=10, rewards=[])
    order, _ = shop.order(5)
    assert told(shop.refund(order, left=(3, 15_000))) == []
    assert told(shop.refund(order, left=(1, 5_000))) == [(1, 0, 0, (), [])]
    assert told(shop.refund(order)) == [(1, 0, 0, (), [])]


def test_stamps_of_rules_go_when_nothing_is_left(shop) -> None:
    shop.offer(**ITEMS, goal=10, rewards=[])
    order, _ = shop.order(2, extra={"COFFEE": 3})
    assert told(shop.refund(order, left=(1, 5_000))) == [(1, 0, 0, (), [])]
    assert told(shop.refund(order)) == [(4, 0, 0, (), [])]


@pytest.mark.parametrize("policy", ["keep", "debt", "revoke_if_unused"])
@pytest.mark.parametrize("used", [(), (2,), (5,), (2, 5)])
def test_any_parts_of_a_refund_sum_to_the_whole(make_brand, policy, used) -> None:
    rewards = [{"at": at, "benefits": [{"points": 10}]} for at in (2, 5)]
    results = []
    for parts in ((0,), (6, 5, 2, 0), (3, 0), (7, 6, 5, 4, 3, 2, 1, 0)):
        shop = Shop(make_brand())
        shop.offer(**ITEMS, goal=5, rewards=rewards, on_refund_of_used_reward=policy)
        shop.order(1)
        order, _ = shop.order(8)
        shop.used |= {("COFFEE", 1, at) for at in used}
        reversals = [shop.refund(order, left and (left, left * 5_000)) for left in parts]
        sums = [
            sum(amount)
            for amount in zip(
                *((each.taken, each.debt, each.kept) for r in reversals for each in r.programmes),
                strict=True,
            )
        ]
        grants = sorted(set(itertools.chain.from_iterable(r.grants for r in reversals)))
        results.append((sums, grants, shop.cards(), shop.debt()))
    assert sum(results[0][0]) == 8
    assert all(each == results[0] for each in results)


def test_what_another_order_gave_back_from_a_newer_card_is_taken_from_the_older_one(shop) -> None:
    shop.offer(goal=2, rewards=[{"at": 2, "benefits": [{"points": 10}]}])
    first, second, third = (shop.order()[0] for _ in range(3))
    # The newest stamp goes, whoever's it is; what is left stands for the other orders.
    shop.refund(second)
    assert shop.cards() == [(1, 2, "completed"), (2, 0, "emptied")]
    assert told(shop.refund(third)) == [(1, 0, 0, (1,), ["card/1/2"])]
    assert told(shop.refund(first)) == [(1, 0, 0, (), [])]
    assert shop.debt() == 0
    assert not any(stamps for _, stamps, _ in shop.cards())


@pytest.mark.parametrize("policy", ["keep", "debt", "revoke_if_unused"])
def test_in_whatever_order_orders_are_given_back_nothing_is_left(make_brand, policy) -> None:
    for order_of in itertools.permutations(range(4)):
        shop = Shop(make_brand())
        shop.offer(
            goal=2,
            rewards=[{"at": at, "benefits": [{"points": 10}]} for at in (1, 2)],
            on_refund_of_used_reward=policy,
        )
        orders = [shop.order()[0] for _ in range(4)]
        reversals = [shop.refund(orders[number]) for number in order_of]
        grants = [grant for reversal in reversals for grant in reversal.grants]
        assert sorted(occasion for _, occasion in grants) == [
            "card/1/1", "card/1/2", "card/2/1", "card/2/2",
        ]  # fmt: skip
        assert [stamps for _, stamps, _ in shop.cards()] == [0, 0]
        assert shop.debt() == 0
