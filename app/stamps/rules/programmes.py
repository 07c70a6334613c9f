"""What a programme is: for what it gives stamps, and what its cards give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.benefits.services import Benefit, Text, benefit_of, sentence_of
from app.purchases import Purchase, Selection, selection_of

# What one order can give of one programme, however it counts.
ORDER_STAMPS_MAX = 1000


@dataclass(frozen=True)
class Reward:
    """What a card gives at its ``at``-th stamp."""

    at: int
    benefits: tuple[Benefit, ...]

    @property
    def text(self) -> Text:
        texts = [sentence_of(benefit) for benefit in self.benefits]
        return Text(", ".join(text.ko for text in texts), ", ".join(text.en for text in texts))


@dataclass(frozen=True)
class Terms:
    """One version of a programme. It never changes."""

    code: str
    version: int
    since: datetime
    name: str
    per: str  # order | amount | item
    goal: int
    rewards: tuple[Reward, ...]
    amount: int = 0  # with per amount: won for each stamp
    minimum_order_amount: int = 0
    selection: Selection = field(default_factory=Selection)
    channels: frozenset[str] = frozenset()
    daily_limit: int | None = None
    counted_when: str = "paid"  # paid | confirmed
    card_expires_in_days: int | None = None  # after it was begun
    stamps_expire_in_days: int | None = None  # after the last one was added
    on_refund_of_used_reward: str = "debt"  # keep | debt | revoke_if_unused

    @property
    def source(self) -> str:
        """What grants of the programme are known by."""
        return f"stamps:{self.code}"

    def reward_after(self, stamps: int) -> Reward | None:
        """Return the next reward of a card that has ``stamps``."""
        return next((reward for reward in self.rewards if reward.at > stamps), None)

    def rewards_between(self, above: int, up_to: int) -> Iterator[Reward]:
        """Return the rewards that a card passes on its way between two counts."""
        return (reward for reward in self.rewards if above < reward.at <= up_to)


@dataclass(frozen=True)
class Programme:
    """A programme with all its versions, the oldest first."""

    code: str
    status: str  # draft | active | paused | ended
    versions: tuple[Terms, ...]

    @property
    def current(self) -> Terms:
        return self.versions[-1]

    def terms(self, version: int) -> Terms:
        return self.versions[version - 1]

    def terms_at(self, instant: datetime) -> Terms:
        """Return the version in force at an instant, before all of them the first.

        An order is asked by the version of its day however late it is confirmed, so that
        no change makes it count twice.
        """
        return next(
            (terms for terms in reversed(self.versions) if terms.since <= instant),
            self.versions[0],
        )


def terms_of(code: str, version: int, since: datetime, stored: Mapping[str, Any]) -> Terms:
    """Return a version as it is stored; what it does not name has its default.

    >>> terms_of("COFFEE", 1, datetime.min,
    ...          {"name": "커피", "earn": {"per": "order"}, "goal": 3,
    ...           "rewards": [{"at": 3, "benefits": [{"gift": "CUP"}]}]}).goal
    3
    """
    earn = stored["earn"]
    rewards = [
        Reward(each["at"], tuple(benefit_of(benefit) for benefit in each["benefits"]))
        for each in stored["rewards"]
    ]
    plain = ("minimum_order_amount", "daily_limit", "counted_when", "card_expires_in_days",
             "stamps_expire_in_days", "on_refund_of_used_reward")  # fmt: skip
    return Terms(
        code=code,
        version=version,
        since=since,
        name=stored["name"],
        per=earn["per"],
        amount=earn.get("amount", 0),
        goal=stored["goal"],
        rewards=tuple(sorted(rewards, key=lambda reward: reward.at)),
        selection=selection_of(stored.get("selection")),
        channels=frozenset(stored.get("channels", ())),
        **{name: stored[name] for name in plain if name in stored},
    )


def stamps_for(terms: Terms, purchase: Purchase) -> int:
    """Return the stamps that a purchase deserves, whatever was given that day already.

    >>> from app.purchases import PurchaseLine
    >>> lines = [PurchaseLine(1, "LATTE", "coffee", 2, 9_000),
    ...          PurchaseLine(2, "CUP", None, 1, 3_000)]
    >>> bought = Purchase(lines, None, datetime.min, datetime.min.date())
    >>> coffee = Selection(categories=frozenset({"coffee"}))
    >>> [stamps_for(Terms("C", 1, datetime.min, "", per, 10, (), 5_000, selection=coffee), bought)
    ...  for per in ("order", "amount", "item")]
    [1, 1, 2]
    """
    if terms.channels and purchase.channel not in terms.channels:
        return 0
    if purchase.amount() < terms.minimum_order_amount:
        return 0
    pieces = purchase.quantity(terms.selection)
    if terms.per == "order":
        return min(pieces, 1)
    if terms.per == "item":
        return min(pieces, ORDER_STAMPS_MAX)
    return min(purchase.amount(terms.selection) // terms.amount, ORDER_STAMPS_MAX)
