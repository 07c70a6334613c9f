"""What waits for somebody to look: decided with a reason, once, and seen photos written down."""

from typing import Any

import pytest

from app.db import transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.messages.post import set_host
from tests.support.api import TestBrand
from tests.support.world import World


@pytest.fixture
def world(brand: TestBrand) -> World:
    return World(brand)


def test_a_label_is_cleared_once_and_for_a_reason(world: World) -> None:
    desk, other = Desk(world.brand, "cs"), Desk(world.brand, "cs")
    path = f"/console/reviews/copies/{world.review}"
    page = desk.open("/console/reviews")
    assert "복제 의심" in page.text
    other.open("/console/reviews")
    desk.post(path, {"decision": "cleared", "reason": " "}, expect=422)
    page = desk.post(path, {"decision": "cleared", "reason": "전시 상품"})
    assert "문제없음으로 닫았어요" in page.text
    assert path not in page.html
    page = other.post(path, {"decision": "confirmed", "reason": "늦음"})
    assert "다른 사람이 먼저" in page.text
    decided = world.brand.api.get("/v1/warranty-reviews?state=cleared")["data"]
    assert [each["id"] for each in decided] == [world.review]


def test_a_receipt_is_seen_written_down_and_judged(world: World) -> None:
    desk, viewer = Desk(world.brand, "cs"), Desk(world.brand, "viewer")
    path = f"/console/receipts/{world.warranty}/{world.receipt}"
    assert path in desk.open("/console/reviews").links
    assert path not in viewer.open("/console/reviews").links
    assert viewer.ask("GET", path).status_code == 403
    answer = desk.ask("GET", path)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with world.brand.app.app_context(), transaction(world.brand.brand_id):
        found = staff.list_access(world.brand.brand_id, subject=world.alice, limit=9)
    assert ("seen", ["receipt"]) in [(each.action, each.items) for each in found]
    page = desk.post(
        f"/console/reviews/proofs/{world.warranty}", {"decision": "proven", "reason": "영수증 봄"}
    )
    assert "구매를 확인했어요" in page.text
    assert path not in page.links
    assert world.brand.api.get(f"/v1/warranties/{world.warranty}")["proof"] == "proven"


def test_a_doubtful_invitation_counts_if_staff_let_it(brand: TestBrand) -> None:
    brand.api.patch("/v1/brand", {"referral": {"same_contact": "review"}})
    phone = {"phone": "010-5555-6666"}
    inviter = brand.api.put("/v1/members/ext:a", phone, expect=201)["id"]
    code = brand.api.get(f"/v1/members/{inviter}/referral-code")["code"]
    brand.api.put("/v1/members/ext:b", {**phone, "referred_by_code": code}, expect=201)
    [referral] = brand.api.get("/v1/referrals")["data"]
    assert referral["state"] == "review"
    desk = Desk(brand, "cs")
    assert "번호가 같음" in desk.open("/console/reviews").text
    path = f"/console/reviews/referrals/{referral['id']}"
    desk.post(path, {"decision": "let", "reason": "가족"})
    assert brand.api.get(f"/v1/referrals/{referral['id']}")["state"] == "pending"
    page = desk.post(path, {"decision": "let", "reason": "또"})
    assert "다른 사람이 먼저" in page.text


def test_the_link_of_a_certificate_is_sent_once_for_a_click(world: World, make_brand: Any) -> None:
    brand = world.brand
    brand.api.patch(f"/v1/members/{world.alice}", {"phone": "010-2345-5678"})
    desk = Desk(brand, "cs")
    path = f"/console/members/{world.alice}/certificates/{world.warranty}"
    refused = desk.post(path, {"key": "1" * 32}, expect=422)
    assert "warranty.host" in refused.text
    set_host(brand)
    desk.open(f"/console/members/{world.alice}")
    form = dict(desk.page.form(path).values)
    before = len(brand.api.get("/v1/messages")["data"])
    for word in ("링크를 보냈어요", "이미 한 일"):
        response = desk.ask("POST", path, data=form, follow_redirects=True)
        assert word in response.get_data(as_text=True)
    assert len(brand.api.get("/v1/messages")["data"]) == before + 1
    Desk(make_brand(), "admin").post(path, form, expect=403)
