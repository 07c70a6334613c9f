"""Trying a rule on the past. Reads in chunks, writes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from app.backtests import queries
from app.backtests.errors import BacktestNotPossible, BacktestTooLarge, BacktestTooLong
from app.backtests.rules import Happening, Return, Trial, lines_left
from app.brands import services as brands
from app.brands.services import Settings
from app.products import services as products
from app.products.services import ProductFacts
from app.purchases import Purchase, PurchaseLine
from app.rewards import services as rewards
from app.rewards.services import OCCASIONS, Facts, Occasion, Rule

DAYS_MAX = 366
LOOKED_AT_MAX = 30_000
CHUNK = 1_000
# Triggers that are asked about an order at one time; they share exclusive groups.
ON_ORDERS = {
    "placed": ("order_paid", "nth_order", "repurchase"),
    "confirmed": ("order_confirmed",),
}


@dataclass(frozen=True)
class Period:
    """Days of the brand's time zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Backtest:
    """What a rule would have given in a period."""

    rule: Rule
    period: Period
    trial: Trial


def backtest(
    brand_id: UUID, code: str, *, version: int | None, first: date, last: date, now: datetime
) -> Backtest:
    """Return what a rule, a draft or any version of it, would have given in a period.

    It is asked as if it had been in force from the first day to the last, whatever its
    schedule and state, beginning with nothing given; beside it the rules that are live
    in its exclusive group. The transaction is made read-only.

    :raises RewardRuleNotFound, RewardRuleVersionNotFound: there is none
    :raises BacktestNotPossible: what the rule waits for is not kept in a way to try it
    :raises BacktestTooLong, BacktestTooLarge: more than is tried at once
    """
    queries.read_only()
    rule = _unscheduled(rewards.compiled_rule(brand_id, code, version))
    readers: dict[str, Callable[[], Iterator[Happening]]] = {}
    settings = brands.current_settings(brand_id)
    period = Period(first, last, ZoneInfo(settings.timezone))
    if len(period.days) > DAYS_MAX:
        raise BacktestTooLong(pointer="/to", days=len(period.days), most=DAYS_MAX)
    trial = Trial(
        rules=(rule, *_companions(brand_id, rule)),
        happened=_asked_together(rule.trigger.on),
        holdout_percent=settings.rewards.holdout_percent,
        zone=period.zone,
    )
    for when, triggers in ON_ORDERS.items():
        readers |= dict.fromkeys(
            triggers, partial(_orders, brand_id, when, trial.rules, period, settings, now)
        )
    readers["member_joined"] = partial(_joined, brand_id, period)
    readers["event"] = partial(_events, brand_id, rule, period)
    readers["referral_qualified"] = partial(_referrals, brand_id, period)
    on = rule.trigger.on
    if on in OCCASIONS:
        _try_occasions(brand_id, trial, period, settings)
    elif on in readers:
        for happening in readers[on]():
            trial.happen(happening)
    else:
        possible = ", ".join(sorted([*readers, *OCCASIONS]))
        raise BacktestNotPossible(trigger=on, possible=possible)
    trial.finish()
    return Backtest(rule, period, trial)


@dataclass(frozen=True)
class BacktestDay:
    """What a rule would have given on a day; ``cost``: points that stay."""

    on: date
    members: int
    grants: int
    points: int
    cost: int


@dataclass(frozen=True)
class Summary:
    """A backtest in numbers: in all, and by the days on which it would have given."""

    first: date
    last: date
    looked_at: int
    members: int
    grants: int
    undone: int
    points: int
    taken_back: int
    gave: Sequence[tuple[str, str, int]]
    skipped: Sequence[tuple[str, int]]
    days: Sequence[BacktestDay]

    @property
    def cost(self) -> int:
        return self.points - self.taken_back


def summary_of(done: Backtest) -> Summary:
    """Return a backtest in numbers."""
    trial, days = done.trial, sorted(done.trial.days.items())
    return Summary(
        first=done.period.first,
        last=done.period.last,
        looked_at=trial.looked_at,
        members=len({member for _, day in days for member in day.members}),
        grants=sum(day.grants for _, day in days),
        undone=trial.undone,
        points=sum(day.points for _, day in days),
        taken_back=sum(day.taken_back for _, day in days),
        gave=[(kind, name, count) for (kind, name), count in sorted(trial.gave.items())],
        skipped=trial.skipped.most_common(),
        days=[
            BacktestDay(on, len(day.members), day.grants, day.points, day.points - day.taken_back)
            for on, day in days
        ],
    )


def _unscheduled(rule: Rule) -> Rule:
    return replace(rule, starts_at=None, ends_at=None)


def _companions(brand_id: UUID, rule: Rule) -> list[Rule]:
    """Return the live rules of the same exclusive group: of them only one gives."""
    if rule.stacking.mode == "all":
        return []
    live = rewards.rules_of(brand_id, brands.programme_version(brand_id))
    return [
        _unscheduled(each)
        for each in live
        if each.code != rule.code and each.stacking.group == rule.stacking.group
    ]


def _asked_together(on: str) -> Sequence[str]:
    return next((triggers for triggers in ON_ORDERS.values() if on in triggers), (on,))


def _within_limit(found: Sequence[Any]) -> Sequence[Any]:
    if len(found) > LOOKED_AT_MAX:
        raise BacktestTooLarge(pointer="/to", most=LOOKED_AT_MAX)
    return found


