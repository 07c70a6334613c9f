"""Who gets in, how often they may try, and what another browser can do with it: nothing."""

import re
from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.db import transaction
from app.staff import services as staff
from app.staff.rules.sessions import AT_MOST, IDLE
from tests.console.desk import HOST, Desk
from tests.support.api import TestBrand
from tests.support.parallel import at_once


def test_a_tester_signs_in_with_a_password_and_lands_where_they_wanted(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    assert "관리인님" in desk.page.text
    desk.post("/console/logout")
    desk.sign_in(going_to="/console/team")
    assert desk.url == "/console/team"


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/my", "/console//evil", "/consolex"]
)
def test_signing_in_leads_to_our_own_pages_only(brand: TestBrand, path: str) -> None:
    desk = Desk(brand, "viewer")
    desk.post("/console/logout")
    desk.sign_in(going_to=path)
    assert desk.url == "/console"


def test_what_is_wrong_is_answered_alike_whoever_it_is_of(brand: TestBrand) -> None:
    desk = Desk(brand, "cs")
    answers = []
    for email in (desk.email, "nobody-here@staff.example"):
        other = Desk(brand, None)
        other.open("/console/login")
        page = other.send(
            "/console/login", {"email": email, "password": "not the password"}, expect=422
        )
        answers.append(
            re.sub(r'value="[^"]*"|req_\w+', "", page.html.replace(email, "")) + str(page.status)
        )
        assert other.cookie == ""
    assert answers[0] == answers[1]


def test_a_new_id_is_given_at_each_step_and_one_from_before_opens_nothing(
    brand: TestBrand,
) -> None:
    desk = Desk(brand, "admin")
    desk.client.set_cookie("dangol-staff", "f" * 32, domain=HOST)  # planted by somebody
    desk.sign_in()
    with_password = desk.cookie
    assert with_password != "f" * 32
    desk.connect_app()
    with_app = desk.cookie
    assert with_app != with_password
    thief = Desk(brand, None)
    thief.client.set_cookie("dangol-staff", with_password, domain=HOST)
    thief.open("/console/team")
    assert thief.url == "/console/login"


