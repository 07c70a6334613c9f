"""What coupons take off together, over plain values: exact, fair, and in whatever order."""

from itertools import combinations
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from tests.coupons.shop import cart, decide_purely, reasons, template

MEMBER = uuid4()

selections = st.sampled_from(
    [{}, {"skus": ["A", "C"]}, {"categories": ["tea"]}, {"categories": ["cup"], "skus": ["A"]}]
)
amounts = st.integers(1, 30_000)
pricings = st.one_of(
    st.builds(lambda amount: {"kind": "fixed", "amount": amount}, amounts),
    st.builds(
        lambda rate, cap: {
            "kind": "percent",
            "percent_basis_points": rate,
            "maximum_discount": cap,
        },
        st.integers(1, 10_000),
        st.none() | amounts,
    ),
    st.builds(lambda cap: {"kind": "free_shipping", "maximum_discount": cap}, st.none() | amounts),
    st.just({"kind": "gift", "gift": {"sku": "G", "name": "선물"}}),
)  # fmt: skip
definitions = st.builds(
    lambda pricing, chosen, excluded, stacking, minimum: {
        "amount": 0, **pricing, "selection": chosen, "excludes": excluded, "stacking": stacking,
        "minimum_order_amount": minimum,
    },
    pricings,
    selections,
    st.sampled_from([{}, {"skus": ["B"]}]),
    st.sampled_from(["stackable", "exclusive"]),
    st.sampled_from([0, 0, 10_000]),
)  # fmt: skip
sets_of_coupons = st.lists(definitions, min_size=1, max_size=6).map(
    lambda each: [template(f"T{number}", **one) for number, one in enumerate(each)]
)
carts = st.lists(st.integers(0, 20_000), min_size=1, max_size=6).map(lambda lines: cart(*lines))


@given(sets_of_coupons, carts, st.sampled_from([0, 3000]), st.randoms())
def test_every_won_is_on_a_line_and_the_order_of_names_changes_nothing(
    templates, purchase, fee, random
) -> None:
    outcome = decide_purely(templates, purchase, shipping_fee=fee)
    by_line = {line.line_no: line for line in purchase.lines}
    shared = dict.fromkeys(by_line, 0)
    for applied in outcome.applied:
        assert sum(applied.shares.values()) == applied.discount
        assert applied.discount > 0 or applied.shipping_discount > 0 or applied.gift
        for line_no, share in applied.shares.items():
            assert share > 0
            shared[line_no] += share
    assert {no: won for no, won in shared.items() if won} == outcome.line_discounts
    assert all(won <= by_line[no].amount for no, won in shared.items())
    assert 0 <= outcome.shipping_discount <= fee
    assert outcome.shipping_discount == sum(each.shipping_discount for each in outcome.applied)
    # Every name is answered, once.
    assert sorted([*(each.name for each in outcome.applied), *reasons(outcome)]) == sorted(
        each.code for each in templates
    )
    random.shuffle(templates)
    again = decide_purely(templates, purchase, shipping_fee=fee)
    assert again.applied == outcome.applied
    assert reasons(again) == reasons(outcome)


@given(sets_of_coupons, carts, st.sampled_from([0, 3000]))
def test_the_best_combination_is_the_best_of_all_that_are_allowed(templates, purchase, fee) -> None:
    best = decide_purely(templates, purchase, shipping_fee=fee, member_id=MEMBER, owned=True).best

    def total(chosen) -> int:
        outcome = decide_purely(list(chosen), purchase, shipping_fee=fee, member_id=MEMBER)
        return sum(outcome.line_discounts.values()) + outcome.shipping_discount

    tried = [
        total(chosen)
        for size in range(1, len(templates) + 1)
        for chosen in combinations(templates, size)
    ]
    assert best.discount + best.shipping_discount == max(tried)
    # Everything in it is worth being spent.
    used = [each for each in templates if each.id.int ^ 1 in {one.int for one in best.coupon_ids}]
    assert total(used) == max(tried) or not used


