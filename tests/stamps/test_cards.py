"""Cards fill up with orders, give rewards, and go on to the next card."""

from datetime import UTC, datetime

import pytest

from tests.stamps.shop import Shop, occasions
from tests.support.members import advance


@pytest.fixture
def shop(brand) -> Shop:
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    return Shop(brand)


def test_the_third_order_fills_a_card_of_three_and_gives_its_reward_once(shop) -> None:
    shop.offer()
    outcomes = [shop.order()[1] for _ in range(4)]
    assert [occasions(each) for each in outcomes] == [[], [], ["card/1/3"], []]
    assert [each.completed for each in outcomes] == [[], [], [("COFFEE", 1)], []]
    assert outcomes[2].grants[0].source == "stamps:COFFEE"
    assert outcomes[2].grants[0].terms == {
        "kind": "stamps", "programme": "COFFEE", "card_no": 1, "at": 3,
    }  # fmt: skip
    assert shop.cards() == [(1, 3, "completed"), (2, 1, "open")]


def test_stamps_that_are_too_many_begin_the_next_cards(shop) -> None:
    shop.offer(earn={"per": "item"}, rewards=[
        {"at": 1, "benefits": [{"points": 10}]}, {"at": 3, "benefits": [{"points": 100}]},
    ])  # fmt: skip
    _, outcome = shop.order(8)
    assert occasions(outcome) == [
        "card/1/1", "card/1/3", "card/2/1", "card/2/3", "card/3/1",
    ]  # fmt: skip
    assert shop.cards() == [(1, 3, "completed"), (2, 3, "completed"), (3, 2, "open")]
    assert [(card.card_no, card.missing) for card in outcome.cards] == [(1, 0), (2, 0), (3, 1)]


@pytest.mark.parametrize(
    ("earn", "more", "stamps"),
    [
        ({"per": "order"}, {}, 1),
        ({"per": "amount", "amount": 5_000}, {}, 3),
        ({"per": "amount", "amount": 20_000}, {}, 0),
        ({"per": "item"}, {}, 4),
        ({"per": "item"}, {"selection": {"categories": ["coffee"]}}, 4),
        ({"per": "item"}, {"selection": {"skus": ["B"]}}, 0),
        ({"per": "order"}, {"selection": {"skus": ["B"]}}, 0),
        ({"per": "order"}, {"minimum_order_amount": 19_000}, 1),
        ({"per": "order"}, {"minimum_order_amount": 19_001}, 0),
        ({"per": "item"}, {"daily_limit": 3}, 3),
        ({"per": "order"}, {"channels": ["store"]}, 0),
        ({"per": "order"}, {"counted_when": "confirmed"}, 0),
    ],
)
def test_an_order_gives_what_the_programme_says(shop, earn, more, stamps) -> None:
    shop.offer(earn=earn, goal=100, rewards=[], **more)
    _, outcome = shop.order(4, 19_000)
    assert sum(added.stamps for added in outcome.added) == stamps


def test_a_programme_of_one_channel_counts_that_channel(shop) -> None:
    shop.offer(channels=["store"])
    assert shop.order(channel="store")[1].added


def test_the_daily_limit_is_the_local_days_and_a_refund_gives_room(shop) -> None:
    shop.offer(daily_limit=1, goal=10, rewards=[])
    first, _ = shop.order()
    assert not shop.order()[1].added
    shop.refund(first)
    assert shop.order()[1].added
    advance(shop.brand, "PT12H")  # midnight in Seoul
    assert shop.order()[1].added
    assert shop.cards()[-1][1] == 2


def test_a_card_keeps_the_version_it_was_opened_under(shop) -> None:
    shop.offer()
    shop.order()
    shop.offer(goal=2, rewards=[{"at": 2, "benefits": [{"points": 7}]}])
    outcomes = [shop.order()[1] for _ in range(4)]
    assert [occasions(each) for each in outcomes] == [[], ["card/1/3"], [], ["card/2/2"]]
    assert [grant.version for each in outcomes for grant in each.grants] == [1, 2]


def test_a_card_expires_at_midnight_even_if_no_job_ran(shop) -> None:
    shop.offer(card_expires_in_days=2)
    _, outcome = shop.order()
    assert outcome.cards[0].expires_at == datetime(2026, 3, 2, 15, tzinfo=UTC)
    advance(shop.brand, "PT35H59M")
    shop.order()
    assert shop.cards() == [(1, 2, "open")]
    advance(shop.brand, "PT1M")
    shop.order()
    assert shop.cards() == [(1, 0, "expired"), (2, 1, "open")]


def test_stamps_of_rules_come_on_top_and_are_not_held_to_the_daily_limit(shop) -> None:
    shop.offer(daily_limit=1)
    _, outcome = shop.order(extra={"COFFEE": 4})
    assert (outcome.added[0].stamps, outcome.added[0].by_rules) == (5, 4)
    assert shop.cards() == [(1, 3, "completed"), (2, 2, "open")]


def test_an_order_is_counted_by_the_version_of_its_day_so_never_twice(shop) -> None:
    shop.offer(counted_when="paid")
    bought_at = shop.now()
    order_id, _ = shop.order(at=bought_at)
    advance(shop.brand, "P1D")
    shop.offer(counted_when="confirmed")
    assert not shop.order(when=("confirmed",), order_id=order_id, at=bought_at)[1].added
    assert shop.order(when=("confirmed",))[1].added
    assert shop.order(when=("paid", "confirmed"), at=bought_at)[1].added
    assert shop.cards() == [(1, 3, "completed")]


def test_a_programme_that_rests_or_has_ended_gives_nothing_and_cards_stay(shop) -> None:
    shop.offer()
    shop.order()
    for status in ("paused", "ended"):
        shop.set_status(status)
        assert not shop.order(extra={"COFFEE": 1})[1].added
    assert shop.cards() == [(1, 1, "open")]
