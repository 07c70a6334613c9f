"""The dashboard in a real browser: drawn from its tables, read without a fault."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app import clock
from tests.console.desk import Desk
from tests.e2e.browsing import DESKTOP, RULES
from tests.insights.test_purchases import insert_orders
from tests.support.api import TestBrand
from tests.support.server import Server

SEOUL = ZoneInfo("Asia/Seoul")


def test_the_dashboard_is_drawn_from_its_tables(
    brand: TestBrand,
    owner: psycopg.Connection[Any],
    browser: Browser,
    server: Server,
    shots: Path,
) -> None:
    now = clock.now().astimezone(SEOUL)
    orders: list[tuple[str, datetime, int]] = [
        (f"m{member}", now - timedelta(days=20 * back + member % 17), 30_000 + 1_000 * member)
        for member in range(60)
        for back in range(1 + member % 7)
    ]
    insert_orders(owner, brand.brand_id, orders)
    desk = Desk(brand, role=None, email="viewer@dashboard.example")
    desk.join(brand, "viewer")
    context = browser.new_context(viewport=DESKTOP, locale="ko-KR", bypass_csp=False)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    base_url = f"http://console.example.kr:{server.port}"
    page.goto(f"{base_url}/console/login?next=/console/dashboard")
    page.get_by_label("이메일").fill(desk.email)
    page.get_by_label("비밀번호", exact=True).fill(desk.password)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_selector(".chart svg")
    assert page.locator(".chart svg").count() >= 3
    assert not errors, errors
    page.screenshot(path=shots / "dashboard.png", full_page=True)
    inspector = browser.new_context(viewport=DESKTOP, locale="ko-KR", bypass_csp=True)  # type: ignore[arg-type]
    inspector.add_cookies(context.cookies())
    looked = inspector.new_page()
    looked.goto(f"{base_url}/console/dashboard")
    looked.wait_for_selector(".chart svg")
    found = Axe().run(looked, options={"runOnly": RULES})
    assert found.violations_count == 0, found.generate_report()
    plain = browser.new_context(viewport=DESKTOP, locale="ko-KR", java_script_enabled=False)  # type: ignore[arg-type]
    plain.add_cookies(context.cookies())
    read = plain.new_page()
    read.goto(f"{base_url}/console/dashboard")
    assert read.locator("#cohorts tbody tr").count() > 1
    for each in (context, inspector, plain):
        each.close()
