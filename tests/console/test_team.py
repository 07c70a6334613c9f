"""The team: invitations, roles, and who can take them away from whom."""

import re
from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.db import transaction
from app.staff import services as staff
from app.staff.errors import StaffLastAdmin
from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.support.parallel import at_once

PASSWORD = "우산 세 개와 젖은 양말"


def invite(boss: Desk, email: str, role: str = "cs", *, expect: int = 200) -> Desk:
    """Invite somebody, and return their browser."""
    boss.open("/console/team")
    fields = {"email": email, "role": role}
    boss.send("/console/team/invitations", fields, expect=expect)
    return Desk(boss.brand, None, email=email)


@pytest.fixture
def boss(brand: TestBrand) -> Desk:
    return Desk(brand)


def fresh(name: str = "new") -> str:
    return f"{name}-{clock.now().timestamp():.6f}@staff.example"


def test_an_invited_person_makes_an_account_connects_an_app_and_works(boss: Desk) -> None:
    new = invite(boss, fresh(), "operator")
    link = new.link()
    for _ in range(3):  # mail programs look first
        page = new.open(link)
    assert "단골상회에 초대받았어요" in page.text
    for name, password in (("", PASSWORD), ("오운영", "password1234!"), ("오운영", "짧아요")):
        new.send(link, {"name": name, "password": password}, expect=422)
    new.send(link, {"name": "오운영", "password": PASSWORD})
    assert new.url == "/console/enrol"
    for path in ("/console", "/console/audit", "/console/account"):
        new.open(path)
        assert new.url == "/console/enrol"  # nothing else is open yet
    page = new.send("/console/enrol", {"code": "000000"}, expect=422)
    assert len(new.finish_enrolment("/console/enrol")) == 10
    assert "오운영님" in new.open("/console").text
    assert "운영" in new.page.text
    again = Desk(boss.brand, None)
    assert "쓸 수 없는 초대예요" in again.open(link, expect=404).text


def test_an_invitation_ends_with_its_time_its_withdrawal_and_the_next_one(boss: Desk) -> None:
    old = invite(boss, fresh())
    first = old.link()
    invite(boss, old.email)
    second = old.link()
    assert first != second
    old.open(first, expect=404)
    old.open(second)
    with time_machine.travel(clock.now() + timedelta(hours=72), tick=True):
        old.open(second, expect=404)
    boss.open("/console/team")
    [action] = {form.action for form in boss.page.forms if form.action.endswith("/withdraw")}
    boss.send(action)
    old.open(second, expect=404)
    old.open(second[:-4] + "AAAA", expect=404)
    old.open("/console/invitation/x", expect=404)


def test_two_who_accept_at_once_become_one_person(busy: TestBrand) -> None:
    boss = Desk(busy)
    email = fresh("twice")
    link = invite(boss, email).link()
    browsers = [Desk(busy, None, email=email) for _ in range(6)]
    forms = [each.open(link).form(link).values for each in browsers]

    def accept(number: int) -> int:
        fields = {**forms[number], "name": "한사람", "password": PASSWORD}
        return browsers[number].ask("POST", link, data=fields).status_code

    answers = at_once([lambda number=number: accept(number) for number in range(6)])
    assert sorted(answers) == [303] + [404] * 5
    with busy.app.app_context(), transaction(busy.brand_id):
        assert [each.account.email for each in staff.list_team(busy.brand_id)].count(email) == 1


def test_somebody_with_an_account_joins_a_further_brand_by_signing_in(make_brand) -> None:
    first, second = make_brand(name="첫째"), make_brand(name="둘째")
    known, boss = Desk(first, "cs"), Desk(second)
    invited = invite(boss, known.email, "viewer")
    link = invited.link()
    page = invited.open(link)
    assert "이미 계정이 있어요" in page.text
    assert all(form.action != link for form in page.forms)
    other = Desk(first, "viewer")
    assert "다른 계정으로 로그인돼" in other.open(link).text
    other.post(f"{link}/join", expect=403)
    known.open(link)
    known.send(f"{link}/join")
    assert known.url == "/console"
    assert "둘째" in known.page.text
    assert "보기 전용" in known.page.text


