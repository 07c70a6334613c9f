"""A rule reads as one sentence in Korean and in English."""

import pytest

from app.korean import joined, object_of, subject_of
from app.rewards.rules import sentence
from tests.rewards.model import SEOUL, rule

MAY = {"starts_at": "2026-05-01T00:00:00+09:00", "ends_at": "2026-06-01T00:00:00+09:00"}


def say(*effects: dict[str, object], **parts: object) -> tuple[str, str]:
    return tuple(sentence(rule("R", *effects, **parts), SEOUL))  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    ("definition", "ko", "en"),
    [
        (
            {
                "on": "nth_order", "trigger": {"n": 1}, "effects": [
                    {"points": 3000, "expires_in_days": 30}],
                "conditions": {"minimum_amount": 30_000}, "limits": {"per_member": {"times": 1}},
            },
            "첫 주문이 30,000원 이상이면 3,000P를 줘요(30일 안에 사용), 회원마다 한 번",
            ("When a first order is 30,000 won or more, give 3,000 points (to use within 30 days);"
            " once per member"),
        ),
        (
            {"on": "order_paid", "effects": [{"multiplier_percent": 200}],
             "conditions": {"window": {"weekdays": ["sat", "sun"]}}},
            "주문하면 2배 적립을 줘요, 토·일요일에만",
            "When an order is paid, give 2 times the usual points; only Sat, Sun",
        ),
        (
            {"on": "order_confirmed",
             "effects": [{"percent_basis_points": 500, "maximum_points": 5000}, {"coupon": "C10"}],
             "conditions": {"selection": {"skus": ["TEA"]}, "tiers": ["LV2", "NONE"],
                            "channels": ["app"]}},
            ("구매를 확정한 주문에 상품 TEA가 있으면 금액의 5% 포인트(최대 5,000P)와 쿠폰 C10을"
            " 줘요, app에서만, LV2 등급과 등급이 없는 회원만"),
            ("When an order that is confirmed has product TEA, give 5% of the amount in points"
            " (at most 5,000) and coupon C10; only in app;"
            " only tier LV2 and members without a tier"),
        ),
        (
            {"on": "repurchase", "trigger": {"kind": "add_on", "within_days": 90},
             "effects": [{"points": 500}], "conditions": {"minimum_amount": 10_000}},
            "산 상품의 추가상품을 90일 안에 산 주문이 10,000원 이상이면 500P를 줘요",
            ("When an order of an add-on to a product bought before within 90 days is 10,000 won or"
            " more, give 500 points"),
        ),
        (
            {"on": "birthday", "trigger": {"days_before": 7}, "effects": [{"gift": "CAKE"}],
             "schedule": MAY, "holdout_percent": 10},
            ("생일 7일 전에 사은품 CAKE를 줘요, 2026-05-01 00:00부터 2026-06-01 00:00까지,"
            " 비교를 위해 회원 10%는 빼고"),
            ("7 days before the birthday, give gift CAKE; from 2026-05-01 00:00 until"
            " 2026-06-01 00:00; 10% of members kept out to compare"),
        ),
        (
            {"on": "referral_qualified", "trigger": {"to": "inviter"},
             "effects": [{"points": 5000}],
             "limits": {"per_member": {"times": 3, "period": "month"}, "total_points": 1_000_000}},
            ("초대받은 회원이 구매를 확정하면 초대한 회원에게 5,000P를 줘요,"
            " 회원마다 한 달에 3번, 예산 1,000,000P까지"),
            ("When one who was invited confirms a purchase, to the inviter, give 5,000 points;"
            " 3 times a month per member; up to 1,000,000 points in all"),
        ),
        (
            {"on": "event", "trigger": {"type": "review_written"}, "effects": [
                {"stamps": 1, "programme": "TEA"}],
             "limits": {"per_member": {"times": 1}, "total_grants": 100},
             "stacking": {"group": "G", "mode": "best"}},
            ("review_written 이벤트가 있으면 TEA 스탬프 1개를 줘요, 회원마다 한 번, 선착순 100명,"
            " G 묶음에서 가장 큰 혜택 하나만"),
            ("When the event review_written happens, give 1 stamps of TEA; once per member;"
            " the first 100 members; only the best one of G"),
        ),
        (
            {"on": "order_paid", "effects": [{"points": 1000}], "conditions": {
                "selection": {"categories": ["차", "커피", "쿠키", "케이크"]},
                "minimum_amount": 10_000, "maximum_amount": 50_000,
                "days_since_last_order": {"at_least": 90}, "tags_any": ["vip"],
                "tags_none": ["staff"],
                "window": {"from_time": "22:00", "to_time": "02:00"}}},
            ("주문에서 카테고리 차·커피·케이크 외 1개 금액이 10,000원 이상 50,000원 이하이면"
            " 1,000P를 줘요, 태그 vip 회원만, 태그 staff 회원은 빼고,"
            " 지난 주문에서 90일 이상 지났을 때만, 22:00~02:00에만"),
            ("When category 차, 커피, 케이크 and 1 others in an order come to 10,000 to 50,000 won,"
            " give 1,000 points; only tagged vip; not tagged staff;"
            " only 90 days or more after the last order; only 22:00-02:00"),
        ),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(definition: dict[str, object], ko: str, en: str) -> None:
    effects = definition.pop("effects")
    assert say(*effects, **definition) == (ko, en)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("definition", "begins"),
    [
        ({"on": "member_joined"}, "회원이 가입하면 "),
        ({"on": "nth_order", "trigger": {"n": 2}}, "두 번째 주문이면 "),
        ({"on": "nth_order", "trigger": {"n": 12}}, "12번째 주문이면 "),
        ({"on": "nth_order", "trigger": {"every": 10}}, "10번째마다의 주문이면 "),
        ({"on": "order_paid", "conditions": {"first_order_only": True}}, "첫 주문이면 "),
        ({"on": "order_confirmed"}, "구매를 확정한 주문이면 "),
        ({"on": "tier_reached"}, "등급이 오르면 "),
        ({"on": "tier_reached", "trigger": {"tiers": ["LV2"]}}, "등급이 LV2에 오르면 "),
        ({"on": "stamp_card_completed"}, "스탬프 카드를 다 채우면 "),
        ({"on": "signup_anniversary"}, "가입 기념일에 "),
        ({"on": "warranty_registered"}, "정품을 등록하면 "),
        ({"on": "repurchase", "trigger": {"kind": "same_product"}}, "산 상품을 다시 산 주문이면 "),
        ({"on": "referral_qualified"}, "초대받은 회원이 구매를 확정하면 초대한 회원과 "),
    ],
)
def test_every_trigger_has_its_words(definition: dict[str, object], begins: str) -> None:
    ko, en = say(**definition)
    assert ko.startswith(begins)
    assert ko.endswith("1,000P를 줘요")
    assert en.endswith(", give 1,000 points")


def test_korean_particles_follow_the_sound() -> None:
    assert [object_of(word) for word in ("사은품", "쿠폰 A", "1,000P", "LV3", "5%")] == [
        "사은품을", "쿠폰 A를", "1,000P를", "LV3을", "5%를",
    ]  # fmt: skip
    assert subject_of("상품 TEA·CAP") == "상품 TEA·CAP이" or subject_of("TEA") == "TEA가"
    assert joined(["쿠폰", "태그"]) == "쿠폰과 태그"
