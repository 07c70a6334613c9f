"""Who is signed in, and what another site, device or brand can do with it: nothing."""

import re
from datetime import timedelta

import jwt
import psycopg
import pytest

from app.web import sessions
from tests.shopper.phone import Phone, Shop


def test_every_page_that_changes_something_needs_the_token_of_a_form(shop: Shop) -> None:
    posts = {
        rule.rule for rule in shop.brand.app.url_map.iter_rules()
        if rule.endpoint.startswith("shopper.") and "POST" in rule.methods
    }  # fmt: skip
    phone = shop.phone()
    phone.register(shop.codes[0])
    for rule in sorted(posts):
        if rule == "/u/<link>":  # the link is leave enough, also for mail programs
            continue
        path = "/".join("x" if part.startswith("<") else part for part in rule.split("/"))
        for fields in ({}, {"token": "0" * 64}, {"token": "é"}):
            assert "페이지를 새로 열고" in phone.post(path, fields, expect=403).text


def test_a_form_of_another_site_or_device_is_refused(shop: Shop) -> None:
    phone, other = shop.phone(), shop.phone()
    token = phone.open("/login").form("/login").values["token"]
    other.open("/login")
    fields = {"token": token, "phone": phone.number, "next": "/my"}
    other.post("/login", fields, expect=403)
    for site in ("cross-site", "same-site"):
        phone.post("/login", fields, expect=403, headers={"Sec-Fetch-Site": site})
    phone.post("/login", fields, expect=200, headers={"Sec-Fetch-Site": "same-origin"})
    assert len(phone.messages("verification_code")) == 1


def test_a_members_page_sends_others_to_sign_in_and_back(shop: Shop) -> None:
    pages = [
        rule.rule for rule in shop.brand.app.url_map.iter_rules()
        if rule.endpoint.startswith("shopper.") and rule.rule.startswith("/my")
        and "GET" in rule.methods
    ]  # fmt: skip
    assert len(pages) >= 7
    for rule in pages:
        phone = shop.phone()
        path = re.sub(r"<[^>]+>", "1", rule)
        phone.open(path)
        assert phone.url == "/login"


def test_members_pages_are_marked_so(shop: Shop) -> None:
    app = shop.brand.app
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("shopper."):
            view = app.view_functions[rule.endpoint]
            assert getattr(view, "members_only", False) == rule.rule.startswith("/my"), rule


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/" + "a" * 300]
)
def test_signing_in_leads_to_our_own_pages_only(shop: Shop, path: str) -> None:
    shop.phone().register(shop.codes[0])
    shop.wait(minutes=2)
    phone = shop.phone()
    phone.sign_in(path)
    assert phone.url == "/my"


def test_a_number_that_nobody_has_is_told_so_only_once_it_is_proved(shop: Shop) -> None:
    shop.phone().register(shop.codes[0])
    shop.wait(minutes=2)
    known, unknown = shop.phone(), shop.phone(number="010-9999-0000")
    for phone in (known, unknown):
        phone.open("/login")
        page = phone.send("/login", {"phone": phone.number})
        assert "인증번호를 보냈어요" in page.text
    assert "이 번호로 등록한 것이 없어요" in unknown.type_code().text
    unknown.open("/my")
    assert unknown.url == "/login"
    assert "김단골" in known.type_code().text


