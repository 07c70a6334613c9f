"""Birthdays and signup anniversaries: one day, one batch of rules, many members at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import Grant, History
from app.brands import services as brands
from app.brands.services import Settings
from app.members import services as members
from app.members.services import Celebration
from app.points import services as points
from app.rewards.queries import occasions as queries
from app.rewards.rules import Evaluation, Facts, Rule, evaluate
from app.rewards.rules import occasions as rules
from app.rewards.rules.occasions import OCCASIONS, Batch
from app.rewards.services.evaluating import rules_of
from app.rewards.services.firing import give, tier_of

ACTOR = "occasions"
DAYS_AT_ONCE = 100  # days on which nobody has a birthday are quickly looked through


@dataclass(frozen=True)
class OccasionPlace:
    """Where a step stopped: on which day, in which batch of rules, after which member."""

    day: date
    batch: Batch
    after: UUID | None


@dataclass(frozen=True)
class OccasionStep:
    """How many members a step gave something, and where the next one goes on."""

    rewarded: int
    is_last: bool
    place: OccasionPlace | None = None


@dataclass(frozen=True)
class Occasion:
    """One batch of rules on one day, as far as it is the same for all members."""

    brand_id: UUID
    batch: Batch
    day: date  # the day that is looked at
    live: Sequence[Rule]
    settings: Settings
    now: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def on(self) -> date:
        """The birthday itself."""
        return self.day + timedelta(days=self.batch.days_before)

    @cached_property
    def rules(self) -> list[Rule]:
        """All rules of the trigger, due on this day or not."""
        return [rule for rule in self.live if rule.trigger.on == self.batch.trigger]

    def is_due(self, rule: Rule) -> bool:
        return rule.trigger.days_before == self.batch.days_before

    def name(self, celebration: Celebration) -> str:
        """Return what makes it happen only once: ``birthday/2026``."""
        return f"{OCCASIONS[self.batch.trigger]}/{celebration.year}"


def reward_occasions(
    brand_id: UUID, place: OccasionPlace | None, *, limit: int, now: datetime
) -> OccasionStep:
    """Give what the rules say to about ``limit`` members whose day it is, or was meanwhile.

    Without a ``place`` it begins with the first day that was not finished. Repeating it
    gives nothing again.
    """
    settings = brands.current_settings(brand_id)
    version = brands.programme_version(brand_id)
    live = rules_of(brand_id, version)
    record = partial(queries.record, brand_id, programme_version=version, now=now)
    days: list[tuple[date, int, bool]] = []
    seen = 0
    for day in _days_due(brand_id, settings, version, now):
        rewarded = 0
        for batch in rules.batches_of(live):
            after = None
            if place is not None and place.day == day:
                if batch.order < place.batch.order:
                    continue
                after = place.after if batch == place.batch else None
            occasion = Occasion(brand_id, batch, day, live, settings, now)
            ids, given = _reward(occasion, after, limit)
            rewarded += given
            seen += len(ids)
            if len(ids) == limit:
                record([*days, (day, rewarded, False)])
                return OccasionStep(
                    rewarded + sum(given for _, given, _ in days),
                    is_last=False,
                    place=OccasionPlace(day, batch, ids[-1]),
                )
        days.append((day, rewarded, True))
        if seen >= limit or len(days) == DAYS_AT_ONCE:
            break
    record(days)
    return OccasionStep(
        sum(given for _, given, _ in days),
        is_last=seen < limit and len(days) < DAYS_AT_ONCE,
    )


def _days_due(brand_id: UUID, settings: Settings, version: int, now: datetime) -> list[date]:
    """Return the days whose birthdays are still to be looked at, the earliest first."""
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    last = queries.last_finished(brand_id, today)
    return rules.days_due(
        last.on if last is not None else None,
        queries.first_unfinished(brand_id, today),
        today,
        changed=last is not None and last.programme_version != version,
    )


def _reward(occasion: Occasion, after: UUID | None, limit: int) -> tuple[list[UUID], int]:
    """Return the next members of an occasion, and how many of them got something."""
    ids = [each.member_id for each in list_celebrations(occasion, after=after, limit=limit)]
    if not ids:
        return [], 0
    brand_id, now = occasion.brand_id, occasion.now
    locked = points.open_many(brand_id, ids, now=now)
    # Only now: who was merged or erased, or moved the birthday, a moment ago is left out.
    grants = _decide(occasion, list_celebrations(occasion, among=locked, limit=limit))
    in_bulk = [each for each in grants if benefits.can_be_bulk(each[1])]
    if in_bulk:
        benefits.grant_many(brand_id, in_bulk, actor=ACTOR, now=now)
    for member_id, grant in grants:
        if not benefits.can_be_bulk(grant):
            give(brand_id, member_id, [grant], order_id=None, actor=ACTOR, now=now)
    return ids, len({member_id for member_id, _ in grants})


def list_celebrations(
    occasion: Occasion,
    *,
    after: UUID | None = None,
    among: Sequence[UUID] | None = None,
    limit: int,
) -> list[Celebration]:
    """Return whose day it is, by id, as far as it was known early enough."""
    if occasion.batch.trigger == "signup_anniversary":
        return members.list_anniversaries(
            occasion.brand_id, occasion.on, after=after, among=among, limit=limit
        )
    notice = occasion.settings.rewards.birthday_notice_days
    return members.list_birthdays(
        occasion.brand_id,
        occasion.on,
        changed_before=rules.changed_before(occasion.on, notice, occasion.zone),
        after=after,
        among=among,
        limit=limit,
    )


def _decide(occasion: Occasion, celebrations: Sequence[Celebration]) -> list[tuple[UUID, Grant]]:
    """Return what each member gets. What the first ones use up is not there for the next."""
    histories = benefits.read_histories(
        occasion.brand_id,
        [each.member_id for each in celebrations],
        [rule.source for rule in occasion.rules],
        now=occasion.now,
    )
    with_tiers = any(rule.conditions.tiers for rule in occasion.rules)
    counters = dict(benefits.read_counters(occasion.brand_id, [r.source for r in occasion.rules]))
    decided: list[tuple[UUID, Grant]] = []
    for each in celebrations:
        evaluation = evaluate_for(
            occasion,
            each,
            histories.get(each.member_id, History()),
            counters=counters,
            tier=tier_of(occasion.brand_id, each.member_id, occasion.zone, now=occasion.now)
            if with_tiers
            else None,
            at=rules.seen_at(occasion.day, occasion.now, occasion.zone),
        )
        for grant in evaluation.grants:
            decided.append((each.member_id, grant))
            if grant.limit is not None:
                used, given = counters.get(grant.source, (0, 0))
                counters[grant.source] = (used + 1, given + grant.points)
    return decided


def evaluate_for(
    occasion: Occasion,
    celebration: Celebration,
    history: History,
    *,
    counters: Mapping[str, tuple[int, int]],
    tier: str | None,
    at: datetime,
) -> Evaluation:
    """Return what one member is given, asked at a moment of the day that is looked at."""
    name = occasion.name(celebration)
    return evaluate(
        [rule for rule in occasion.rules if _is_asked(rule, occasion, celebration, history, name)],
        occasion.batch.trigger,
        Facts(
            brand_id=occasion.brand_id,
            member_id=celebration.member_id,
            occasion=name,
            tier=tier,
        ),
        replace(history.state, counters=counters),
        holdout_percent=occasion.settings.rewards.holdout_percent,
        now=at,
        zone=occasion.zone,
    )


def _is_asked(
    rule: Rule, occasion: Occasion, celebration: Celebration, history: History, name: str
) -> bool:
    """Whether a rule is due and not too early; one that has given closes its group."""
    if history.state.has(rule.source, name):
        return True
    return occasion.is_due(rule) and not rules.is_too_soon(
        occasion.on, celebration.changed_at, history.last_at.get(rule.source), occasion.zone
    )
