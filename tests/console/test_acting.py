"""What staff do to a customer: tried first, done once, written down, above a limit by two."""

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app import clock, ids
from app.brands import services as brands
from app.db import transaction
from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.support.members import balance, make_member
from tests.support.parallel import at_once
from tests.support.statements import noted

LADDER = {
    "basis": "net_paid",
    "period": {"kind": "rolling_months", "months": 12},
    "assessment": {"when": "monthly", "drop": "to_earned"},
    "tiers": [
        {"code": "WELCOME", "name": "웰컴", "threshold": 0},
        {"code": "GOLD", "name": "골드", "threshold": 1_000_000},
    ],
}


@pytest.fixture
def kim(brand: TestBrand) -> str:
    body = {"name": "김단골", "phone": "010-1234-5678"}
    found: str = brand.api.put("/v1/members/ext:kim", body, expect=201)["id"]
    brand.api.post("/v1/members/ext:kim/points/accruals", {"points": 1000})
    return found


def audit(brand: TestBrand, action: str) -> list[Any]:
    with brand.app.app_context(), transaction(brand.brand_id):
        found = brands.list_audit_records(brand.brand_id, limit=100)
        return [each for each in found if each.action == action]


def act(desk: Desk, member: str, what: str, fields: dict[str, str]) -> str:
    """Fill in a form, look at what it would do, confirm, and return the words afterwards."""
    path = f"/console/members/{member}/{what}"
    desk.open(path)
    desk.send(f"{path}?try=1", {"reason": "전화로 요청", **fields})
    assert "이렇게 바뀌어요" in desk.page.text
    desk.send(path)
    assert desk.url.startswith("/console/members/")
    return desk.page.text


def available(brand: TestBrand) -> int:
    return balance(brand, "/v1/members/ext:kim")["available"]


def test_points_are_corrected_after_a_look_and_written_down(brand: TestBrand, kim: str) -> None:
    desk = Desk(brand, "cs")
    path = f"/console/members/{kim}/points"
    desk.open(path)
    page = desk.send(f"{path}?try=1", {"points": "-400", "reason": "중복 적립"})
    assert "1,000P" in page.text
    assert "600P" in page.text
    assert available(brand) == 1000  # only tried
    assert audit(brand, "points.corrected") == []
    page = desk.send(path)
    assert "포인트를 조정했어요" in page.text
    assert available(brand) == 600
    [record] = audit(brand, "points.corrected")
    assert (record.actor, record.reason) == (desk.actor, "중복 적립")
    assert record.before["available"] == 1000
    assert (record.after["available"], record.after["points"]) == (600, -400)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"points": "0", "reason": "x"}, "0이 아닌 숫자"),
        ({"points": "많이", "reason": "x"}, "0이 아닌 숫자"),
        ({"points": "99999999999", "reason": "x"}, "0이 아닌 숫자"),
        ({"points": "10", "reason": " "}, "왜 하는지"),
        ({"points": "-1001", "reason": "x"}, "1,001"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    brand: TestBrand, kim: str, fields: dict[str, str], sentence: str
) -> None:
    desk = Desk(brand, "cs")
    path = f"/console/members/{kim}/points"
    desk.open(path)
    page = desk.send(f"{path}?try=1", fields, expect=422)
    assert sentence.replace(",", "") in page.text.replace(",", "")
    assert page.form(f"{path}?try=1").values["points"] == fields["points"]
    assert available(brand) == 1000


def test_two_clicks_do_it_once(brand: TestBrand, kim: str) -> None:
    desk = Desk(brand, "cs")
    path = f"/console/members/{kim}/points"
    desk.open(path)
    desk.send(f"{path}?try=1", {"points": "100", "reason": "사과"})
    form = dict(desk.page.form(path).values)
    answers = at_once([lambda: desk.ask("POST", path, data=form)] * 4)
    assert {each.status_code for each in answers} == {303}
    assert available(brand) == 1100
    assert len(audit(brand, "points.corrected")) == 1
    places = [each.headers["Location"] for each in answers]
    assert sorted(place.rpartition("=")[2] for place in places) == [*["already"] * 3, "points"]


