"""A shop that stamps cards: what the checkout does with stamps, and nothing else of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import clock
from app.brands import services as brands
from app.ids import new_id
from app.points import services as points
from app.purchases import Purchase, PurchaseLine
from app.stamps import queries, services
from app.stamps.services import StampOutcome, StampReversal
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id, unit_of_work

SEOUL = ZoneInfo("Asia/Seoul")
COFFEE: dict[str, Any] = {
    "name": "커피",
    "earn": {"per": "order"},
    "goal": 3,
    "rewards": [{"at": 3, "benefits": [{"points": 1000}]}],
    "on_refund_of_used_reward": "debt",
}


def purchase(
    quantity: int = 1,
    amount: int = 5000,
    *,
    at: datetime,
    channel: str | None = None,
    sku: str = "A",
) -> Purchase:
    lines = [PurchaseLine(1, sku, "coffee", quantity, amount)] if quantity else []
    return Purchase(lines, channel, at, at.astimezone(SEOUL).date())


@dataclass
class Shop:
    """One member of one brand; orders and refunds go the way the checkout goes."""

    brand: TestBrand
    name: str = "alice"
    path: str = ""
    used: set[tuple[str, int, int]] = field(default_factory=set)
    member: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.path or make_member(self.brand, self.name)
        self.member = member_id(self.brand, self.path)

    def _now(self) -> datetime:
        return brands.brand_now(self.brand.brand_id, clock.now())

    def now(self) -> datetime:
        with unit_of_work(self.brand):
            return self._now()

    def offer(self, code: str = "COFFEE", *, draft: bool = False, **changes: Any) -> None:
        with unit_of_work(self.brand):
            services.put_programme(
                self.brand.brand_id,
                code,
                {**COFFEE, **changes},
                draft=draft,
                actor="test",
                now=self._now(),
            )

    def set_status(self, status: str, code: str = "COFFEE") -> None:
        with unit_of_work(self.brand):
            services.set_status(self.brand.brand_id, code, status, actor="test", now=self._now())

    def order(
        self,
        quantity: int = 1,
        amount: int = 5000,
        *,
        when: Collection[str] = ("paid",),
        extra: Mapping[str, int] | None = None,
        order_id: UUID | None = None,
        at: datetime | None = None,
        **bought: Any,
    ) -> tuple[UUID, StampOutcome]:
        brand_id, order_id = self.brand.brand_id, order_id or new_id()
        with unit_of_work(self.brand):
            now = self._now()
            points.lock_balance(brand_id, self.member, now=now)
            outcome = services.earn(
                services.programmes_of(brand_id, brands.programme_version(brand_id)),
                services.read_state(brand_id, self.member, SEOUL, now=now),
                purchase(quantity, amount, at=at or now, **bought),
                counted_when=when,
                extra=extra or {},
                now=now,
                zone=SEOUL,
            )
            queries.write(brand_id, self.member, outcome.changes, order_id=order_id, now=now)
        return order_id, outcome

    def refund(self, order_id: UUID, left: tuple[int, int] | None = None) -> StampReversal:
        """``left``: pieces and won that remain of the order."""
        with unit_of_work(self.brand):
            now = self._now()
            points.lock_balance(self.brand.brand_id, self.member, now=now)
            return services.take_back(
                self.brand.brand_id,
                self.member,
                order_id,
                new_id(),
                purchase_left=purchase(*left, at=now) if left else None,
                used=lambda *card: card in self.used,
                actor="test",
                now=now,
            )

    def cards(self, code: str = "COFFEE") -> list[tuple[int, int, str]]:
        """(number, stamps, state) of every card, the oldest first."""
        with unit_of_work(self.brand):
            rows = queries.list_cards(self.brand.brand_id, self.member, code)
            return [
                (row.card_no, row.stamps, row.state)
                for row in sorted(rows, key=lambda r: r.card_no)
            ]

    def debt(self, code: str = "COFFEE") -> int:
        with unit_of_work(self.brand):
            accounts = queries.list_accounts(self.brand.brand_id, self.member)
            return sum(each.debt for each in accounts if each.programme == code)


def occasions(outcome: StampOutcome) -> Sequence[str]:
    return [grant.occasion for grant in outcome.grants]
