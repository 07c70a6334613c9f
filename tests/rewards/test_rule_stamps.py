"""Stamps by rules, outside of orders too, taken back exactly; full cards that rules wait for."""

from typing import Any

import pytest

from app.audit import prove_books
from tests.orders.programme import card
from tests.rewards.invitations import invite
from tests.rewards.occasions import born, put_rule, run, stand_at
from tests.rewards.programme import buy, rewards_of, switch_on
from tests.support.api import TestBrand
from tests.support.members import balance, make_member, unit_of_work

STAMPS = {"stamps": 2, "programme": "CARD"}


def stamps_of(brand: TestBrand, member: str) -> list[tuple[int, int]]:
    """Return the open cards of a member: (number, stamps)."""
    cards = brand.api.get(f"{member}/summary")["stamp_cards"]
    return [(each["card"], each["stamps"]) for each in cards if each["card"] is not None]


def tell(brand: TestBrand, member: str, number: str) -> Any:
    name = member.rsplit("/", 1)[1]
    body = {"type": "review", "member": name, "external_id": number}
    return brand.api.send("POST", "/v1/events", body).get_json()


def is_proven(brand: TestBrand) -> bool:
    with unit_of_work(brand):
        assert prove_books(brand.brand_id) == []
    return True


def offer(brand: TestBrand) -> None:
    """Offer a card of three that no order of these tests stamps."""
    rewards = [{"at": 3, "benefits": [{"points": 500}]}]
    card(brand, goal=3, rewards=rewards, minimum_order_amount=1_000_000)


def test_a_birthday_gives_stamps_once(brand: TestBrand) -> None:
    stand_at(brand, "2026-03-01")
    offer(brand)
    put_rule(brand, "DAY", effects=[STAMPS, {"points": 100}])
    member = born(brand, "mina", {"date": "1990-06-10"})
    run(brand, "2026-06-09")  # who has never looked begins then

    for _ in range(2):
        run(brand, "2026-06-10")

    assert stamps_of(brand, member) == [(1, 2)]
    assert balance(brand, member)["available"] == 100
    assert is_proven(brand)


def test_an_event_that_fills_a_card_gives_what_the_card_and_the_rules_on_it_give(
    brand: TestBrand,
) -> None:
    offer(brand)
    switch_on(brand, "REVIEW", STAMPS, on="event", trigger={"type": "review"})
    switch_on(
        brand, "FULL", {"points": 30}, {"tag": "collector"}, on="stamp_card_completed",
        trigger={"programmes": ["CARD"]}, limits={"per_member": {"times": 1}},
    )  # fmt: skip
    member = make_member(brand, "mina")

    tell(brand, member, "1")
    assert balance(brand, member)["available"] == 0
    for _ in range(2):
        tell(brand, member, "2")

    assert stamps_of(brand, member) == [(2, 1)]
    assert balance(brand, member)["available"] == 500 + 30
    assert [tag["tag"] for tag in brand.api.get(f"{member}/tags")["data"]] == ["collector"]
    tell(brand, member, "3")  # the second card is full: the card gives, the rule has given
    assert balance(brand, member)["available"] == 2 * 500 + 30
    assert is_proven(brand)


def test_a_card_that_staff_fill_asks_the_rules_too(brand: TestBrand) -> None:
    offer(brand)
    switch_on(brand, "FULL", {"points": 30}, on="stamp_card_completed")
    member = make_member(brand, "mina")

    brand.api.post(
        f"{member}/stamps/adjustments", {"programme": "CARD", "stamps": 3, "reason": "방문"}
    )

    assert balance(brand, member)["available"] == 530


def test_in_the_checkout_the_order_that_fills_a_card_asks_the_rules_once(
    brand: TestBrand,
) -> None:
    card(brand, goal=3, rewards=[{"at": 3, "benefits": [{"points": 500}]}])
    switch_on(brand, "TWO", STAMPS, conditions={"minimum_amount": 20_000})
    switch_on(brand, "FULL", {"points": 30}, on="stamp_card_completed")
    member = make_member(brand, "mina")

    told = buy(brand, member, "1", 20_000)

    # One stamp of the programme's own and two of the rule.
    assert rewards_of(told) == {"TWO": 0, "stamps:CARD": 500, "FULL": 30}
    brand.api.post("/v1/orders/ext:1/refunds", {"external_id": "R", "all": True})
    assert balance(brand, member) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert stamps_of(brand, member) == []
    assert is_proven(brand)