def test_above_the_limit_another_person_has_to_agree(brand: TestBrand, kim: str) -> None:
    agent, boss = Desk(brand, "operator"), Desk(brand, "admin")
    text = act(agent, kim, "points", {"points": "10001"})
    assert "다른 사람의 승인을 기다려요" in text
    assert available(brand) == 1000
    page = agent.open("/console/approvals")
    [approval] = re.findall(r"apr_\w{26}", boss.open("/console/approvals").html)[:1]
    path = f"/console/approvals/{approval}"
    assert path not in page.html  # no button for who asked
    agent.post(path, {"decision": "approve"}, expect=403)
    agent.post(path, {"decision": "refuse"}, expect=403)
    assert available(brand) == 1000
    page = boss.post(path, {"decision": "approve"})
    assert "승인했어요" in page.text
    assert available(brand) == 11_001
    assert "다른 사람이 먼저" in boss.post(path, {"decision": "refuse"}).text
    assert available(brand) == 11_001
    [record] = audit(brand, "points.corrected")
    assert (record.actor, record.after["asked_by"]) == (boss.actor, agent.actor)


def test_many_small_corrections_are_one_large_one(brand: TestBrand, kim: str) -> None:
    agent = Desk(brand, "cs")
    assert "포인트를 조정했어요" in act(agent, kim, "points", {"points": "6000"})
    assert "승인을 기다려요" in act(agent, kim, "points", {"points": "-4001"})
    assert "포인트를 조정했어요" in act(Desk(brand, "cs"), kim, "points", {"points": "-4001"})
    assert available(brand) == 2999


def test_two_corrections_at_once_are_counted_together(brand: TestBrand, kim: str) -> None:
    agent = Desk(brand, "cs")
    path = f"/console/members/{kim}/points"
    form = {"token": agent.token, "points": "6000", "reason": "x", "confirmed": "1"}
    answers = at_once(
        [
            lambda key=key: agent.ask("POST", path, data={**form, "key": key * 32})  # type: ignore[misc]
            for key in "ab"
        ]
    )
    words = sorted(each.headers["Location"].rpartition("=")[2] for each in answers)
    assert words == ["asked", "points"]
    assert available(brand) == 7000


def test_two_who_decide_at_once_decide_one(brand: TestBrand, kim: str) -> None:
    agent, first, second = Desk(brand, "cs"), Desk(brand, "admin"), Desk(brand, "operator")
    act(agent, kim, "points", {"points": "20000"})
    [approval] = re.findall(r"apr_\w{26}", first.open("/console/approvals").html)[:1]
    path = f"/console/approvals/{approval}"
    forms = {each: {"token": each.token, "decision": "approve"} for each in (first, second)}
    answers = at_once(
        [
            lambda: first.ask("POST", path, data=forms[first]),
            lambda: second.ask("POST", path, data=forms[second]),
        ]
    )
    words = sorted(each.headers["Location"].rpartition("=")[2] for each in answers)
    assert words == ["approved", "decided"]
    assert available(brand) == 21_000


def test_a_coupon_is_issued_revoked_and_restored(brand: TestBrand, kim: str) -> None:
    body = {"name": "10% 할인", "kind": "percent", "percent_basis_points": 1000}
    brand.api.put("/v1/coupon-templates/TEN", body, expect=201)
    desk = Desk(brand, "cs")
    text = act(desk, kim, "coupon", {"template": "TEN"})
    assert "쿠폰을 발급했어요" in text
    [coupon] = set(re.findall(r"cpn_\w{26}", desk.page.html))
    assert "회수했어요" in act(desk, kim, f"coupons/{coupon}", {})
    assert "복원했어요" in act(desk, kim, f"coupons/{coupon}", {})
    for action in ("coupon.issued_by_hand", "coupon.revoked", "coupon.restored"):
        [record] = audit(brand, action)
        assert record.actor == desk.actor


def test_the_coupon_of_somebody_else_is_not_touched(brand: TestBrand, kim: str) -> None:
    body = {"name": "10% 할인", "kind": "percent", "percent_basis_points": 1000}
    brand.api.put("/v1/coupon-templates/TEN", body, expect=201)
    make_member(brand, "lee")
    coupon = brand.api.post("/v1/members/ext:lee/coupons", {"template": "TEN"})["id"]
    desk = Desk(brand, "cs")
    path = f"/console/members/{kim}/coupons/{coupon}"
    desk.open(path)
    desk.send(f"{path}?try=1", {"reason": "x"}, expect=422)
    assert brand.api.get(f"/v1/coupons/{coupon}")["status"] == "issued"


def test_stamps_are_added(brand: TestBrand, kim: str) -> None:
    card = {"name": "커피", "earn": {"per": "order"}, "goal": 10}
    brand.api.put("/v1/stamp-programmes/COFFEE", card, expect=201)
    brand.api.post("/v1/stamp-programmes/COFFEE/activate", expect=200)
    desk = Desk(brand, "cs")
    text = act(desk, kim, "stamps", {"programme": "COFFEE", "stamps": "2"})
    assert "스탬프를 조정했어요" in text
    assert "2/10" in text
    [record] = audit(brand, "stamps.moved_by_hand")
    assert record.after == {"programme": "COFFEE", "stamps": 2}