def _orders(
    brand_id: UUID,
    when: str,
    rules: Sequence[Rule],
    period: Period,
    settings: Settings,
    now: datetime,
) -> Iterator[Happening]:
    ids = _within_limit(
        queries.list_order_ids(
            brand_id, when, period.start, period.end, limit=LOOKED_AT_MAX + 1, now=now
        )
    )
    with_purchases = any(rule.trigger.on == "repurchase" for rule in rules)
    with_products = with_purchases or any(rule.limits.maximum_margin_percent for rule in rules)
    with_history = with_purchases or any(map(_asks_for_history, rules))
    for at in range(0, len(ids), CHUNK):
        rows = queries.list_orders(
            brand_id,
            when,
            ids[at : at + CHUNK],
            with_history=with_history,
            with_purchases=with_purchases,
            now=now,
        )
        skus = {line[1] for row in rows for line in row.lines} if with_products else set()
        known = products.facts_of(brand_id, skus) if skus else {}
        for row in rows:
            rate = row.accrual_rate
            if rate is None:
                rate = brands.settings_of(brand_id, row.settings_version).accrual.rate_basis_points
            yield _order(brand_id, row, rate, known, period.zone)


def _asks_for_history(rule: Rule) -> bool:
    wanted = rule.conditions
    return (
        rule.trigger.on == "nth_order"
        or wanted.first_order_only
        or wanted.days_at_least is not None
        or wanted.days_at_most is not None
    )


def _order(
    brand_id: UUID,
    row: Row[Any],
    rate: int,
    known: Mapping[str, ProductFacts],
    zone: ZoneInfo,
) -> Happening:
    lines = [PurchaseLine(*line[:5]) for line in row.lines]
    placed_at = row.placed_at.astimezone(UTC)

    def purchase(gone: Mapping[int, int]) -> Purchase:
        on = placed_at.astimezone(zone).date()
        return Purchase(lines_left(lines, gone), row.channel, placed_at, on)

    before: dict[int, int] = {}
    gone: dict[int, int] = {}
    returns = []
    for refunded_at, refund_id, quantities in row.refunds:
        for line_no, quantity in quantities:
            gone[line_no] = gone.get(line_no, 0) + quantity
        each = Return(datetime.fromisoformat(refunded_at), UUID(refund_id), purchase(gone))
        if (each.at, each.id) < (row.at, row.id):
            before = dict(gone)
        else:
            returns.append(each)
    facts = Facts(
        brand_id=brand_id,
        member_id=row.member_id,
        tier=row.tier,
        purchase=purchase(before),
        rate_basis_points=rate,
        accruing=frozenset(line[0] for line in row.lines if line[5]),
        order_ref=f"order/{row.id}",
        order_number=None if row.orders is None else row.orders + 1,
        last_order_at=row.last_order_at,
        products=known,
        purchases={sku: datetime.fromisoformat(at) for sku, at in (row.purchases or {}).items()},
    )
    return Happening(row.at, row.id, facts, frozenset(row.tags), returns)


def _joined(brand_id: UUID, period: Period) -> Iterator[Happening]:
    rows = queries.list_joined(
        brand_id, period.start, period.end, zone=period.zone.key, limit=LOOKED_AT_MAX + 1
    )
    for row in _within_limit(rows):
        yield _happened(brand_id, row, "joined")


def _events(brand_id: UUID, rule: Rule, period: Period) -> Iterator[Happening]:
    types = sorted(rule.trigger.about)
    rows = queries.list_events(
        brand_id, period.start, period.end, types=types, limit=LOOKED_AT_MAX + 1
    )
    for row in _within_limit(rows):
        yield _happened(brand_id, row, f"event/{row.id}", event=types[0])


def _referrals(brand_id: UUID, period: Period) -> Iterator[Happening]:
    rows = queries.list_referrals(brand_id, period.start, period.end, limit=LOOKED_AT_MAX + 1)
    for row in _within_limit(rows):
        undone = [] if row.reversed_at is None else [Return(row.reversed_at, row.id, None)]
        happened = _happened(brand_id, row, f"referral/{row.id}", side=row.side)
        yield replace(happened, returns=undone)


def _happened(brand_id: UUID, row: Row[Any], occasion: str, **about: Any) -> Happening:
    facts = Facts(brand_id, row.member_id, tier=row.tier, occasion=occasion, **about)
    return Happening(row.at, row.id, facts, frozenset(row.tags))


def _try_occasions(brand_id: UUID, trial: Trial, period: Period, settings: Settings) -> None:
    """Go through the days as the daily job does, each looked at as it begins."""
    for day in period.days:
        at = datetime.combine(day, time(), period.zone)
        for batch in rewards.batches_of(trial.rules):
            occasion = Occasion(brand_id, batch, day, trial.rules, settings, at)
            after = None
            while chunk := rewards.list_celebrations(occasion, after=after, limit=CHUNK):
                after = chunk[-1].member_id
                if trial.looked_at + len(chunk) > LOOKED_AT_MAX:
                    raise BacktestTooLarge(pointer="/to", most=LOOKED_AT_MAX)
                then = queries.read_members(brand_id, [each.member_id for each in chunk], at)
                for each in chunk:
                    member = then[each.member_id]
                    history = trial.history_of(each.member_id, frozenset(member.tags), at)
                    evaluation = rewards.evaluate_for(
                        occasion,
                        each,
                        history,
                        counters=trial.counters,
                        tier=member.tier,
                        at=at,
                    )
                    trial.take(each.member_id, evaluation, at)
                if len(chunk) < CHUNK:
                    break
