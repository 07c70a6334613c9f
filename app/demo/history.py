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

from app import ids
from app.coupons import jobs as coupon_jobs
from app.coupons.errors import CouponLimitReached
from app.db import transact
from app.demo import programme, service, warranties
from app.demo.goods import BOOTS, CARE
from app.errors import DomainError
from app.exchanges import services as exchanges
from app.members import services as members
from app.members.services import Birthday, MemberFields
from app.orders import jobs as order_jobs
from app.orders import services as orders
from app.orders.rules import CartLine
from app.orders.services import Cart, RefundRequest
from app.points import jobs as point_jobs
from app.points import services as points
from app.points.errors import AlreadyPosted
from app.rewards import jobs as reward_jobs
from app.rewards import services as rewards
from app.stamps import jobs as stamp_jobs
from app.tiers import jobs as tier_jobs

MEMBERS = 200
DAYS = 450
JOBS_EVERY = 7  # days
ACTOR = "demo"

FAMILY_NAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN_NAMES = (
    *("민준", "서연", "도윤", "서윤", "시우", "지우", "하준", "하윤", "주원", "지유"),
    *("지호", "수아", "예준", "지아", "유준", "다은", "건우", "은서", "우진", "채원"),
)

FREE_SHIPPING_FROM = 50_000
SHIPPING_FEE = 3_000


Event = Callable[[datetime], None]


def external_id_of(number: int) -> str:
    return f"dangol-{number:03}"