def test_a_tier_is_set_until_a_day(brand: TestBrand, kim: str) -> None:
    brand.api.put("/v1/tier-ladder", LADDER)
    desk = Desk(brand, "cs")
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    text = act(desk, kim, "tier", {"tier": "GOLD", "until": until})
    assert "골드" in text
    assert "직접 지정" in text
    [record] = audit(brand, "tier.assigned")
    assert record.after == {"tier": "GOLD", "until": until}


def test_a_merge_shows_both_and_is_done_once(brand: TestBrand, kim: str) -> None:
    lee = brand.api.put("/v1/members/ext:lee", {"name": "이수민"}, expect=201)["id"]
    brand.api.post("/v1/members/ext:lee/points/accruals", {"points": 500})
    desk = Desk(brand, "cs")
    path = f"/console/members/{kim}/merge"
    desk.open(path)
    page = desk.send(f"{path}?try=1", {"into": lee, "reason": "같은 분"})
    assert "1,000P + 500P" in page.text
    assert "1,500P" in page.text
    form = dict(page.form(path).values)
    answers = at_once([lambda: desk.ask("POST", path, data=form)] * 3)
    assert {each.status_code for each in answers} == {303}
    desk.open(f"/console/members/{kim}")
    assert desk.url == f"/console/members/{lee}"
    assert balance(brand, "/v1/members/ext:lee")["available"] == 1500
    assert len(audit(brand, "member.merged")) == 1


def test_notes_go_with_who_is_merged_and_are_gone_with_who_is_erased(
    brand: TestBrand, kim: str, owner: psycopg.Connection[Any]
) -> None:
    desk = Desk(brand, "cs")
    desk.open(f"/console/members/{kim}")
    desk.send(f"/console/members/{kim}/notes", {"text": "목소리 큰 분"})
    assert "목소리 큰 분" in desk.page.text
    act(desk, kim, "points", {"points": "50000"})
    lee = brand.api.put("/v1/members/ext:lee", expect=201)["id"]
    brand.api.post("/v1/members/ext:kim/merge", {"into": "ext:lee"}, expect=200)
    assert "목소리 큰 분" in desk.open(f"/console/members/{lee}").text
    shown = brand.api.get(f"/v1/members/{lee}/export?reason=legal")["parts"]
    assert shown["member_notes"]["rows"][0]["text"] == "목소리 큰 분"
    assert shown["staff_approvals"]["rows"][0]["reason"] == "전화로 요청"
    brand.api.post(f"/v1/members/{lee}/erase", expect=200)
    rows = owner.execute(
        "SELECT (SELECT count(*) FROM member_notes WHERE brand_id = %(b)s), state, reason_sealed"
        " FROM staff_approvals WHERE brand_id = %(b)s",
        {"b": brand.brand_id},
    ).fetchall()
    assert rows == [(0, "refused", None)]


def test_erasing_needs_the_word_and_is_shown_afterwards(brand: TestBrand, kim: str) -> None:
    desk = Desk(brand, "operator")
    path = f"/console/members/{kim}/erase"
    desk.open(path)
    page = desk.send(f"{path}?try=1", {"typed": "응", "reason": "요청"}, expect=422)
    assert "삭제라고 적어" in page.text
    page = desk.send(f"{path}?try=1", {"typed": "삭제", "reason": "요청"})
    assert "되돌릴 수 없어요" in page.text
    assert brand.api.get("/v1/members/ext:kim")["status"] == "active"
    form = dict(page.form(path).values)
    page = desk.send(path)
    assert "지워졌어요" in page.text
    assert desk.ask("POST", path, data=form).status_code == 303
    [record] = audit(brand, "member.erased_by_hand")
    assert (record.actor, record.reason) == (desk.actor, "요청")
    Desk(brand, "cs").open(path, expect=403)


def test_a_refund_is_only_tried(brand: TestBrand, kim: str) -> None:
    line = {"sku": "A", "name": "부츠", "quantity": 2, "unit_price": 10_000}
    body = {"external_id": "R-1", "member": "ext:kim", "lines": [line], "redeem_points": 500}
    order = brand.api.post("/v1/orders", body)["id"]
    before = brand.api.get(f"/v1/orders/{order}")
    desk = Desk(brand, "viewer")
    path = f"/console/orders/{order}/refund"
    page = desk.open(f"{path}?try=1&line-1=1")
    assert "9,750원" in page.text
    assert "250P" in page.text
    page = desk.open(f"{path}?try=1&line-1=3", expect=422)
    assert "이렇게 돼요" not in page.text
    desk.open(f"{path}?try=1&all=1&line-=x&line-1=-1")
    assert brand.api.get(f"/v1/orders/{order}") == before


