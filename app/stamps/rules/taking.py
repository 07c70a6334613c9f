"""What a refund takes from cards, and what it leaves because a reward was used."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.benefits.services import Text
from app.purchases import Purchase
from app.stamps.rules.cards import Account, Card, Draft
from app.stamps.rules.earning import occasion_of
from app.stamps.rules.programmes import Programme, Terms, stamps_for

# Whether what a card (programme, card number) gave at a position is used.
Used = Callable[[str, int, int], bool]


@dataclass(frozen=True)
class Movement:
    """An entry of an order, as the rules see it."""

    kind: str
    version: int
    card_no: int | None
    d_stamps: int
    d_debt: int
    kept: int


@dataclass(frozen=True)
class OrderStamps:
    """What an order did to one account, with every card its stamps may lie on.

    ``kept`` counts by card what earlier refunds, of whichever order, left there.
    """

    account: Account
    movements: Sequence[Movement]
    cards: Sequence[Card]
    kept: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgrammeReversal:
    """What a refund did to the stamps of one programme.

    ``reopened`` names the cards that go on; ``uncompleted`` those and the emptied ones:
    all that were full and are not.
    """

    programme: str
    version: int
    policy: str
    taken: int
    debt: int
    kept: int
    reopened: tuple[int, ...]
    uncompleted: tuple[int, ...]
    grants: tuple[tuple[str, str], ...]  # (source, occasion) to take back
    reason: Text


@dataclass(frozen=True)
class StampReversal:
    """What a refund did to the stamps of an order, and the grants it calls back."""

    programmes: Sequence[ProgrammeReversal] = ()

    @property
    def grants(self) -> tuple[tuple[str, str], ...]:
        return tuple(grant for each in self.programmes for grant in each.grants)


@dataclass(frozen=True)
class Taking:
    told: ProgrammeReversal
    changes: dict[str, Any]


def undeserved(
    terms: Terms,
    stamps: OrderStamps,
    left: Purchase | None,
    *,
    extra_left: int | None,
    now: datetime,
) -> int:
    """Return how many more stamps an order has to lose when ``left`` remains of it.

    What an earlier refund took, made owed, or kept is done with; so is what lay on a
    card that has expired. ``extra_left`` of what rules gave is still deserved; None:
    all of it while anything remains of the order.
    """
    given = {"order": 0, "rule": 0}
    handled = 0
    on_card: dict[int, int] = {}
    for each in stamps.movements:
        if each.kind == "refund":
            handled += each.d_debt - each.d_stamps + each.kept
        else:
            given[each.kind] += each.d_stamps - each.d_debt
        if each.card_no is not None:
            on_card[each.card_no] = on_card.get(each.card_no, 0) + each.d_stamps
    deserved = 0
    if left is not None:
        of_rules = given["rule"] if extra_left is None else min(extra_left, given["rule"])
        deserved = min(stamps_for(terms, left), given["order"]) + of_rules
    expired = {
        card.card_no for card in stamps.cards if card.state == "expired" or card.is_over(now)
    }
    lapsed = sum(max(0, count) for number, count in on_card.items() if number in expired)
    total = sum(given.values())
    return max(0, min(total - deserved, total - lapsed) - handled)


def take(
    programme: Programme,
    stamps: OrderStamps,
    missing: int,
    *,
    used: Used,
    meta: Mapping[str, Any],
    now: datetime,
    zone: ZoneInfo,
) -> Taking:
    """Return what taking ``missing`` stamps of an order back does.

    They are taken from the newest card first, of each down to the last reward that is
    used: also from cards older than the order's own, for what other orders gave back
    may have been taken from those. It is never more than the order put on cards. What
    cannot be taken is owed again if the order had paid debt with it; else the policy of
    the version that gave the stamps says whether it is owed or kept. What is on no card
    at all, because staff took it, is neither.
    """
    version = version_of(stamps)
    terms = programme.terms(version)
    account = stamps.account
    draft = Draft(programme, account, now, zone, meta)
    draft.cards |= {card.card_no: card for card in stamps.cards if card.card_no not in draft.cards}
    newest_first = [
        card
        for _, card in sorted(draft.cards.items(), reverse=True)
        if card.state in ("open", "completed")
    ]
    grants: list[tuple[str, str]] = []
    reopened: list[int] = []
    uncompleted: list[int] = []
    on_cards = min(missing, max(0, sum(each.d_stamps for each in stamps.movements)))
    needed = missing
    for card in newest_first:
        if not on_cards:
            break
        taken = min(on_cards, card.stamps - _floor(draft, card, used))
        if not taken:
            continue
        needed -= taken
        on_cards -= taken
        grants += _lost(draft, card, card.stamps - taken)
        draft.take(card, taken, "refund", version)
        if card.state == "completed":
            uncompleted.append(card.card_no)
            if draft.cards[card.card_no].state == "open":
                reopened.append(card.card_no)
    taken_in_all = missing - needed
    owed = min(needed, _repaid(stamps))
    rewarded = min(needed - owed, _left_on(draft, newest_first, stamps.kept))
    if nowhere := needed - owed - rewarded:
        draft.write("refund", version, kept=nowhere)
    kept = rewarded
    if terms.on_refund_of_used_reward == "debt":
        owed, kept = owed + rewarded, 0
    if owed:
        draft.write("refund", version, d_debt=owed)
    if kept:
        grants += _keep(draft, newest_first, stamps.kept, kept, version, used)
    told = ProgrammeReversal(
        programme=draft.code,
        version=version,
        policy=terms.on_refund_of_used_reward,
        taken=taken_in_all,
        debt=owed,
        kept=kept,
        reopened=tuple(reopened),
        uncompleted=tuple(uncompleted),
        grants=tuple(grants),
        reason=_reason(terms, taken_in_all, owed, kept, nowhere, reopened),
    )
    return Taking(told, draft.changes())


def version_of(stamps: OrderStamps) -> int:
    """Return the version by which the order gave stamps; its own count before a rule's."""
    given = sorted((each.kind, each.version) for each in stamps.movements if each.kind != "refund")
    return given[0][1]


