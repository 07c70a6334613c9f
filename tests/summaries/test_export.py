"""Everything that is held on a person is handed over, and no table is forgotten."""

import pytest
from flask import Flask

from app import exports, parts
from app.db import db
from app.members.models import Member
from tests.consents.asking import answer, publish
from tests.messages.post import tell
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.support.world import World

TAKE = "reason=member_asked"


def take(brand: TestBrand, member: str, query: str = TAKE):
    return brand.api.get(f"{member}/export?{query}")


def rows(brand: TestBrand, member: str, part: str):
    return take(brand, member)["parts"][part]["rows"]


def speaks_of_members(table) -> bool:
    """Whether a table refers to a member, by a key or by a column named so."""
    return any(column.name.endswith("member_id") for column in table.columns) or any(
        key.referred_table.name in ("members", "member_tags", "orders", "messages", "refunds",
                                    "warranties", "coupons", "consent_records")
        for key in table.foreign_key_constraints
    )  # fmt: skip


def test_every_table_that_speaks_of_members_is_handed_over_or_left_out_for_a_reason(
    app: Flask,
) -> None:
    told = {table for part in exports.PARTS.values() for table in part.tables}
    assert told <= set(db.metadata.tables)
    found = {name for name, table in db.metadata.tables.items() if speaks_of_members(table)}
    forgotten = sorted(found - told - set(exports.LEFT_OUT))
    assert not forgotten, (
        f"{forgotten} speak of members: add them to exports.py of their feature"
        " (PARTS, or LEFT_OUT with the reason) and to app/exports.py"
    )
    assert all(len(reason) > 20 for reason in exports.LEFT_OUT.values())
    assert not set(exports.LEFT_OUT) & told


def test_what_a_query_reads_is_what_its_part_says() -> None:
    for name, part in exports.PARTS.items():
        for table in part.tables:
            assert f" {table}" in part.query, (name, table)
        assert ":brand_id" in part.query, name
        assert ":member_ids" in part.query, name
        assert "ORDER BY" in part.query, name


@pytest.fixture
def world(brand: TestBrand) -> World:
    return World(brand)


def test_a_member_with_one_of_everything_gets_all_of_it(world: World) -> None:
    shown = take(world.brand, "/v1/members/ext:alice")
    assert shown["member"] == world.alice
    assert list(shown["parts"]) == list(exports.PARTS)
    counts = {name: part["count"] for name, part in shown["parts"].items()}
    assert {name for name, count in counts.items() if not count} <= {
        "messages", "erasure_requests", "point_notices", "benefits", "referral_codes",
        "tier_changes", "tier", "tier_postings", "warranty_transfers", "warranty_reports",
    }  # fmt: skip
    [me] = shown["parts"]["members"]["rows"]
    assert (me["id"], me["name"], me["external_id"]) == (world.alice, "앨리스", "alice")
    [warranty] = shown["parts"]["warranties"]["rows"]
    assert (warranty["id"], warranty["serial"], warranty["product"]) == (
        world.warranty, "MUG-1", "MUG",
    )  # fmt: skip
    order = shown["parts"]["orders"]["rows"][0]
    assert (order["id"], order["lines"][0]["sku"]) == (world.order, "A")


def test_every_personal_column_of_a_member_is_told_in_the_clear(brand: TestBrand) -> None:
    body = {
        "name": "김단골", "phone": "010-1234-5678", "email": "kim@mail.example",
        "birthday": "1990-03-05", "referred_by_code": "ABC",
    }  # fmt: skip
    brand.api.put("/v1/members/ext:kim", body, expect=201)
    [me] = rows(brand, "/v1/members/ext:kim", "members")
    for column in Member.__table__.columns:
        if column.info["personal"] and not column.name.endswith("_index"):
            assert column.name.removesuffix("_sealed") in me, column.name
    assert (me["name"], me["phone"], me["email"]) == ("김단골", "+821012345678", "kim@mail.example")
    assert not [value for value in me.values() if isinstance(value, bytes)]


