"""API keys, the audit log, the access log, and contact data behind its mask."""

import csv
import io
import re

import psycopg
import pytest

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.support.api import Api, TestBrand


@pytest.fixture
def boss(brand: TestBrand) -> Desk:
    return Desk(brand)


def access(brand: TestBrand, **asked: object) -> list[staff.Access]:
    with brand.app.app_context(), transaction(brand.brand_id):
        return staff.list_access(brand.brand_id, limit=99, **asked)


def test_a_key_is_shown_once_works_for_its_scopes_and_ends(boss: Desk) -> None:
    boss.open("/console/keys")
    boss.send("/console/keys", {"name": "", "scope": "members:read"}, expect=422)
    boss.send("/console/keys", {"name": "서버", "scope": ["members:read", "evil"]})
    token = re.search(r"sk_test_\w{12}_\w{38}", boss.page.html)[0]  # type: ignore[index]
    key = token.split("_")[2]
    api = Api(boss.brand.app, token)
    api.get("/v1/members")
    api.refused("GET", "/v1/brand", code="scope_missing")
    assert token not in boss.open("/console/keys").html
    boss.send(f"/console/keys/{key}/roll", {"keep_days": "7"})
    rolled = re.search(r"sk_test_\w{12}_\w{38}", boss.page.html)[0]  # type: ignore[index]
    Api(boss.brand.app, rolled).get("/v1/members")
    boss.open("/console/keys")
    boss.send(f"/console/keys/{key}/revoke")
    boss.brand.app.extensions["credentials"].clear()
    api.refused("GET", "/v1/members", code="credential_refused")
    page = boss.open("/console/audit?what=api_key.revoked")
    assert f"api_key:{key}" in page.text
    assert "관리인" in page.text


def test_the_audit_log_is_found_by_who_what_whose_and_when(boss: Desk) -> None:
    for query, found in (
        ("", True),
        (f"who={boss.actor}", False),
        ("who=cli", True),
        ("what=staff.joined", True),
        ("what=api_key.revoked", False),
        (f"whose={boss.actor}", True),
        ("until=2020-01-01", False),
        ("since=2020-01-01", True),
        ("since=nonsense", True),
        ("whose=other", False),
    ):
        page = boss.open(f"/console/audit?{query}")
        assert ("구성원 합류" in re.sub(r"<option.*?</option>", "", page.html)) == found, query


def test_what_no_column_could_hold_is_refused(boss: Desk) -> None:
    for path in ("audit?whose=%00", "access?who=%00", "access?whose=" + "a" * 600):
        boss.open(f"/console/{path}", expect=400)


def test_records_come_page_by_page(boss: Desk) -> None:
    with boss.brand.app.app_context(), transaction(boss.brand.brand_id):
        for number in range(60):
            brands.record_audit(
                boss.brand.brand_id,
                actor="test",
                action="test.done",
                subject=f"thing:{number:03}",
                now=clock.now(),
            )
    page = boss.open("/console/audit?what=test.done")
    seen = re.findall(r"thing:\d{3}", page.text)
    assert seen == [f"thing:{number:03}" for number in range(59, 9, -1)]
    [older] = [link for link in page.links if "before=" in link]
    seen = re.findall(r"thing:\d{3}", boss.open(older).text)
    assert seen == [f"thing:{number:03}" for number in range(9, -1, -1)]


def test_an_exported_file_calculates_nothing_and_is_written_down(boss: Desk) -> None:
    with boss.brand.app.app_context(), transaction(boss.brand.brand_id):
        brands.record_audit(
            boss.brand.brand_id,
            actor="test",
            action="test.done",
            subject="=HYPERLINK(1)",
            now=clock.now(),
            after={"a": "나"},
            reason="@SUM(1)",
        )
    data = {"token": boss.token, "what": "test.done", "reason": "legal"}
    answer = boss.ask("POST", "/console/audit/export", data=data)
    text = answer.get_data(as_text=True)
    [header, row] = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert row[header.index("subject")] == "'=HYPERLINK(1)"
    assert row[header.index("reason")] == "'@SUM(1)"
    assert "attachment" in answer.headers["Content-Disposition"]
    page = boss.open("/console/audit?what=audit_log.exported")
    assert "법에 따른 요청" in re.sub(r"<option.*?</option>", "", page.html)


def test_signing_in_out_and_failing_to_are_in_the_access_log(boss: Desk) -> None:
    other = Desk(boss.brand, "cs")
    other.post("/console/logout")
    other.sign_in("wrong wrong wrong", expect=422)
    found = access(boss.brand, actor=other.actor)
    assert [each.action for each in found] == ["refused", "signed_out", "signed_in"]
    assert {each.ip for each in found} == {other.ip}
    page = boss.open(f"/console/access?who={other.actor}")
    assert "로그인 실패" in page.text
    assert other.ip in page.text


def test_contact_data_is_revealed_for_a_reason_and_written_down(boss: Desk) -> None:
    body = {"name": "김단골", "phone": "010-1234-5678"}
    member = boss.brand.api.put("/v1/members/ext:kim", body, expect=201)["id"]
    desk = Desk(boss.brand, "cs")
    asked = {"kind": "member", "of": member, "field": "phone", "back": f"/console/members/{member}"}
    for reason in ("", "   ", "because"):
        desk.post("/console/reveal", {**asked, "reason": reason}, expect=422)
    for wrong in ({"field": "password"}, {"kind": "staff"}, {"field": "email"}, {"of": "mem_x"}):
        desk.post("/console/reveal", {**asked, "reason": "inquiry", **wrong}, expect=404)
    assert access(boss.brand, action="revealed") == []
    page = desk.post("/console/reveal", {**asked, "reason": "inquiry"})
    assert "+821012345678" in page.text
    assert f"/console/members/{member}" in page.links
    [record] = access(boss.brand, action="revealed")
    assert (record.actor, record.subject, record.items, record.reason, record.ip) == (
        desk.actor, member, ["phone"], "inquiry", desk.ip,
    )  # fmt: skip
    viewer = Desk(boss.brand, "viewer")
    viewer.post("/console/reveal", {**asked, "reason": "inquiry"}, expect=403)


def test_the_access_log_is_appended_to_and_nothing_else(
    boss: Desk, environment: dict[str, str]
) -> None:
    for statement in (
        "UPDATE staff_access_log SET ip = ''",
        "DELETE FROM staff_access_log",
        "TRUNCATE staff_access_log",
    ):
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute(
                "SELECT set_config('app.brand_id', %s, true)", (str(boss.brand.brand_id),)
            )
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_what_people_type_is_shown_as_text(boss: Desk) -> None:
    bad = "<script>alert(1)</script>\"'><img src=x>"
    with boss.brand.app.app_context(), transaction(boss.brand.brand_id):
        brands.record_audit(
            boss.brand.brand_id,
            actor=bad,
            action=bad,
            subject=bad,
            now=clock.now(),
            before={bad: bad},
            after=[bad],
            reason=bad,
        )
    boss.open("/console/keys")
    boss.send("/console/keys", {"name": bad, "scope": "brand:read"})
    for path in ("/console/audit", "/console/keys", "/console/access?whose=%3Cscript%3E"):
        html = boss.open(path).html
        assert "<script>" not in html
        assert "<img src=x" not in html
