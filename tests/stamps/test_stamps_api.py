"""Stamp programmes and members' cards over the API."""

from typing import Any

import psycopg
import pytest

from tests.coupons.shop import FIXED, GIFT, define
from tests.support.api import TestBrand
from tests.support.members import advance, balance, make_member
from tests.support.problems import assert_problem

COFFEE: dict[str, Any] = {
    "name": "커피",
    "earn": {"per": "order"},
    "goal": 3,
    "rewards": [{"at": 3, "benefits": [{"points": 1000}]}],
}
PATH = "/v1/stamp-programmes/COFFEE"


@pytest.fixture
def alice(brand: TestBrand) -> str:
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    return make_member(brand, "alice")


def offer(brand: TestBrand, **more: Any) -> Any:
    shown = brand.api.send("PUT", PATH, {**COFFEE, **more})
    assert shown.status_code in (200, 201), shown.get_data(as_text=True)
    return shown.get_json()


def order(brand: TestBrand, number: int, **more: Any) -> Any:
    body = {
        "external_id": f"M-{number}",
        "member": "ext:alice",
        "lines": [{"sku": "LATTE", "category": "coffee", "quantity": 2, "unit_price": 4_500}],
        **more,
    }
    return brand.api.post("/v1/orders", body)


def adjust(brand: TestBrand, member: str, stamps: int, **more: Any) -> Any:
    body = {"programme": "COFFEE", "stamps": stamps, "reason": "매장 방문"}
    return brand.api.send("POST", f"{member}/stamps/adjustments", body, **more)


def audit_log(brand: TestBrand, action: str) -> list[Any]:
    shown = brand.api.get("/v1/audit-log?limit=100")["data"]
    return [entry for entry in shown if entry["action"] == action]


def test_a_programme_is_put_shown_and_listed(brand: TestBrand) -> None:
    before = brand.api.get("/v1/brand")
    shown = brand.api.put(PATH, COFFEE, expect=201)
    assert {name: shown[name] for name in shown if name not in ("created_at", "changed_at")} == {
        "object": "stamp_programme",
        "code": "COFFEE",
        "status": "active",
        "version": 1,
        "name": "커피",
        "earn": {"per": "order", "amount": None},
        "goal": 3,
        "rewards": [
            {
                "at": 3,
                "benefits": [{"points": 1000}],
                "text": {"ko": "1,000P", "en": "1,000 points"},
            }
        ],
        "minimum_order_amount": 0,
        "selection": {"skus": [], "categories": []},
        "channels": [],
        "daily_limit": None,
        "counted_when": "paid",
        "card_expires_in_days": None,
        "stamps_expire_in_days": None,
        "on_refund_of_used_reward": "debt",
        "sentence": {
            "ko": "주문 1건마다 스탬프 1개, 3개를 모으면 카드 완성, 3개째에 1,000P."
            " 보상을 쓴 주문이 환불되면 다음 스탬프에서 갚아요.",
            "en": "one for each order, 3 fill a card, at 3: 1,000 points."
            " If an order whose reward was used is refunded, the next stamps pay for it.",
        },
    }
    assert brand.api.get(PATH) == shown
    assert brand.api.get("/v1/stamp-programmes")["data"] == [shown]
    assert brand.api.get("/v1/stamp-programmes?status=paused")["data"] == []
    assert brand.api.put(PATH, COFFEE) == shown  # the same again: no version
    assert len(audit_log(brand, "stamp_programme.created")) == 1
    assert brand.api.get("/v1/brand") == before


