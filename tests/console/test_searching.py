"""The search box: whatever somebody says on the phone leads to them."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app import ids
from app.db import db, transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id
from tests.warranties.shop import claim, codes_of, make_batch, open_shop, serials_of

KIM = {"name": "김 단골", "phone": "010-1234-5678", "email": "Kim@mail.example"}


@pytest.fixture
def kim(brand: TestBrand) -> str:
    found: str = brand.api.put("/v1/members/ext:kim", KIM, expect=201)["id"]
    return found


@pytest.mark.parametrize(
    "asked",
    [
        "01012345678", "+82 10-1234-5678", "０１０ 1234 5678", "5678", "****-5678", "김단골",
        "김 단골", "kim@mail.example", "kim",
    ],
)  # fmt: skip
def test_an_exact_hit_opens_the_customer_at_once(brand: TestBrand, kim: str, asked: str) -> None:
    make_member(brand, "somebody-else")
    desk = Desk(brand, "viewer")
    desk.open("/console/search", query_string={"q": asked})
    assert desk.url == f"/console/members/{kim}"


def test_several_hits_are_shown_masked_and_written_down(brand: TestBrand, kim: str) -> None:
    brand.api.put("/v1/members/ext:lee", {"name": "이수", "phone": "010-9999-5678"}, expect=201)
    desk = Desk(brand, "cs")
    page = desk.open("/console/search", query_string={"q": "5678"})
    assert "김**골" in page.text
    assert "이*" in page.text
    assert "010-****-5678" in page.text
    for secret in ("김 단골", "1234", "Kim@", "9999"):
        assert secret not in page.html
    with brand.app.app_context(), transaction(brand.brand_id):
        [record] = staff.list_access(brand.brand_id, action="searched", limit=9)
    assert (record.actor, record.count, record.subject) == (desk.actor, 2, None)


def test_units_orders_and_requests_are_found_by_what_is_printed(brand: TestBrand) -> None:
    open_shop(brand)
    batch = make_batch(brand, 1)
    [serial], [code] = serials_of(brand, batch), codes_of(brand, batch)
    make_member(brand, "lee")
    line = {"sku": "A", "quantity": 1, "unit_price": 10_000}
    order = brand.api.post(
        "/v1/orders", {"external_id": "2026-A/1", "member": "ext:lee", "lines": [line]}
    )
    desk = Desk(brand, "viewer")
    for asked in (serial, serial.lower().replace("-", " "), code, f"https://hb.example/q/{code}?x"):
        desk.open("/console/search", query_string={"q": asked})
        assert desk.url == f"/console/units/{serial}", asked
    desk.open("/console/search", query_string={"q": " 2026-A/1 "})
    assert desk.url == f"/console/orders/{order['id']}"


def test_what_is_not_there_says_how_to_ask(brand: TestBrand, kim: str) -> None:
    desk = Desk(brand, "viewer")
    for asked in (
        "nobody",
        "010-1111-1111",
        "0000",
        "https://",
        "<script>",
        "=1+1",
        "http://[",
        "%",
    ):
        assert "찾지 못했어요" in desk.open("/console/search", query_string={"q": asked}).text
    for asked in ("", "  ", "\x00"):
        assert "무엇을 찾을까요" in desk.open("/console/search", query_string={"q": asked}).text


def test_another_brand_finds_nobody(brand: TestBrand, kim: str, make_brand: Any) -> None:
    desk = Desk(make_brand(), "admin")
    for asked in ("5678", "김단골", KIM["phone"], KIM["email"], kim):
        assert "찾지 못했어요" in desk.open("/console/search", query_string={"q": asked}).text
    desk.open(f"/console/members/{kim}", expect=404)


def test_who_changed_or_merged_is_found_by_what_is_known_now(brand: TestBrand, kim: str) -> None:
    desk = Desk(brand, "cs")
    brand.api.patch("/v1/members/ext:kim", {"name": "박새롬", "phone": "010-2222-3333"})
    assert "찾지 못했어요" in desk.open("/console/search", query_string={"q": "5678"}).text
    desk.open("/console/search", query_string={"q": "3333"})
    assert desk.url == f"/console/members/{kim}"
    survivor = brand.api.put("/v1/members/ext:new", {}, expect=201)["id"]
    brand.api.post("/v1/members/ext:kim/merge", {"into": "ext:new"}, expect=200)
    desk.open("/console/search", query_string={"q": "박새롬"})
    assert desk.url == f"/console/members/{survivor}"


def test_an_erased_customer_is_found_by_nothing(
    brand: TestBrand, kim: str, owner: psycopg.Connection[Any]
) -> None:
    brand.api.post("/v1/members/ext:kim/erase", expect=200)
    row = owner.execute(
        "SELECT name_index, phone_last4_index FROM members WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    assert row == (None, None)
    desk = Desk(brand, "cs")
    assert "찾지 못했어요" in desk.open("/console/search", query_string={"q": "5678"}).text
    assert "지워졌어요" in desk.open(f"/console/members/{kim}").text


def test_who_was_registered_before_is_found_after_the_command(
    brand: TestBrand, kim: str, owner: psycopg.Connection[Any]
) -> None:
    make_member(brand, "nameless")
    owner.execute(
        "UPDATE members SET name_index = NULL, phone_last4_index = NULL WHERE brand_id = %s",
        (brand.brand_id,),
    )
    desk = Desk(brand, "cs")
    assert "찾지 못했어요" in desk.open("/console/search", query_string={"q": "5678"}).text
    runner = brand.app.test_cli_runner()
    for expected in ("1 members", "0 members"):
        result = runner.invoke(args=["members", "index", "--brand", str(brand.brand_id)])
        assert result.exit_code == 0, result.output
        assert result.output.startswith(expected)
    for asked in ("5678", "김단골"):
        desk.open("/console/search", query_string={"q": asked})
        assert desk.url == f"/console/members/{kim}"


def test_a_search_is_answered_by_indexes(brand: TestBrand, kim: str, app: Any) -> None:
    with app.app_context(), transaction(brand.brand_id):
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        for column in ("name_index", "phone_last4_index"):
            plan = "\n".join(
                db.session.scalars(
                    text(
                        "EXPLAIN SELECT id FROM members"
                        f" WHERE brand_id = :brand_id AND {column} = '\\x00'"
                    ),
                    {"brand_id": brand.brand_id},
                )
            )
            assert f"ix_members_{column}" in plan


def test_the_index_of_one_brand_says_nothing_of_another(
    brand: TestBrand, make_brand: Any, owner: psycopg.Connection[Any]
) -> None:
    other = make_brand()
    for each in (brand, other):
        each.api.put("/v1/members/ext:kim", KIM, expect=201)
    rows = owner.execute(
        "SELECT name_index, phone_last4_index, phone_index FROM members WHERE brand_id = ANY (%s)",
        ([brand.brand_id, other.brand_id],),
    ).fetchall()
    assert len({bytes(each) for row in rows for each in row}) == 6


def test_a_unit_shows_its_owner_and_coverage(brand: TestBrand) -> None:
    open_shop(brand)
    [serial] = serials_of(brand, make_batch(brand, 1))
    claim(brand, serial)
    desk = Desk(brand, "viewer")
    page = desk.open(f"/console/units/{serial}")
    [owner] = {link for link in page.links if link.startswith("/console/members/")}
    assert "구매 증빙 전" in page.text
    assert "레인부츠" in desk.open(owner).text
    desk.open("/console/units/none", expect=404)


def test_an_id_of_nobody_finds_nobody(brand: TestBrand) -> None:
    desk = Desk(brand, "viewer")
    nobody = ids.show("mem", ids.new_id())
    page = desk.open("/console/search", query_string={"q": nobody})
    assert "찾지 못했어요" in page.text


def test_a_merged_customer_leads_to_the_survivor(brand: TestBrand, kim: str) -> None:
    survivor = brand.api.put("/v1/members/ext:new", {}, expect=201)["id"]
    brand.api.post("/v1/members/ext:kim/merge", {"into": "ext:new"}, expect=200)
    desk = Desk(brand, "viewer")
    desk.open(f"/console/members/{kim}")
    assert desk.url == f"/console/members/{survivor}"
    assert member_id(brand, "/v1/members/ext:new") == ids.read("mem", survivor)
