"""What the demo brand promises for its boots, and what becomes of the pieces it sold."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from app.consents import services as consents
from app.demo.goods import BOOTS
from app.warranties import services as warranties
from app.warranties.errors import UnitSerialTaken, UnitStepRefused, WarrantyTaken
from app.warranties.schemas.terms import WarrantyTermsIn

ACTOR = "demo"
SEOUL = ZoneInfo("Asia/Seoul")
# What says that it was told before, when the history is told again.
TOLD = (UnitSerialTaken, WarrantyTaken, UnitStepRefused)

TERMS = {
    "BOOTS": {
        "name": "부츠 2년 보증",
        "selection": {"categories": ["boots"]},
        "months": 24,
        "labour_months": 12,
        "registration_bonus_months": 6,
        "registration_bonus_within_days": 30,
        "exclusions": ["밑창의 자연 마모", "다른 곳에서 수선한 제품"],
    },
    "BASE": {"name": "1년 보증", "months": 12},
}
CHANNELS = ("coupang", "naver", "own_mall", "musinsa")
BATCHES = tuple(zip((each.sku for each in BOOTS), CHANNELS, strict=True))
UNITS, REGISTERED = 60, 38  # of each batch
MADE_DAYS_AGO, SHIPPED_DAYS_AGO = 210, 150

# What the brand asks its customers, each on its own.
ASKS: dict[str, dict[str, Any]] = {
    "warranty_service": {
        "title": "보증·A/S 서비스",
        "use": "보증 등록 확인과 A/S, 회수 안내",
        "items": ["이름", "휴대폰 번호", "구매일과 구매한 곳"],
        "retention": "보증이 끝난 뒤 3년",
    },
    "marketing_pi": {
        "title": "개인정보의 마케팅 이용 동의",
        "use": "신상품과 할인 소식을 고르는 마케팅",
        "items": ["휴대폰 번호", "구매 내역"],
        "retention": "동의를 철회할 때까지",
        "refusal": "동의하지 않아도 보증과 A/S는 그대로예요",
        "emphasised": ["use", "retention"],
    },
    "ad_sms": {
        "title": "문자로 광고 받기",
        "use": "신상품과 할인을 알리는 광고 문자",
        "items": ["휴대폰 번호"],
        "retention": "동의를 철회할 때까지",
        "refusal": "동의하지 않아도 보증과 A/S는 그대로예요",
        "emphasised": ["use", "retention"],
    },
    "ad_night": {
        "title": "밤 시간(21시~8시)에도 광고 받기",
        "use": "밤 시간에 보내는 광고",
        "items": ["휴대폰 번호"],
        "retention": "동의를 철회할 때까지",
        "refusal": "동의하지 않으면 낮에만 보내요",
        "emphasised": ["use", "retention"],
    },
}
LOYAL = {"marketing_pi": 0.45, "ad_sms": 0.35, "ad_night": 0.05}  # how many agree to what

Happening = Callable[[datetime], None]


def serial_of(sku: str, number: int) -> str:
    return f"{sku}-{number:04}"


def happenings(
    brand_id: UUID, member_ids: Mapping[int, UUID], *, now: datetime
) -> Iterator[tuple[datetime, Happening]]:
    """Yield what happens to units, and when: each a use case for a transaction of its own.

    ``member_ids`` fills as they join; by then all have.
    """
    shipped_at = now - timedelta(days=SHIPPED_DAYS_AGO)
    yield shipped_at, partial(_promise, brand_id)
    yield shipped_at, partial(_ask, brand_id)
    for sku, channel in BATCHES:
        yield shipped_at, partial(_make, brand_id, sku, channel)
        for number in range(1, REGISTERED + 1):
            chance = Random(hashlib.sha256(serial_of(sku, number).encode()).digest())  # noqa: S311
            owner = chance.random()
            at = shipped_at + timedelta(days=chance.uniform(3, SHIPPED_DAYS_AGO - 20))
            told = (channel, owner, chance.randint(1, 6))
            yield at, partial(_register, brand_id, serial_of(sku, number), told, member_ids)
        later = now - timedelta(days=10)
        yield later, partial(_hand_over, brand_id, serial_of(sku, 1), member_ids)
        yield later, partial(_exchange, brand_id, serial_of(sku, 2), serial_of(sku, UNITS))
        yield later, partial(_report, brand_id, serial_of(sku, 3))
        yield later, partial(_void, brand_id, serial_of(sku, UNITS - 1))


def _promise(brand_id: UUID, at: datetime) -> None:
    for code, terms in TERMS.items():
        definition = WarrantyTermsIn().load(terms)
        warranties.put_terms(brand_id, code, definition, actor=ACTOR, now=at)


def _ask(brand_id: UUID, at: datetime) -> None:
    for purpose, text in ASKS.items():
        view = consents.put_text(brand_id, purpose, "ko", text, actor=ACTOR, now=at)
        if view.draft is not None:
            consents.publish_text(brand_id, purpose, "ko", actor=ACTOR, now=at)


def print_one(brand_id: UUID, now: datetime) -> str:
    """Return the path that the label of a unit leads to which nobody has registered yet."""
    sku, _ = BATCHES[0]
    serial = serial_of(sku, REGISTERED + 4)
    batch_id = warranties.get_unit(brand_id, serial).batch.id
    leave = warranties.open_download(brand_id, batch_id, reason="demo", actor=ACTOR, now=now)
    label = warranties.read_label(brand_id, serial, leave.seq, now=now)
    return urlsplit(label.url).path


def _make(brand_id: UUID, sku: str, channel: str, at: datetime) -> None:
    made_on = (at - timedelta(days=MADE_DAYS_AGO - SHIPPED_DAYS_AGO)).astimezone(SEOUL).date()
    stock = warranties.create_batch(
        brand_id,
        sku,
        UNITS,
        channel=channel,
        manufactured_on=made_on,
        serials=[serial_of(sku, number) for number in range(1, UNITS + 1)],
        actor=ACTOR,
        now=at,
    )
    batch_id = stock.batch.id
    warranties.move_batch(brand_id, batch_id, "allocate", channel=channel, actor=ACTOR, now=at)
    warranties.move_batch(brand_id, batch_id, "ship", last=UNITS - 5, actor=ACTOR, now=at)


def _register(
    brand_id: UUID,
    serial: str,
    told: tuple[str, float, int],
    member_ids: Mapping[int, UUID],
    at: datetime,
) -> None:
    """A buyer registers; the seller's own orders are known to be true, a few others checked."""
    channel, owner, days = told
    today = at.astimezone(SEOUL).date()
    delivered_on = today - timedelta(days=min(days, 2))
    found = warranties.claim(
        brand_id,
        serial,
        _one_of(member_ids, owner),
        warranties.Purchase(
            channel,
            purchased_on=delivered_on - timedelta(days=1),
            delivered_on=delivered_on,
            order_number=None if channel == "own_mall" else f"{serial}-{days}",
        ),
        proven=channel == "own_mall",
        today=today,
        actor=ACTOR,
        now=at,
    )
    if days == 1 and channel != "own_mall":
        warranties.judge(
            brand_id,
            found.warranty.id,
            "proven",
            reason="판매 채널의 주문 내역에서 확인",
            today=today,
            actor=ACTOR,
            now=at,
        )
    _answer(brand_id, found.warranty.member_id, owner, at)