def test_nobody_of_another_brand_is_reached(brand: TestBrand, kim: str, make_brand: Any) -> None:
    other = Desk(make_brand(), "admin")
    for what in ("points", "coupon", "stamps", "tier", "merge", "erase", "notes"):
        path = f"/console/members/{kim}/{what}"
        fields = {"points": "10", "reason": "x", "confirmed": "1", "text": "x", "typed": "삭제"}
        other.post(path, fields, expect=404)
    other.open(f"/console/members/{kim}/points", expect=404)
    assert available(brand) == 1000


def test_what_a_shopper_or_staff_wrote_is_never_a_script(brand: TestBrand) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    found = brand.api.put(
        "/v1/members/ext:evil", {"name": evil[:60], "phone": "010-7777-8888"}, expect=201
    )["id"]
    line = {"sku": "<b>x", "name": evil[:60], "quantity": 1, "unit_price": 100}
    order = brand.api.post(
        "/v1/orders", {"external_id": "<i>evil", "member": found, "lines": [line]}
    )["id"]
    brand.api.put(f"/v1/members/{found}/tags/<svg onload=x>")
    desk = Desk(brand, "operator")
    desk.open(f"/console/members/{found}")
    desk.send(f"/console/members/{found}/notes", {"text": evil})
    act(desk, found, "points", {"points": "20000", "reason": evil})
    brand.api.put("/v1/members/ext:evil2", {"phone": "010-1111-8888"}, expect=201)
    for path in (
        f"/console/members/{found}", f"/console/members/{found}?only=notes",
        f"/console/orders/{order}", f"/console/orders/{order}/refund", "/console/approvals",
        f"/console/search?q={evil}", "/console/search?q=8888",
        f"/console/members/{found}/points", f"/console/members/{found}/erase",
    ):  # fmt: skip
        html = desk.open(path).html
        for mark in ("<script>alert", "<img src=x", "<svg onload", "<i>evil", "<b>x"):
            assert mark not in html, (path, mark)


def test_the_timeline_goes_on_to_its_end_and_repeats_nothing(brand: TestBrand, kim: str) -> None:
    for number in range(25):
        brand.api.post("/v1/members/ext:kim/points/accruals", {"points": 1 + number})
    for number in range(8):
        line = {"sku": "A", "quantity": 1, "unit_price": 1_000}
        body = {"external_id": f"T-{number}", "member": "ext:kim", "lines": [line]}
        brand.api.post("/v1/orders", body)
    desk = Desk(brand, "viewer")
    page = desk.open(f"/console/members/{kim}")
    rows: list[str] = []
    for _ in range(9):
        part = page.html.partition('id="timeline"')[2]
        rows += re.findall(r"<tr>.*?</tr>", part, re.S)
        older = [link for link in page.links if "older" in link or "only=&" in link]
        if not older:
            break
        page = desk.open(older[-1].partition("#")[0])
    # 26 accruals by hand, 8 orders, and what each of them earned.
    assert len(rows) == 26 + 8 + 8
    page = desk.open(f"/console/members/{kim}?only=orders&points=x&stamps=~~&consents=1~2~3")
    assert "T-7" in page.html.partition('id="timeline"')[2]


def test_a_customer_takes_as_many_queries_with_much_as_with_little(
    brand: TestBrand, kim: str
) -> None:
    desk = Desk(brand, "viewer")

    def queries() -> int:
        desk.open(f"/console/members/{kim}")
        with noted(brand.app) as seen:
            desk.open(f"/console/members/{kim}")
        return len(seen)

    few = queries()
    for number in range(6):
        line = {"sku": "A", "quantity": 1, "unit_price": 1_000}
        body = {"external_id": f"Q-{number}", "member": "ext:kim", "lines": [line]}
        brand.api.post("/v1/orders", body)
        brand.api.post("/v1/members/ext:kim/points/accruals", {"points": 1})
    assert queries() <= few + 1


def test_ids_of_nobody_are_pages_that_do_not_exist(brand: TestBrand) -> None:
    desk = Desk(brand, "admin")
    nobody = ids.show("mem", ids.new_id())
    for what in ("", "/points", "/coupon", "/tier", "/merge", "/erase"):
        desk.open(f"/console/members/{nobody}{what}", expect=404)
        desk.open(f"/console/members/ext:kim{what}", expect=404)
