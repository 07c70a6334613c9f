"""Refunds with every feature switched on at once: exact, told beforehand, and complete."""

import itertools
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.orders.everything import books, open_everything, standing
from tests.orders.shop import place, refund

orders = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.integers(0, 30_000)),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from([(), ("CODE",), ("CODE", "SHIP")]),
        st.integers(0, 900),
        st.booleans(),  # confirmed before anything is given back
    ),
    min_size=1,
    max_size=3,
)


def as_it_will_be(told: dict[str, Any]) -> dict[str, Any]:
    """Return a refund's answer without what only a refund that was made can have."""
    told = deepcopy(told)
    made = told.pop("id")
    del told["dry_run"]
    for effect in (*told["effects"], *told["order"]["effects"]):
        if effect["refund"] == made:
            effect["refund"] = None
    refunds = told["order"]["refunded"]["refunds"]
    told["order"]["refunded"]["refunds"] = [each for each in refunds if each != made]
    return told


def split(data: st.DataObject, units: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Draw an order of all (order, line) units, in pieces; those of a piece share an order."""
    left = list(data.draw(st.permutations(units)))
    while left:
        of_order = [unit for unit in left if unit[0] == left[0][0]]
        piece = of_order[: data.draw(st.integers(1, len(of_order)))]
        for unit in piece:
            left.remove(unit)
        yield piece


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],  # an example takes a second: no shrinking
)
@given(
    drawn=orders,
    policy=st.fixed_dictionaries(
        {
            "clawback": st.sampled_from(["available", "debt", "floor"]),
            "rounding_paid_by": st.sampled_from(["customer", "brand"]),
            "coupon_below_minimum": st.sampled_from(["keep", "recalculate", "restore"]),
        }
    ),
    pending=st.sampled_from(["immediate", "confirmation"]),
    data=st.data(),
)
def test_however_it_is_split_a_refund_is_exact_and_all_of_them_leave_nothing(
    make_brand: Any, drawn: Any, policy: dict[str, str], pending: str, data: st.DataObject
) -> None:
    brand = open_everything(make_brand, refund=policy, accrual={"pending": pending})
    before = standing(brand)
    assert books(brand) == []
    due: dict[str, int] = {}
    redeemed: dict[str, int] = {}
    units: list[tuple[str, int]] = []
    for number, (lines, coupons, points, confirmed) in enumerate(drawn, 1):
        name = f"M-{number}"
        body: dict[str, Any] = {
            "lines": [
                {"sku": sku, "quantity": quantity, "amount": amount}
                for sku, quantity, amount in lines
            ],
            "shipping_fee": 2500,
        }
        tried = brand.api.post(
            "/v1/checkout/preview", {"member": "ext:17850", **body, "coupons": coupons}, expect=200
        )
        fit = [each["code"] for each in tried["coupons"]["applied"]]
        assert len(fit) + len(tried["coupons"]["rejected"]) == len(coupons)
        placed = place(
            brand,
            name,
            **body,
            coupons=fit,
            redeem_points=min(points, tried["points"]["redeemable"]),
        )
        amounts = placed["amounts"]
        paid = sum(
            line["amount"] - line["member_discount"] - line["coupon_discount"]
            - line["points_share"]
            for line in placed["lines"]
        )  # fmt: skip
        assert amounts["due"] == paid + amounts["shipping_fee"] - amounts["shipping_discount"]
        due[name], redeemed[name] = amounts["due"], placed["points"]["redeemed"]
        if confirmed:
            brand.api.post(f"/v1/orders/ext:{name}/confirm", expect=200)
        units += [
            (name, line) for line, (_, quantity, _) in enumerate(lines, 1) for _ in range(quantity)
        ]
    assert books(brand) == []

    cash = dict.fromkeys(due, 0)
    restored = dict.fromkeys(due, 0)
    open_units = {name: sum(unit[0] == name for unit in units) for name in due}
    numbers = itertools.count(1)
    for piece in split(data, units):
        name = piece[0][0]
        open_units[name] -= len(piece)
        wanted: dict[str, Any] = {
            "lines": [{"line": line, "quantity": 1} for _, line in piece],
            "refund_shipping": not open_units[name],
        }
        number = next(numbers)
        held = standing(brand)
        tried = refund(brand, f"R-{number}", name, **wanted, dry_run=True)
        assert standing(brand) == held
        done = refund(brand, f"R-{number}", name, **wanted)
        assert as_it_will_be(tried) == as_it_will_be(done)
        assert done["cash"] >= 0
        cash[name] += done["cash"]
        restored[name] += done["points"]["restored"]
        assert books(brand) == []

    assert (cash, restored) == (due, redeemed)
    assert standing(brand) == before
    for name in due:
        assert brand.api.get(f"/v1/orders/ext:{name}")["status"] == "refunded"
