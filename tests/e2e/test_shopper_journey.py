"""From the printed label to the next owner, on a phone without JavaScript."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from playwright.sync_api import Browser, FilePayload

from app import ids
from app.consents import services as consents
from tests.consents.asking import publish
from tests.e2e.browsing import Handset
from tests.shopper.phone import Shop
from tests.shopper.pictures import photo
from tests.support.api import TestBrand
from tests.support.printed import read_back
from tests.support.server import Server

SEOUL = ZoneInfo("Asia/Seoul")


def scan_printed_label(brand: TestBrand, batch: str) -> str:
    """Print the labels of a batch, read the first code off the paper, and return its path."""
    links = brand.api.post(f"/v1/warranty-batches/{batch}/downloads")
    pdf = brand.api.send("GET", links["pdf"]).data
    return urlsplit(read_back(pdf)[0][0]).path


@pytest.fixture
def shop(brand: TestBrand) -> Shop:
    shop = Shop(brand)
    brand.api.post("/v1/test-clock", {"now": None}, expect=200)
    for purpose in ("warranty_service", "marketing_pi", "ad_sms"):
        publish(brand, purpose)
    return shop


def test_a_coupang_buyer_registers_and_hands_the_boots_on(
    shop: Shop, browser: Browser, server: Server, shots: Path
) -> None:
    base_url = f"http://{shop.host}:{server.port}"
    outbox = f"http://127.0.0.1:{server.port}/dev/outbox"
    buyer = Handset(browser, base_url, shots, "buyer", "010-2468-1357")

    path = scan_printed_label(shop.brand, shop.batch["id"])
    buyer.open(path)
    assert buyer.shows("정품으로 확인했어요")
    buyer.look("genuine")

    buyer.press("보증 등록하기")
    buyer.look("register")
    buyer.press("인증번호 받기")
    assert buyer.shows("이름을 40자 안으로 적어 주세요")
    buyer.page.screenshot(path=shots / "buyer-faults.png", full_page=True)
    buyer.fill("이름", "김단골")
    buyer.fill("휴대폰 번호", buyer.number)
    buyer.choose("쿠팡")
    buyer.fill("구매일", datetime.now(SEOUL).date().isoformat())
    buyer.choose("만 14세 이상이에요")
    buyer.press("인증번호 받기")
    buyer.look("code")
    buyer.fill("인증번호 6자리", buyer.code(outbox))
    buyer.press("보증 등록하기")
    assert buyer.shows("보증을 등록했어요")
    ticks = buyer.page.locator("input[type=checkbox]")
    assert ticks.count() == 2
    assert not any(tick.is_checked() for tick in ticks.all())
    buyer.look("done")
    buyer.press("고른 대로 저장하기")  # everything optional stays off
    assert buyer.shows("김단골님")
    buyer.look("my")

    buyer.page.get_by_role("link", name="레인부츠").click()
    assert buyer.shows("디지털 보증서")
    buyer.look("certificate")
    certificate = urlsplit(buyer.page.url).path
    with buyer.page.expect_download() as download:
        buyer.page.get_by_role("link", name="PDF 저장").click()
    document = pypdfium2.PdfDocument(download.value.path())
    assert "품질 보증서" in document[0].get_textpage().get_text_bounded()
    document[0].render(scale=1.5).to_pil().save(shots / "certificate-pdf.png")
    document.close()

    follow_repair(shop, buyer)
    buyer.open(certificate)
    buyer.press("양도하기")
    buyer.look("transfer")
    buyer.fill("받을 분의 휴대폰 번호", "010-9753-1086")
    buyer.press("내 번호로 인증하고 보내기")
    buyer.fill("인증번호 6자리", buyer.code(outbox))
    buyer.press("확인하기")
    assert buyer.shows("받을 분께 링크를 보냈어요")
    buyer.look("offered")

    friend = Handset(browser, base_url, shots, "friend", "010-9753-1086")
    friend.open(path)
    assert friend.shows("이미 등록된 제품이에요")
    friend.look("owned")
    friend.open(friend.link(outbox, "transfer_offered"))
    assert friend.shows("제품을 넘겨받을까요?")
    friend.look("accept")
    friend.fill("이름", "이친구")
    friend.fill("이 링크를 받은 휴대폰 번호", friend.number)
    friend.choose("만 14세 이상이에요")
    friend.press("인증번호 받고 넘겨받기")
    friend.fill("인증번호 6자리", friend.code(outbox))
    friend.press("확인하기")
    assert friend.shows("보증을 등록했어요")
    friend.look("done")
    friend.press("보증서 보기")
    assert friend.shows("수리 이력")
    assert not friend.shows("밑창이 떨어졌어요")

    answer = buyer.page.goto(base_url + certificate)
    assert answer is not None
    assert answer.status == 404
    assert not buyer.shows("레인부츠")
    buyer.look("gone")
    buyer.open("/my")
    assert not buyer.shows("레인부츠")
    buyer.open(path)
    assert buyer.shows("이미 등록된 제품이에요")


def follow_repair(shop: Shop, buyer: Handset) -> None:
    """Ask for repair with two photos; staff quote over the API, the buyer approves."""
    buyer.press("A/S 접수하기")
    buyer.look("service")
    buyer.choose("그 밖의 증상")
    buyer.fill("어떤 문제인가요?", "밑창이 떨어졌어요")
    pictures = [
        FilePayload(name=f"{side}.jpg", mimeType="image/jpeg", buffer=photo(side))
        for side in (640, 480)
    ]
    buyer.page.get_by_label("사진").set_input_files(pictures)
    buyer.choose("기사님이 가지러 와 주세요")
    buyer.fill("주소", "서울시 마포구 월드컵로 1")
    buyer.press("A/S 접수하기")
    assert buyer.shows("접수됐어요")
    assert buyer.page.locator(".photos img").count() == 2
    buyer.look("asked")
    request = f"/v1/service-requests/{urlsplit(buyer.page.url).path.rpartition('/')[2]}"

    def step(name: str, **options: str) -> None:
        shop.brand.api.post(f"{request}/steps", {"step": name, **options}, expect=200)

    step("charge", reason="다른 곳에서 수선한 제품")
    line = {"kind": "labour", "name": "밑창 수선", "quantity": 1, "unit_price": 45_000}
    shop.brand.api.put(f"{request}/lines", {"lines": [line]})
    shop.brand.api.post(f"{request}/quotes", {})
    buyer.page.reload()
    assert buyer.shows("내실 금액 45,000원")
    buyer.look("quote")
    buyer.press("견적 승인하기")
    assert buyer.shows("승인한 견적: 45,000원")
    for name in ("collect", "arrive", "repair", "check", "finish"):
        step(name)
    buyer.page.reload()
    assert buyer.shows("수리가 끝났어요")
    buyer.look("repaired")
    step("send", tracking="CJ대한통운 1234-5678-9012")
    step("deliver")
    buyer.page.reload()
    assert buyer.shows("전달됐어요")
    buyer.look("delivered")


def test_every_other_page_is_drawn_well_and_reads_without_a_fault(
    shop: Shop, browser: Browser, server: Server, shots: Path
) -> None:
    base_url = f"http://{shop.host}:{server.port}"
    outbox = f"http://127.0.0.1:{server.port}/dev/outbox"
    phone = Handset(browser, base_url, shots, "pages", "010-2468-1357")
    code = shop.codes[0]
    phone.page.goto(f"{base_url}/q/0123456789ABCDEF")
    assert phone.shows("확인되지 않는 코드예요")
    phone.look("unknown")
    phone.open(f"/q/{code}/report")
    phone.look("report")
    phone.press("알리기")
    assert phone.shows("사람이 보고 판단해요")
    phone.open("/login")
    phone.look("login")
    phone.fill("휴대폰 번호", phone.number)
    phone.press("인증번호 받기")
    phone.fill("인증번호 6자리", phone.code(outbox))
    phone.press("로그인하기")
    assert phone.shows("이 번호로 등록한 것이 없어요")
    phone.look("nobody")
    shop.phone(number=phone.number).register(code)
    shop.flag("stolen", 1)
    phone.open(f"/q/{shop.codes[1]}")
    phone.look("reported")


def test_pages_of_a_member_and_what_cannot_be_are_drawn_well(
    shop: Shop, browser: Browser, server: Server, shots: Path
) -> None:
    base_url = f"http://{shop.host}:{server.port}"
    outbox = f"http://127.0.0.1:{server.port}/dev/outbox"
    phone = Handset(browser, base_url, shots, "member", "010-2468-1357")
    phone.open(f"/q/{shop.codes[0]}/register")
    phone.fill("이름", "김단골")
    phone.fill("휴대폰 번호", phone.number)
    phone.choose("선물받음")
    phone.choose("만 14세 이상이에요")
    phone.press("인증번호 받기")
    phone.fill("인증번호 6자리", "000000")
    phone.press("보증 등록하기")
    assert phone.shows("인증번호가 달라요. 4번 더")
    phone.page.screenshot(path=shots / "member-wrong-code.png", full_page=True)
    phone.fill("인증번호 6자리", phone.code(outbox))
    phone.press("보증 등록하기")
    phone.press("보증서 보기")
    phone.press("문자로 받기")
    assert phone.shows("링크를 보냈어요")
    phone.look("sent")
    phone.press("보증서로 돌아가기")
    phone.press("분실 신고하기")
    assert phone.shows("분실 신고")
    phone.look("lost")
    phone.open(f"/q/{shop.codes[0]}")
    assert phone.shows("내가 등록한 제품이에요")
    phone.look("mine")
    phone.open("/my/consents")
    phone.page.locator("summary").first.click()
    phone.look("consents")
    phone.open(unsubscribe_link(shop))
    phone.look("unsubscribe")
    phone.press("그만 받기")
    assert phone.shows("더 보내지 않아요")
    phone.page.screenshot(path=shots / "member-unsubscribed.png", full_page=True)
    phone.page.goto(f"{base_url}/u/nonsense")
    phone.look("no-link")
    phone.page.goto(f"{base_url}/t/nonsense")
    phone.look("no-offer")
    phone.page.goto(f"{base_url}/my/requests/AS-261130-9999")
    phone.look("no-request")
    phone.open("/my/erase")
    phone.look("erase")
    phone.press("지워 달라고 하기")
    assert phone.shows("접수했어요")
    phone.look("erase-asked")
    phone.open("/my")
    phone.press("로그아웃")
    assert phone.shows("로그아웃했어요")
    phone.page.screenshot(path=shots / "member-logged-out.png", full_page=True)


def unsubscribe_link(shop: Shop) -> str:
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]["member"]
    member_id = ids.read("mem", found)
    assert member_id is not None
    with shop.brand.app.app_context():
        return f"/u/{consents.unsubscribe_token(shop.brand.brand_id, member_id, 'sms')}"
