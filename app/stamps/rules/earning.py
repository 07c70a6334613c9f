"""What an order, a rule or a person adds to cards, and what the cards give for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.benefits.services import Grant, Text
from app.purchases import Purchase
from app.stamps.rules.cards import Account, Card, Draft, StampsState
from app.stamps.rules.programmes import Programme, Reward, Terms, stamps_for


@dataclass(frozen=True)
class Added:
    """Stamps of one programme: how many, why, and how many of them paid debt."""

    programme: str
    version: int
    stamps: int
    by_rules: int
    repaid: int
    reason: Text


@dataclass(frozen=True)
class CardView:
    """A card as a person sees it. ``card_no`` None: the next card, not begun yet."""

    programme: str
    name: str
    version: int
    card_no: int | None
    state: str
    stamps: int
    goal: int
    next_reward: Reward | None
    opened_at: datetime | None
    expires_at: datetime | None
    completed_at: datetime | None

    @property
    def missing(self) -> int:
        return self.goal - self.stamps


@dataclass(frozen=True)
class StampOutcome:
    """What came of it: told, to be granted, and to be written (``stamps_write``)."""

    added: Sequence[Added] = ()
    cards: Sequence[CardView] = ()
    grants: Sequence[Grant] = ()
    completed: Sequence[tuple[str, int]] = ()
    changes: Sequence[dict[str, Any]] = ()


@dataclass
class _Outcome:
    added: list[Added] = field(default_factory=list)
    cards: list[CardView] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    completed: list[tuple[str, int]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def take(self, draft: Draft, reached: Sequence[tuple[Card, Reward]]) -> None:
        """Take over what was done to one account."""
        self.grants.extend(grant_of(draft.terms(card), card, reward) for card, reward in reached)
        for number in sorted(draft.changed):
            card = draft.cards[number]
            if card.state != "expired":
                self.cards.append(view_of(draft.terms(card), card))
            if card.state == "completed":
                self.completed.append((draft.code, number))
        self.changes.append(draft.changes())

    def done(self) -> StampOutcome:
        return StampOutcome(self.added, self.cards, self.grants, self.completed, self.changes)


def earn(
    programmes: Sequence[Programme],
    state: StampsState,
    purchase: Purchase,
    *,
    counted_when: Collection[str],
    extra: Mapping[str, int],
    now: datetime,
    zone: ZoneInfo,
) -> StampOutcome:
    """Return what a purchase adds to a member's cards.

    ``counted_when`` names what has just become of the order: ``paid``, ``confirmed``, or
    both; the active programmes that count orders then are asked. ``extra`` are stamps
    that rules give, by code; they are not held to the daily limit. Stamps first pay what
    is owed, then fill the open card; what is too many begins the next one.
    """
    outcome = _Outcome()
    for programme in programmes:
        code = programme.code
        account = state.get(code, Account())
        terms = programme.terms_at(purchase.at)
        own = 0
        if terms.counted_when in counted_when:
            own = within_daily_limit(terms, stamps_for(terms, purchase), account)
        by_rules = extra.get(code, 0)
        if programme.status != "active" or own + by_rules == 0:
            continue
        draft = Draft(programme, account, now, zone)
        reached: list[tuple[Card, Reward]] = []
        if own:
            reached += draft.add(own, "order", terms.version)
        if by_rules:
            reached += draft.add(by_rules, "rule", programme.current.version)
        outcome.added.append(
            Added(
                programme=code,
                version=terms.version,
                stamps=own + by_rules,
                by_rules=by_rules,
                repaid=account.debt - draft.debt,
                reason=_reason(terms, purchase, own, by_rules, account.debt - draft.debt),
            )
        )
        outcome.take(draft, reached)
    return outcome.done()


def add_by_hand(
    programme: Programme,
    account: Account,
    stamps: int,
    *,
    kind: str,
    meta: Mapping[str, Any],
    occasion: str,
    now: datetime,
    zone: ZoneInfo,
) -> StampOutcome:
    """Return what ``stamps`` more (or, negative, fewer) do to the cards of an account.

    No more may be taken than :func:`removable` tells.
    """
    outcome = _Outcome()
    draft = Draft(programme, account, now, zone, meta, occasion)
    reached: Sequence[tuple[Card, Reward]] = ()
    if stamps > 0:
        reached = draft.add(stamps, kind, programme.current.version)
    left = max(0, -stamps)
    for card in reversed(draft.open_cards):
        taken = min(left, card.stamps - _rewarded(draft.terms(card), card))
        draft.take(card, taken, kind, draft.terms(card).version)
        left -= taken
    outcome.take(draft, reached)
    return outcome.done()


def removable(programme: Programme, account: Account, now: datetime) -> int:
    """Return how many stamps can be taken by hand: those no reward was given for yet."""
    return sum(
        card.stamps - _rewarded(programme.terms(card.version), card)
        for card in account.cards
        if not card.is_over(now)
    )


def within_daily_limit(terms: Terms, stamps: int, account: Account) -> int:
    """
    >>> terms = Terms("C", 1, datetime.min, "", "item", 10, (), daily_limit=3)
    >>> within_daily_limit(terms, 5, Account(today=1))
    2
    """
    if terms.daily_limit is None:
        return stamps
    return min(stamps, max(0, terms.daily_limit - account.today))


def cards_of(programmes: Sequence[Programme], state: StampsState, now: datetime) -> list[CardView]:
    """Return the cards a member is filling, of active programmes also those not begun."""
    views = []
    for programme in programmes:
        account = state.get(programme.code, Account())
        open_cards = [card for card in account.cards if not card.is_over(now)]
        views += [view_of(programme.terms(card.version), card) for card in open_cards]
        if not open_cards and programme.status == "active":
            terms = programme.current
            views.append(
                CardView(
                    programme=programme.code,
                    name=terms.name,
                    version=terms.version,
                    card_no=None,
                    state="open",
                    stamps=0,
                    goal=terms.goal,
                    next_reward=terms.reward_after(0),
                    opened_at=None,
                    expires_at=None,
                    completed_at=None,
                )
            )
    return views


def view_of(terms: Terms, card: Card) -> CardView:
    return CardView(
        programme=terms.code,
        name=terms.name,
        version=terms.version,
        card_no=card.card_no,
        state=card.state,
        stamps=card.stamps,
        goal=card.goal,
        next_reward=terms.reward_after(card.stamps),
        opened_at=card.opened_at,
        expires_at=card.expires_at,
        completed_at=card.completed_at,
    )


def grant_of(terms: Terms, card: Card, reward: Reward) -> Grant:
    """Return what a card gives at one of its stamps; ``terms`` are the card's own."""
    return Grant(
        source=terms.source,
        version=terms.version,
        occasion=occasion_of(card.card_no, reward.at),
        benefits=reward.benefits,
        reason=Text(
            f"{terms.name} 스탬프 {reward.at}개를 모은 보상: {reward.text.ko}",
            f"Reward for {reward.at} stamps of {terms.name}: {reward.text.en}",
        ),
        terms={
            "kind": "stamps",
            "programme": terms.code,
            "card_no": card.card_no,
            "at": reward.at,
        },
    )


