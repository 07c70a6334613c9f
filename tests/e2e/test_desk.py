"""A CS agent at work in a real browser: searching, a customer, a correction, approvals, reviews."""

from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.console.desk import Desk
from tests.e2e.browsing import DESKTOP, RULES
from tests.support.api import TestBrand
from tests.support.server import Server
from tests.support.world import World


def test_an_agent_finds_a_customer_and_corrects_points(
    brand: TestBrand, browser: Browser, server: Server, shots: Path
) -> None:
    world = World(brand)
    brand.api.patch(f"/v1/members/{world.alice}", {"phone": "010-2345-5678"})
    desk = Desk(brand, role=None, email=f"agent-{world.alice[4:12]}@desk.example")
    desk.join(brand, "operator")
    context = _context(browser)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    base_url = f"http://console.example.kr:{server.port}"
    look = _looker(browser, context, page, shots)
    page.goto(f"{base_url}/console/login")
    page.get_by_label("이메일").fill(desk.email)
    page.get_by_label("비밀번호", exact=True).fill(desk.password)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url("**/console")

    page.keyboard.press("?")
    assert page.locator("#keymap").is_visible()
    page.keyboard.press("?")
    assert not page.locator("#keymap").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("5678")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=5678")
    look("several-customers")
    page.keyboard.press("j")
    page.goto(f"{base_url}/console/members/{world.alice}")
    look("customer")
    page.keyboard.press("n")
    page.keyboard.type("오후에만 통화 가능")
    page.get_by_role("button", name="메모 남기기").click()
    page.get_by_text("오후에만 통화 가능").first.wait_for()
    page.keyboard.press("p")
    page.wait_for_url("**/points")
    look("points")
    page.get_by_label("포인트", exact=True).fill("-100")
    page.get_by_label("왜 하나요?").fill("중복 적립")
    page.get_by_role("button", name="미리 보기").click()
    page.get_by_text("이렇게 바뀌어요").wait_for()
    look("points-preview")
    page.get_by_role("button", name="확인하고 하기").click()
    page.get_by_text("포인트를 조정했어요").wait_for()
    for what, path in (
        ("coupon", f"members/{world.alice}/coupon"),
        ("tier", f"members/{world.alice}/tier"),
        ("erase", f"members/{world.alice}/erase"),
        ("order", f"orders/{world.order}"),
        ("refund", f"orders/{world.order}/refund?try=1&line-1=1"),
        ("unit", "units/MUG-1"),
        ("approvals", "approvals"),
        ("reviews", "reviews"),
        ("search", "search"),
        ("nothing", "search?q=nobody"),
    ):
        page.goto(f"{base_url}/console/{path}")
        look(what)
    assert not errors, errors
    context.close()


def _context(browser: Browser, *, inspects: bool = False) -> BrowserContext:
    return browser.new_context(viewport=DESKTOP, locale="ko-KR", bypass_csp=inspects)  # type: ignore[arg-type]


def _looker(
    browser: Browser, context: BrowserContext, page: Page, shots: Path
) -> Callable[[str], None]:
    """Return what keeps a picture of the open page and lets axe look at it."""
    seen: list[str] = []

    def look(what: str) -> None:
        seen.append(what)
        page.wait_for_load_state()
        page.screenshot(path=shots / f"desk-{len(seen):02}-{what}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= DESKTOP["width"], f"{what} is {wide} wide"
        inspector = _context(browser, inspects=True)
        inspector.add_cookies(context.cookies())
        looked = inspector.new_page()
        if page.locator("text=이렇게 바뀌어요").count():
            looked.set_content(page.content())  # the answer to a form cannot be opened again
        else:
            looked.goto(page.url)
        found = Axe().run(looked, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{what}\n{found.generate_report()}"
        inspector.close()

    return look
