"""What the demo brand promises for its boots, and what becomes of the pieces it sold."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

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