def occasion_of(card_no: int, at: int) -> str:
    return f"card/{card_no}/{at}"


def _rewarded(terms: Terms, card: Card) -> int:
    """Return the position of the last reward that a card has given."""
    return max((reward.at for reward in terms.rewards_between(0, card.stamps)), default=0)


def _reason(terms: Terms, purchase: Purchase, own: int, by_rules: int, repaid: int) -> Text:
    ko, en = [], []
    if own:
        amount = purchase.amount(terms.selection)
        why = {
            "order": ("주문 1건", "one order"),
            "item": (
                f"상품 {purchase.quantity(terms.selection)}개",
                f"{purchase.quantity(terms.selection)} pieces",
            ),
            "amount": (
                f"결제 {amount:,}원, {terms.amount:,}원마다",
                f"{amount:,} won paid, one for each {terms.amount:,}",
            ),
        }[terms.per]
        ko.append(f"{why[0]} 스탬프 {own}개")
        en.append(f"{own} for {why[1]}")
    if by_rules:
        ko.append(f"혜택 규칙 스탬프 {by_rules}개")
        en.append(f"{by_rules} by rules")
    if repaid:
        ko.append(f"그중 {repaid}개는 갚을 스탬프로")
        en.append(f"{repaid} of them repaid what was owed")
    return Text(f"{terms.name}: {', '.join(ko)}", f"{terms.name}: {', '.join(en)}")