def test_consents_come_with_the_words_that_were_agreed_to(brand: TestBrand) -> None:
    publish(brand, "ad_sms")
    member = make_member(brand, "alice")
    answer(brand, member, ad_sms="granted", evidence={"ip": "203.0.113.7", "user_agent": "KAKAO"})
    [record] = rows(brand, member, "consent_records")
    assert record["text"]["title"] == "동의"
    assert (record["action"], record["user_agent"], record["address_kept"]) == (
        "granted", "KAKAO", True,
    )  # fmt: skip
    assert "203.0.113.7" not in str(record)


def test_who_was_merged_is_handed_over_with_the_survivor(brand: TestBrand) -> None:
    alice = make_member(brand, "alice", points=100)
    bob = make_member(brand, "bob", points=50)
    brand.api.put("/v1/members/ext:bob/tags/vip")
    brand.api.post(f"{bob}/merge", {"into": "ext:alice"}, expect=200)
    for named in (alice, bob):
        shown = take(brand, named)
        assert shown["member"] == brand.api.get(alice)["id"]
        assert [each["external_id"] for each in shown["parts"]["members"]["rows"]] == [
            "alice", "bob",
        ]  # fmt: skip
        assert shown["parts"]["tags"]["rows"][0]["tag"] == "vip"


def test_nothing_of_anybody_else_is_in_it(world: World) -> None:
    shown = str(take(world.brand, f"/v1/members/{world.bob}"))
    assert world.alice not in shown
    assert "앨리스" not in shown
    assert world.order not in shown
    assert "'as_whom': 'inviter'" in shown


def test_a_message_is_told_as_it_was_sent(brand: TestBrand, owner) -> None:
    tell(brand)
    body = {"phone": "010-1234-5678"}
    member = brand.api.put("/v1/members/ext:alice", body, expect=201)
    owner.execute(
        "UPDATE messages SET member_id = (SELECT id FROM members WHERE brand_id = %s)"
        " WHERE brand_id = %s",
        (brand.brand_id, brand.brand_id),
    )
    [message] = rows(brand, f"/v1/members/{member['id']}", "messages")
    assert message["phone"] == "+821012345678"
    assert "레인부츠" in message["texts"]["sms"]["text"]


def test_a_long_part_says_how_much_there_is_and_goes_on(
    brand: TestBrand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROWS_MAX", 3)
    member = make_member(brand, "alice")
    for points in range(1, 8):
        brand.api.post(f"{member}/points/accruals", {"points": points})
    part = take(brand, member)["parts"]["point_entries"]
    assert (part["count"], len(part["rows"])) == (7, 3)
    seen = part["rows"]
    while part["next_cursor"]:
        query = f"{TAKE}&part=point_entries&cursor={part['next_cursor']}"
        shown = take(brand, member, query)["parts"]
        assert list(shown) == ["point_entries"]
        part = shown["point_entries"]
        seen += part["rows"]
    assert [each["d_available"] for each in seen] == list(range(1, 8))
    cursor = take(brand, member)["parts"]["point_entries"]["next_cursor"]
    path = f"{member}/export?{TAKE}&part=point_lots&cursor={cursor}"
    brand.api.refused("GET", path, code="cursor_invalid")


def test_r10_who_took_it_and_why_is_written_down(brand: TestBrand) -> None:
    member = make_member(brand, "alice")
    brand.api.refused("GET", f"{member}/export", code="invalid_request")
    take(brand, member, "reason=legal")
    found = brand.api.get(member)["id"]
    [record] = brand.api.get(f"/v1/audit-log?subject=member:{found}")["data"]
    assert (record["action"], record["after"]) == (
        "member.exported", {"reason": "legal", "part": None},
    )  # fmt: skip


def test_nothing_is_held_on_who_was_erased(brand: TestBrand) -> None:
    member = make_member(brand, "alice")
    path = f"/v1/members/{brand.api.get(member)['id']}"
    brand.api.post(f"{member}/erase", expect=200)
    brand.api.refused("GET", f"{path}/export?{TAKE}", code="member_not_found")
    brand.api.refused("GET", f"/v1/members/ext:nobody/export?{TAKE}", code="member_not_found")
