"""Role by route: who may reach what, and what every page carries."""

import re

import pytest
from flask import Flask

from app.staff.rules.roles import PERMISSIONS, ROLES
from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.test_tenants import digest

REFUSED = "이 일을 할 권한이 없어요"
# Views for whoever is signed in, on the way in, or anybody: each says so by name.
OPEN = {
    "own": {
        "/console",
        "/console/account",
        "/console/account/authenticator",
        "/console/account/password",
        "/console/account/recovery-codes",
        "/console/account/sessions/end",
        "/console/confirm",
    },
    "half_way": {
        "/console/brand",
        "/console/brands",
        "/console/enrol",
        "/console/invitation/<link>/join",
        "/console/login/code",
        "/console/login/recovery",
        "/console/logout",
    },
    "public": {"/console/<path:rest>", "/console/invitation/<link>", "/console/login"},
}
# What a reader may send: a file to take out, or how they like to look at a list.
SENT_BY_READERS = {
    "/console/access/export",
    "/console/audit/export",
    "/console/rules/<code>/try",
    "/console/service/columns",
    "/console/service/views",
    "/console/service/views/<view>/delete",
}


def pages(app: Flask) -> list[tuple[str, str, str]]:
    """Return method, rule and permission of every page."""
    return sorted(
        (method, rule.rule, getattr(app.view_functions[rule.endpoint], "permission", ""))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def path_of(rule: str) -> str:
    plain = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<int[^>]*>", "1", rule))
    return re.sub(r"<[^>]+>", "none", plain)


def test_every_page_names_its_permission(app: Flask) -> None:
    for _, rule, permission in pages(app):
        open_to = next((name for name, rules in OPEN.items() if rule in rules), None)
        assert permission == open_to if open_to else permission in PERMISSIONS, rule


def test_pages_that_change_something_need_more_than_leave_to_read(app: Flask) -> None:
    for method, rule, permission in pages(app):
        if method == "POST" and permission in PERMISSIONS and rule not in SENT_BY_READERS:
            assert not permission.endswith(":read"), rule


def test_roles_grow_and_a_viewer_changes_nothing() -> None:
    assert list(ROLES) == ["viewer", "cs", "operator", "admin"]
    assert ROLES["viewer"] < ROLES["cs"] < ROLES["operator"] < ROLES["admin"] == set(PERMISSIONS)
    assert all(each.endswith(":read") for each in ROLES["viewer"])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_exactly_what_it_may(app: Flask, brand: TestBrand, role: str) -> None:
    desk = Desk(brand, role)
    for method, rule, permission in pages(app):
        if permission not in PERMISSIONS:
            continue
        data = {"token": desk.token} if method == "POST" else None
        response = desk.ask(method, path_of(rule), data=data)
        text = response.get_data(as_text=True)
        assert response.status_code < 500, (method, rule)
        if permission in ROLES[role]:
            assert REFUSED not in text, (method, rule)
            assert response.status_code not in (401, 403), (method, rule, text)
        else:
            assert response.status_code == 403, (method, rule)
            assert REFUSED in text


def test_nobody_reaches_a_page_without_signing_in(app: Flask, brand: TestBrand) -> None:
    visitor = Desk(brand, None)
    token = visitor.open("/console/login").form("/console/login").values["token"]
    for method, rule, permission in pages(app):
        if permission == "public":
            continue
        response = visitor.ask(method, path_of(rule), data={"token": token})
        assert response.status_code == 303, (method, rule)
        assert response.headers["Location"].startswith("/console/login"), (method, rule)


def test_a_form_without_its_token_or_from_elsewhere_is_refused(
    app: Flask, brand: TestBrand
) -> None:
    desk, other = Desk(brand), Desk(brand)
    good = desk.token
    for method, rule, _ in pages(app):
        if method != "POST":
            continue
        for token in ("", "0" * 64, "é", other.token if rule == "/console/keys" else "x"):
            response = desk.ask("POST", path_of(rule), data={"token": token})
            assert response.status_code == 403, rule
            assert "페이지를 새로 열고" in response.get_data(as_text=True), rule
        for site in ("cross-site", "same-site"):
            response = desk.ask(
                "POST", path_of(rule), data={"token": good}, headers={"Sec-Fetch-Site": site}
            )
            assert response.status_code == 403, rule


def test_reading_changes_nothing(app: Flask, brand: TestBrand, owner) -> None:
    desk = Desk(brand)

    def state() -> str:
        owner.execute("DELETE FROM staff_access_log WHERE brand_id = %s", (brand.brand_id,))
        return digest(owner, brand.brand_id)

    before = state()
    for method, rule, _ in pages(app):
        if method == "GET":
            desk.ask("GET", path_of(rule))
    assert state() == before


def test_every_answer_is_strict_and_kept_by_nobody(app: Flask, brand: TestBrand) -> None:
    desk = Desk(brand)
    for method, rule, _ in pages(app):
        response = desk.ask(method, path_of(rule))
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, rule
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" in response.headers["Cache-Control"], rule
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        html = response.get_data(as_text=True)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html), rule


def test_the_cookie_is_bound_to_its_host_and_no_script_reads_it(brand: TestBrand) -> None:
    desk = Desk(brand, "viewer")
    form = {"email": desk.email, "password": desk.password}
    client = brand.app.test_client()
    secure = {"base_url": "https://console.example.kr"}
    html = client.get("/console/login", **secure).get_data(as_text=True)
    token = re.search(r'name="token" value="(\w+)"', html)[1]  # type: ignore[index]
    answer = client.post("/console/login", data={**form, "token": token}, **secure)
    [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if "staff" in each]
    assert cookie.startswith("__Host-dangol-staff=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_what_is_not_there_is_a_page(brand: TestBrand) -> None:
    page = Desk(brand).open("/console/no/such/page", expect=404)
    assert "열 수 없어요" in page.text
