"""Coupon templates over the API: defined, changed, paused, ended, and never rewritten."""

from typing import Any

import pytest

from tests.coupons.storefront import buy, give, offer, preview, set_clock, usage
from tests.support.api import TestBrand
from tests.support.members import make_member

PATH = "/v1/coupon-templates/FIVE"
FIVE = {"name": "5천원 할인", "kind": "fixed", "amount": 5000}


def test_a_template_is_defined_once_and_reads_as_a_sentence(brand: TestBrand) -> None:
    made = brand.api.put(PATH, {**FIVE, "minimum_order_amount": 20_000}, expect=201)

    assert (made["code"], made["status"], made["version"]) == ("FIVE", "active", 1)
    assert made["sentence"] == {
        "ko": "주문 상품 5,000 할인, 20,000 이상 살 때, 같은 종류의 다른 쿠폰과 함께 쓸 수 없음.",
        "en": "5,000 off the goods, from 20,000, not with another coupon of its group.",
    }
    # Said again, it is no change.
    again = brand.api.put(PATH, {**FIVE, "minimum_order_amount": 20_000}, expect=200)
    assert again == made
    assert len(brand.api.get(f"{PATH}/versions")["data"]) == 1


def test_a_change_is_a_new_version_and_coupons_keep_the_one_they_were_issued_under(
    brand: TestBrand,
) -> None:
    member = make_member(brand, "1")
    brand.api.put(PATH, FIVE, expect=201)
    old = give(brand, member, "FIVE")

    changed = brand.api.put(PATH, {**FIVE, "amount": 1000}, expect=200)

    assert changed["version"] == 2
    versions = brand.api.get(f"{PATH}/versions")["data"]
    assert [(each["version"], each["definition"]["amount"]) for each in versions] == [
        (2, 1000), (1, 5000),
    ]  # fmt: skip
    assert all(each["actor"].startswith("key:") for each in versions)
    new = give(brand, member, "FIVE")
    assert brand.api.get(f"/v1/coupons/{old}")["version"] == 1
    assert preview(brand, member, old)["amounts"]["coupon_discount"] == 5000
    assert preview(brand, member, new)["amounts"]["coupon_discount"] == 1000


def test_paused_nobody_is_given_or_uses_one_and_resumed_all_goes_on(brand: TestBrand) -> None:
    member = make_member(brand, "1")
    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE"}, expect=201)
    coupon = give(brand, member, "FIVE")

    assert brand.api.post(f"{PATH}/pause", expect=200)["status"] == "paused"
    assert brand.api.post(f"{PATH}/pause", expect=200)["status"] == "paused"

    for name in (coupon, "FIVE"):
        (rejected,) = preview(brand, member, name)["coupons"]["rejected"]
        assert (rejected["name"], rejected["reason"]) == (name, "paused")
    problem = brand.api.refused(
        "POST", f"{member}/coupons", {"template": "FIVE"}, code="coupon_not_issuable"
    )
    assert (problem["status"], problem["state"]) == (422, "paused")
    brand.api.refused("POST", f"{PATH}/codes", {"quantity": 1}, code="coupon_not_issuable")
    assert brand.api.post(f"{PATH}/resume", expect=200)["status"] == "active"
    assert buy(brand, "M-1", member, coupon)["amounts"]["coupon_discount"] == 5000


def test_ended_is_for_good_and_what_members_have_stays_theirs(brand: TestBrand) -> None:
    member = make_member(brand, "1")
    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE"}, expect=201)
    coupon = give(brand, member, "FIVE")

    assert brand.api.post(f"{PATH}/end", expect=200)["status"] == "ended"

    brand.api.refused("PUT", PATH, {**FIVE, "amount": 1}, code="coupon_template_ended")
    for action in ("pause", "resume"):
        brand.api.refused("POST", f"{PATH}/{action}", {}, code="coupon_template_ended")
    brand.api.refused("POST", f"{member}/coupons", {"template": "FIVE"}, code="coupon_not_issuable")
    stranger = make_member(brand, "2")
    assert preview(brand, stranger, "FIVE")["coupons"]["rejected"][0]["reason"] == "ended"
    assert buy(brand, "M-1", member, coupon)["amounts"]["coupon_discount"] == 5000
    # Its code is free for another campaign.
    offer(brand, "NEXT", amount=100, generic_code="FIVE")
    assert preview(brand, stranger, "FIVE")["amounts"]["coupon_discount"] == 100