def test_everything_can_be_set_and_is_said_in_words(brand: TestBrand) -> None:
    define(brand, "TEN", **FIXED)
    define(brand, "CUP", **GIFT)
    body = {
        "name": "전부",
        "earn": {"per": "amount", "amount": 10_000},
        "goal": 10,
        "rewards": [
            {"at": 10, "benefits": [{"points": 500, "expires_in_days": 30}, {"gift": "CUP"}]},
            {"at": 5, "benefits": [{"coupon": "TEN"}, {"tag": "vip"}]},
        ],
        "minimum_order_amount": 20_000,
        "selection": {"skus": ["A"], "categories": ["coffee"]},
        "channels": ["store", "app"],
        "daily_limit": 2,
        "counted_when": "confirmed",
        "card_expires_in_days": 90,
        "stamps_expire_in_days": 30,
        "on_refund_of_used_reward": "revoke_if_unused",
    }
    shown = brand.api.put(PATH, body, expect=201)
    for name in set(body) - {"rewards", "earn"}:
        assert shown[name] == body[name], name
    assert [reward["at"] for reward in shown["rewards"]] == [5, 10]
    assert shown["sentence"]["ko"] == (
        "구매확정하면 고른 상품 결제 10,000원마다 스탬프 1개, 20,000원 이상 주문,"
        " app, store 채널만, 하루 2개까지, 10개를 모으면 카드 완성,"
        " 5개째에 쿠폰 TEN, 태그 vip, 10개째에 500P(30일 안에 사용), 사은품 CUP,"
        " 카드는 첫날부터 90일 동안, 마지막 스탬프부터 30일 안에 다음 스탬프."
        " 보상을 쓴 주문이 환불되면 쓰지 않은 보상만 거둬들여요."
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"earn": {"per": "amount"}}, "/earn/amount"),
        ({"earn": {"per": "order", "amount": 5}}, "/earn/amount"),
        ({"earn": {"per": "visit"}}, "/earn/per"),
        ({"goal": 0}, "/goal"),
        ({"goal": 2}, "/rewards"),
        ({"rewards": COFFEE["rewards"] * 2}, "/rewards"),
        ({"rewards": [{"at": 1, "benefits": []}]}, "/rewards/0/benefits"),
        (
            {"rewards": [{"at": 1, "benefits": [{"stamps": 1, "programme": "TEA"}]}]},
            "/rewards/0/benefits",
        ),
        (
            {"rewards": [{"at": 1, "benefits": [{"coupon": "NONE"}]}]},
            "/rewards/0/benefits/0/coupon",
        ),
        ({"rewards": [{"at": 1, "benefits": [{"gift": "TEN"}]}]}, "/rewards/0/benefits/0/gift"),
        ({"daily_limit": 0}, "/daily_limit"),
        ({"card_expires_in_days": 0}, "/card_expires_in_days"),
        ({"on_refund_of_used_reward": "forgive"}, "/on_refund_of_used_reward"),
        ({"name": ""}, "/name"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    brand: TestBrand, change: Any, pointer: str
) -> None:
    define(brand, "TEN", **FIXED)
    offer(brand)
    response = brand.api.send("PUT", PATH, {**COFFEE, **change})
    code = "stamp_reward_unknown" if "/0/benefits/0/" in pointer else "invalid_request"
    assert_problem(response, 422, code, pointer=pointer)
    assert brand.api.get(PATH)["version"] == 1


def test_a_change_is_a_version_and_says_who_made_it(brand: TestBrand) -> None:
    offer(brand)
    offer(brand, goal=5)
    versions = brand.api.get(f"{PATH}/versions")["data"]
    assert [(each["version"], each["definition"]["goal"]) for each in versions] == [(2, 5), (1, 3)]
    assert all(each["actor"] for each in versions)
    first = brand.api.get(f"{PATH}/versions?limit=1")
    following = brand.api.get(f"{PATH}/versions?limit=1&cursor={first['next_cursor']}")
    assert [each["version"] for each in following["data"]] == [1]


