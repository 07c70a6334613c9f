"""A desk in a real browser: what is on its screen, looked at by axe and kept as a picture."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.browsing import DESKTOP, PHONE, RULES


class Screen:
    """A browser of somebody at a desk, without scripts; looked at wide and narrow."""

    def __init__(self, browser: Browser, base_url: str, shots: Path, name: str) -> None:
        self.browser, self.base_url, self.shots, self.name = browser, base_url, shots, name
        self.context = browser.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]
            locale="ko-KR",
            bypass_csp=True,
        )
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)
        self._let_scripts_run(allowed=False)
        self.seen = 0

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        assert answer.status < 400, (path, answer.status)

    def press(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        button.first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(value)

    def shows(self, text: str) -> bool:
        return text in " ".join(self.page.locator("body").inner_text().split())

    def look(self, what: str) -> None:
        """Keep pictures of the page at 1280 and 390 pixels; axe looks at both."""
        self.seen += 1
        name = f"{self.name}-{self.seen:02}-{what}"
        self._let_scripts_run(allowed=True)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{what} is {width} wide at {size['width']}"
            self.page.screenshot(path=self.shots / f"{name}-{size['width']}.png", full_page=True)
            found = Axe().run(self.page, options={"runOnly": RULES})
            assert found.violations_count == 0, f"{what}\n{found.generate_report()}"
        self._let_scripts_run(allowed=False)

    def _let_scripts_run(self, *, allowed: bool) -> None:
        self.devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})