def test_an_invitation_tells_nothing_of_other_brands(make_brand) -> None:
    known, boss = Desk(make_brand(), "cs"), Desk(make_brand())
    texts = []
    for email in (known.email, fresh()):
        invite(boss, email)
        page = boss.open("/console/team")
        texts.append(re.sub(r"\S+@\S+|inv_\w+|\d\d:\d\d", "", page.text))
    assert texts[1].count("초대한 주소") == texts[0].count("초대한 주소")


def test_who_works_here_already_is_not_invited_again(boss: Desk) -> None:
    colleague = Desk(boss.brand, "cs")
    invite(boss, colleague.email, expect=409)
    assert "이미 이 브랜드의 구성원" in boss.page.text


def test_another_role_works_at_once_and_signs_out(boss: Desk) -> None:
    colleague = Desk(boss.brand, "operator")
    colleague.open("/console/audit")
    boss.open("/console/team")
    boss.send(f"/console/team/{colleague.id}/role", {"role": "cs"})
    colleague.open("/console/audit")
    assert colleague.url == "/console/login"
    colleague.sign_in()
    colleague.open("/console/audit", expect=403)
    page = boss.open(f"/console/audit?whose={colleague.actor}&what=staff.role_changed")
    assert '"operator"' in page.text
    assert '"cs"' in page.text


def test_who_is_disabled_comes_in_no_more_and_again_when_enabled(boss: Desk) -> None:
    colleague = Desk(boss.brand, "cs")
    boss.open("/console/team")
    boss.send(f"/console/team/{colleague.id}/disable")
    colleague.open("/console")
    assert colleague.url == "/console/login"
    colleague.sign_in(expect=422)
    boss.send(f"/console/team/{colleague.id}/enable")
    colleague.sign_in()
    assert colleague.url == "/console"


def test_nobody_changes_their_own_role(boss: Desk) -> None:
    Desk(boss.brand, "admin")
    for step in ("role", "disable"):
        page = boss.post(f"/console/team/{boss.id}/{step}", {"role": "viewer"}, expect=403)
        assert "내 역할은 내가 바꿀 수 없어요" in page.text


def test_two_administrators_who_disable_each_other_at_once_leave_one(busy: TestBrand) -> None:
    one, other = Desk(busy), Desk(busy)

    def disable(by: Desk, whom: Desk) -> bool:
        with busy.app.app_context():
            try:
                with transaction(busy.brand_id):
                    staff.disable(busy.brand_id, whom.person_id_, by=by.person_id_, now=clock.now())
            except StaffLastAdmin:
                return False
            return True

    for each in (one, other):
        each.person_id_ = each.person_id  # type: ignore[attr-defined]  # read before the race
    done = at_once([lambda: disable(one, other), lambda: disable(other, one)])
    assert sorted(done) == [False, True]


def test_an_old_factor_is_asked_for_again_and_what_was_typed_is_kept(boss: Desk) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=True):
        boss.open("/console/team")
        fields = {"email": fresh("typed"), "role": "operator"}
        page = boss.send("/console/team/invitations", fields, expect=403)
        assert "한 번 더 확인할게요" in page.text
        assert page.form("/console/team/invitations").values["email"] == fields["email"]
        page = boss.send("/console/team/invitations", {"proof": "wrong"}, expect=403)
        assert "맞지 않아요" in page.text
        boss.send("/console/team/invitations", {"proof": boss.password})
        assert boss.url == "/console/team"
        assert fields["email"] in boss.page.text
        boss.open("/console/account/authenticator")
        assert "인증 앱 연결" in boss.page.text
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=True):
        page = boss.open("/console/account/authenticator", expect=403)
        boss.send("/console/confirm", {"proof": boss.password})
        assert boss.url == "/console/account/authenticator"


def test_an_app_proves_freshness_by_a_code_that_was_not_used(boss: Desk) -> None:
    boss.connect_app()
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=True):
        boss.open("/console/keys")
        fields = {"name": "서버", "scope": "brand:read"}
        boss.send("/console/keys", fields, expect=403)
        boss.send("/console/keys", {"proof": boss.password}, expect=403)
        boss.send("/console/keys", {"proof": boss.code()})
        assert "sk_test_" in boss.page.text