def _answer(brand_id: UUID, member_id: UUID, chance: float, at: datetime) -> None:
    """Some agree to some of what they are asked, the others to nothing."""
    choices = {
        purpose: "granted" if chance * 7.3 % 1 < share else "refused"
        for purpose, share in LOYAL.items()
    }
    answer = consents.Answer(choices, source="qr_form", asked=list(LOYAL))
    consents.record_answer(brand_id, member_id, answer, recorded_by=ACTOR, now=at)


def _hand_over(brand_id: UUID, serial: str, member_ids: Mapping[int, UUID], at: datetime) -> None:
    for found in warranties.list_warranties(brand_id, serial=serial, ended=False, limit=1):
        warranties.hand_over(
            brand_id,
            found.warranty.id,
            _one_of(member_ids, 0.5),
            reason="중고 거래",
            actor=ACTOR,
            now=at,
        )


def _one_of(member_ids: Mapping[int, UUID], chance: float) -> UUID:
    """Return the member at that point (0 to 1) of all."""
    return member_ids[sorted(member_ids)[int(chance * len(member_ids))]]


def _exchange(brand_id: UUID, serial: str, by: str, at: datetime) -> None:
    warranties.move_unit(
        brand_id, serial, "replace", by=by, reason="밑창 불량으로 교환", actor=ACTOR, now=at
    )


def _report(brand_id: UUID, serial: str, at: datetime) -> None:
    warranties.flag_unit(
        brand_id, serial, "lost", on=True, reason="고객이 분실 신고", actor=ACTOR, now=at
    )


def _void(brand_id: UUID, serial: str, at: datetime) -> None:
    warranties.move_unit(brand_id, serial, "void", reason="라벨 인쇄 오류", actor=ACTOR, now=at)
