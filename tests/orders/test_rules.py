"""Rules of the checkout, over plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders import errors, rules
from app.orders.rules import CartLine, Discounts, RedemptionTerms, SoldLine
from app.points.rules import points_for
from app.purchases import apportion

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TERMS = RedemptionTerms(minimum_points=100, unit=10, maximum_percent=50, minimum_order_amount=5000)


@given(st.lists(st.integers(0, 10**9), max_size=30), st.data())
def test_a_total_is_split_exactly_and_no_part_exceeds_its_weight(
    weights: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = apportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part <= weight
        assert abs(part * whole - total * weight) < max(whole, 1)  # less than 1 off


@st.composite
def orders(draw: st.DrawFn) -> list[SoldLine]:
    lines = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        net = draw(st.integers(0, 100_000))
        lines.append(
            SoldLine(
                line_no=number,
                quantity=draw(st.integers(1, 12)),
                net=net,
                points_share=draw(st.integers(0, net)),
                accrues=draw(st.booleans()),
                refunded_quantity=0,
            )
        )
    return lines


@given(
    orders(),
    st.integers(0, 5000),
    st.booleans(),
    st.sampled_from([(100, 1, "down"), (150, 10, "half_up"), (333, 100, "up")]),
    st.data(),
)
def test_any_partial_refunds_in_any_order_give_exactly_what_one_refund_of_all_gives(
    lines: list[SoldLine],
    shipping_fee: int,
    round_up: bool,
    accrual: tuple[int, int, str],
    data: st.DataObject,
) -> None:
    rate, unit, rounding = accrual

    def earned_by(basis: int) -> int:
        return points_for(basis, rate_basis_points=rate, unit=unit, rounding=rounding)

    earned = earned_by(rules.accrual_basis(lines, round_up=round_up))
    whole = rules.plan_refund(
        lines, None, shipping_left=shipping_fee, refund_shipping=False, round_up=round_up
    )
    assert whole.wholly
    assert whole.cash == shipping_fee + sum(line.net - line.points_share for line in lines)
    assert whole.points == sum(line.points_share for line in lines)

    units = [line.line_no for line in lines for _ in range(line.quantity)]
    pieces = data.draw(st.permutations(units))
    cash = points = taken_back = 0
    left, now = shipping_fee, list(lines)
    while pieces:
        size = data.draw(st.integers(1, len(pieces)))
        wanted = {number: pieces[:size].count(number) for number in pieces[:size]}
        pieces = pieces[size:]
        shipping = bool(left) and (not pieces or data.draw(st.booleans()))
        plan = rules.plan_refund(
            now, wanted, shipping_left=left, refund_shipping=shipping, round_up=round_up
        )
        kept = 0 if plan.wholly else earned_by(plan.basis_left)
        assert all(line.cash >= 0 and line.points >= 0 for line in plan.lines)
        assert earned - kept - taken_back >= 0
        cash += plan.cash
        points += plan.points
        taken_back = earned - kept
        left -= plan.shipping
        now = [
            replace(line, refunded_quantity=line.refunded_quantity + wanted.get(line.line_no, 0))
            for line in now
        ]
        assert plan.wholly == (not pieces)
    assert (cash, points, taken_back) == (whole.cash, whole.points, earned)


@given(st.integers(0, 10**9), st.integers(1, 100), st.booleans())
def test_parts_of_a_line_grow_to_the_whole_line(amount: int, quantity: int, up: bool) -> None:
    parts = [rules.part(amount, n, quantity, up=up) for n in range(quantity + 1)]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, amount)


def refuse(lines: list[SoldLine], wanted: dict[int, int] | None, **options: bool | int) -> None:
    given = {"shipping_left": 0, "refund_shipping": False, "round_up": False, **options}
    with pytest.raises(errors.RefundExceedsOrder) as caught:
        rules.plan_refund(lines, wanted, **given)  # type: ignore[arg-type]
    assert caught.value.code == "refund_exceeds_order"


def test_more_than_is_left_cannot_be_refunded() -> None:
    lines = [SoldLine(1, 3, 300, 0, True, 1)]
    refuse(lines, {1: 3})
    refuse(lines, {2: 1})
    refuse([replace(lines[0], refunded_quantity=3)], None)
    refuse(lines, {}, refund_shipping=True)
    refuse(lines, {}, shipping_left=3000)


def test_shipping_alone_can_be_refunded_once() -> None:
    lines = [SoldLine(1, 3, 300, 0, True, 3)]
    plan = rules.plan_refund(lines, {}, shipping_left=2500, refund_shipping=True, round_up=False)
    assert (plan.cash, plan.wholly) == (2500, True)


@pytest.mark.parametrize(
    ("points", "goods", "error"),
    [
        (100, 4999, errors.OrderBelowRedemptionMinimum),
        (90, 5000, errors.RedemptionBelowMinimum),
        (105, 5000, errors.RedemptionNotInUnits),
        (2510, 5000, errors.RedemptionAboveMaximum),
        (2510, 5019, errors.RedemptionAboveMaximum),
    ],
)
def test_a_redemption_that_the_rules_do_not_allow_is_refused(
    points: int, goods: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rules.check_redemption(points, goods, TERMS)


@given(
    st.integers(0, 10**6),
    st.builds(
        RedemptionTerms,
        minimum_points=st.integers(1, 5000),
        unit=st.sampled_from([1, 10, 100, 1000]),
        maximum_percent=st.integers(0, 100),
        minimum_order_amount=st.integers(0, 10**5),
    ),
    st.integers(0, 10**6),
)
def test_the_most_that_can_be_redeemed_is_allowed_and_one_unit_more_is_not(
    goods: int, terms: RedemptionTerms, available: int
) -> None:
    most = rules.redeemable(goods, terms, available)
    assert 0 <= most <= min(goods, available)
    if most:
        rules.check_redemption(most, goods, terms)
    if most + terms.unit <= available:
        with pytest.raises(errors.RuleViolation):
            rules.check_redemption(most + terms.unit, goods, terms) if most else (
                rules.check_redemption(terms.unit, goods, terms)
            )


def test_an_order_beyond_the_accepted_amount_is_refused() -> None:
    line = CartLine("a", None, None, 1, None, rules.AMOUNT_MAX, 0)
    nothing = Discounts([0], [0])
    assert rules.amounts_of([line], 0, nothing, 0).due == rules.AMOUNT_MAX
    with pytest.raises(errors.OrderTooLarge):
        rules.amounts_of([line], 1, nothing, 0)


def test_an_order_is_confirmed_from_its_day_on_even_if_no_job_has_noticed() -> None:
    later = NOW + timedelta(microseconds=1)
    assert rules.status_at("paid", None, NOW, NOW) == "confirmed"
    assert rules.status_at("paid", None, later, NOW) == "paid"
    assert rules.status_at("paid", None, None, NOW) == "paid"
    assert rules.status_at("paid", NOW, None, NOW) == "confirmed"
    for status in ("partially_refunded", "refunded", "cancelled"):
        assert rules.status_at(status, NOW, NOW, NOW) == status
