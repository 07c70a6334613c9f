"""Registering a warranty on a phone: three steps, a code, and what is refused."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from io import BytesIO

import psycopg
import pypdfium2
import pytest
from icalendar import Calendar
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app import certificates
from tests.shopper.phone import Phone, Shop
from tests.support.parallel import at_once


def test_a_buyer_from_a_marketplace_registers_and_is_a_member_with_a_certificate(
    shop: Shop,
) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0], order_number="3000012345678")
    assert "보증을 등록했어요" in done.text
    certificate = phone.open(next(link for link in done.links if "/my/warranties/" in link))
    assert f"{shop.serials[0]}-1" in certificate.text
    assert "2027.11.20" in certificate.text
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]
    assert (found["channel"], found["purchased_on"], found["proof"]) == (
        "coupang",
        "2026-11-20",
        "told",
    )
    assert found["has_order_number"]
    member = shop.brand.api.get(f"/v1/members/{found['member']}")
    assert (member["name"], member["phone"], member["external_id"]) == (
        "김단골",
        "+821024681357",
        None,
    )
    assert shop.brand.api.get(f"/v1/members/{found['member']}/points")["available"] == 0


def test_the_link_of_the_certificate_comes_by_message_and_needs_the_number(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    path = phone.link("warranty_registered")
    assert "보증서" in phone.open(path).text
    stranger = shop.phone(number="010-9999-0000")
    assert "내 번호로 확인" in stranger.open(path).text
    stranger.sign_in()
    stranger.open(path, expect=200)
    assert stranger.url == "/login"  # nobody is known by this number


def test_the_only_member_with_the_number_is_joined(shop: Shop) -> None:
    known = shop.brand.api.put("/v1/members/ext:a", {"phone": "010-2468-1357"}, expect=201)["id"]
    shop.phone().register(shop.codes[0])
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]
    assert found["member"] == known


def test_a_gift_needs_no_day_and_is_covered_at_once(shop: Shop, make_brand) -> None:
    shop = Shop(make_brand(), manufactured_on="2026-06-15")
    phone = shop.phone()
    done = phone.register(shop.codes[0], channel="gift", purchased_on="")
    certificate = phone.open(next(link for link in done.links if "/my/warranties/" in link))
    assert "2026.09.15" in certificate.text  # three months after it was made


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "이름을 40자 안으로"),
        ({"phone": ""}, "휴대폰 번호 11자리"),
        ({"phone": "02-123-4567"}, "휴대폰 번호를 확인해 주세요"),
        ({"channel": ""}, "구매한 곳을 골라 주세요"),
        ({"channel": "gmarket"}, "구매한 곳을 골라 주세요"),
        ({"purchased_on": ""}, "구매일을 알려 주세요"),
        ({"purchased_on": "2026-12-01"}, "오늘보다 뒤의 날짜"),
        ({"purchased_on": "작년 봄"}, "2026-11-30처럼"),
        ({"purchased_on": "0206-11-20"}, "맞지 않는 날짜예요"),
        ({"order_number": "주문번호", "channel": "naver"}, "주문 번호를 확인해 주세요"),
        ({"age": ""}, "보호자의 번호로"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    shop: Shop, fields: dict[str, str], said: str
) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    page = phone.send(path, {**phone.details(), **fields}, expect=422)
    assert said in page.text
    kept = page.form(path).values
    typed = {**phone.details(), **fields}
    assert kept["name"] == typed["name"]
    assert kept.get("channel", "") in (typed["channel"], "")
    assert phone.messages("verification_code") == []


def test_the_day_before_midnight_in_seoul_is_still_today(shop: Shop) -> None:
    shop.set_time(datetime.fromisoformat("2026-11-30T23:59:00+09:00"))
    path = f"/q/{shop.codes[0]}/register"
    phone = shop.phone()
    phone.open(path)
    tomorrow = {**phone.details(), "purchased_on": "2026-12-01"}
    assert "오늘보다 뒤의 날짜" in phone.send(path, tomorrow, expect=422).text
    shop.wait(minutes=1)
    phone.open(path)
    phone.send(path, tomorrow)
    assert "인증번호" in phone.page.text


def test_a_wrong_code_says_how_often_it_may_be_tried_and_then_asks_for_a_new_one(
    shop: Shop,
) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    phone.send(path, phone.details())
    right = phone.last_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1):
        assert f"{left}번 더" in phone.type_code(wrong, expect=422).text
    assert "새 인증번호를 받아 주세요" in phone.type_code(wrong, expect=422).text
    assert "새 인증번호를 받아 주세요" in phone.type_code(right, expect=422).text
    shop.wait(seconds=31)
    phone.send(f"{phone.url}/again")
    assert "보증을 등록했어요" in phone.type_code().text


def test_a_new_code_keeps_what_was_typed_and_comes_no_sooner_than_30_seconds(shop: Shop) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    phone.send(path, phone.details())
    first = phone.last_code()
    assert "초 뒤에 다시" in phone.send(f"{phone.url}/again", expect=422).text
    phone.url = phone.page.forms[0].action
    shop.wait(minutes=6)
    assert "새 인증번호를 받아 주세요" in phone.type_code(first, expect=422).text
    phone.send(f"{phone.url}/again")
    assert "보증을 등록했어요" in phone.type_code().text
    assert shop.owner() == "+821024681357"


def test_full_width_digits_and_spaces_in_a_code_are_read(shop: Shop) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    phone.send(path, phone.details())
    code = phone.last_code()
    wide = "".join(chr(ord(each) - ord("0") + ord("０")) for each in code[:3]) + " " + code[3:]
    assert "보증을 등록했어요" in phone.type_code(wide).text


def test_only_the_device_that_typed_the_form_can_answer(shop: Shop) -> None:
    phone, thief = shop.phone(), shop.phone(ip="198.51.100.9")
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    phone.send(path, phone.details())
    page = thief.open(phone.url, expect=404)
    assert "처음부터 다시" in page.text
    assert "1357" not in page.html


def test_a_double_click_on_the_last_button_registers_once_and_shows_it(shop: Shop) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    form = phone.send(path, phone.details())
    code, action = phone.last_code(), phone.url
    assert "보증을 등록했어요" in phone.type_code(code).text
    phone.page, phone.url = form, action
    assert "보증을 등록했어요" in phone.type_code(code).text
    assert len(shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"]) == 1
    assert len(phone.messages("warranty_registered")) == 1


def test_a_unit_of_another_is_refused_before_a_code_is_sent_and_noted(shop: Shop) -> None:
    other = shop.phone(number="010-9999-0000")
    path = f"/q/{shop.codes[0]}/register"
    other.open(path)
    shop.phone().register(shop.codes[0])
    page = other.send(path, other.details(), expect=409)
    assert "판매자에게 양도를 요청해 주세요" in page.text
    assert other.messages("verification_code") == []
    reviews = shop.brand.api.get("/v1/warranty-reviews")["data"]
    assert [(each["unit"], each["state"]) for each in reviews] == [(shop.serials[0], "open")]
    assert {"what": "claimed_again", "weight": 3} in reviews[0]["evidence"]
    assert shop.owner() == "+821024681357"


def _last_click(phone: Phone, path: str) -> Callable[[], tuple[int, str]]:
    phone.open(path)
    phone.send(path, phone.details())
    return partial(phone.press, phone.url, {"code": phone.last_code()})


def test_fifty_phones_at_once_register_one_unit_once(busy, owner: psycopg.Connection) -> None:
    shop = Shop(busy)
    path = f"/q/{shop.codes[0]}/register"
    phones = [
        shop.phone(number=f"010-5000-{number:04}", ip=f"203.0.113.{number}") for number in range(50)
    ]
    answers = at_once([_last_click(phone, path) for phone in phones])
    assert sorted(status for status, _ in answers) == [303] + [409] * 49
    assert all("이미 등록된 제품이에요" in text for status, text in answers if status == 409)
    count = "SELECT count(*) FROM warranties WHERE brand_id = %s AND ended_at IS NULL"
    assert owner.execute(count, (busy.brand_id,)).fetchone() == (1,)


def test_the_certificate_is_a_signed_file_that_names_nobody(shop: Shop) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    answer = phone.client.get(f"{path}/certificate.pdf", base_url=f"http://{shop.host}")
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    text = document[0].get_textpage().get_text_bounded()
    for said in (f"{shop.serials[0]}-1", "레인부츠", "2026-11-20 ~ 2027-11-20", "품질 보증서"):
        assert said in text
    for personal in ("김단골", "1357"):
        assert personal not in text
        assert personal.encode() not in answer.data
    document.close()
    signature = PdfFileReader(BytesIO(answer.data)).embedded_signatures[0]
    trust = ValidationContext(trust_roots=[signature.signer_cert])
    status = validate_pdf_signature(signature, trust)
    assert status.intact
    assert status.valid
    with shop.brand.app.app_context():
        assert signature.signer_cert.sha256.hex() == certificates.fingerprint()
    changed = bytearray(answer.data)
    changed[200] ^= 1
    broken = PdfFileReader(BytesIO(bytes(changed)), strict=False).embedded_signatures[0]
    assert not validate_pdf_signature(broken, trust).intact


def test_the_last_day_goes_into_a_calendar(shop: Shop) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    answer = phone.client.get(f"{path}/end.ics", base_url=f"http://{shop.host}")
    assert answer.mimetype == "text/calendar"
    entry = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert entry["DTSTART"].dt == date(2027, 11, 20)
    assert "레인부츠 보증 마지막 날" in str(entry["SUMMARY"])


def test_a_reward_for_registering_is_on_the_page_whatever_was_consented(shop: Shop) -> None:
    rule = {
        "name": "등록 적립",
        "trigger": {"on": "warranty_registered"},
        "effects": [{"points": 500}],
    }
    shop.brand.api.put("/v1/reward-rules/REG", rule, expect=201)
    shop.brand.api.post("/v1/reward-rules/REG/activate", expect=200)
    phone = shop.phone()
    phone.register(shop.codes[0])
    assert re.search(r"500P", phone.open("/my").text)
