"""What the demo brand offers: of everything one, in words of the API.

Each definition is what an operator would send, checked and completed by the same schema.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.coupons import services as coupons
from app.coupons.schemas import CouponTemplateIn
from app.demo.goods import GOODS
from app.exchanges import services as exchanges
from app.exchanges.schemas import ExchangeItemIn
from app.products import services as products
from app.rewards import services as rewards
from app.rewards.schemas.rules import RewardRuleIn
from app.stamps import services as stamps
from app.stamps.schemas import StampProgrammeIn
from app.tiers import services as tiers
from app.tiers.schemas.definitions import TierLadderIn

CODE = "DANGOL5"  # what everybody may enter at the checkout
CARD = "CARE"

COUPONS: dict[str, dict[str, Any]] = {
    "NEXT-5000": {
        "name": "다음 주문 5,000원 할인",
        "kind": "fixed",
        "amount": 5000,
        "minimum_order_amount": 30_000,
        "validity": {"days_from_issue": 60},
    },
    "BIRTHDAY-10": {
        "name": "생일 축하 10% 할인",
        "kind": "percent",
        "percent_basis_points": 1000,
        "maximum_discount": 20_000,
        "validity": {"days_from_issue": 30},
    },
    "FREE-SHIPPING": {
        "name": "무료배송",
        "kind": "free_shipping",
        "stacking": "stackable",
        "validity": {"days_from_issue": 90},
    },
    "CREAM-GIFT": {
        "name": "구두 크림 증정",
        "kind": "gift",
        "gift": {"sku": "CREAM-01", "name": "구두 크림"},
        "stacking": "stackable",
        "validity": {"days_from_issue": 180},
    },
    "TREE-GIFT": {
        "name": "삼나무 슈트리(한정판)",
        "kind": "gift",
        "gift": {"sku": "TREE-LTD", "name": "각인 슈트리"},
        "stacking": "stackable",
    },
    CODE: {
        "name": "단골 5% 할인 코드",
        "kind": "percent",
        "percent_basis_points": 500,
        "maximum_discount": 10_000,
        "generic_code": CODE,
        "total_limit": 500,
        "per_member_limit": 1,
    },
    "FAIR-3000": {  # unique codes, printed on cards
        "name": "수제화 박람회 3,000원",
        "kind": "fixed",
        "amount": 3000,
        "total_limit": 50,
    },
}

LADDER: dict[str, Any] = {
    "counted_when": "paid",
    "tiers": [
        {"code": "LV1", "name": "LV1 새싹", "threshold": 10_000},
        {
            "code": "LV2",
            "name": "LV2 이웃",
            "threshold": 100_000,
            "accrual": {"rate_basis_points": 200},
            "on_reaching": [{"coupon": "FREE-SHIPPING"}],
        },
        {
            "code": "LV3",
            "name": "LV3 단골",
            "threshold": 200_000,
            "accrual": {"rate_basis_points": 300},
            "on_reaching": [{"points": 3000, "expires_in_days": 180}],
        },
        {
            "code": "MASTER",
            "name": "MASTER 장인",
            "threshold": 500_000,
            "accrual": {"rate_basis_points": 500},
            "member_discount_basis_points": 200,
            "on_reaching": [
                {"points": 10_000, "expires_in_days": 365},
                {"coupon": "FREE-SHIPPING"},
            ],
        },
    ],
}

STAMP_CARD: dict[str, Any] = {
    "name": "세 번 사면 구두 크림",
    "earn": {"per": "order"},
    "minimum_order_amount": 10_000,
    "goal": 3,
    "rewards": [{"at": 3, "benefits": [{"gift": "CREAM-GIFT"}]}],
}

RULES: dict[str, dict[str, Any]] = {
    "WELCOME": {
        "name": "가입 축하 포인트",
        "trigger": {"on": "member_joined"},
        "effects": [{"points": 1000, "expires_in_days": 90}],
    },
    "FIRST-ORDER": {
        "name": "첫 주문 감사 쿠폰",
        "trigger": {"on": "nth_order", "n": 1},
        "effects": [{"coupon": "NEXT-5000"}],
    },
    "BIRTHDAY": {
        "name": "생일 축하",
        "trigger": {"on": "birthday", "days_before": 7, "valid_days": 30},
        "effects": [{"points": 3000}, {"coupon": "BIRTHDAY-10"}],
    },
    "ANNIVERSARY": {
        "name": "가입 기념일",
        "trigger": {"on": "signup_anniversary", "valid_days": 60},
        "effects": [{"points": 2000}],
    },
    "FRIEND": {
        "name": "친구 추천",
        "trigger": {"on": "referral_qualified", "to": "both"},
        "effects": [{"points": 3000}],
    },
    "AGAIN": {
        "name": "다시 산 상품 3%",
        "trigger": {"on": "repurchase", "kind": "same_product", "within_days": 120},
        "effects": [{"percent_basis_points": 300, "maximum_points": 5000}],
    },
    "ADD-ON": {
        "name": "관리 용품 500P",
        "trigger": {"on": "repurchase", "kind": "add_on", "within_days": 180},
        "effects": [{"points": 500}],
    },
    "UPGRADE": {
        "name": "상위 버전 10%",
        "trigger": {"on": "repurchase", "kind": "upgrade"},
        "effects": [{"percent_basis_points": 1000}],
        "limits": {"maximum_margin_percent": 20},
    },
    "WEEKEND": {
        "name": "주말 앱 2배 적립",
        "trigger": {"on": "order_paid"},
        "conditions": {"channels": ["app"], "window": {"weekdays": ["sat", "sun"]}},
        "effects": [{"multiplier_percent": 200}],
        "limits": {"total_points": 1_000_000},
    },
    "REVIEW": {
        "name": "리뷰 감사",
        "trigger": {"on": "event", "type": "review_written"},
        "effects": [{"points": 300, "expires_in_days": 90}, {"tag": "reviewer"}],
        "limits": {"per_member": {"times": 3, "period": "month"}},
    },
    "CARE-CARD": {
        "name": "스탬프 카드 완성 500P",
        "trigger": {"on": "stamp_card_completed", "programmes": [CARD]},
        "effects": [{"points": 500}],
    },
    "COME-BACK": {
        "name": "오랜만이에요 5%",
        "trigger": {"on": "order_paid"},
        "conditions": {"days_since_last_order": {"at_least": 120}},
        "effects": [{"percent_basis_points": 500, "maximum_points": 10_000}],
    },
}
DRAFT = "COME-BACK"  # not in force: there to be tried on past orders

ITEMS: dict[str, dict[str, Any]] = {
    "FREE-SHIPPING": {"name": "무료배송 쿠폰", "points": 2500, "coupon": "FREE-SHIPPING"},
    "TREE": {
        "name": "각인 슈트리(한정판)",
        "points": 8000,
        "gift": "TREE-GIFT",
        "stock": 30,
        "per_member_limit": 1,
        "tiers": ["LV3", "MASTER"],
    },
}


def offer(brand_id: UUID, *, actor: str, now: datetime) -> None:
    """Put the catalogue and the whole programme in force. Saying it again changes nothing."""
    goods = {article.sku: article.definition() for article in GOODS}
    products.put_products(brand_id, goods, actor=actor, now=now)
    for code, coupon in COUPONS.items():
        template = CouponTemplateIn().load(coupon)
        coupons.put_template(brand_id, code, template, actor=actor, now=now)
    ladder = TierLadderIn().load(LADDER)
    del ladder["dry_run"], ladder["move_down"]
    tiers.put_ladder(brand_id, ladder, lowers=False, actor=actor, now=now)
    card = StampProgrammeIn().load(STAMP_CARD)
    stamps.put_programme(brand_id, CARD, card, actor=actor, now=now)
    for code, rule in RULES.items():
        rewards.put_rule(brand_id, code, RewardRuleIn().load(rule), actor=actor, now=now)
        if code != DRAFT:
            rewards.activate_rule(brand_id, code, actor=actor, now=now)
    for code, item in ITEMS.items():
        exchanges.put_item(brand_id, code, ExchangeItemIn().load(item), actor=actor, now=now)


def print_fair_codes(brand_id: UUID, *, actor: str, now: datetime) -> None:
    """Make all the unique codes that are printed on cards.

    :raises CouponLimitReached: they are made
    """
    quantity = COUPONS["FAIR-3000"]["total_limit"]
    coupons.make_codes(brand_id, "FAIR-3000", quantity, actor=actor, now=now)