@given(sets_of_coupons, carts)
def test_an_exclusive_coupon_is_alone_in_its_group(templates, purchase) -> None:
    outcome = decide_purely(templates, purchase, shipping_fee=3000)
    by_code = {each.code: each for each in templates}
    groups: dict[str, list] = {}
    for applied in outcome.applied:
        used = by_code[applied.template]
        groups.setdefault(used.pricing.group, []).append(used)
    for used in groups.values():
        assert len(used) == 1 or not any(each.exclusive for each in used)
    order = [by_code[each.template].pricing.group for each in outcome.applied]
    assert order == sorted(order, key=["goods", "order", "shipping", "gift"].index)


def test_goods_before_order_and_fixed_before_percent() -> None:
    tea = template("TEA", amount=1000, selection={"skus": ["A"]})
    ten = template("TEN", kind="percent", percent_basis_points=1000)
    fixed = template("FIXED", amount=2000)
    outcome = decide_purely([ten, fixed, tea], cart(10_000, 20_000))
    # 30,000 - 1,000 (A) - 2,000 = 27,000; 10 % of that.
    assert [(each.template, each.discount) for each in outcome.applied] == [
        ("TEA", 1000), ("FIXED", 2000), ("TEN", 2700),
    ]  # fmt: skip
    assert outcome.line_discounts == {1: 1000 + 621 + 838, 2: 1379 + 1862}
    assert [each.ko for each in outcome.applied] == [
        "대상 금액 10,000에서 1,000 할인",
        "대상 금액 29,000에서 2,000 할인",
        "대상 금액 27,000 × 10% = 2,700 할인",
    ]


def test_a_coupon_that_would_take_off_nothing_is_not_used() -> None:
    large, small = template("LARGE", amount=9000), template("SMALL", amount=1000)
    shipping = template("SHIP", kind="free_shipping")
    outcome = decide_purely([small, shipping, large], cart(9000), shipping_fee=0)
    assert [each.template for each in outcome.applied] == ["LARGE"]
    assert reasons(outcome) == {"SMALL": "nothing_to_discount", "SHIP": "nothing_to_discount"}


def test_of_two_exclusive_coupons_the_better_one_wins() -> None:
    three = template("THREE", amount=3000, stacking="exclusive")
    ten = template("TEN", kind="percent", percent_basis_points=1000, stacking="exclusive")
    outcome = decide_purely([three, ten], cart(40_000))
    assert [each.template for each in outcome.applied] == ["TEN"]
    rejected = outcome.rejected[0]
    assert (rejected.name, rejected.reason) == ("THREE", "not_stackable")
    assert "5천원 할인 쿠폰과 함께 쓸 수 없어요" in rejected.ko
    outcome = decide_purely([three, ten], cart(20_000))
    assert [each.template for each in outcome.applied] == ["THREE"]


def test_percent_is_floored_once_and_capped() -> None:
    ten = template("TEN", kind="percent", percent_basis_points=1250, maximum_discount=4000)
    outcome = decide_purely([ten], cart(3333, 3333, 3333))
    assert outcome.applied[0].discount == 1249  # 12.5 % of 9,999 is 1,249.875
    assert outcome.line_discounts == {1: 417, 2: 416, 3: 416}
    capped = decide_purely([ten], cart(20_000, 20_000)).applied[0]
    assert capped.shares == {1: 2000, 2: 2000}
    assert capped.ko == "대상 금액 40,000 × 12.5% = 5,000 할인, 최대 4,000까지"


def test_a_coupon_that_takes_most_alone_is_left_out_where_it_stands_in_the_way() -> None:
    """5,000 off A beats 4,000 off B, but only beside the latter the 9,000 off A are whole."""
    plain = {"kind": "fixed", "stacking": "stackable"}
    templates = [
        template("FOR-A", **{**plain, "amount": 5000, "stacking": "exclusive"},
                 selection={"skus": ["A"]}),
        template("FOR-B", **plain, amount=4000, selection={"skus": ["B"]}),
        template("BUT-B", **plain, amount=9000, excludes={"skus": ["B"]}),
    ]  # fmt: skip
    best = decide_purely(
        templates, cart(10_000, 10_000), shipping_fee=0, member_id=MEMBER, owned=True
    ).best
    assert best.discount == 13_000
    assert len(best.coupon_ids) == 2