def _repaid(stamps: OrderStamps) -> int:
    """Return how much debt the order paid that no refund has made owed again."""
    return max(0, -sum(each.d_debt for each in stamps.movements))


def _floor(draft: Draft, card: Card, used: Used) -> int:
    """Return down to which stamp a card can be emptied: its last reward that is used."""
    rewards = draft.terms(card).rewards_between(0, card.stamps)
    return max(
        (reward.at for reward in rewards if used(draft.code, card.card_no, reward.at)), default=0
    )


def _lost(draft: Draft, card: Card, stamps: int) -> list[tuple[str, str]]:
    """Return the grants of rewards that a card no longer reaches with ``stamps``."""
    terms = draft.terms(card)
    return [
        (terms.source, occasion_of(card.card_no, reward.at))
        for reward in terms.rewards_between(stamps, card.stamps)
    ]


def _keep(
    draft: Draft,
    newest_first: Sequence[Card],
    kept_before: Mapping[int, int],
    kept: int,
    version: int,
    used: Used,
) -> list[tuple[str, str]]:
    """Write down what is left where it is; return unused rewards that go all the same."""
    grants = []
    for before in newest_first:
        card = draft.cards[before.card_no]
        earlier = kept_before.get(card.card_no, 0)
        here = min(kept, card.stamps - earlier)
        if here <= 0:
            continue
        kept -= here
        draft.write("refund", version, card.card_no, kept=here)
        if draft.programme.terms(version).on_refund_of_used_reward == "revoke_if_unused":
            deserved = card.stamps - earlier - here
            grants += [
                (source, occasion)
                for source, occasion in _lost(draft, card, deserved)
                if not used(draft.code, card.card_no, int(occasion.rpartition("/")[2]))
            ]
    return grants


def _left_on(draft: Draft, cards: Sequence[Card], kept: Mapping[int, int]) -> int:
    """Return how many stamps of cards nobody owes for, and no refund has left undeserved."""
    deserved = sum(
        max(0, draft.cards[card.card_no].stamps - kept.get(card.card_no, 0)) for card in cards
    )
    return max(0, deserved - draft.debt)


def _reason(
    terms: Terms, taken: int, owed: int, kept: int, nowhere: int, reopened: Sequence[int]
) -> Text:
    ko, en = [], []
    if taken:
        ko.append(f"스탬프 {taken}개를 거둬들였어요")
        en.append(f"{taken} stamps were taken back")
    if reopened:
        ko.append("다 모았던 카드를 다시 이어서 모아요")
        en.append("a completed card is open again")
    if owed:
        ko.append(f"보상을 이미 쓴 스탬프 {owed}개는 다음 스탬프에서 갚아요")
        en.append(f"{owed} stamps whose reward was used are paid by the next ones")
    if kept:
        ko.append(f"보상을 이미 쓴 스탬프 {kept}개는 그대로 두었어요")
        en.append(f"{kept} stamps whose reward was used were left")
    if nowhere:
        ko.append(f"스탬프 {nowhere}개는 이미 빠져 있었어요")
        en.append(f"{nowhere} stamps had been taken before")
    return Text(f"{terms.name}: {', '.join(ko)}", f"{terms.name}: {', '.join(en)}")