def test_without_the_code_there_is_no_session(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    desk.connect_app()
    desk.post("/console/logout")
    desk.open("/console/login")
    desk.send("/console/login", {"email": desk.email, "password": desk.password})
    assert desk.url == "/console/login/code"
    half = desk.cookie
    desk.open("/console/team")
    assert desk.url in ("/console/login", "/console/login/code")
    assert desk.cookie == half


def test_a_code_is_good_once(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    desk.connect_app()
    code = desk.code()
    desk.post("/console/logout")
    desk.open("/console/login")
    desk.send("/console/login", {"email": desk.email, "password": desk.password})
    page = desk.send("/console/login/code", {"code": code}, expect=422)
    assert "코드가 맞지 않아요" in page.text
    desk.send("/console/login/code", {"code": desk.code(1)})
    assert desk.url == "/console"


def test_each_recovery_code_stands_in_once_however_it_is_typed(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    first, *_ = desk.connect_app()

    def sign_in_by(code: str, expect: int) -> None:
        desk.post("/console/logout")
        desk.open("/console/login")
        desk.send("/console/login", {"email": desk.email, "password": desk.password})
        desk.open("/console/login/recovery")
        desk.send("/console/login/recovery", {"code": code}, expect=expect)

    sign_in_by(first.upper().replace("-", " "), 200)
    assert desk.url == "/console"
    assert "9" in desk.open("/console/account").text
    sign_in_by(first, 422)
    with desk.brand.app.app_context(), transaction():
        assert staff.count_recovery_codes(desk.person_id) == 9


def test_twenty_wrong_passwords_at_once_are_judged_five_times(
    busy: TestBrand, owner: object
) -> None:
    desk = Desk(busy, "cs")
    browsers = [Desk(busy, None) for _ in range(20)]
    for each in browsers:
        each.open("/console/login")

    def guess(each: Desk) -> int:
        form = each.page.form("/console/login").values
        fields = {**form, "email": desk.email, "password": "wrong wrong wrong"}
        return each.ask("POST", "/console/login", data=fields).status_code

    answers = at_once([lambda each=each: guess(each) for each in browsers])
    assert sorted(answers) == [422] * 5 + [429] * 15
    with busy.app.app_context(), transaction(busy.brand_id):
        refused = staff.list_access(busy.brand_id, action="refused", limit=50)
    assert len(refused) == 5
    assert {each.actor for each in refused} == {desk.actor}
    # The right one waits, too; who is signed in already stays.
    other = Desk(busy, None, email=desk.email)
    other.open("/console/login")
    page = other.send(
        "/console/login", {"email": desk.email, "password": desk.password}, expect=429
    )
    assert "분 뒤에" in page.text
    desk.open("/console/account")
    with time_machine.travel(clock.now() + timedelta(minutes=15), tick=True):
        other.sign_in(desk.password)
    assert other.url == "/console"


def test_an_unknown_address_is_locked_like_a_known_one(brand: TestBrand) -> None:
    visitor = Desk(brand, None)
    visitor.open("/console/login")
    fields = {"email": visitor.email, "password": "wrong wrong wrong"}
    answers = [
        visitor.ask(
            "POST", "/console/login", data={**visitor.page.form("/console/login").values, **fields}
        ).status_code
        for _ in range(7)
    ]
    assert answers == [422] * 5 + [429] * 2


def test_wrong_codes_are_counted_for_the_person(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    desk.connect_app()
    desk.post("/console/logout")
    desk.open("/console/login")
    desk.send("/console/login", {"email": desk.email, "password": desk.password})
    for _ in range(5):
        desk.send("/console/login/code", {"code": "000000"}, expect=422)
    desk.send("/console/login/code", {"code": desk.code(1)}, expect=429)


def test_a_session_ends_after_half_an_hour_alone_and_twelve_hours_in_all(
    brand: TestBrand,
) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        desk = Desk(brand, "viewer")
        while clock.now() + timedelta(minutes=29) < start + AT_MOST:
            time.shift(timedelta(minutes=29))
            desk.open("/console")
            assert desk.url == "/console"
        time.move_to(start + AT_MOST)
        desk.open("/console")
        assert desk.url == "/console/login"
        desk.sign_in()
        time.shift(IDLE)
        desk.open("/console")
        assert desk.url == "/console/login"


def test_signing_out_ends_it_here_and_everywhere_if_asked(brand: TestBrand) -> None:
    desk = Desk(brand, "viewer")
    second, third = (Desk(brand, None, email=desk.email) for _ in range(2))
    for each in (second, third):
        each.sign_in(desk.password)
    stolen = third.cookie
    third.post("/console/logout")
    third.client.set_cookie("dangol-staff", stolen, domain=HOST)
    third.open("/console")
    assert third.url == "/console/login"
    desk.open("/console/account")
    assert desk.page.text.count("Chrome · Windows") == 2
    desk.post("/console/account/sessions/end", {"session": "others"})
    second.open("/console")
    assert second.url == "/console/login"
    desk.open("/console")
    assert desk.url == "/console"


def test_another_password_ends_every_other_session(brand: TestBrand) -> None:
    desk = Desk(brand, "viewer")
    second = Desk(brand, None, email=desk.email)
    second.sign_in(desk.password)
    before = desk.cookie
    desk.open("/console/account")
    for wanted in ("short", "password1234!", desk.email.partition("@")[0]):
        page = desk.send(
            "/console/account/password",
            {"present": desk.password, "password": wanted},
            expect=422,
        )
        assert "이 비밀번호는 쓸 수 없어요" in page.text
    desk.send("/console/account/password", {"present": "wrong", "password": "a" * 20}, expect=422)
    desk.send(
        "/console/account/password",
        {"present": desk.password, "password": "열두 글자보다 긴 새 비밀번호"},
    )
    assert desk.url == "/console/account"
    assert desk.cookie != before
    second.open("/console")
    assert second.url == "/console/login"
    second.sign_in(desk.password, expect=422)
    second.sign_in("열두 글자보다 긴 새 비밀번호")
    assert second.url == "/console"


def test_a_live_brand_is_entered_with_a_second_factor_only(make_brand) -> None:
    test, live = make_brand(), make_brand(test=False)
    desk = Desk(test, "admin")
    with test.app.app_context(), transaction(live.brand_id):
        link = staff.invite(
            live.brand_id, desk.email, "cs", actor="cli", base_url="http://x", now=clock.now()
        ).removeprefix("http://x")
    desk.open(link)
    page = desk.send(f"{link}/join", expect=403)
    assert "2단계 인증" in page.text
    desk.connect_app()
    from app import ids

    desk.post("/console/brand", {"brand": ids.show("brd", live.brand_id)})
    assert desk.url == "/console"
    assert "CS 상담" in desk.page.text
