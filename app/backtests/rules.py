"""Trying rules on the past: what happened goes in, one after another, what it gives comes out.

Nothing here decides what a rule gives: ``rewards.evaluate`` does, as in the checkout. A
:class:`Trial` only remembers, as the database would have, what was given to whom.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits.services import Grant, History, MemberBenefits, deserved
from app.orders.services import part
from app.purchases import Purchase, PurchaseLine
from app.rewards.services import Evaluation, Facts, Rule, evaluate

Moment = tuple[datetime, UUID]  # things of one instant follow each other by id


@dataclass(frozen=True)
class Return:
    """Some of an order given back; ``left`` None: all of it, or an invitation undone."""

    at: datetime
    id: UUID
    left: Purchase | None


@dataclass(frozen=True)
class Happening:
    """One thing that rules are asked about; ``tags`` are those the member had then."""

    at: datetime
    id: UUID
    facts: Facts
    tags: frozenset[str] = frozenset()
    returns: Sequence[Return] = ()


@dataclass
class Day:
    """What a rule gave on one day. ``taken_back`` is of what that day gave, until today."""

    grants: int = 0
    points: int = 0
    taken_back: int = 0
    members: set[UUID] = field(default_factory=set)


@dataclass
class _Given:
    grant: Grant
    at: datetime
    on: date
    taken_back: int = 0


@dataclass
class Trial:
    """Rules being tried: the first is the one in question, the others its exclusive group."""

    rules: Sequence[Rule]
    happened: Collection[str]
    holdout_percent: int
    zone: ZoneInfo
    looked_at: int = 0
    undone: int = 0
    days: dict[date, Day] = field(default_factory=lambda: defaultdict(Day))
    gave: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, name) → how many
    skipped: Counter[str] = field(default_factory=Counter)
    _given: dict[UUID, dict[str, dict[str, _Given]]] = field(default_factory=dict)
    _counters: dict[str, tuple[int, int]] = field(default_factory=dict)
    _returns: list[tuple[Moment, int, UUID, str, Purchase | None]] = field(default_factory=list)

    @property
    def tested(self) -> Rule:
        return self.rules[0]

    def happen(self, happening: Happening) -> None:
        """Ask the rules about something, after all that was given back before it."""
        self._give_back(until=(happening.at, happening.id))
        facts = happening.facts
        evaluation = evaluate(
            self.rules,
            self.happened,
            facts,
            self.state_of(facts.member_id, happening.tags, happening.at),
            holdout_percent=self.holdout_percent,
            now=happening.at,
            zone=self.zone,
        )
        self.take(facts.member_id, evaluation, happening.at)
        for grant in evaluation.grants[:1]:
            for each in happening.returns:
                self._push(each, facts.member_id, grant.occasion)

    def take(self, member_id: UUID, evaluation: Evaluation, at: datetime) -> None:
        """Remember what was given, and why nothing was."""
        self.looked_at += 1
        for skip in evaluation.skipped:
            if skip.rule == self.tested.code:
                self.skipped[skip.reason] += 1
        on = at.astimezone(self.zone).date()
        for grant in evaluation.grants:
            by_source = self._given.setdefault(member_id, {})
            by_source.setdefault(grant.source, {})[grant.occasion] = _Given(grant, at, on)
            self._count(grant, 1, grant.points)
            if grant.source == self.tested.source:
                self._tell(member_id, grant, self.days[on])

    def finish(self) -> None:
        """Give back what was given back after all that happened."""
        self._give_back(until=None)

    def state_of(self, member_id: UUID, tags: frozenset[str], at: datetime) -> MemberBenefits:
        """Return what the engine may know of a member, as ``benefits_state`` tells it."""
        given = self._given.get(member_id, {})
        own = {
            benefit.tag
            for each in given.values()
            for one in each.values()
            for benefit in one.grant.benefits
            if benefit.tag
        }
        today = at.astimezone(self.zone).date()
        return MemberBenefits(
            tags=tags | own,
            counts={source: _counts(each.values(), today) for source, each in given.items()},
            occasions={source: frozenset(each) for source, each in given.items()},
            counters=self._counters,
        )

    def history_of(self, member_id: UUID, tags: frozenset[str], at: datetime) -> History:
        """Return the same, and when each rule gave last: what occasions are decided on."""
        given = self._given.get(member_id, {})
        return History(
            self.state_of(member_id, tags, at),
            {source: max(one.at for one in each.values()) for source, each in given.items()},
        )

    @property
    def counters(self) -> Mapping[str, tuple[int, int]]:
        return self._counters

    def _tell(self, member_id: UUID, grant: Grant, day: Day) -> None:
        day.grants += 1
        day.points += grant.points
        day.members.add(member_id)
        for benefit in grant.benefits:
            name = benefit.template or benefit.programme or benefit.tag
            if name is not None:
                self.gave[benefit.kind, name] += benefit.stamps or 1

    def _count(self, grant: Grant, grants: int, points: int) -> None:
        if grant.limit is not None:
            used = self._counters.get(grant.source, (0, 0))
            self._counters[grant.source] = (used[0] + grants, used[1] + points)

    def _push(self, each: Return, member_id: UUID, occasion: str) -> None:
        moment = (each.at, each.id)
        heapq.heappush(self._returns, (moment, len(self._returns), member_id, occasion, each.left))

    def _give_back(self, until: Moment | None) -> None:
        while self._returns and (until is None or self._returns[0][0] < until):
            _, _, member_id, occasion, left = heapq.heappop(self._returns)
            for by_occasion in self._given[member_id].values():
                given = by_occasion.get(occasion)
                if given is not None and self._take_back(given, left):
                    del by_occasion[occasion]

    def _take_back(self, given: _Given, left: Purchase | None) -> bool:
        """Take back what is no longer deserved; returns whether all of the grant is gone."""
        grant = given.grant
        points = None if left is None else deserved(grant.terms, left)
        wholly = points is None
        taken = max(0, grant.points - given.taken_back - (points or 0))
        given.taken_back += taken
        self._count(grant, -1 if wholly else 0, -taken)
        if grant.source == self.tested.source:
            self.days[given.on].taken_back += taken
            self.undone += wholly
        return wholly


def _counts(given: Collection[_Given], today: date) -> tuple[int, int, int, int]:
    """Return how many grants are in force in all, and of this year, month and day."""
    return (
        len(given),
        sum(each.on >= today.replace(month=1, day=1) for each in given),
        sum(each.on >= today.replace(day=1) for each in given),
        sum(each.on >= today for each in given),
    )


def lines_left(lines: Sequence[PurchaseLine], gone: Mapping[int, int]) -> list[PurchaseLine]:
    """Return what is left of lines of which so many pieces were given back, as refunds do.

    >>> lines_left([PurchaseLine(1, "TEA", None, 3, 1000)], {1: 2})[0].amount
    334
    """
    return [
        PurchaseLine(
            line.line_no,
            line.sku,
            line.category,
            line.quantity - gone.get(line.line_no, 0),
            line.amount - part(line.amount, gone.get(line.line_no, 0), line.quantity, up=False),
        )
        for line in lines
    ]
