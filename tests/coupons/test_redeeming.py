"""Coupons in the database: what the checkout reads and writes."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app import clock
from app.coupons import queries, services
from app.db import transact
from tests.coupons.shop import (
    FIXED,
    PERCENT,
    cart,
    counters,
    decide,
    define,
    issue,
    reasons,
    reserve,
    rows,
    use,
)
from tests.support.members import make_member, member_id, unit_of_work
from tests.support.parallel import at_once


@pytest.fixture
def alice(brand):
    return member_id(brand, make_member(brand, "alice"))


@pytest.fixture
def bob(brand):
    return member_id(brand, make_member(brand, "bob"))


def test_an_issued_coupon_is_redeemed_once(brand, alice, owner) -> None:
    define(brand, "FIVE", **FIXED)
    coupon = issue(brand, alice, "FIVE")
    order = uuid4()
    with unit_of_work(brand):
        assert use(brand, alice, [coupon], order_id=order).line_discounts == {1: 5000}
    assert rows(owner, brand) == [("redeemed", 5000, order)]
    with unit_of_work(brand):
        assert reasons(use(brand, alice, [coupon])) == {coupon: "already_used"}
    assert rows(owner, brand) == [("redeemed", 5000, order)]


def test_a_generic_code_is_read_however_it_is_typed(brand, alice, owner) -> None:
    define(brand, "WELCOME", **PERCENT, generic_code="welcome10", per_member_limit=1)
    with unit_of_work(brand):
        assert use(brand, alice, [" ｗelcome-10 "]).line_discounts == {1: 2000}
    with unit_of_work(brand):
        assert reasons(use(brand, alice, ["WELCOME10"])) == {"WELCOME10": "member_limit_reached"}
    assert [row[0] for row in rows(owner, brand)] == ["redeemed"]


def test_a_coupon_of_another_member_is_refused_and_stays(brand, alice, bob, owner) -> None:
    define(brand, "FIVE", **FIXED)
    coupon = issue(brand, alice, "FIVE")
    with unit_of_work(brand):
        assert reasons(use(brand, bob, [coupon])) == {coupon: "belongs_to_another"}
        assert reasons(use(brand, None, [coupon])) == {coupon: "member_required"}
        assert reasons(use(brand, bob, ["cpn_00000000000000000000000000", "NONE"])) == {
            "cpn_00000000000000000000000000": "not_found", "NONE": "not_found",
        }  # fmt: skip
    assert [row[0] for row in rows(owner, brand)] == ["issued"]


def test_a_decision_that_is_stale_asks_for_the_use_case_again(brand, alice, bob) -> None:
    define(brand, "FIVE", **FIXED, generic_code="FIVE")
    coupon = issue(brand, alice, "FIVE")
    now = clock.now()
    with unit_of_work(brand):
        owned = decide(brand, alice, [coupon], cart(9000), now=now)
        entered = decide(brand, bob, ["FIVE"], cart(9000), now=now)
    with unit_of_work(brand):
        use(brand, alice, [coupon])
    define(brand, "FIVE", **{**FIXED, "amount": 1}, generic_code="FIVE")
    for member, outcome in ((alice, owned), (bob, entered)):
        changes = {"redeem": services.redeem_changes(outcome, member)}
        with unit_of_work(brand), pytest.raises(DBAPIError) as raised:
            queries.write(brand.brand_id, member, uuid4(), changes, now)
        assert raised.value.orig.sqlstate == "40001"


def test_a_coupon_keeps_the_version_it_was_issued_under(brand, alice) -> None:
    define(brand, "FIVE", **FIXED)
    coupon = issue(brand, alice, "FIVE")
    define(brand, "FIVE", **{**FIXED, "amount": 1000})
    with unit_of_work(brand):
        applied = use(brand, alice, [coupon]).applied
    assert [(each.discount, each.version) for each in applied] == [(5000, 1)]


def test_a_thousand_uses_of_a_code_limited_to_a_hundred_are_a_hundred(busy, owner) -> None:
    define(busy, "FIRST", **FIXED, generic_code="FIRST100", total_limit=100)
    members = [member_id(busy, make_member(busy, f"m{number}")) for number in range(20)]

    def order(number: int) -> bool:
        with busy.app.app_context():
            return transact(
                busy.brand_id,
                lambda: bool(use(busy, members[number % 20], ["first100"]).applied),
            )

    def storm(start: int) -> list[bool]:
        return [order(start + step) for step in range(20)]

    won = [each for run in at_once([partial(storm, 20 * n) for n in range(50)]) for each in run]

    assert (len(won), sum(won)) == (1000, 100)
    assert [row[0] for row in rows(owner, busy)] == ["redeemed"] * 100
    assert counters(owner, busy) == {"FIRST": (100, 100, 100)}


def test_reserved_is_reserved_until_redeemed_released_or_timed_out(brand, alice, owner) -> None:
    define(brand, "FIVE", **FIXED)
    define(brand, "CODE", **PERCENT, generic_code="CODE", total_limit=1)
    coupon, hold = issue(brand, alice, "FIVE"), uuid4()
    until = clock.now() + timedelta(minutes=10)
    reserve(brand, alice, [coupon, "CODE"], hold, until)
    assert counters(owner, brand) == {"CODE": (1, 1, 0)}
    with unit_of_work(brand):
        assert reasons(use(brand, alice, [coupon, "CODE"])) == {
            coupon: "reserved_elsewhere", "CODE": "limit_reached",
        }  # fmt: skip
    with unit_of_work(brand):
        assert len(use(brand, alice, [coupon, "CODE"], hold_id=hold).applied) == 2
    assert counters(owner, brand) == {"CODE": (1, 1, 1)}
    assert [row[0] for row in rows(owner, brand)] == ["redeemed", "redeemed"]


def test_an_order_gives_back_what_it_used(brand, alice, owner) -> None:
    define(brand, "FIVE", **FIXED, total_limit=10)
    define(brand, "CODE", **PERCENT, generic_code="CODE", total_limit=1)
    coupon, order = issue(brand, alice, "FIVE"), uuid4()
    with unit_of_work(brand):
        use(brand, alice, [coupon, "CODE"], order_id=order)
    assert counters(owner, brand) == {"FIVE": (10, 1, 1), "CODE": (1, 1, 1)}
    with unit_of_work(brand):
        back = services.restore_redeemed(
            brand.brand_id, order, templates=["FIVE", "CODE"], now=clock.now()
        )
        assert len(back) == 2
    assert counters(owner, brand) == {"FIVE": (10, 1, 0), "CODE": (1, 0, 0)}
    assert rows(owner, brand) == [("issued", 0, None), ("released", 0, None)]
    with unit_of_work(brand):
        assert (
            services.restore_redeemed(
                brand.brand_id, order, templates=["FIVE", "CODE"], now=clock.now()
            )
            == []
        )
        assert len(use(brand, alice, [coupon, "CODE"]).applied) == 2
