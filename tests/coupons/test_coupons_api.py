"""The life of a coupon over the API: issued, reserved, redeemed, given back, taken back."""

import csv
import io
from typing import Any

import pytest

from tests.coupons.storefront import (
    books,
    buy,
    cart,
    give,
    offer,
    preview,
    set_clock,
    status_of,
    usage,
)
from tests.orders.shop import refund
from tests.support.api import TestBrand
from tests.support.members import make_member


@pytest.fixture
def alice(brand: TestBrand) -> str:
    set_clock(brand)
    return make_member(brand, "alice")


def hold(brand: TestBrand, member: str, *coupons: str, **more: Any) -> str:
    """Keep coupons for a checkout and return the hold's id."""
    held: str = brand.api.post("/v1/checkout/holds", cart(member, *coupons, **more))["id"]
    return held


def download(brand: TestBrand, path: str) -> list[dict[str, str]]:
    answer = brand.api.send("GET", path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def rejected(brand: TestBrand, member: str | None, coupon: str, **more: Any) -> str | None:
    """Return why a preview rejects a coupon, None if it applies."""
    listed = preview(brand, member, coupon, **more)["coupons"]["rejected"]
    return listed[0]["reason"] if listed else None


def test_staff_give_a_member_a_coupon_with_a_reason_and_once_for_each_key(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "FIVE", total_limit=5)
    body = {"template": "FIVE", "reason": "배송 지연 사과"}

    given = brand.api.post(f"{alice}/coupons", body, key="sorry")
    again = brand.api.post(f"{alice}/coupons", body, key="sorry")

    assert again == given
    assert (given["status"], given["reason"], given["discount"]) == ("issued", "배송 지연 사과", 0)
    assert [each["id"] for each in brand.api.get(f"{alice}/coupons")["data"]] == [given["id"]]
    assert usage(brand, "FIVE") == (1, 0, 4)
    assert books(brand) == []


def test_a_coupon_is_redeemed_by_one_order_and_replayed_by_none(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "FIVE")
    coupon = give(brand, alice, "FIVE")
    body = {"external_id": "M-1", **cart(alice, coupon)}

    placed = brand.api.post("/v1/orders", body, key="k")

    assert placed["amounts"]["coupon_discount"] == 5000
    shown = brand.api.get(f"/v1/coupons/{coupon}")
    assert (shown["status"], shown["order"], shown["discount"]) == ("redeemed", placed["id"], 5000)
    # The same request again is the same order; another order with the coupon is refused.
    assert brand.api.post("/v1/orders", body, key="k") == placed
    problem = brand.api.refused(
        "POST", "/v1/orders", {"external_id": "M-2", **cart(alice, coupon)},
        code="coupon_not_applicable",
    )  # fmt: skip
    assert (problem["reason"], problem["errors"][0]["pointer"]) == ("already_used", "/coupons/0")
    assert [each["external_id"] for each in brand.api.get("/v1/orders")["data"]] == ["M-1"]
    assert brand.api.get(f"/v1/coupons/{coupon}") == shown
    assert books(brand) == []


def test_codes_in_bulk_are_downloaded_and_each_is_one_coupon_of_whoever_is_first(
    brand: TestBrand, alice: str
) -> None:
    bob = make_member(brand, "bob")
    offer(brand, "PRINT", total_limit=7)
    path = "/v1/coupon-templates/PRINT/codes"
    batch = brand.api.post(path, {"quantity": 5})
    other = brand.api.post(path, {"quantity": 2})
    brand.api.refused("POST", path, {"quantity": 1}, code="coupon_limit_reached")

    rows = download(brand, batch["download"])

    codes = [row["code"] for row in rows]
    assert len(set(codes)) == 5
    assert {row["status"] for row in rows} == {"issued"}
    assert {row["batch"] for row in rows} == {batch["id"]}
    assert len(download(brand, f"{path}.csv")) == 7
    taken = brand.api.post(f"{alice}/coupons", {"code": codes[0].lower().replace("-", " ")})
    assert brand.api.post(f"{alice}/coupons", {"code": codes[0]})["id"] == taken["id"]
    brand.api.refused("POST", f"{bob}/coupons", {"code": codes[0]}, code="coupon_of_another_member")
    assert rejected(brand, bob, codes[0]) == "belongs_to_another"
    # Entered at the checkout at once, a code needs no registering.
    placed = buy(brand, "M-1", bob, codes[1])
    assert rejected(brand, alice, codes[1]) == "belongs_to_another"
    brand.api.refused("POST", f"{bob}/coupons", {"code": codes[1]}, code="coupon_used")
    after = {row["code"]: row for row in download(brand, batch["download"])}
    assert (after[codes[1]]["status"], after[codes[1]]["order"]) == ("redeemed", placed["id"])
    assert after[codes[0]]["member"] == brand.api.get(alice)["id"]
    assert other["id"] not in {row["batch"] for row in after.values()}
    assert usage(brand, "PRINT") == (7, 1, 0)
    assert books(brand) == []


def test_a_code_that_is_mistyped_is_nobodys(brand: TestBrand, alice: str) -> None:
    offer(brand, "PRINT")
    batch = brand.api.post("/v1/coupon-templates/PRINT/codes", {"quantity": 1})
    (row,) = download(brand, batch["download"])
    wrong = ("1" if row["code"][0] != "1" else "2") + row["code"][1:]
    assert rejected(brand, alice, wrong) == "not_found"
    problem = brand.api.refused(
        "POST", f"{alice}/coupons", {"code": wrong}, code="coupon_not_found"
    )
    assert problem["errors"][0]["pointer"] == "/code"
    brand.api.refused("GET", f"/v1/coupons/{wrong}", code="coupon_not_found")


def test_a_generic_code_is_registered_for_later_or_used_at_once(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "WELCOME", generic_code="Welcome", total_limit=3, per_member_limit=2)
    kept = brand.api.post(f"{alice}/coupons", {"code": "WEL-COME"})["id"]
    # The checkout uses the one she has before it takes another.
    assert buy(brand, "M-1", alice, "welcome")["coupons"]["applied"][0]["coupon"] == kept
    assert buy(brand, "M-2", alice, "welcome")["amounts"]["coupon_discount"] == 5000
    assert rejected(brand, alice, "welcome") == "member_limit_reached"
    assert rejected(brand, None, "welcome") == "member_required"
    brand.api.refused(
        "POST", f"{alice}/coupons", {"code": "welcome"}, code="coupon_member_limit_reached"
    )
    assert usage(brand, "WELCOME") == (2, 2, 1)
    assert books(brand) == []


def test_a_hold_keeps_a_coupon_until_its_order_comes(brand: TestBrand, alice: str) -> None:
    offer(brand, "FIVE")
    offer(brand, "ONE", amount=1000, generic_code="ONE", total_limit=1)
    coupon = give(brand, alice, "FIVE")

    held = hold(brand, alice, coupon, "ONE")

    assert status_of(brand, coupon) == "reserved"
    assert rejected(brand, alice, coupon) == "reserved_elsewhere"
    assert rejected(brand, make_member(brand, "bob"), "ONE") == "limit_reached"
    # Without naming them the order uses what the hold keeps.
    placed = buy(brand, "M-1", alice, hold=held)
    assert placed["amounts"]["coupon_discount"] == 6000
    assert status_of(brand, coupon) == "redeemed"
    assert usage(brand, "ONE") == (1, 1, 0)
    assert books(brand) == []


def test_a_hold_that_is_released_or_times_out_gives_everything_back(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "FIVE")
    offer(brand, "ONE", amount=1000, generic_code="ONE", total_limit=1)
    coupon = give(brand, alice, "FIVE")

    first = hold(brand, alice, coupon, "ONE")
    brand.api.post(f"/v1/checkout/holds/{first}/release", expect=200)
    assert status_of(brand, coupon) == "issued"
    assert usage(brand, "ONE") == (0, 0, 1)
    # Released again it changes nothing, and no order captures it any more.
    brand.api.refused(
        "POST", "/v1/orders", {"external_id": "M-0", **cart(alice, hold=first)},
        code="hold_not_found",
    )  # fmt: skip

    late = hold(brand, alice, coupon, "ONE", ttl_seconds=60)
    set_clock(brand, "2026-11-25T10:01:00+09:00")
    # No job has run: it is over because its time is.
    assert status_of(brand, coupon) == "issued"
    assert rejected(brand, alice, coupon) is None
    assert rejected(brand, make_member(brand, "bob"), "ONE") is None
    placed = buy(brand, "M-1", alice, coupon, "ONE")
    assert placed["amounts"]["coupon_discount"] == 6000
    brand.api.refused(
        "POST", "/v1/orders", {"external_id": "M-2", **cart(alice, hold=late)},
        code="hold_not_found",
    )  # fmt: skip
    assert usage(brand, "ONE") == (1, 1, 0)
    assert books(brand) == []


def test_a_coupon_that_expires_while_it_is_held_is_expired_for_the_order(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "DAY", validity={"ends_at": "2026-11-25T10:05:00+09:00"})
    held = hold(brand, alice, give(brand, alice, "DAY"), ttl_seconds=600)
    set_clock(brand, "2026-11-25T10:05:00+09:00")
    problem = brand.api.refused(
        "POST", "/v1/orders", {"external_id": "M-1", **cart(alice, hold=held)},
        code="coupon_not_applicable",
    )  # fmt: skip
    assert problem["reason"] == "expired"


def test_staff_take_a_coupon_back_and_restore_it_with_a_reason(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "FIVE", total_limit=1)
    coupon = give(brand, alice, "FIVE")
    path = f"/v1/coupons/{coupon}"

    brand.api.refused("POST", f"{path}/revoke", {}, code="invalid_request")
    for _ in range(2):
        assert (
            brand.api.post(f"{path}/revoke", {"reason": "오발급"}, expect=200)["status"]
            == "revoked"
        )
    assert rejected(brand, alice, coupon) == "revoked"
    assert usage(brand, "FIVE") == (0, 0, 1)
    for _ in range(2):
        assert (
            brand.api.post(f"{path}/restore", {"reason": "확인"}, expect=200)["status"] == "issued"
        )
    assert usage(brand, "FIVE") == (1, 0, 0)
    buy(brand, "M-1", alice, coupon)
    for action in ("revoke", "restore"):
        brand.api.refused("POST", f"{path}/{action}", {"reason": "-"}, code="coupon_used")
    assert status_of(brand, coupon) == "redeemed"
    assert books(brand) == []


def test_a_revoked_coupon_whose_place_is_taken_cannot_come_back(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "FIVE", total_limit=1)
    coupon = give(brand, alice, "FIVE")
    brand.api.post(f"/v1/coupons/{coupon}/revoke", {"reason": "오발급"}, expect=200)
    give(brand, make_member(brand, "bob"), "FIVE")
    problem = brand.api.refused(
        "POST", f"/v1/coupons/{coupon}/restore", {"reason": "확인"}, code="coupon_limit_reached"
    )
    assert (problem["total_limit"], problem["left"]) == (1, 0)
    assert usage(brand, "FIVE") == (1, 0, 0)


def test_a_coupon_restored_after_its_date_stays_expired(brand: TestBrand, alice: str) -> None:
    offer(brand, "DAY", validity={"days_from_issue": 1})
    revoked, used = (give(brand, alice, "DAY") for _ in range(2))
    brand.api.post(f"/v1/coupons/{revoked}/revoke", {"reason": "오발급"}, expect=200)
    buy(brand, "M-1", alice, used)
    set_clock(brand, "2026-11-26T00:00:00+09:00")

    brand.api.post(f"/v1/coupons/{revoked}/restore", {"reason": "확인"}, expect=200)
    back = refund(brand)

    assert "coupon_restored" in [effect["kind"] for effect in back["effects"]]
    for coupon in (revoked, used):
        assert status_of(brand, coupon) == "expired"
        assert rejected(brand, alice, coupon) == "expired"
    listed = brand.api.get(f"{alice}/coupons?status=expired")["data"]
    assert {each["id"] for each in listed} == {revoked, used}
    assert brand.api.get(f"{alice}/coupons?status=usable")["data"] == []
    assert books(brand) == []


def test_a_preview_tells_what_each_coupon_is_worth_and_the_best_of_them_together(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, "TEA", kind="percent", percent_basis_points=1000, selection={"skus": ["TEA"]})
    offer(brand, "FIVE")
    offer(brand, "SOLO", amount=4000, stacking="exclusive")
    offer(brand, "SHIP", kind="free_shipping")
    offer(brand, "BIG", amount=9000, minimum_order_amount=30_000)
    coupons = {code: give(brand, alice, code) for code in ("TEA", "FIVE", "SOLO", "SHIP", "BIG")}

    told = preview(brand, alice, shipping_fee=3000)

    assert told["coupons"]["applied"] == []
    owned = {each["template"]: each for each in told["coupons"]["owned"]}
    assert {code: each["discount"] + each["shipping_discount"] for code, each in owned.items()} == {
        "TEA": 2000, "FIVE": 5000, "SOLO": 4000, "SHIP": 3000, "BIG": 0,
    }  # fmt: skip
    assert [code for code, each in owned.items() if not each["applicable"]] == ["BIG"]
    assert owned["BIG"]["reason"] == "minimum_not_met"
    assert "10,000" in owned["BIG"]["text"]["en"]
    best = told["coupons"]["best"]
    assert set(best["coupons"]) == {coupons["TEA"], coupons["FIVE"], coupons["SHIP"]}
    assert (best["discount"], best["shipping_discount"]) == (7000, 3000)
    # What is promised is what an order then takes off.
    placed = buy(brand, "M-1", alice, *best["coupons"], shipping_fee=3000)
    assert placed["amounts"]["coupon_discount"] == 7000
    assert placed["amounts"]["shipping_discount"] == 3000
    assert placed["amounts"]["due"] == 13_000
    assert books(brand) == []
