"""Fifteen months in the life of a shop, told as they happened.

Every event runs at its own time through the use case that serves it; none is
written by hand. All chances are drawn from the names of members and orders, so that
telling the history again (after an interruption) tells the same one, and every
event is safe to repeat.
"""

import hashlib
import heapq
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from app.db import transact
from app.members import services as members
from app.members.services import Birthday, MemberFields
from app.orders import jobs as order_jobs
from app.orders import services as orders
from app.orders.rules import CartLine
from app.orders.services import Cart, RefundRequest
from app.points import jobs as point_jobs
from app.points import services as points
from app.points.errors import AlreadyPosted

MEMBERS = 200
DAYS = 450
ACTOR = "demo"

FAMILY_NAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN_NAMES = (
    *("민준", "서연", "도윤", "서윤", "시우", "지우", "하준", "하윤", "주원", "지유"),
    *("지호", "수아", "예준", "지아", "유준", "다은", "건우", "은서", "우진", "채원"),
)

# sku, name, category, price in won
GOODS = (
    ("MUG-01", "머그컵", "kitchen", 12_900),
    ("TEA-02", "보리차 티백 30입", "food", 9_800),
    ("SOAP-03", "쌀겨 비누", "bath", 6_500),
    ("TOWEL-04", "호텔 수건", "bath", 15_900),
    ("CANDLE-05", "소이 캔들", "living", 24_000),
    ("APRON-06", "린넨 앞치마", "kitchen", 32_000),
    ("KNIFE-07", "세라믹 칼", "kitchen", 45_000),
    ("PILLOW-08", "메밀 베개", "living", 38_000),
    ("RICE-09", "햅쌀 5kg", "food", 27_500),
    ("HONEY-10", "아카시아 꿀", "food", 19_900),
    ("LAMP-11", "한지 조명", "living", 89_000),
    ("POT-12", "무쇠 냄비", "kitchen", 129_000),
)
FREE_SHIPPING_FROM = 50_000
SHIPPING_FEE = 3_000


Event = Callable[[datetime], None]


def external_id_of(number: int) -> str:
    return f"dangol-{number:03}"


def tell(brand_id: UUID, *, now: datetime) -> None:
    """Let it all happen, from the first day until ``now``. Safe to repeat."""
    shop = Shop(brand_id, now)
    for number in range(1, MEMBERS + 1):
        shop.plan_member(number)
    for month in range(30, DAYS + 1, 30):
        shop.plan(now - timedelta(days=DAYS - month), shop.close_month)
    shop.run()


