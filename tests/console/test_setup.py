"""A new brand is told what to do next, until everything is done."""

from uuid import uuid4

from tests.consents.asking import publish
from tests.console.desk import Desk
from tests.support.api import TestBrand
from tests.warranties.shop import make_batch, open_shop


def done(desk: Desk) -> list[str]:
    html = desk.open("/console/setup").html
    steps = html.split('data-step="')[1:]
    return [each.split('"')[0] for each in steps if 'data-done="yes"' in each[:80]]


def test_each_step_is_done_once_it_is_done(brand: TestBrand) -> None:
    desk = Desk(brand)
    assert done(desk) == []
    assert "다음은 ‘고객센터 연락처’" in desk.page.text
    api = brand.api
    api.patch("/v1/brand", {"messages": {"contact": "02-123-4567"}})
    open_shop(brand)
    api.put("/v1/tier-ladder", {})
    rule = {"name": "R", "trigger": {"on": "member_joined"}, "effects": [{"points": 1}]}
    api.put("/v1/reward-rules/R", rule, expect=201)
    api.patch("/v1/brand", {"warranty": {"host": f"{uuid4().hex[:12]}.example.kr"}})
    publish(brand, "warranty_service")
    make_batch(brand, 1)
    assert done(desk) == [
        "contact", "products", "tiers", "rules", "terms", "host", "notice", "labels",
    ]  # fmt: skip
    assert "다음은 ‘동료 초대’" in desk.page.text
    Desk(brand, "cs")
    assert "모두 마쳤어요" in desk.open("/console/setup").text