def test_a_draft_becomes_active_rests_and_ends_for_good(brand: TestBrand, alice: str) -> None:
    assert offer(brand, draft=True)["status"] == "draft"
    order(brand, 1)
    assert brand.api.get(f"{alice}/stamps")["programmes"] == []
    assert brand.api.post(f"{PATH}/activate", expect=200)["status"] == "active"
    order(brand, 2)
    assert brand.api.post(f"{PATH}/pause", expect=200)["status"] == "paused"
    order(brand, 3)
    assert brand.api.post(f"{PATH}/activate", expect=200)["status"] == "active"
    order(brand, 4)
    assert brand.api.post(f"{PATH}/end", expect=200)["status"] == "ended"
    assert brand.api.post(f"{PATH}/end", expect=200)["status"] == "ended"
    order(brand, 5)
    for path in (f"{PATH}/activate", f"{PATH}/pause"):
        assert_problem(brand.api.send("POST", path), 409, "stamp_programme_ended")
    assert_problem(brand.api.send("PUT", PATH, COFFEE), 409, "stamp_programme_ended")
    (programme,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert [card["stamps"] for card in programme["cards"]] == [2]  # cards stay
    assert len(audit_log(brand, "stamp_programme.active")) == 2


def test_a_programme_that_is_not_there_is_not_found(brand: TestBrand) -> None:
    for method, path in (
        ("GET", PATH), ("GET", f"{PATH}/versions"), ("POST", f"{PATH}/activate"),
        ("POST", f"{PATH}/pause"), ("POST", f"{PATH}/end"),
    ):  # fmt: skip
        assert_problem(brand.api.send(method, path), 404, "stamp_programme_not_found")
    assert_problem(brand.api.send("PUT", "/v1/stamp-programmes/a b", COFFEE), 422, "code_invalid")


def test_a_member_sees_cards_what_comes_next_and_what_lapses_when(
    brand: TestBrand, alice: str
) -> None:
    offer(brand, card_expires_in_days=30, daily_limit=5)
    empty = brand.api.get(f"{alice}/stamps")["programmes"]
    assert [card["card"] for card in empty[0]["cards"]] == [None]
    order(brand, 1)
    assert brand.api.get(f"{alice}/stamps")["programmes"] == [
        {
            "programme": "COFFEE",
            "name": "커피",
            "status": "active",
            "sentence": empty[0]["sentence"],
            "debt": 0,
            "completed_cards": 0,
            "left_today": 4,
            "cards": [
                {
                    "card": 1,
                    "version": 1,
                    "state": "open",
                    "stamps": 1,
                    "goal": 3,
                    "missing": 2,
                    "next_reward": {
                        "at": 3,
                        "missing": 2,
                        "text": {"ko": "1,000P", "en": "1,000 points"},
                    },
                    "opened_at": "2026-03-01T03:00:00+00:00",
                    "expires_at": "2026-03-30T15:00:00+00:00",
                    "expiring": 1,
                    "completed_at": None,
                }
            ],
        }
    ]
    order(brand, 2)
    order(brand, 3)
    (programme,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert (programme["completed_cards"], programme["cards"][0]["card"]) == (1, None)
    order(brand, 4)
    advance(brand, "P30D")
    (programme,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert programme["cards"][0]["stamps"] == 0  # lapsed, though no job ran


def test_stamps_lapse_some_days_after_the_last_one(brand: TestBrand, alice: str) -> None:
    offer(brand, goal=10, stamps_expire_in_days=10, card_expires_in_days=15, rewards=[])

    def expires_at() -> str:
        (programme,) = brand.api.get(f"{alice}/stamps")["programmes"]
        until: str = programme["cards"][0]["expires_at"]
        return until

    order(brand, 1)
    assert expires_at() == "2026-03-10T15:00:00+00:00"
    advance(brand, "P3D")
    order(brand, 2)
    assert expires_at() == "2026-03-13T15:00:00+00:00"
    advance(brand, "P6D")
    order(brand, 3)
    assert expires_at() == "2026-03-15T15:00:00+00:00"  # the card's own end


def test_staff_adds_and_takes_stamps_with_a_reason_once_for_each_key(
    brand: TestBrand, alice: str, owner: psycopg.Connection
) -> None:
    offer(brand, stamps_expire_in_days=7)
    added = adjust(brand, alice, 4, key="A")
    assert added.status_code == 201
    assert added.get_json() == {
        "object": "stamp_adjustment",
        "programme": "COFFEE",
        "stamps": 4,
        "reason": "매장 방문",
        "cards": [
            {
                "card": 1, "version": 1, "state": "completed", "stamps": 3, "goal": 3,
                "missing": 0, "next_reward": None, "opened_at": "2026-03-01T03:00:00+00:00",
                "expires_at": None, "expiring": 0, "completed_at": "2026-03-01T03:00:00+00:00",
            },
            {
                "card": 2, "version": 1, "state": "open", "stamps": 1, "goal": 3, "missing": 2,
                "next_reward": {
                    "at": 3, "missing": 2, "text": {"ko": "1,000P", "en": "1,000 points"},
                },
                "opened_at": "2026-03-01T03:00:00+00:00",
                "expires_at": "2026-03-07T15:00:00+00:00", "expiring": 1, "completed_at": None,
            },
        ],
        "rewards": [{"card": 1, "at": 3, "text": {"ko": "1,000P", "en": "1,000 points"}}],
    }  # fmt: skip
    again = adjust(brand, alice, 4, key="A")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.data == added.data
    # Long after, when the stored answer is gone.
    owner.execute("DELETE FROM idempotency_records WHERE brand_id = %s", (brand.brand_id,))
    assert_problem(adjust(brand, alice, 4, key="A"), 409, "stamps_already_moved")
    assert adjust(brand, alice, -1, key="B").get_json()["stamps"] == -1
    problem = assert_problem(
        adjust(brand, alice, -1, key="C"), 422, "insufficient_stamps", pointer="/stamps"
    )
    assert (problem["required"], problem["available"]) == (1, 0)
    assert balance(brand, alice)["available"] == 1000
    log = audit_log(brand, "stamps.adjusted")
    assert [entry["after"] for entry in log] == [
        {"programme": "COFFEE", "stamps": -1}, {"programme": "COFFEE", "stamps": 4},
    ]  # fmt: skip


def test_stamps_are_added_only_to_an_active_programme_and_a_known_member(
    brand: TestBrand, alice: str
) -> None:
    assert_problem(adjust(brand, alice, 1), 404, "stamp_programme_not_found")
    offer(brand)
    brand.api.post(f"{PATH}/pause", expect=200)
    problem = assert_problem(
        adjust(brand, alice, 1), 409, "stamp_programme_not_active", pointer="/programme"
    )
    assert problem["status"] == 409
    assert_problem(adjust(brand, "/v1/members/ext:nobody", 1), 404, "member_not_found")
    for body in ({"stamps": 0}, {"reason": ""}, {"stamps": 1001}):
        whole = {"programme": "COFFEE", "stamps": 1, "reason": "사과", **body}
        response = brand.api.send("POST", f"{alice}/stamps/adjustments", whole)
        assert_problem(response, 422, "invalid_request", pointer=f"/{next(iter(body))}")


def test_the_history_tells_every_stamp_the_newest_first(brand: TestBrand, alice: str) -> None:
    offer(brand)
    placed = order(brand, 1)["id"]
    advance(brand, "PT1H")
    adjust(brand, alice, 1)
    advance(brand, "PT1H")
    brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R", "all": True})
    shown = brand.api.get(f"{alice}/stamps/history")["data"]
    assert [
        (each["seq"], each["kind"], each["stamps"], each["card"], each["order"], each["reason"])
        for each in shown
    ] == [
        (3, "refund", -1, 1, placed, None),
        (2, "staff", 1, 1, None, "매장 방문"),
        (1, "order", 1, 1, placed, None),
    ]
    first = brand.api.get(f"{alice}/stamps/history?limit=2")
    rest = brand.api.get(f"{alice}/stamps/history?limit=2&cursor={first['next_cursor']}")
    assert [each["seq"] for each in first["data"] + rest["data"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("keep", {"taken": 0, "debt": 0, "kept": 1, "reopened": []}),
        ("debt", {"taken": 0, "debt": 1, "kept": 0, "reopened": []}),
        ("revoke_if_unused", {"taken": 0, "debt": 0, "kept": 1, "reopened": []}),
    ],
)
def test_a_refund_and_its_dry_run_say_the_policy_and_what_it_did(
    make_brand: Any, policy: str, told: dict[str, Any]
) -> None:
    brand = make_brand(accrual={"pending": "immediate"})
    alice = make_member(brand, "alice")
    offer(brand, on_refund_of_used_reward=policy)
    for number in (1, 2, 3):
        order(brand, number)
    brand.api.post(f"{alice}/points/redemptions", {"points": 1000})  # the reward is used
    path, body = "/v1/orders/ext:M-1/refunds", {"external_id": "R", "all": True}
    answers = [
        brand.api.post(path, {**body, "dry_run": True}, expect=200), brand.api.post(path, body),
    ]  # fmt: skip
    for answer in answers:
        (effect,) = [each for each in answer["effects"] if each["kind"] == "stamps_taken_back"]
        assert effect["terms"] == {"programme": "COFFEE", "policy": policy, **told}
        assert effect["reason"]
        assert effect["reason_en"]
    (programme,) = brand.api.get(f"{alice}/stamps")["programmes"]
    assert (programme["debt"], programme["completed_cards"]) == (told["debt"], 1)
