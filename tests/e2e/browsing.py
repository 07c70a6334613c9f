"""A phone in a real browser: what is on its screen, looked at by axe and kept as a picture."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# The whole of WCAG 2.2 AA, and what axe's makers hold for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Handset:
    """A phone without JavaScript on the pages of one brand."""

    browser: Browser
    base_url: str
    shots: Path
    name: str
    number: str
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    seen: int = 0

    def __post_init__(self) -> None:
        self.context = self._context(javascript=False)
        self.page = self.context.new_page()

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        assert answer.status < 400, (path, answer.status)

    def press(self, name: str) -> None:
        """Press the button or link that reads so."""
        button = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        button.first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(value)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=False).first.check()

    def shows(self, text: str) -> bool:
        return text in " ".join(self.page.locator("body").inner_text().split())

    def look(self, what: str) -> None:
        """Keep a picture of the page as it is, and let axe look at it with JavaScript on."""
        self.seen += 1
        name = f"{self.name}-{self.seen:02}-{what}"
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{what} is {wide} wide"
        context = self._context(javascript=True)
        context.add_cookies(self.context.cookies())
        page = context.new_page()
        page.goto(self.page.url)
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{what}\n{found.generate_report()}"
        page.set_viewport_size(DESKTOP)
        page.screenshot(path=self.shots / f"{name}-desktop.png", full_page=True)
        context.close()

    def code(self, outbox_url: str) -> str:
        """Read the newest code for this number off the outbox."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(outbox_url)
        number = "+82" + self.number.replace("-", "")[1:]
        message = page.locator(f"[data-code=verification_code][data-phone='{number}']").first
        found = re.search(r"인증번호 (\d{6})", message.inner_text())
        context.close()
        assert found is not None
        return found[1]

    def link(self, outbox_url: str, template: str) -> str:
        """Read the path of the link in the newest message of a template to this number."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(outbox_url)
        number = "+82" + self.number.replace("-", "")[1:]
        message = page.locator(f"[data-code={template}][data-phone='{number}'] a").first
        address = message.get_attribute("href") or ""
        context.close()
        return urlsplit(address).path

    def _context(self, *, javascript: bool) -> BrowserContext:
        return self.browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="ko-KR",
            java_script_enabled=javascript,
            bypass_csp=javascript,
            accept_downloads=True,
        )