def test_a_session_ends_after_two_hours_alone_and_twelve_in_all(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    for _ in range(6):
        shop.wait(minutes=110)
        phone.open("/my")
        assert phone.url == "/my"
    shop.wait(minutes=110)  # 12 hours 50 minutes
    phone.open("/my")
    assert phone.url == "/login"
    shop.wait(minutes=1)
    phone.sign_in()
    shop.wait(minutes=120)
    phone.open("/my")
    assert phone.url == "/login"


def test_signing_out_ends_it_on_this_device(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    phone.open("/my")
    assert "로그아웃했어요" in phone.send("/logout").text
    phone.open("/my")
    assert phone.url == "/login"


def member_of(shop: Shop) -> str:
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}&status=active")
    member: str = found["data"][0]["member"]
    return member


def test_another_number_ends_every_session(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    shop.brand.api.patch(f"/v1/members/{member_of(shop)}", {"phone": "010-5555-5555"})
    phone.open("/my")
    assert phone.url == "/login"


def test_an_erased_member_is_signed_out_and_the_product_is_free(shop: Shop) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    shop.brand.api.post(f"/v1/members/{member_of(shop)}/erase", expect=200)
    phone.open("/my")
    assert phone.url == "/login"
    assert "정품으로 확인했어요" in phone.open(f"/q/{shop.codes[0]}").text


def test_a_cookie_of_one_brand_is_none_of_another(shop: Shop, make_brand) -> None:
    phone, other = shop.phone(), Shop(make_brand())
    phone.register(shop.codes[0])
    cookie = phone.client.get_cookie("dangol-shopper", domain=shop.host)
    thief = Phone(other.brand, other.host)
    thief.client.set_cookie("dangol-shopper", cookie.value, domain=other.host)
    thief.open("/my")
    assert thief.url == "/login"


def test_a_cookie_is_read_only_as_we_write_it(app, shop: Shop) -> None:
    now = shop.now
    session = sessions.Session(shop.brand.brand_id, shop.brand.brand_id, "mark", now, now)
    with app.app_context():
        good = sessions.issue(session, now=now)
        assert sessions.read(good, shop.brand.brand_id, now=now) is not None
        claims = jwt.decode(good, options={"verify_signature": False})
        key = sessions._key()

        def reads(token: str) -> bool:
            return sessions.read(token, shop.brand.brand_id, now=now) is not None

        def signed(changed: dict[str, object], **options: str) -> str:
            return jwt.encode({**claims, **changed}, options.get("key") or key, algorithm="HS256")

        for name in claims:  # every claim is required
            rest = {each: value for each, value in claims.items() if each != name}
            assert not reads(jwt.encode(rest, key, algorithm="HS256")), name
        for changed in (
            {"iss": "evil"},
            {"aud": "staff"},
            {"aud": ["shopper", "staff"]},
            {"brand": "brd_00000000000000000000000000"},
            {"sub": "wty_00000000000000000000000000"},
            {"sub": "nobody"},
            {"exp": claims["exp"] + 1},  # longer than we ever give
            {"exp": claims["iat"]},
            {"exp": "never"},
            {"exp": 10**20},
            {"iat": claims["iat"] + 3600, "exp": claims["exp"] + 3600},
            {"auth_time": claims["auth_time"] - 12 * 3600},
        ):
            assert not reads(signed(changed)), changed
        assert not reads(jwt.encode(claims, "x" * 64, algorithm="HS256"))
        assert not reads(jwt.encode(claims, key * 2, algorithm="HS512"))
        assert not reads(jwt.encode(claims, "", algorithm="none"))
        assert not reads(good[:-2])
        assert not reads("")
        assert sessions.read(good, shop.brand.brand_id, now=now + timedelta(hours=2)) is None


def test_the_cookies_are_bound_to_the_host_where_the_line_is_encrypted(shop: Shop) -> None:
    answer = shop.brand.app.test_client().get("/login", base_url=f"https://{shop.host}")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-dangol-device=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_body_of_ten_megabytes_is_refused(shop: Shop) -> None:
    phone = shop.phone()
    token = phone.open("/login").form("/login").values["token"]
    page = phone.post("/login", {"token": token, "phone": "1" * 10_000_000}, expect=413)
    assert "너무 커서 받지 못했어요" in page.text


@pytest.mark.parametrize("junk", ["\x00", "가" * 2001])
def test_junk_in_a_field_is_refused_and_not_stored(shop: Shop, junk: str) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/report"
    phone.open(path)
    page = phone.post(
        path, {**phone.page.form(path).values, "kind": "doubtful", "note": junk}, expect=400
    )
    assert "읽을 수 없는 글자" in page.text
    assert shop.brand.api.get(f"/v1/units/{shop.serials[0]}/reports")["data"] == []


def test_pages_draw_what_was_typed_as_text(shop: Shop) -> None:
    script = "<script>alert(1)</script>"
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/register"
    phone.open(path)
    page = phone.send(path, {**phone.details(), "name": f"{script}{'a' * 40}"}, expect=422)
    assert script not in page.html
    phone.register(shop.codes[0], name=f'"><b>{script[:20]}')
    assert "<b>" not in phone.open("/my").html


def test_a_failure_of_ours_is_a_page_and_tells_nothing_of_it(
    shop: Shop, owner: psycopg.Connection
) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    owner.execute(
        "UPDATE members SET name_sealed = phone_sealed WHERE brand_id = %s", (shop.brand.brand_id,)
    )
    page = phone.open(path, expect=500)
    assert "지금은 처리하지 못했어요" in page.text
    assert "req_" in page.text
    assert "Seal" not in page.html


def test_the_number_of_who_was_merged_leads_to_the_survivor_who_has_another(shop: Shop) -> None:
    shop.phone().register(shop.codes[0])
    into = shop.brand.api.put("/v1/members/ext:b", {"phone": "010-3333-4444"}, expect=201)["id"]
    shop.brand.api.post(f"/v1/members/{member_of(shop)}/merge", {"into": into}, expect=200)
    shop.wait(minutes=2)
    for number in ("010-2468-1357", "010-3333-4444"):
        phone = shop.phone(number=number)
        page = phone.sign_in()
        assert phone.url == "/my"
        assert shop.serials[0] in page.text
    shop.brand.api.post(f"/v1/members/{into}/erase", expect=200)
    phone.open("/my")
    assert phone.url == "/login"
