"""Cards as they are, and as they become: one draft for each account that changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.points.services import midnight_of
from app.stamps.rules.programmes import Programme, Reward, Terms


@dataclass(frozen=True)
class Card:
    card_no: int
    version: int
    goal: int
    stamps: int
    opened_at: datetime
    expires_at: datetime | None
    state: str = "open"  # open | completed | expired | emptied
    completed_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.state == "open" and self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Account:
    """What a member has of one programme; ``cards`` are the open ones, the oldest first."""

    seq: int = 0
    count: int = 0
    debt: int = 0
    today: int = 0
    cards: tuple[Card, ...] = ()


StampsState = Mapping[str, Account]


def state_of(raw: Mapping[str, Any] | None) -> StampsState:
    """Return the state as ``stamps_state`` tells it."""
    return {
        programme: Account(
            seq=row["seq"],
            count=row["cards"],
            debt=row["debt"],
            today=row["today"],
            cards=tuple(
                Card(
                    card_no=card["card_no"],
                    version=card["version"],
                    goal=card["goal"],
                    stamps=card["stamps"],
                    opened_at=datetime.fromisoformat(card["opened_at"]),
                    expires_at=card["expires_at"] and datetime.fromisoformat(card["expires_at"]),
                )
                for card in row["open"]
            ),
        )
        for programme, row in (raw or {}).items()
    }


@dataclass
class Draft:
    """An account as it is being changed: its cards, and the entries that say why."""

    programme: Programme
    account: Account
    now: datetime
    zone: ZoneInfo
    meta: Mapping[str, Any] = field(default_factory=dict)  # refund_id, reason, actor
    occasion: str | None = None  # of what is done outside of orders; the first entry has it
    seq: int = field(init=False)
    count: int = field(init=False)
    debt: int = field(init=False)
    cards: dict[int, Card] = field(init=False)
    changed: set[int] = field(default_factory=set)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seq, self.count, self.debt = self.account.seq, self.account.count, self.account.debt
        self.cards = {card.card_no: card for card in self.account.cards}
        for card in list(self.cards.values()):
            if card.is_over(self.now):
                self.write("expiry", card.version, card.card_no, d_stamps=-card.stamps)
                self.put_card(replace(card, stamps=0, state="expired"))

    @property
    def code(self) -> str:
        return self.programme.code

    @property
    def open_cards(self) -> list[Card]:
        return [card for _, card in sorted(self.cards.items()) if card.state == "open"]

    def terms(self, card: Card) -> Terms:
        """Return the version that a card was opened under."""
        return self.programme.terms(card.version)

    def write(
        self,
        kind: str,
        version: int,
        card_no: int | None = None,
        *,
        d_stamps: int = 0,
        d_debt: int = 0,
        kept: int = 0,
    ) -> None:
        self.seq += 1
        self.debt += d_debt
        about: Mapping[str, Any] = {}
        if kind != "expiry":
            about = {**self.meta, "occasion": self.occasion}
            self.occasion = None
        self.entries.append(
            {
                "seq": self.seq,
                "kind": kind,
                "version": version,
                "card_no": card_no,
                "d_stamps": d_stamps,
                "d_debt": d_debt,
                "kept": kept,
                **about,
            }
        )

    def put_card(self, card: Card) -> None:
        self.cards[card.card_no] = card
        self.changed.add(card.card_no)

    def add(self, stamps: int, kind: str, version: int) -> list[tuple[Card, Reward]]:
        """Pay debt, then fill cards, the oldest first, and new ones after them.

        ``version`` gave the stamps; a new card is of the current one.

        :returns: each reward that a card reaches, with the card
        """
        reached: list[tuple[Card, Reward]] = []
        paid = min(self.debt, stamps)
        if paid:
            self.write(kind, version, d_debt=-paid)
        left = stamps - paid
        while left:
            card = next(iter(self.open_cards), None) or self._new_card()
            put = min(left, card.goal - card.stamps)
            left -= put
            filled = replace(card, stamps=card.stamps + put, expires_at=self._until(card))
            if filled.stamps == filled.goal:
                filled = replace(filled, state="completed", completed_at=self.now)
            self.write(kind, version, card.card_no, d_stamps=put)
            self.put_card(filled)
            rewards = self.terms(card).rewards_between(card.stamps, filled.stamps)
            reached.extend((filled, reward) for reward in rewards)
        return reached

    def take(self, card: Card, stamps: int, kind: str, version: int) -> None:
        """Take stamps from a card. An empty one is out of play; a full one is open again.

        A card that is reopened has its full time once more: nobody could add to it
        while it was complete.
        """
        if not stamps:
            return
        self.write(kind, version, card.card_no, d_stamps=-stamps)
        left = replace(card, stamps=card.stamps - stamps, state="open", completed_at=None)
        if not left.stamps:
            left = replace(left, state="emptied")
        elif card.state == "completed":
            anew = expiry_of(self.terms(card), self.now, self.now, self.zone)
            left = replace(left, expires_at=anew)
        self.put_card(left)

    def _new_card(self) -> Card:
        self.count += 1
        terms = self.programme.current
        return Card(
            card_no=self.count,
            version=terms.version,
            goal=terms.goal,
            stamps=0,
            opened_at=self.now,
            expires_at=expiry_of(terms, self.now, self.now, self.zone),
        )

    def _until(self, card: Card) -> datetime | None:
        """Return when a card lapses that is stamped now."""
        terms = self.terms(card)
        if terms.stamps_expire_in_days is None:
            return card.expires_at
        until = expiry_of(terms, card.opened_at, self.now, self.zone)
        if until is None or until > self.now:
            return until
        # One that was complete once and is reopened: its own days are long over.
        return expiry_of(terms, self.now, self.now, self.zone)

    def changes(self) -> dict[str, Any]:
        """Return what ``stamps_write`` takes for this account."""
        return {
            "programme": self.code,
            "was": self.account.seq,
            "seq": self.seq,
            "cards": self.count,
            "debt": self.debt,
            "card_rows": [card_row(self.cards[number]) for number in sorted(self.changed)],
            "entries": self.entries,
        }


def card_row(card: Card) -> dict[str, Any]:
    """Return a card as a row of its table, ready for JSON."""
    return {
        "card_no": card.card_no,
        "version": card.version,
        "goal": card.goal,
        "stamps": card.stamps,
        "state": card.state,
        "opened_at": card.opened_at.isoformat(),
        "expires_at": card.expires_at and card.expires_at.isoformat(),
        "completed_at": card.completed_at and card.completed_at.isoformat(),
    }


def expiry_of(
    terms: Terms, opened_at: datetime, stamped_at: datetime, zone: ZoneInfo
) -> datetime | None:
    """Return when a card of these terms lapses, None for never. The first day counts.

    Its own days count from when it was begun, those of its stamps from the last one;
    what is over first ends it.

    >>> terms = Terms("C", 1, datetime.min, "", "order", 10, (), card_expires_in_days=30)
    >>> begun = datetime.fromisoformat("2026-01-01T20:00+09:00")
    >>> str(expiry_of(terms, begun, begun, ZoneInfo("Asia/Seoul")))
    '2026-01-31 00:00:00+09:00'
    """
    until = [
        midnight_of(since.astimezone(zone) + timedelta(days=days), zone)
        for since, days in (
            (opened_at, terms.card_expires_in_days),
            (stamped_at, terms.stamps_expire_in_days),
        )
        if days is not None
    ]
    return min(until, default=None)