@dataclass
class Shop:
    """What is still to happen, in the order of time."""

    brand_id: UUID
    now: datetime
    calendar: list[tuple[datetime, int, Event]] = field(default_factory=list)
    planned: int = 0
    member_ids: dict[int, UUID] = field(default_factory=dict)

    def plan(self, at: datetime, event: Event) -> None:
        if at <= self.now:
            self.planned += 1  # of two events at one time, the first planned comes first
            heapq.heappush(self.calendar, (at, self.planned, event))

    def run(self) -> None:
        while self.calendar:
            at, _, event = heapq.heappop(self.calendar)
            with suppress(AlreadyPosted):  # told before the interruption
                event(at)

    def do(self, use_case: Callable[[], object]) -> None:
        transact(self.brand_id, use_case)

    def plan_member(self, number: int) -> None:
        """A member joins in the first year; four of five become regulars."""
        chance = _chance(external_id_of(number))
        joined_at = self.now - timedelta(days=DAYS) + timedelta(days=chance.uniform(0, 300))
        self.plan(joined_at, partial(self.join, number))
        self.plan(joined_at + timedelta(minutes=5), partial(self.welcome, number))
        interval = chance.choice((45, 75, 120, 180, 999))
        at = joined_at + timedelta(days=chance.uniform(0, 3))
        visit = 0
        while at < self.now:
            visit += 1
            self.plan(at, partial(self.order, number, visit))
            at += timedelta(days=chance.uniform(interval * 0.5, interval * 1.5))

    def join(self, number: int, at: datetime) -> None:
        chance = _chance(f"join/{number}")
        fields: MemberFields = {
            "name": chance.choice(FAMILY_NAMES) + chance.choice(GIVEN_NAMES),
            "phone": f"+821000000{number:03}",  # nobody's
            "email": f"{external_id_of(number)}@example.com",
            "birthday": _birthday(chance),
            "joined_on": at.date(),
        }

        def use_case() -> None:
            member, _ = members.put_member(self.brand_id, external_id_of(number), fields, now=at)
            self.member_ids[number] = member.id

        self.do(use_case)

    def welcome(self, number: int, at: datetime) -> None:
        """Points for joining, which lapse after 90 days if they are not used."""
        self.do(
            partial(
                points.accrue,
                self.brand_id,
                self.member_ids[number],
                1_000,
                origin="event",
                reason="가입 축하 포인트",
                expires_at=at + timedelta(days=90),
                actor=ACTOR,
                cause=f"demo/welcome/{number}",
                now=at,
            )
        )

    def order(self, number: int, visit: int, at: datetime) -> None:
        """An order, some paid in part with points or a hold; what follows is planned."""
        external_id = f"D-{number:03}-{visit:02}"
        chance = _chance(external_id)
        cart = self._cart(number, external_id, chance, at)
        pays_with_points, takes_hold = chance.random() < 0.35, chance.random() < 0.15

        def use_case() -> None:
            redeem, hold_id = 0, None
            if pays_with_points:
                seen = orders.preview_order(self.brand_id, cart, now=at).redeemable or 0
                redeem = seen - seen % 10 if seen >= 500 else 0
            if redeem and takes_hold:
                hold, _ = points.place_hold(
                    self.brand_id,
                    self.member_ids[number],
                    redeem,
                    ttl_seconds=None,
                    actor=ACTOR,
                    cause=f"demo/hold/{external_id}",
                    now=at - timedelta(seconds=1),
                )
                hold_id = hold.id
            orders.place_order(
                self.brand_id,
                replace(cart, redeem_points=redeem, hold_id=hold_id),
                key=f"demo/{external_id}",
                fingerprint=_fingerprint(external_id),
                actor=ACTOR,
                render=lambda receipt: "{}",
                now=at,
            )

        self._plan_what_follows(external_id, cart, chance, at)
        self.do(use_case)

    def _cart(self, number: int, external_id: str, chance: Random, at: datetime) -> Cart:
        lines = []
        for sku, name, category, price in chance.sample(GOODS, chance.choice((1, 1, 2, 2, 3, 4))):
            quantity = chance.choice((1, 1, 1, 2, 3))
            amount = quantity * price
            discount = amount // 10 if chance.random() < 0.15 else 0
            lines.append(CartLine(sku, name, category, quantity, price, amount, discount))
        goods = sum(line.net for line in lines)
        return Cart(
            member_id=self.member_ids[number],
            member_external=None,
            channel=chance.choice(("own_mall", "own_mall", "smart_store", "shop")),
            placed_at=at,
            lines=tuple(lines),
            shipping_fee=0 if goods >= FREE_SHIPPING_FROM else SHIPPING_FEE,
            redeem_points=0,
            hold_id=None,
            external_id=external_id,
        )

    def _plan_what_follows(
        self, external_id: str, cart: Cart, chance: Random, at: datetime
    ) -> None:
        """One of ten is confirmed by the customer, one of ten goes back in part or whole."""
        fate = chance.random()
        later = at + timedelta(days=chance.uniform(2, 12))
        if fate < 0.1:
            self.plan(later, partial(self.confirm, external_id))
        elif fate < 0.17:
            quantities = {1: chance.randint(1, cart.lines[0].quantity)}
            self.plan(later, partial(self.refund, external_id, quantities))
        elif fate < 0.2:
            self.plan(later, partial(self.refund, external_id, None))

    def confirm(self, external_id: str, at: datetime) -> None:
        def use_case() -> None:
            order = orders.get_order(self.brand_id, external_id=external_id)
            orders.confirm_order(self.brand_id, order.id, actor=ACTOR, now=at)

        self.do(use_case)

    def refund(self, external_id: str, quantities: dict[int, int] | None, at: datetime) -> None:
        request = RefundRequest(f"R-{external_id}", quantities, quantities is None, at)

        def use_case() -> None:
            order = orders.get_order(self.brand_id, external_id=external_id)
            orders.refund_order(
                self.brand_id,
                order.id,
                request,
                fingerprint=_fingerprint(request.external_id),
                actor=ACTOR,
                now=at,
            )

        self.do(use_case)

    def close_month(self, at: datetime) -> None:
        """What the worker does every few minutes, here once a month."""
        for job in (
            point_jobs.settle_points,
            order_jobs.confirm_due,
        ):
            job(self.brand_id, at)


def _chance(name: str) -> Random:
    return Random(name)  # noqa: S311 - the same for the same name, and no secret


def _fingerprint(external_id: str) -> bytes:
    return hashlib.sha256(external_id.encode()).digest()


def _birthday(chance: Random) -> Birthday:
    day = date(1960, 1, 1) + timedelta(days=chance.randrange(365 * 45))
    return Birthday(day.year, day.month, day.day)
