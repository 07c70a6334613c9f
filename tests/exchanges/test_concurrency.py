"""Exchanges at the same moment: real threads, real locks, real commits."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from werkzeug.test import TestResponse

from tests.coupons.shop import FIXED, define
from tests.exchanges.shop import MUG, audit, exchange, make_member, open_shop, put_item, taken
from tests.support.api import TestBrand
from tests.support.members import balance
from tests.support.parallel import at_once

THREADS = 50


def outcome(response: TestResponse) -> str:
    return "done" if response.status_code < 400 else str(response.get_json(force=True)["code"])


def ask(brand: TestBrand, member: str, **body: Any) -> str:
    return outcome(brand.api.send("POST", f"{member}/exchanges", {"item": "MUG", **body}))


def coupons(owner: Any, brand: TestBrand) -> int:
    row = owner.execute(
        "SELECT count(*) FROM coupons WHERE brand_id = %s AND status = 'issued'", (brand.brand_id,)
    ).fetchone()
    return int(row[0])


def in_a_row(calls: list[Callable[[], str]]) -> Callable[[], list[str]]:
    return lambda: [call() for call in calls]


def test_of_a_thousand_exchanges_of_fifty_mugs_fifty_are_made(busy: TestBrand, owner: Any) -> None:
    open_shop(busy, now=None, stock=50)
    members = [make_member(busy, f"m{number}", points=5000) for number in range(100)]
    calls = [partial(ask, busy, member) for member in members] * 10

    answers = at_once([in_a_row(calls[start::THREADS]) for start in range(THREADS)])

    outcomes = Counter(each for answer in answers for each in answer)
    assert outcomes == {"done": 50, "exchange_sold_out": 950}
    assert (taken(busy), coupons(owner, busy)) == (50, 50)
    spent = {member: 5000 - balance(busy, member)["available"] for member in members}
    assert sum(spent.values()) == 50 * 1000
    for member, points in spent.items():
        made = busy.api.get(f"{member}/exchanges?limit=100")["data"]
        assert sum(each["points"] for each in made) == points, member
        assert sum(len(each["coupons"]) for each in made) * 1000 == points
    assert audit(busy) == []


def test_the_last_pieces_go_to_whoever_asks_for_as_many(busy: TestBrand) -> None:
    open_shop(busy, now=None, stock=10)
    members = [make_member(busy, f"m{number}", points=9000) for number in range(20)]

    answers = at_once([partial(ask, busy, member, quantity=3) for member in members])

    assert Counter(answers) == {"done": 3, "exchange_stock_short": 17}
    assert taken(busy) == 9
    assert audit(busy) == []


def test_a_members_own_limit_holds_however_often_it_is_asked(busy: TestBrand) -> None:
    open_shop(busy, now=None, per_member_limit=2)
    member = make_member(busy, "1", points=90_000)
    answers = at_once([partial(ask, busy, member)] * 30)
    assert Counter(answers) == {"done": 2, "exchange_limit_reached": 28}
    assert balance(busy, member)["available"] == 88_000
    assert audit(busy) == []


def test_points_are_spent_once(busy: TestBrand) -> None:
    open_shop(busy, now=None)
    member = make_member(busy, "1", points=3500)
    answers = at_once([partial(ask, busy, member)] * 30)
    assert Counter(answers) == {"done": 3, "insufficient_points": 27}
    assert balance(busy, member)["available"] == 500
    assert taken(busy) == 3
    assert audit(busy) == []


def test_one_request_sent_thirty_times_is_one_exchange(busy: TestBrand) -> None:
    open_shop(busy, now=None)
    member = make_member(busy, "1", points=90_000)
    send = partial(busy.api.send, "POST", f"{member}/exchanges", {"item": "MUG"}, key="once")
    answers = at_once([send] * 30)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert (taken(busy), balance(busy, member)["available"]) == (1, 89_000)


def test_a_template_with_fewer_coupons_than_mugs_is_the_limit(busy: TestBrand, owner: Any) -> None:
    open_shop(busy, now=None)
    define(busy, "FEW", **FIXED, total_limit=7)
    few = {"name": "쿠폰", "points": 1000, "coupon": "FEW", "stock": 50}
    busy.api.put("/v1/exchange-items/FEW", few, expect=201)
    members = [make_member(busy, f"m{number}", points=1000) for number in range(30)]

    answers = at_once([partial(ask, busy, member, item="FEW") for member in members])

    assert Counter(answers) == {"done": 7, "coupon_limit_reached": 23}
    assert (taken(busy, "FEW"), coupons(owner, busy)) == (7, 7)
    assert sum(balance(busy, member)["available"] for member in members) == 23_000
    assert audit(busy) == []


def test_one_exchange_cancelled_by_many_is_cancelled_once(busy: TestBrand) -> None:
    open_shop(busy, now=None)
    member = make_member(busy, "1", points=1000)
    path = f"/v1/exchanges/{exchange(busy, member)['id']}/cancel"
    send = partial(busy.api.send, "POST", path, {"reason": "변심"})
    answers = [answer.get_json() for answer in at_once([send] * 20)]
    assert sorted(answer["given_back"]["restored"] for answer in answers) == [0] * 19 + [1000]
    assert (taken(busy), balance(busy, member)["available"]) == (0, 1000)
    assert audit(busy) == []


def test_cancelled_pieces_are_taken_again_and_never_twice(busy: TestBrand) -> None:
    open_shop(busy, now=None, stock=5)
    first = [make_member(busy, f"a{number}", points=1000) for number in range(5)]
    paths = [f"/v1/exchanges/{exchange(busy, member)['id']}/cancel" for member in first]
    others = [make_member(busy, f"b{number}", points=1000) for number in range(20)]

    def undo(path: str) -> str:
        return outcome(busy.api.send("POST", path, {"reason": "변심"}))

    answers = at_once(
        [partial(undo, path) for path in paths] + [partial(ask, busy, member) for member in others]
    )

    assert answers[:5] == ["done"] * 5
    made = Counter(answers[5:])
    assert set(made) <= {"done", "exchange_sold_out"}
    assert taken(busy) == made["done"] <= 5
    assert audit(busy) == []


def test_whoever_exchanges_while_the_price_changes_pays_the_price_of_its_version(
    busy: TestBrand,
) -> None:
    open_shop(busy, now=None)
    members = [make_member(busy, f"m{number}", points=9000) for number in range(20)]

    def reprice(points: int) -> str:
        response = busy.api.send("PUT", "/v1/exchange-items/MUG", {**MUG, "points": points})
        return outcome(response)

    answers = at_once(
        [partial(ask, busy, member) for member in members]
        + [partial(reprice, points) for points in (1100, 1200, 1300)]
    )

    assert set(answers) == {"done"}
    prices = {
        each["version"]: each["points"]
        for each in busy.api.get("/v1/exchange-items/MUG/versions")["data"]
    }
    for member in members:
        (made,) = busy.api.get(f"{member}/exchanges")["data"]
        assert made["points"] == prices[made["item_version"]]
        assert balance(busy, member)["available"] == 9000 - made["points"]
    assert audit(busy) == []


def test_a_stock_lowered_meanwhile_is_the_new_limit(busy: TestBrand) -> None:
    open_shop(busy, now=None, stock=30)
    members = [make_member(busy, f"m{number}", points=1000) for number in range(30)]

    answers = at_once(
        [partial(ask, busy, member) for member in members]
        + [lambda: str(put_item(busy, stock=10)["taken"])]
    )

    at_the_change = int(answers.pop())
    assert Counter(answers)["done"] == taken(busy) == max(10, at_the_change)
    assert audit(busy) == []
