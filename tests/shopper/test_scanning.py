"""What a scanned label shows, to whom."""

import psycopg
import pytest

from tests.shopper.phone import Shop
from tests.warranties.shop import step


def test_a_label_shows_that_the_product_is_genuine_and_what_to_do(shop: Shop) -> None:
    page = shop.phone().open(f"/q/{shop.codes[0]}")
    assert "정품으로 확인했어요" in page.text
    assert "레인부츠" in page.text
    assert f"/q/{shop.codes[0]}/register" in page.links
    assert shop.serials[0] not in page.html  # masked: a code alone tells no serial to copy


def test_a_label_says_what_registering_is_worth(shop: Shop) -> None:
    terms = {"name": "2년", "months": 24, "labour_months": 12, "registration_bonus_months": 6}
    shop.brand.api.put("/v1/warranty-terms/BASE", terms)
    text = shop.phone().open(f"/q/{shop.codes[0]}").text
    assert "무상 보증 2년 등록하면 +6개월" in text


def test_the_code_is_read_in_any_case_and_under_either_path(shop: Shop) -> None:
    code = shop.codes[0]
    for path in (f"/Q/{code.upper()}", f"/q/{code.lower()}", f"/Q/{code.lower()}"):
        assert "정품으로 확인했어요" in shop.phone().open(path).text


def test_a_gs1_digital_link_shows_the_same(shop: Shop) -> None:
    shop.brand.api.put("/v1/products/BOOT", {"name": "레인부츠", "gtin": "8801234567893"})
    path = f"/01/08801234567893/21/{shop.codes[0]}"
    assert "정품으로 확인했어요" in shop.phone().open(path).text
    other = f"/01/08801234567809/21/{shop.codes[0]}"
    assert "확인되지 않는 코드예요" in shop.phone().open(other, expect=404).text


def test_unknown_void_and_malformed_codes_are_answered_alike(shop: Shop) -> None:
    step(shop.brand, shop.serials[1], "void", reason="잘못 인쇄")
    pages = [
        shop.phone().open(f"/q/{code}", expect=404)
        for code in ("0123456789ABCDEF", shop.codes[1], "nonsense", "가" * 20, "%20")
    ]
    assert {page.html for page in pages} == {pages[0].html}
    kept = ("Content-Type", "Content-Length", "Cache-Control", "Content-Security-Policy")
    assert len({tuple(page.headers.get(name) for name in kept) for page in pages}) == 1


def test_a_get_changes_nothing_of_a_unit(shop: Shop, owner: psycopg.Connection) -> None:
    before = shop.unit()
    phone = shop.phone()
    for path in ("", "/register", "/report"):
        phone.open(f"/q/{shop.codes[0]}{path}")
    assert shop.unit() == before
    count = "SELECT count(*) FROM warranties WHERE brand_id = %s"
    assert owner.execute(count, (shop.brand.brand_id,)).fetchone() == (0,)


def test_a_registered_unit_tells_others_nothing_of_its_owner(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    mine = phone.open(f"/q/{shop.codes[0]}")
    assert "내가 등록한 제품이에요" in mine.text
    other = shop.phone(number="010-9999-0000").open(f"/q/{shop.codes[0]}")
    assert "이미 등록된 제품이에요" in other.text
    assert "양도를 요청해 주세요" in other.text
    for personal in ("김단골", "2468", "1357", "2026-11-20", "쿠팡"):
        assert personal not in other.html


def test_who_registered_on_another_device_confirms_the_number_and_sees_it(shop: Shop) -> None:
    shop.phone().register(shop.codes[0])
    shop.wait(minutes=2)
    page = shop.phone(ip="198.51.100.9").sign_in(f"/q/{shop.codes[0]}")
    assert "내가 등록한 제품이에요" in page.text


@pytest.mark.parametrize("flag", ["lost", "stolen"])
def test_a_reported_unit_says_so_and_cannot_be_registered(shop: Shop, flag: str) -> None:
    phone = shop.phone()
    phone.open(f"/q/{shop.codes[0]}/register")
    shop.flag(flag)
    page = shop.phone().open(f"/q/{shop.codes[0]}")
    assert "분실이나 도난으로 신고된 제품이에요" in page.text
    assert f"/q/{shop.codes[0]}/register" not in page.links
    refused = phone.send(f"/q/{shop.codes[0]}/register", phone.details(), expect=409)
    assert "신고된 제품" in refused.text
    assert shop.owner() is None


def test_a_recalled_unit_warns_whoever_scans_it(shop: Shop) -> None:
    shop.flag("recalled")
    assert "회수하고 있는 제품" in shop.phone().open(f"/q/{shop.codes[0]}").text


def test_the_code_of_another_brand_is_unknown_here(shop: Shop, make_brand) -> None:
    other = Shop(make_brand())
    page = shop.phone().open(f"/q/{other.codes[0]}", expect=404)
    assert page.html == shop.phone().open("/q/0123456789ABCDEF", expect=404).html


def test_a_host_of_no_brand_has_no_pages(shop: Shop) -> None:
    shop.host = "nobody.example.kr"
    for path in (f"/q/{shop.codes[0]}", "/login", "/my"):
        page = shop.phone().open(path, expect=404)
        assert "이 주소는 열 수 없어요" in page.text


def test_who_tries_codes_all_day_is_stopped_and_others_are_not(shop: Shop) -> None:
    phone = shop.phone()
    for number in range(30):
        phone.open(f"/q/{number:016}", expect=404)
    refused = phone.open(f"/q/{shop.codes[0]}", expect=429)
    assert int(refused.headers["Retry-After"]) <= 600
    shop.phone(ip="198.51.100.9").open(f"/q/{shop.codes[0]}")
    shop.wait(minutes=10)
    phone.open(f"/q/{shop.codes[0]}")


def test_pages_are_not_kept_framed_indexed_or_told_to_other_sites(shop: Shop) -> None:
    headers = shop.phone().open(f"/q/{shop.codes[0]}").headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "default-src 'none'; frame-ancestors 'none'" in headers["Content-Security-Policy"]
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_speaks_english_to_who_asks_for_it(shop: Shop) -> None:
    page = shop.phone().open(f"/q/{shop.codes[0]}", headers={"Accept-Language": "en-US,en"})
    assert "This product is genuine" in page.text
    assert 'lang="en"' in page.html


def test_a_page_without_photo_is_light(shop: Shop) -> None:
    phone = shop.phone()
    page = phone.open(f"/q/{shop.codes[0]}")
    weight = len(page.html.encode())
    for sheet in ("pico.css", "shopper.css"):
        path = next(part for part in page.html.split('"') if part.endswith(f"/{sheet}"))
        answer = phone.client.get(
            path, base_url=f"http://{shop.host}", headers={"Accept-Encoding": "gzip"}
        )
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        weight += len(answer.data)
    assert weight < 60_000