def test_a_kind_is_for_ever_and_a_code_belongs_to_one_template(brand: TestBrand) -> None:
    brand.api.put(PATH, {**FIVE, "generic_code": "Wel-come 5"}, expect=201)
    percent = {"name": "10%", "kind": "percent", "percent_basis_points": 1000}

    fixed = brand.api.refused("PUT", PATH, percent, code="coupon_kind_fixed")
    assert fixed["errors"][0]["pointer"] == "/kind"
    taken = brand.api.refused(
        "PUT", "/v1/coupon-templates/TEN", {**percent, "generic_code": "welcome5"},
        code="coupon_code_taken",
    )  # fmt: skip
    assert (taken["generic_code"], taken["template"]) == ("WELCOME5", "FIVE")
    assert [each["code"] for each in brand.api.get("/v1/coupon-templates")["data"]] == ["FIVE"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": None}, "/amount"),
        ({"amount": 0}, "/amount"),
        ({"percent_basis_points": 100}, "/percent_basis_points"),
        ({"maximum_discount": 100}, "/maximum_discount"),
        ({"generic_code": "- -"}, "/generic_code"),
        ({"stacking": "both"}, "/stacking"),
        ({"total_limit": 0}, "/total_limit"),
        ({"unknown": 1}, "/unknown"),
        (
            {"validity": {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}},
            "/validity/ends_at",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_by_the_name_of_its_field(
    brand: TestBrand, changes: dict[str, Any], pointer: str
) -> None:
    body = {name: value for name, value in {**FIVE, **changes}.items() if value is not None}
    problem = brand.api.refused("PUT", PATH, body, code="invalid_request")
    assert pointer in [each["pointer"] for each in problem["errors"]]
    brand.api.refused("GET", PATH, code="coupon_template_not_found")


def test_templates_are_listed_by_code_and_by_status(brand: TestBrand) -> None:
    for code in ("C", "A", "B"):
        offer(brand, code)
    brand.api.post("/v1/coupon-templates/B/pause", expect=200)

    first = brand.api.get("/v1/coupon-templates?limit=2")
    rest = brand.api.get(f"/v1/coupon-templates?limit=2&cursor={first['next_cursor']}")

    assert [each["code"] for each in first["data"] + rest["data"]] == ["A", "B", "C"]
    paused = brand.api.get("/v1/coupon-templates?status=paused")["data"]
    assert [each["code"] for each in paused] == ["B"]


def test_a_limit_lowered_below_what_is_issued_takes_nothing_away_and_gives_no_more(
    brand: TestBrand,
) -> None:
    members = [make_member(brand, f"m{number}") for number in range(4)]
    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE", "total_limit": 10}, expect=201)
    coupons = [give(brand, member, "FIVE") for member in members[:3]]
    assert usage(brand, "FIVE") == (3, 0, 7)

    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE", "total_limit": 2}, expect=200)

    assert usage(brand, "FIVE") == (3, 0, 0)
    brand.api.refused(
        "POST", f"{members[3]}/coupons", {"template": "FIVE"}, code="coupon_limit_reached"
    )
    assert preview(brand, members[3], "FIVE")["coupons"]["rejected"][0]["reason"] == "limit_reached"
    # Whoever has one can use it.
    for number, (member, coupon) in enumerate(zip(members, coupons, strict=False)):
        assert buy(brand, f"M-{number}", member, coupon)["amounts"]["coupon_discount"] == 5000
    assert usage(brand, "FIVE") == (3, 3, 0)
    # A limit that is gone, and one that comes back, count what there is.
    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE"}, expect=200)
    give(brand, members[3], "FIVE")
    assert usage(brand, "FIVE") == (4, 3, None)
    brand.api.put(PATH, {**FIVE, "generic_code": "FIVE", "total_limit": 5}, expect=200)
    assert usage(brand, "FIVE") == (4, 3, 1)


def test_days_from_issue_end_at_the_brands_midnight(brand: TestBrand) -> None:
    set_clock(brand, "2026-11-25T23:30:00+09:00")
    member = make_member(brand, "1")
    offer(brand, "DAY", validity={"days_from_issue": 1, "ends_at": "2027-01-01T00:00:00+09:00"})
    coupon = give(brand, member, "DAY")
    assert brand.api.get(f"/v1/coupons/{coupon}")["valid_until"] == "2026-11-25T15:00:00+00:00"
    assert not preview(brand, member, coupon)["coupons"]["rejected"]
    set_clock(brand, "2026-11-26T00:00:00+09:00")
    assert preview(brand, member, coupon)["coupons"]["rejected"][0]["reason"] == "expired"
    assert brand.api.get(f"/v1/coupons/{coupon}")["status"] == "expired"