def tell(brand_id: UUID, *, now: datetime) -> None:
    """Let it all happen, from the first day until ``now``. Safe to repeat."""
    shop = Shop(brand_id, now)
    shop.plan(now - timedelta(days=DAYS), shop.open)
    for number in range(1, MEMBERS + 1):
        shop.plan_member(number)
    for at, happening in warranties.happenings(brand_id, shop.member_ids, now=now):
        shop.plan(at, partial(shop.happen, happening))
    for at, happening in service.happenings(brand_id, now=now):
        shop.plan(at, partial(shop.happen, happening))
    for day in range(DAYS % JOBS_EVERY, DAYS + 1, JOBS_EVERY):
        shop.plan(now - timedelta(days=DAYS - day), shop.run_jobs)
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

    def happen(self, happening: Event, at: datetime) -> None:
        with suppress(*warranties.TOLD):  # before the interruption
            self.do(partial(happening, at))

    def plan_member(self, number: int) -> None:
        """A member joins in the first year; four of five become regulars."""
        chance = _chance(external_id_of(number))
        joined_at = self.now - timedelta(days=DAYS) + timedelta(days=chance.uniform(0, 300))
        self.plan(joined_at, partial(self.join, number))
        self.plan(self.now - timedelta(days=chance.uniform(1, 60)), partial(self.exchange, number))
        interval = chance.choice((45, 75, 120, 180, 999))
        at = joined_at + timedelta(days=chance.uniform(0, 3))
        visit = 0
        while at < self.now:
            visit += 1
            self.plan(at, partial(self.order, number, visit))
            at += timedelta(days=chance.uniform(interval * 0.5, interval * 1.5))

    def open(self, at: datetime) -> None:
        """The shop opens with its whole programme."""
        self.do(partial(programme.offer, self.brand_id, actor=ACTOR, now=at))
        with suppress(CouponLimitReached):  # made before the interruption
            self.do(partial(programme.print_fair_codes, self.brand_id, actor=ACTOR, now=at))

    def join(self, number: int, at: datetime) -> None:
        """Somebody becomes a member; one of four was invited by another."""
        chance = _chance(f"join/{number}")
        fields: MemberFields = {
            "name": chance.choice(FAMILY_NAMES) + chance.choice(GIVEN_NAMES),
            "phone": f"+821000000{number:03}",  # nobody's
            "email": f"{external_id_of(number)}@example.com",
            "birthday": _birthday(chance),
        }
        inviters = sorted(self.member_ids)
        inviter = chance.choice(inviters) if inviters and chance.random() < 0.25 else None

        def use_case() -> None:
            if inviter is not None:
                card = rewards.card_of(self.brand_id, f"ext:{external_id_of(inviter)}", now=at)
                fields["referred_by_code"] = card.code
            member, _ = members.put_member(self.brand_id, external_id_of(number), fields, now=at)
            self.member_ids[number] = member.id

        self.do(use_case)

    def order(self, number: int, visit: int, at: datetime) -> None:
        """An order, some paid in part with points or a hold; what follows is planned."""
        external_id = f"D-{number:03}-{visit:02}"
        chance = _chance(external_id)
        cart = self._cart(number, external_id, chance, at)
        pays_with_points, takes_hold = chance.random() < 0.35, chance.random() < 0.15
        has_code = chance.random() < 0.1

        def use_case() -> None:
            redeem, hold_id = 0, None
            wanted = self._with_coupons(cart, at, has_code=has_code)
            if pays_with_points:
                seen = orders.preview_order(self.brand_id, wanted, now=at).redeemable or 0
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
                replace(wanted, redeem_points=redeem, hold_id=hold_id),
                key=f"demo/{external_id}",
                fingerprint=_fingerprint(external_id),
                actor=ACTOR,
                render=lambda receipt: "{}",
                now=at,
            )

        self._plan_what_follows(number, external_id, cart, chance, at)
        self.do(use_case)

    def _with_coupons(self, cart: Cart, at: datetime, *, has_code: bool) -> Cart:
        """Return the cart with the code, or with the member's own coupons that suit it best."""
        if has_code:
            coded = replace(cart, coupons=(programme.CODE,))
            seen = orders.preview_order(self.brand_id, coded, now=at).coupons
            return coded if seen is not None and seen.applied else cart
        seen = orders.preview_order(self.brand_id, cart, now=at).coupons
        best = () if seen is None else seen.best.coupon_ids
        return replace(cart, coupons=tuple(ids.show("cpn", each) for each in best))

    def _cart(self, number: int, external_id: str, chance: Random, at: datetime) -> Cart:
        """A pair of boots now and then, and what goes with them again and again."""
        articles = chance.sample(CARE, chance.choice((1, 1, 2, 2, 3)))
        if chance.random() < 0.18:
            articles = [chance.choice(BOOTS), *articles[: chance.choice((0, 1))]]
        lines = []
        for article in articles:
            quantity = chance.choice((1, 1, 1, 2)) if article in CARE else 1
            amount = quantity * article.price
            discount = amount // 10 if chance.random() < 0.1 else 0
            lines.append(
                CartLine(
                    article.sku,
                    article.name,
                    article.category,
                    quantity,
                    article.price,
                    amount,
                    discount,
                )
            )
        goods = sum(line.net for line in lines)
        return Cart(
            member_id=self.member_ids[number],
            member_external=None,
            channel=chance.choice(("own_mall", "own_mall", "app", "smart_store", "shop")),
            placed_at=at,
            lines=tuple(lines),
            shipping_fee=0 if goods >= FREE_SHIPPING_FROM else SHIPPING_FEE,
            redeem_points=0,
            hold_id=None,
            external_id=external_id,
        )

    def _plan_what_follows(
        self, number: int, external_id: str, cart: Cart, chance: Random, at: datetime
    ) -> None:
        """One of ten is confirmed by the customer, one of ten goes back in part or whole.

        Of those who keep all, one of four writes a review.
        """
        fate = chance.random()
        later = at + timedelta(days=chance.uniform(2, 12))
        if fate < 0.1:
            self.plan(later, partial(self.confirm, external_id))
        elif fate < 0.17:
            quantities = {1: chance.randint(1, cart.lines[0].quantity)}
            self.plan(later, partial(self.refund, external_id, quantities))
        elif fate < 0.2:
            self.plan(later, partial(self.refund, external_id, None))
        elif fate < 0.4:
            self.plan(later, partial(self.review, number, external_id))

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

    def review(self, number: int, external_id: str, at: datetime) -> None:
        stars = _chance(f"review/{external_id}").choice((3, 4, 5, 5, 5))
        self.do(
            partial(
                rewards.record_event,
                self.brand_id,
                f"ext:{external_id_of(number)}",
                event_type="review_written",
                external_id=external_id,
                data={"order": external_id, "stars": stars},
                occurred_at=at,
                fingerprint=_fingerprint(f"review/{external_id}"),
                actor=ACTOR,
                now=at,
            )
        )

    def exchange(self, number: int, at: datetime) -> None:
        """Who has the points and the tier takes a piece of the limited edition."""
        use_case = partial(
            exchanges.exchange,
            self.brand_id,
            self.member_ids[number],
            "TREE",
            1,
            actor=ACTOR,
            cause=f"demo/exchange/{number}",
            now=at,
        )
        with suppress(DomainError):
            self.do(use_case)

    def run_jobs(self, at: datetime) -> None:
        """What the worker does every few minutes and every night, here once a week."""
        for job in (
            order_jobs.confirm_due,
            tier_jobs.assess,
            point_jobs.settle_points,
            coupon_jobs.tidy_coupons,
            stamp_jobs.expire_cards,
            reward_jobs.run_occasions,
        ):
            job(self.brand_id, at)


def _chance(name: str) -> Random:
    return Random(name)  # noqa: S311 - the same for the same name, and no secret


def _fingerprint(external_id: str) -> bytes:
    return hashlib.sha256(external_id.encode()).digest()


def _birthday(chance: Random) -> Birthday:
    day = date(1960, 1, 1) + timedelta(days=chance.randrange(365 * 45))
    return Birthday(day.year, day.month, day.day, "lunar" if chance.random() < 0.1 else "solar")
