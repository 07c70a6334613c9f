"""Rules in the console: read as sentences, tried on past orders, put in force, taken back."""

from typing import Any

import pytest

from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.support.members import make_member

RULE = {"name": "주문 보너스", "trigger": {"on": "order_paid"}, "effects": [{"points": 500}]}


@pytest.fixture
def shop(brand: TestBrand) -> TestBrand:
    brand.api.post("/v1/test-clock", {"now": "2026-11-30T10:00:00+09:00"}, expect=200)
    make_member(brand, "a")
    for number in range(3):
        order = {
            "external_id": str(number),
            "member": "ext:a",
            "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}],
        }
        brand.api.post("/v1/orders", order)
    brand.api.put("/v1/reward-rules/BONUS", RULE, expect=201)
    return brand


def rule(brand: TestBrand) -> Any:
    return brand.api.get("/v1/reward-rules/BONUS")


def test_every_rule_reads_as_its_sentence(shop: TestBrand) -> None:
    page = Desk(shop, "viewer").open("/console/rules")
    assert rule(shop)["sentence"]["ko"] in page.text
    assert "초안" in page.text
    assert "/console/rules/BONUS" in page.links


def test_a_draft_is_tried_on_past_orders_and_gives_nothing(shop: TestBrand) -> None:
    desk = Desk(shop, "viewer")
    desk.open("/console/rules/BONUS")
    action = "/console/rules/BONUS/try#try"
    form = desk.page.form(action).values
    page = desk.post("/console/rules/BONUS/try", {**form, "from": "2026-11-01", "to": "2026-11-30"})
    assert "회원 1명에게 3번, 1,500P를 주었을 거예요" in page.text
    assert shop.api.get("/v1/members/ext:a/points")["available"] == 0
    assert rule(shop)["status"] == "draft"


@pytest.mark.parametrize("period", [("2026-11-30", "2026-11-01"), ("", "2026-11-30"), ("x", "y")])
def test_a_period_that_is_none_is_said_so(shop: TestBrand, period: tuple[str, str]) -> None:
    desk = Desk(shop, "viewer")
    desk.open("/console/rules/BONUS")
    fields = {"token": desk.token, "from": period[0], "to": period[1]}
    page = desk.post("/console/rules/BONUS/try", fields, expect=422)
    assert "기간을 확인해 주세요" in page.text


def test_an_operator_puts_it_in_force_pauses_schedules_and_ends_it(shop: TestBrand) -> None:
    desk = Desk(shop, "operator")
    base = "/console/rules/BONUS"
    desk.open(base)
    assert "규칙을 적용했어요" in desk.send(f"{base}/activate").text
    assert rule(shop)["status"] == "active"
    assert "규칙을 멈췄어요" in desk.send(f"{base}/pause").text
    desk.send(f"{base}/schedule", {"from": "2026-12-01", "to": "2026-12-31"})
    assert rule(shop)["status"] == "scheduled"
    assert "규칙을 끝냈어요" in desk.send(f"{base}/end").text
    assert rule(shop)["status"] == "ended"
    assert not any(base in form.action and "try" not in form.action for form in desk.page.forms)


def test_an_earlier_version_is_taken_back_with_what_changed_shown(shop: TestBrand) -> None:
    shop.api.put("/v1/reward-rules/BONUS", {**RULE, "effects": [{"points": 900}]})
    desk = Desk(shop, "operator")
    base = "/console/rules/BONUS"
    page = desk.open(base)
    changes = page.text.split("무엇이 바뀌었나요?")[1]
    before, after = changes.split("→")[:2]
    assert "500" in before
    assert "900" in after
    desk.send(f"{base}/versions/1/restore")
    found = rule(shop)
    assert (found["version"], found["effects"][0]["points"]) == (3, 500)


def test_who_may_only_look_changes_nothing(shop: TestBrand) -> None:
    desk = Desk(shop, "viewer")
    page = desk.open("/console/rules/BONUS")
    assert [form.action for form in page.forms if "/rules/" in form.action] == [
        "/console/rules/BONUS/try#try"
    ]
    for deed in ("activate", "pause", "end", "schedule", "versions/1/restore"):
        desk.post(f"/console/rules/BONUS/{deed}", {"token": desk.token}, expect=403)
    assert rule(shop)["status"] == "draft"


def test_a_rule_of_another_brand_is_not_there(shop: TestBrand, make_brand) -> None:
    desk = Desk(make_brand(), "operator")
    desk.open("/console/rules/BONUS", expect=404)
    desk.post("/console/rules/BONUS/end", {"token": desk.token}, expect=404)
    assert rule(shop)["status"] == "draft"
