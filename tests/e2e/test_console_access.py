"""The console's way in and its first pages, in a browser without JavaScript, looked at by axe."""

from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser

from app import clock
from app.db import transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.e2e.screens import Screen
from tests.support.api import TestBrand
from tests.support.server import Server


@pytest.fixture
def screen(browser: Browser, server: Server, shots: Path) -> Screen:
    return Screen(browser, f"http://console.example.kr:{server.port}", shots, "console")


def test_an_invited_administrator_comes_in_and_sees_to_the_team(
    brand: TestBrand, screen: Screen
) -> None:
    new = Desk(brand, None)
    with brand.app.app_context(), transaction(brand.brand_id):
        link = staff.invite(
            brand.brand_id, new.email, "admin", actor="cli", base_url="", now=clock.now()
        )
    screen.open("/console/login")
    screen.look("login")
    screen.fill("이메일", new.email)
    screen.fill("비밀번호", "틀린 비밀번호입니다")
    screen.press("로그인")
    assert screen.shows("이메일이나 비밀번호가 맞지 않아요")
    screen.look("login-wrong")
    screen.open(link)
    screen.look("invitation")
    screen.fill("이름", "김대표")
    screen.fill("비밀번호", "password1234!")
    screen.press("계정 만들기")
    screen.look("invitation-wrong")
    screen.fill("비밀번호", "우산 세 개와 젖은 양말")
    screen.press("계정 만들기")
    screen.look("enrol")
    screen.page.get_by_text("직접 입력하기").click()
    secret = screen.page.locator(".secret").inner_text()
    screen.fill("인증 앱에 보이는 6자리", pyotp.TOTP(secret).at(clock.now()))
    screen.press("연결하기")
    screen.look("recovery-codes")
    screen.press("적어 뒀어요")
    assert screen.shows("김대표님, 안녕하세요")
    screen.look("home")

    screen.open("/console/team")
    screen.fill("이메일", "cs@staff.example")
    screen.press("초대 메일 보내기")
    assert screen.shows("초대 메일을 보냈어요")
    Desk(brand, "cs")
    screen.page.reload()
    screen.look("team")
    screen.open("/console/keys")
    screen.look("keys")
    screen.fill("이름", "자사몰 서버")
    screen.page.get_by_label("orders:write").check()
    screen.press("키 만들기")
    assert screen.shows("지금만 볼 수 있어요")
    screen.look("key-made")
    screen.open("/console/account")
    screen.look("account")
    screen.open("/console/audit")
    screen.look("audit")
    screen.open("/console/access")
    screen.look("access")
    screen.open("/console/audit?whose=nobody")
    screen.look("audit-empty")
    screen.page.goto(f"{screen.base_url}/console/nothing")
    screen.look("not-there")
    screen.open("/console")
    screen.page.locator(".who summary").click()
    screen.press("로그아웃")
    screen.fill("이메일", new.email)
    screen.fill("비밀번호", "우산 세 개와 젖은 양말")
    screen.press("로그인")
    screen.look("code")
    screen.press("휴대폰이 없어요 — 복구 코드 쓰기")
    screen.look("recovery")
