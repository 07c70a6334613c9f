"""A CS agent's case and an operator's batch, at 1280 pixels and without JavaScript."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.console.desk import Desk
from tests.e2e.browsing import DESKTOP, RULES
from tests.service_requests.shop import ask, open_service, set_clock, step
from tests.support.api import TestBrand
from tests.support.server import Server


class Seat:
    """Somebody at a screen: signed in, looking at pages, keeping pictures of them."""

    def __init__(self, browser: Browser, base_url: str, shots: Path, desk: Desk, name: str) -> None:
        self.browser, self.base_url, self.shots, self.name = browser, base_url, shots, name
        self.seen = 0
        self.context = self._context(javascript=False)
        self.page: Page = self.context.new_page()
        self.page.goto(f"{base_url}/console/login")
        self.page.get_by_label("이메일").fill(desk.email)
        self.page.get_by_label("비밀번호", exact=True).fill(desk.password)
        self.page.get_by_role("button", name="로그인").click()

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        assert answer.status < 400, (path, answer.status)

    def act(self, name: str) -> Locator:
        """Unfold what can be done under a name, and return it."""
        unfolded = self.page.locator("details.act", has=self.page.get_by_text(name, exact=True))
        unfolded.first.locator("summary").first.click()
        return unfolded.first

    def take(self, name: str, **fields: str) -> None:
        """Take a step of the open case."""
        form = self.act(name)
        for label, value in fields.items():
            form.get_by_label(label, exact=False).first.fill(value)
        form.get_by_role("button", name=name, exact=True).click()

    def shows(self, text: str) -> bool:
        return text in " ".join(self.page.locator("main").inner_text().split())

    def look(self, what: str) -> None:
        """Keep a picture of the page, and let axe look at what its address shows."""
        self.seen += 1
        self.page.screenshot(
            path=self.shots / f"{self.name}-{self.seen:02}-{what}.png", full_page=True
        )
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= DESKTOP["width"], f"{what} is {wide} wide"
        context = self._context(javascript=True)
        page = context.new_page()
        # The page as it stands, also the answer to a form: what is folded is unfolded.
        page.goto(self.base_url + "/console/account")
        page.set_content(self.page.content(), wait_until="networkidle")
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{what}\n{found.generate_report()}"
        context.close()

    def _context(self, *, javascript: bool) -> BrowserContext:
        context = self.browser.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]
            locale="ko-KR",
            java_script_enabled=javascript,
            bypass_csp=javascript,
        )
        if javascript:
            context.add_cookies(self.context.cookies())  # type: ignore[arg-type]
        return context


def sit(
    brand: TestBrand, role: str, browser: Browser, server: Server, shots: Path, name: str
) -> Seat:
    desk = Desk(brand, role=None)
    desk.join(brand, role)
    return Seat(browser, f"http://console.example.kr:{server.port}", shots, desk, name)


def test_an_agent_works_through_the_queue_and_a_case(
    brand: TestBrand, browser: Browser, server: Server, shots: Path
) -> None:
    serials = open_service(brand, at="2026-11-18T10:00:00+09:00", units=6)
    told = {"address": "서울시 성동구 왕십리로 1", "contact": "010-1234-5678"}
    symptoms = ("SOLE", "LEAK", "SOLE", "LEAK", "SOLE", "SOLE")
    made = [ask(brand, *each, **told) for each in zip(serials, symptoms, strict=False)]
    step(brand, made[1], "ask")
    step(brand, made[2], "triage")
    step(brand, made[3], "cover")
    set_clock(brand, "2026-11-24T10:00:00+09:00")
    operator = sit(brand, "operator", browser, server, shots, "operator-service")
    operator.open("/console/service/macros")
    operator.page.get_by_label("이름").fill("입고 안내")
    operator.page.get_by_label("내용").fill("#{고객}님, #{제품} 잘 받았어요. (#{번호})")
    operator.page.get_by_role("button", name="저장", exact=True).click()
    operator.look("macros")

    agent = sit(brand, "cs", browser, server, shots, "agent")
    agent.open("/console/service")
    assert agent.shows("영업일 지남")
    agent.look("queue")
    for box in agent.page.locator("input[name=chosen]").all()[:3]:
        box.check()
    agent.page.get_by_role("button", name="고른 접수를 내가 맡기").click()
    assert agent.shows("없음 → 최상담")
    agent.look("preview")
    agent.page.get_by_role("button", name="이대로 하기").click()
    assert agent.shows("3건에 적용했어요")
    agent.look("assigned")
    agent.page.get_by_role("button", name="되돌리기 (1분 안에)").click()
    assert agent.shows("담당자를 되돌렸어요")

    path = f"/console/service/{made[0]['number']}"
    operator.open(path)
    agent.open(path)
    assert agent.shows("지금 다른 사람도 보고 있어요: 오운영")
    agent.look("case")
    agent.take("유상으로 판정", 이유="다른 곳에서 수리한 적이 있음")
    agent.page.get_by_label("매크로").select_option(label="입고 안내")
    agent.page.get_by_role("button", name="쓰기", exact=True).click()
    assert f"({made[0]['number']})" in agent.page.get_by_label("내용", exact=True).input_value()
    agent.page.get_by_label("고객에게 보내는 메시지").check()
    agent.page.get_by_role("button", name="남기기", exact=True).click()
    assert agent.shows("고객에게 메시지를 남겼어요")
    agent.page.get_by_label("내용", exact=True).fill("지난달에도 같은 문의가 있었음")
    agent.page.get_by_role("button", name="남기기", exact=True).click()

    agent.page.get_by_role("link", name="비용과 견적").click()
    agent.page.get_by_label("1번째 이름").fill("밑창")
    agent.page.get_by_label("1번째 단가").fill("30,000")
    agent.page.get_by_role("button", name="줄 추가").click()
    agent.page.get_by_label("2번째 종류").select_option("labour")
    agent.page.get_by_label("2번째 이름").fill("교체 공임")
    agent.page.get_by_label("2번째 단가").fill("15000")
    agent.page.get_by_role("button", name="저장하고 계산하기").click()
    assert agent.shows("고객이 내는 금액: 45,000원")
    agent.look("lines")
    agent.page.get_by_role("button", name="저장하고 견적 보내기").click()
    agent.open(f"{path}/quote")
    agent.look("quote")
    agent.page.get_by_role("button", name="고객이 승인했어요").click()
    agent.take("입고 확인")
    agent.take("수리 시작")
    agent.take("수리 완료")
    agent.take("보내기", **{"택배사와 운송장": "CJ대한통운 1234-5678"})
    assert agent.shows("CJ대한통운 1234-5678")
    agent.look("sent")
    agent.page.set_viewport_size({"width": 820, "height": 1180})
    agent.page.screenshot(path=shots / "agent-tablet.png", full_page=True)
    assert agent.page.evaluate("document.documentElement.scrollWidth") <= 820

    agent.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    agent.open("/console/service/new")
    agent.look("new")
    agent.page.get_by_label("시리얼 번호").fill(serials[6])
    agent.page.get_by_role("button", name="이 제품으로").click()
    agent.page.get_by_label("무엇이 문제인가요").fill("굽이 부러졌어요")
    agent.look("new-request")
    agent.page.get_by_role("button", name="접수하기", exact=True).click()
    assert agent.shows("굽이 부러졌어요")


def test_an_operator_makes_a_batch_and_prints_it(
    brand: TestBrand, browser: Browser, server: Server, shots: Path
) -> None:
    open_service(brand, at="2026-11-18T10:00:00+09:00")
    brand.api.patch("/v1/brand", {"warranty": {"host": f"{brand.brand_id}.example.kr"}})
    operator = sit(brand, "operator", browser, server, shots, "operator-batches")
    operator.open("/console/batches")
    operator.page.get_by_label("수량").fill("1,200")
    operator.page.get_by_role("button", name="만들기", exact=True).click()
    assert operator.shows("1,200 / 1,200 (100%)")
    operator.look("batch")
    operator.act("라벨 인쇄").get_by_role("button", name="라벨 열기").click()
    assert operator.shows("인쇄소용 CSV")
    operator.look("labels")
    form = operator.act("채널에 배정")
    form.get_by_label("판매 채널").fill("쿠팡")
    form.get_by_label("몇 번까지").fill("500")
    form.get_by_role("button", name="배정하기").click()
    assert operator.shows("배정 500")
    form = operator.act("폐기")
    form.get_by_label("몇 번부터").fill("1190")
    form.get_by_label("이유").fill("잘못 인쇄함")
    form.get_by_role("button", name="폐기하기").click()
    assert operator.shows("폐기 11")
    operator.look("voided")
    operator.open("/console/batches")
    operator.look("batches")
