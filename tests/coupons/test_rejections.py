"""Every reason for which a coupon is rejected, reached over the API and told in two languages.

None is dropped: a preview lists each coupon that was named, applied or rejected, and an
order with one that does not fit is refused with the same reason.
"""

from collections.abc import Callable
from typing import Any

import pytest

from app.coupons.rules.wording import REFUSALS
from tests.coupons.storefront import books, buy, cart, give, offer, preview, set_clock
from tests.orders.programme import ladder
from tests.support.api import TestBrand
from tests.support.members import make_member

Asked = tuple[str | None, list[str], dict[str, Any]]


def nothing(brand: TestBrand, alice: str) -> Asked:
    return alice, ["NOPE"], {}


def twice(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="WELCOME")
    return alice, ["welcome", "WEL-COME"], {}


def revoked(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X")
    coupon = give(brand, alice, "X")
    brand.api.post(f"/v1/coupons/{coupon}/revoke", {"reason": "오발급"}, expect=200)
    return alice, [coupon], {}


def paused(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="CODE")
    brand.api.post("/v1/coupon-templates/X/pause", expect=200)
    return alice, ["CODE"], {}


def ended(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="CODE")
    brand.api.post("/v1/coupon-templates/X/end", expect=200)
    return alice, ["CODE"], {}


def used(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X")
    coupon = give(brand, alice, "X")
    buy(brand, "before", alice, coupon)
    return alice, [coupon], {}


def anothers(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X")
    return alice, [give(brand, make_member(brand, "bob"), "X")], {}


def a_guests(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="CODE", per_member_limit=1)
    return None, ["CODE"], {}


def held(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X")
    coupon = give(brand, alice, "X")
    brand.api.post("/v1/checkout/holds", cart(alice, coupon))
    return alice, [coupon], {}


def early(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", validity={"starts_at": "2026-12-01T00:00:00+09:00"})
    return alice, [give(brand, alice, "X")], {}


def late(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", validity={"days_from_issue": 1})
    coupon = give(brand, alice, "X")
    set_clock(brand, "2026-11-26T00:00:00+09:00")
    return alice, [coupon], {}


def sold_out(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="CODE", total_limit=1)
    buy(brand, "before", make_member(brand, "bob"), "CODE")
    return alice, ["CODE"], {}


def had(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", generic_code="CODE", per_member_limit=1)
    buy(brand, "before", alice, "CODE")
    return alice, ["CODE"], {}


def elsewhere(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", channels=["app"])
    return alice, [give(brand, alice, "X")], {"channel": "web"}


def lower(brand: TestBrand, alice: str) -> Asked:
    ladder(brand)
    offer(brand, "X", tiers=["MASTER"])
    return alice, [give(brand, alice, "X")], {}


def second_order(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", first_order_only=True)
    buy(brand, "before", alice)
    return alice, [give(brand, alice, "X")], {}


def other_goods(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", selection={"categories": ["cups"]})
    return alice, [give(brand, alice, "X")], {}


def too_little(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", minimum_order_amount=20_001)
    return alice, [give(brand, alice, "X")], {}


def alone(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", amount=100, stacking="exclusive")
    offer(brand, "Y", amount=200)
    return alice, [give(brand, alice, "X"), give(brand, alice, "Y")], {}


def for_nothing(brand: TestBrand, alice: str) -> Asked:
    offer(brand, "X", kind="free_shipping")
    return alice, [give(brand, alice, "X")], {"shipping_fee": 0}


REASONS: dict[str, Callable[[TestBrand, str], Asked]] = {
    "not_found": nothing, "named_twice": twice, "revoked": revoked, "paused": paused,
    "ended": ended, "already_used": used, "belongs_to_another": anothers,
    "member_required": a_guests, "reserved_elsewhere": held, "not_yet_valid": early,
    "expired": late, "limit_reached": sold_out, "member_limit_reached": had,
    "not_for_channel": elsewhere, "not_for_tier": lower, "not_first_order": second_order,
    "no_eligible_goods": other_goods, "minimum_not_met": too_little, "not_stackable": alone,
    "nothing_to_discount": for_nothing,
}  # fmt: skip


def test_every_reason_is_tried() -> None:
    assert REASONS.keys() == REFUSALS.keys()


@pytest.mark.parametrize("reason", REASONS)
def test_a_coupon_that_does_not_fit_is_listed_with_its_reason_and_refuses_the_order(
    brand: TestBrand, reason: str
) -> None:
    set_clock(brand)
    alice = make_member(brand, "alice")
    member, coupons, more = REASONS[reason](brand, alice)
    orders = len(brand.api.get("/v1/orders")["data"])

    told = preview(brand, member, *coupons, **more)["coupons"]

    (rejected,) = told["rejected"]
    assert (rejected["name"], rejected["reason"]) in {(name, reason) for name in coupons}
    assert rejected["text"]["ko"]
    assert rejected["text"]["en"]
    assert "{" not in rejected["text"]["ko"] + rejected["text"]["en"]
    assert len(told["applied"]) + len(told["rejected"]) == len(coupons)
    problem = brand.api.refused(
        "POST", "/v1/orders", {"external_id": "M-1", **cart(member, *coupons, **more)},
        code="coupon_not_applicable",
    )  # fmt: skip
    assert (problem["reason"], problem["coupon"]) == (reason, rejected["name"])
    assert problem["why"] == rejected["text"]
    # Nothing has happened, and without that coupon the order goes through.
    assert len(brand.api.get("/v1/orders")["data"]) == orders
    assert "id" in buy(brand, "M-1", member, **more)
    assert books(brand) == []


def test_the_same_name_sent_twice_is_one_coupon(brand: TestBrand) -> None:
    set_clock(brand)
    alice = make_member(brand, "alice")
    offer(brand, "X")
    coupon = give(brand, alice, "X")
    told = preview(brand, alice, coupon, coupon)
    assert [each["coupon"] for each in told["coupons"]["applied"]] == [coupon]
    assert (told["coupons"]["rejected"], told["amounts"]["coupon_discount"]) == ([], 5000)
