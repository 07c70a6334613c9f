"""Coupons wanted by many at the same moment: real processes, threads, locks and commits."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from tests.coupons.storefront import books, cart, give, offer, usage
from tests.support.api import TestBrand, make_brand
from tests.support.members import make_member
from tests.support.parallel import at_once
from tests.support.server import Attempt, Storefront, serve

CALLERS = 25
ORDERS = 1000
LIMIT = 100


def in_a_row(calls: list[Callable[[], Any]]) -> Callable[[], list[Any]]:
    return lambda: [call() for call in calls]


def outcome(answer: Any) -> str:
    """Return the reason for which an order was refused, or that it was placed."""
    response = answer.get_json(force=True)
    return "placed" if answer.status_code == 201 else str(response.get("reason", response["code"]))


def ask(brand: TestBrand, member: str, number: str, *coupons: str, **more: Any) -> str:
    body = {"external_id": number, **cart(member, *coupons, **more)}
    return outcome(brand.api.send("POST", "/v1/orders", body))


def test_of_a_thousand_orders_at_two_processes_exactly_a_hundred_redeem_the_code(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    brand = make_brand(app)
    offer(brand, "FIRST", generic_code="FIRST100", total_limit=LIMIT)
    members = [make_member(brand, f"m{number}") for number in range(50)]
    attempts = [
        Attempt(
            f"key-{number}",
            "/v1/orders",
            {"external_id": f"M-{number}", **cart(members[number % 50], "first-100")},
        )
        for number in range(ORDERS)
    ]

    with serve(environment, tmp_path / "var") as server:
        shop = Storefront(server.port, brand.token, [])
        calls = [partial(shop.send, attempt) for attempt in attempts]
        at_once([in_a_row(calls[start::CALLERS]) for start in range(CALLERS)])
        # Whoever redeemed and asks again gets the same answer, and no second coupon.
        won = [attempt for attempt in attempts if attempt.status == 201]
        again = [shop.send(Attempt(line.key, line.path, line.body)) for line in won]

    assert Counter(attempt.status for attempt in attempts) == {201: LIMIT, 422: ORDERS - LIMIT}
    refusals = {json.loads(each.answer)["reason"] for each in attempts if each.status == 422}
    assert refusals == {"limit_reached"}
    for line in won:
        assert json.loads(line.answer)["amounts"]["coupon_discount"] == 5000
    assert [(each.status, each.replayed, each.answer) for each in again] == [
        (201, True, line.answer) for line in won
    ]
    assert usage(brand, "FIRST") == (LIMIT, LIMIT, 0)
    assert books(brand) == []


def test_one_coupon_asked_for_by_thirty_orders_is_used_by_one(busy: TestBrand) -> None:
    offer(busy, "FIVE")
    member = make_member(busy, "1")
    coupon = give(busy, member, "FIVE")
    answers = at_once([partial(ask, busy, member, f"M-{number}", coupon) for number in range(30)])
    assert Counter(answers) == {"placed": 1, "already_used": 29}
    assert books(busy) == []


def test_one_unique_code_entered_by_thirty_members_is_one_members(busy: TestBrand) -> None:
    offer(busy, "PRINT")
    path = "/v1/coupon-templates/PRINT/codes"
    busy.api.post(path, {"quantity": 1})
    file = busy.api.send("GET", f"{path}.csv").get_data(as_text=True)
    code = file.splitlines()[1].split(",")[0]
    members = [make_member(busy, f"m{number}") for number in range(30)]
    answers = at_once([partial(ask, busy, member, f"M-{member}", code) for member in members])
    assert Counter(answers) == {"placed": 1, "belongs_to_another": 29}
    assert usage(busy, "PRINT") == (1, 1, None)
    assert books(busy) == []


def test_a_members_own_limit_holds_however_often_the_code_is_sent(busy: TestBrand) -> None:
    offer(busy, "CODE", generic_code="CODE", per_member_limit=2)
    member = make_member(busy, "1")
    answers = at_once([partial(ask, busy, member, f"M-{number}", "CODE") for number in range(20)])
    assert Counter(answers) == {"placed": 2, "member_limit_reached": 18}
    assert books(busy) == []


def test_a_limit_lowered_while_it_is_redeemed_is_never_overrun(busy: TestBrand) -> None:
    offer(busy, "CODE", generic_code="CODE", total_limit=40)
    members = [make_member(busy, f"m{number}") for number in range(40)]

    def lower(limit: int) -> int:
        body = {"name": "CODE", "kind": "fixed", "amount": 5000, "stacking": "stackable"}
        path = "/v1/coupon-templates/CODE"
        busy.api.put(path, {**body, "generic_code": "CODE", "total_limit": limit}, expect=200)
        issued: int = usage(busy, "CODE")[0]
        return issued

    *answers, _ = at_once(
        [partial(ask, busy, member, f"M-{member}", "CODE") for member in members]
        + [partial(lower, 10)]
    )

    counts = Counter(answers)
    assert set(counts) <= {"placed", "limit_reached"}
    issued, used, left = usage(busy, "CODE")
    assert issued == used == counts["placed"]
    assert 10 <= issued <= 40
    assert left == 0
    assert busy.api.get("/v1/coupon-templates/CODE")["version"] == 2
    assert books(busy) == []


def test_a_first_limit_counts_the_orders_it_overtakes(busy: TestBrand) -> None:
    offer(busy, "CODE", generic_code="CODE")
    members = [make_member(busy, f"m{number}") for number in range(40)]
    body = {"name": "CODE", "kind": "fixed", "amount": 5000, "stacking": "stackable"}

    def limit() -> str:
        path = "/v1/coupon-templates/CODE"
        busy.api.put(path, {**body, "generic_code": "CODE", "total_limit": 15}, expect=200)
        return "limited"

    answers = at_once(
        [partial(ask, busy, member, f"M-{member}", "CODE") for member in members] + [limit]
    )

    counts = Counter(answers)
    assert counts.pop("limited") == 1
    assert set(counts) <= {"placed", "limit_reached"}
    issued, used, _ = usage(busy, "CODE")
    assert issued == used == counts["placed"]
    assert issued >= 15
    assert books(busy) == []


def test_a_template_that_ends_while_it_is_redeemed_ends(busy: TestBrand) -> None:
    offer(busy, "CODE", generic_code="CODE")
    members = [make_member(busy, f"m{number}") for number in range(20)]

    def end() -> str:
        busy.api.post("/v1/coupon-templates/CODE/end", expect=200)
        return "ended"

    *answers, ended = at_once(
        [partial(ask, busy, member, f"M-{member}", "CODE") for member in members] + [end]
    )

    assert ended == "ended"
    assert set(answers) <= {"placed", "ended"}
    assert usage(busy, "CODE")[1] == Counter(answers)["placed"]
    assert ask(busy, members[0], "late", "CODE") == "ended"
    assert books(busy) == []
