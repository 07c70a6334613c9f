"""Receipts prove a purchase: harmless, sealed, seen by staff, forgotten afterwards."""

import io
from typing import Any

import psycopg
import pytest

from app import jobs
from tests.shopper.phone import Page, Phone, Shop
from tests.shopper.pictures import CANARY, photo


def start(phone: Phone, code: str, receipt: bytes, *, expect: int = 200) -> Page:
    """Send the first step of a registration with a photo."""
    path = f"/q/{code}/register"
    phone.open(path)
    form: dict[str, Any] = {**phone.page.form(path).values, **phone.details()}
    return phone.post(path, {**form, "receipt": (io.BytesIO(receipt), "r.jpg")}, expect=expect)


def receipts(shop: Shop, number: int = 0) -> list[dict[str, Any]]:
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[number]}")["data"][0]["id"]
    data: list[dict[str, Any]] = shop.brand.api.get(f"/v1/warranties/{found}/receipts")["data"]
    return [{**each, "path": f"/v1/warranties/{found}/receipts/{each['id']}"} for each in data]


def test_a_receipt_comes_along_with_the_registration_and_staff_see_it(shop: Shop) -> None:
    phone = shop.phone()
    start(phone, shop.codes[0], photo(seed=1))
    phone.type_code()
    (kept,) = receipts(shop)
    answer = shop.brand.api.send("GET", kept["path"])
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert CANARY.encode() not in answer.data
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_it_is_kept_sealed(shop: Shop, owner: psycopg.Connection) -> None:
    phone = shop.phone()
    start(phone, shop.codes[0], photo(seed=1))
    (content,) = owner.execute(
        "SELECT content_sealed FROM warranty_receipts WHERE brand_id = %s", (shop.brand.brand_id,)
    ).fetchone()
    assert b"JFIF" not in content


@pytest.mark.parametrize("receipt", [b"%PDF-1.7", b"<svg/>", b"\xff\xd8\xff" + b"x" * 50])
def test_what_is_no_photo_is_said_beside_the_field_and_the_rest_is_kept(
    shop: Shop, receipt: bytes
) -> None:
    phone = shop.phone()
    page = start(phone, shop.codes[0], receipt, expect=422)
    assert "사진으로 읽을 수 없어요" in page.text
    assert page.form(f"/q/{shop.codes[0]}/register").values["name"] == "김단골"
    assert phone.messages("verification_code") == []


def test_it_can_be_sent_later_three_times_at_most(shop: Shop) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    for seed, status in ((1, 200), (2, 200), (3, 200), (4, 422)):
        phone.open(path)
        form: dict[str, Any] = dict(phone.page.form(f"{path}/receipt").values)
        form["receipt"] = (io.BytesIO(photo(seed=seed)), "r.jpg")
        phone.post(f"{path}/receipt", form, expect=status)
    assert len(receipts(shop)) == 3
    assert "확인하고 있어요" in phone.open(path).text


def test_the_same_receipt_for_another_unit_is_seen_even_if_it_was_saved_anew(shop: Shop) -> None:
    for number, quality in enumerate((80, 45)):
        phone = shop.phone(number=f"010-5000-{number:04}", ip=f"203.0.113.{number}")
        start(phone, shop.codes[number], photo(600, seed=7, quality=quality))
        phone.type_code()
    reviews = shop.brand.api.get("/v1/warranty-reviews")["data"]
    assert [each["unit"] for each in reviews] == [shop.serials[1]]
    assert {"what": "receipt_reused", "weight": 3} in reviews[0]["evidence"]


def test_other_receipts_are_not_taken_for_the_same(shop: Shop) -> None:
    for number in range(3):
        phone = shop.phone(number=f"010-5000-{number:04}", ip=f"203.0.113.{number}")
        start(phone, shop.codes[number], photo(600, seed=number))
        phone.type_code()
    found = shop.brand.api.get("/v1/warranty-reviews")["data"]
    assert "receipt_reused" not in str(found)


def test_it_is_forgotten_after_it_was_judged_and_at_once_if_nobody_registered(
    shop: Shop, owner: psycopg.Connection
) -> None:
    phone = shop.phone()
    start(phone, shop.codes[0], photo(seed=1))
    phone.type_code()
    start(shop.phone(number="010-9999-0000"), shop.codes[1], photo(seed=2))  # and no code
    count = "SELECT count(*), count(content_sealed) FROM warranty_receipts WHERE brand_id = %s"

    def tidy() -> tuple[int, int]:
        with shop.brand.app.app_context():
            jobs.run("warranties.tidy", shop.brand.brand_id)
        return owner.execute(count, (shop.brand.brand_id,)).fetchone()  # type: ignore[return-value]

    assert tidy() == (2, 2)
    shop.wait(hours=1, seconds=1)
    assert tidy() == (1, 1)
    warranty = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]["id"]
    proof = {"proof": "proven", "reason": "영수증"}
    shop.brand.api.post(f"/v1/warranties/{warranty}/proof", proof, expect=200)
    shop.wait(days=90)
    assert tidy() == (1, 1)
    shop.wait(seconds=1)
    assert tidy() == (1, 0)
    (kept,) = receipts(shop)
    assert kept["kept"] is False
    shop.brand.api.refused("GET", kept["path"], code="warranty_receipt_not_found")


def test_an_erased_members_receipts_go_with_the_next_run(
    shop: Shop, owner: psycopg.Connection
) -> None:
    phone = shop.phone()
    start(phone, shop.codes[0], photo(seed=1))
    phone.type_code()
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]["member"]
    shop.brand.api.post(f"/v1/members/{found}/erase", expect=200)
    left = owner.execute(
        "SELECT count(content_sealed) FROM warranty_receipts WHERE brand_id = %s",
        (shop.brand.brand_id,),
    ).fetchone()
    assert left == (0,)
