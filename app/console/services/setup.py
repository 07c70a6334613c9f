"""What a new brand has yet to do, looked up where it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.consents import services as consents
from app.console.rules.figures import Pair
from app.products import services as products
from app.rewards import services as rewards
from app.staff import services as staff
from app.tiers import services as tiers
from app.warranties import services as warranties

NOTICE = "warranty_service"


@dataclass(frozen=True)
class Step:
    """One thing to set up: what for, whether it is done, and how it is done."""

    code: str
    title: Pair
    why: Pair
    how: str  # a call of the API, or a page of the console
    done: bool


def list_steps(brand_id: UUID, *, now: datetime) -> list[Step]:
    """Return what to set up, in the order in which one thing needs the other."""
    return [
        Step(code, title, why, how, is_done(brand_id, now))
        for code, title, why, how, is_done in _STEPS
    ]


def _has_products(brand_id: UUID, _: datetime) -> bool:
    return bool(products.list_products(brand_id, category=None, active=None, after=None, limit=1))


def _has_contact(brand_id: UUID, _: datetime) -> bool:
    return brands.current_settings(brand_id).messages.contact is not None


def _has_ladder(brand_id: UUID, _: datetime) -> bool:
    return tiers.current_ladder(brand_id) is not None


def _has_rules(brand_id: UUID, now: datetime) -> bool:
    return bool(rewards.list_rules(brand_id, status=None, after=None, limit=1, now=now))


def _has_terms(brand_id: UUID, _: datetime) -> bool:
    return bool(warranties.list_terms(brand_id, status=None, after=None, limit=1))


def _has_host(brand_id: UUID, _: datetime) -> bool:
    return brands.current_settings(brand_id).warranty.host is not None


def _has_notice(brand_id: UUID, _: datetime) -> bool:
    return any(text.purpose == NOTICE for text in consents.list_asked(brand_id, "ko"))


def _has_batches(brand_id: UUID, _: datetime) -> bool:
    return bool(warranties.list_batches(brand_id, sku=None, channel=None, before=None, limit=1))


def _has_team(brand_id: UUID, _: datetime) -> bool:
    return len(staff.list_team(brand_id)) > 1


_STEPS: tuple[tuple[str, Pair, Pair, str, Callable[[UUID, datetime], bool]], ...] = (
    (
        "contact",
        ("고객센터 연락처", "How customers reach you"),
        ("메시지와 페이지 끝에 보여요.", "It stands under messages and pages."),
        "PATCH /v1/brand {messages: {contact}}",
        _has_contact,
    ),
    (
        "products",
        ("상품 등록", "Products"),
        (
            "적립 제외, 재구매 보상, 보증 조건이 상품을 보고 정해져요.",
            "Accrual, repurchase rewards and warranty terms look at them.",
        ),
        "flask import products",
        _has_products,
    ),
    (
        "tiers",
        ("등급", "Tiers"),
        ("얼마를 사면 어떤 등급이 되는지 정해요.", "What has to be bought for which tier."),
        "PUT /v1/tier-ladder",
        _has_ladder,
    ),
    (
        "rules",
        ("보상 규칙", "Reward rules"),
        (
            "가입, 첫 주문, 생일 같은 일에 무엇을 줄지 정해요.",
            "What is given for joining, a first order, a birthday.",
        ),
        "PUT /v1/reward-rules/{code}",
        _has_rules,
    ),
    (
        "terms",
        ("보증 조건", "Warranty terms"),
        ("몇 개월, 부품과 수리비를 따로 정해요.", "How many months, for parts and labour."),
        "PUT /v1/warranty-terms/{code}",
        _has_terms,
    ),
    (
        "host",
        ("QR이 여는 주소", "Where the codes lead"),
        ("라벨을 뽑기 전에 꼭 필요해요.", "No label is printed without it."),
        "PATCH /v1/brand {warranty: {host}}",
        _has_host,
    ),
    (
        "notice",
        ("보증 개인정보 안내문", "Notice of the warranty"),
        (
            "보증을 등록하는 분께 가장 먼저 보여 드려요.",
            "Who registers a warranty sees it first.",
        ),
        "PUT /v1/consent-texts/warranty_service/ko",
        _has_notice,
    ),
    (
        "labels",
        ("첫 라벨", "The first labels"),
        ("제품마다 하나씩 붙일 QR 라벨을 만들어요.", "One code for each piece."),
        "POST /v1/warranty-batches",
        _has_batches,
    ),
    (
        "team",
        ("동료 초대", "The team"),
        ("CS와 운영을 함께할 사람을 불러요.", "Who works with you."),
        "/console/team",
        _has_team,
    ),
)