@pytest.mark.parametrize("parts", [(1, 1, 1), (2, 1), (1, 2), (3,)], ids=str)
def test_parts_of_a_refund_take_the_stamps_that_rules_no_longer_give(
    brand: TestBrand, parts: tuple[int, ...]
) -> None:
    card(brand, goal=9, rewards=[{"at": 9, "benefits": [{"points": 500}]}])
    switch_on(brand, "TWO", STAMPS, conditions={"minimum_amount": 20_000})
    switch_on(brand, "THREE", {"stamps": 3, "programme": "CARD"}, {"points": 10})
    member = make_member(brand, "mina")
    line = {"sku": "TEA", "quantity": 3, "unit_price": 10_000}
    brand.api.post("/v1/orders", {"member": "ext:mina", "external_id": "1", "lines": [line]})
    assert stamps_of(brand, member) == [(1, 6)]

    left = 3
    for number, quantity in enumerate(parts):
        left -= quantity
        some = {"external_id": f"R{number}", "lines": [{"line": 1, "quantity": quantity}]}
        brand.api.post("/v1/orders/ext:1/refunds", some)
        stamps = {3: 6, 2: 6, 1: 4, 0: 0}[left]
        assert stamps_of(brand, member) == ([(1, stamps)] if stamps else [])
        assert is_proven(brand)


def test_an_invitation_stamps_both_until_its_order_is_given_back(brand: TestBrand) -> None:
    offer(brand)
    switch_on(brand, "INVITE", STAMPS, {"points": 70}, on="referral_qualified")
    switch_on(brand, "FULL", {"points": 30}, on="stamp_card_completed")
    inviter = make_member(brand, "inviter")
    invitee = invite(brand, inviter, "invitee")
    brand.api.post(
        f"{inviter}/stamps/adjustments", {"programme": "CARD", "stamps": 1, "reason": "방문"}
    )
    order = buy(brand, invitee, "1", 10_000)["id"]

    brand.api.post(f"/v1/orders/{order}/confirm", expect=200)

    assert stamps_of(brand, invitee) == [(1, 2)]
    assert stamps_of(brand, inviter) == []  # the first card is full
    assert balance(brand, inviter)["available"] == 70 + 500 + 30
    dry = {"external_id": "R", "all": True}
    brand.api.post(f"/v1/orders/{order}/refunds", {**dry, "dry_run": True}, expect=200)
    assert balance(brand, inviter)["available"] == 600

    brand.api.post(f"/v1/orders/{order}/refunds", dry)

    assert stamps_of(brand, invitee) == []
    assert stamps_of(brand, inviter) == [(1, 1)]
    assert balance(brand, inviter)["available"] == 0
    assert is_proven(brand)


@pytest.mark.parametrize("on", ["stamp_card_completed", "tier_reached"])
def test_a_rule_that_would_go_round_in_circles_is_refused(brand: TestBrand, on: str) -> None:
    offer(brand)
    body = {"name": "R", "trigger": {"on": on}, "effects": [STAMPS]}

    problem = brand.api.refused("PUT", "/v1/reward-rules/R", body, code="invalid_request")

    assert problem["errors"][0]["pointer"].startswith("/effects")


def test_a_programme_that_rests_takes_no_stamps_and_the_rest_is_given(brand: TestBrand) -> None:
    offer(brand)
    switch_on(brand, "REVIEW", STAMPS, {"points": 5}, on="event", trigger={"type": "review"})
    member = make_member(brand, "mina")
    brand.api.post("/v1/stamp-programmes/CARD/pause", expect=200)

    tell(brand, member, "1")

    assert stamps_of(brand, member) == []
    assert balance(brand, member)["available"] == 5
    assert is_proven(brand)
