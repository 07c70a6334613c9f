"""Writing rules: versions, their life, what changed, and going back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import Text
from app.brands import services as brands
from app.db import db
from app.rewards import queries, rules
from app.rewards.errors import (
    RewardRuleEnded,
    RewardRuleIsDraft,
    RewardRuleNotFound,
    RewardRuleVersionNotFound,
    RewardScheduleOver,
    TooManyRewardRules,
)
from app.rewards.models import RewardRule, RewardRuleVersion
from app.rewards.rules import Difference, Rule
from app.rewards.services.checking import check

Outcome = Literal["created", "changed", "unchanged"]
LIVE_MAX = 200


@dataclass(frozen=True)
class RuleVersion:
    """What a rule said in one version, and the sentence that says it."""

    code: str
    version: int
    definition: Mapping[str, Any]
    sentence: Text
    actor: str
    created_at: datetime


@dataclass(frozen=True)
class DefinedRule(RuleVersion):
    """A rule as it is now; ``status`` is told by its schedule too."""

    status: str
    changed_at: datetime


@dataclass(frozen=True)
class RuleDiff:
    """What a version changed; ``against`` None: it is the first one."""

    code: str
    version: int
    against: int | None
    changes: Sequence[Difference]
    sentence: Text
    sentence_before: Text | None


@dataclass(frozen=True)
class RuleStats:
    """What a rule has given, and how much of its limits is used."""

    code: str
    grants: int
    members: int
    points: int
    counted_grants: int
    counted_points: int
    grants_max: int | None
    points_max: int | None


def put_rule(
    brand_id: UUID, code: str, definition: Mapping[str, Any], *, actor: str, now: datetime
) -> tuple[DefinedRule, Outcome]:
    """Write a rule as a draft, or what it says from now on as a new version.

    A rule that is live goes on as the new version. Repeating it changes nothing and
    makes no version.

    :raises RewardRuleEnded: it has ended for good
    :raises RewardReferenceUnknown: a template, stamp programme or tier does not exist
    :raises StackingModesDiffer: its group has another mode
    """
    stored = rules.storable(definition)
    found = queries.find_rule(brand_id, code, lock=True)
    if found is None:
        check(brand_id, code, stored)
        rule = RewardRule(
            brand_id=brand_id, code=code, state="draft", version=1, created_at=now, changed_at=now
        )
        db.session.add(rule)
        db.session.flush()  # the version refers to the rule
        said = _add_version(rule, stored, actor=actor, now=now)
        _record(rule, "created", actor=actor, now=now, after=stored)
        return _defined(rule, said, now), "created"
    rule, said = found
    _refuse_ended(rule)
    if said.definition == stored:
        return _defined(rule, said, now), "unchanged"
    check(brand_id, code, stored)
    before = said.definition
    said = _next_version(rule, stored, actor=actor, now=now)
    _record(rule, "changed", actor=actor, now=now, before=before, after=stored)
    return _defined(rule, said, now), "changed"


def activate_rule(brand_id: UUID, code: str, *, actor: str, now: datetime) -> DefinedRule:
    """Put a rule in force, at the start of its schedule if it has one. Repeatable.

    :raises RewardRuleNotFound: there is no such rule
    :raises RewardRuleEnded: it has ended for good
    :raises RewardScheduleOver: its schedule is over
    :raises RewardReferenceUnknown: a template, stamp programme or tier is no longer there
    :raises TooManyRewardRules: as many as may be are live
    """
    rule, said = _lock(brand_id, code)
    _check_live(rule, said.definition, now)
    _set_state(rule, "live", actor=actor, now=now)
    return _defined(rule, said, now)


def schedule_rule(
    brand_id: UUID,
    code: str,
    schedule: Mapping[str, datetime],
    *,
    actor: str,
    now: datetime,
) -> DefinedRule:
    """Give a rule another schedule, as a new version, and put it in force for it.

    :raises RewardRuleNotFound, RewardRuleEnded, RewardScheduleOver, TooManyRewardRules:
        as :func:`activate_rule` does
    """
    rule, said = _lock(brand_id, code)
    stored = rules.storable({**said.definition, "schedule": schedule})
    _check_live(rule, stored, now)
    if stored != said.definition:
        before = said.definition
        said = _next_version(rule, stored, actor=actor, now=now)
        _record(rule, "changed", actor=actor, now=now, before=before, after=stored)
    _set_state(rule, "live", actor=actor, now=now)
    return _defined(rule, said, now)


def pause_rule(brand_id: UUID, code: str, *, actor: str, now: datetime) -> DefinedRule:
    """Take a rule out of force for a while. Repeatable.

    :raises RewardRuleNotFound: there is no such rule
    :raises RewardRuleEnded: it has ended for good
    :raises RewardRuleIsDraft: it was never in force
    """
    rule, said = _lock(brand_id, code)
    if rule.state == "draft":
        raise RewardRuleIsDraft(rule=code)
    _set_state(rule, "paused", actor=actor, now=now)
    return _defined(rule, said, now)


def end_rule(brand_id: UUID, code: str, *, actor: str, now: datetime) -> DefinedRule:
    """End a rule for good. What it gave stays. Repeatable.

    :raises RewardRuleNotFound: there is no such rule
    """
    rule, said = _lock(brand_id, code, may_be_ended=True)
    _set_state(rule, "ended", actor=actor, now=now)
    return _defined(rule, said, now)


def roll_back_rule(
    brand_id: UUID, code: str, version: int, *, actor: str, now: datetime
) -> DefinedRule:
    """Let a rule say again what an earlier version said, as a new version.

    :raises RewardRuleNotFound, RewardRuleVersionNotFound: there is none
    :raises RewardRuleEnded, RewardReferenceUnknown, StackingModesDiffer: as :func:`put_rule`
    """
    earlier = get_version(brand_id, code, version)
    return put_rule(brand_id, code, earlier.definition, actor=actor, now=now)[0]


def get_rule(brand_id: UUID, code: str, *, now: datetime) -> DefinedRule:
    """:raises RewardRuleNotFound: there is no such rule"""
    found = queries.find_rule(brand_id, code)
    if found is None:
        raise RewardRuleNotFound(rule=code)
    return _defined(*found, now)


def list_rules(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int, now: datetime
) -> list[DefinedRule]:
    """Return rules by code, of one status if it is named."""
    found = queries.list_rules(brand_id, status=status, after=after, limit=limit, now=now)
    return [_defined(rule, said, now) for rule, said in found]


def get_version(brand_id: UUID, code: str, version: int) -> RuleVersion:
    """:raises RewardRuleNotFound, RewardRuleVersionNotFound: there is none"""
    said = queries.find_version(brand_id, code, version)
    if said is None:
        if queries.find_rule(brand_id, code) is None:
            raise RewardRuleNotFound(rule=code)
        raise RewardRuleVersionNotFound(rule=code, version=version)
    return _version(said, _zone(brand_id))


def compiled_rule(brand_id: UUID, code: str, version: int | None = None) -> Rule:
    """Return a rule as it is evaluated, whatever its state: as it is now, or in one version.

    :raises RewardRuleNotFound, RewardRuleVersionNotFound: there is none
    """
    said: RewardRuleVersion | None
    if version is None:
        found = queries.find_rule(brand_id, code)
        if found is None:
            raise RewardRuleNotFound(rule=code)
        said = found[1]
    else:
        get_version(brand_id, code, version)
        said = queries.find_version(brand_id, code, version)
        assert said is not None  # noqa: S101 - it was found a moment ago
    return rules.rule_of(said.code, said.version, said.definition)


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[RuleVersion]:
    """Return what a rule said, the newest version first.

    :raises RewardRuleNotFound: there is no such rule
    """
    if queries.find_rule(brand_id, code) is None:
        raise RewardRuleNotFound(rule=code)
    zone = _zone(brand_id)
    found = queries.list_versions(brand_id, code, before=before, limit=limit)
    return [_version(said, zone) for said in found]


def diff(brand_id: UUID, code: str, version: int, *, against: int | None = None) -> RuleDiff:
    """Return what a version changed against another one, else the one before it.

    :raises RewardRuleNotFound, RewardRuleVersionNotFound: there is none
    """
    after = get_version(brand_id, code, version)
    if against is None and version > 1:
        against = version - 1
    before = None if against is None else get_version(brand_id, code, against)
    return RuleDiff(
        code=code,
        version=version,
        against=against,
        changes=rules.differences(before.definition if before else {}, after.definition),
        sentence=after.sentence,
        sentence_before=before.sentence if before else None,
    )


def stats(brand_id: UUID, code: str, *, now: datetime) -> RuleStats:
    """Return what a rule has given, whatever its versions, and what of its limits is used.

    :raises RewardRuleNotFound: there is no such rule
    """
    limits = get_rule(brand_id, code, now=now).definition.get("limits", {})
    source = rules.source_of(code)
    grants, members, points = benefits.totals_of(brand_id, source)
    counted_grants, counted_points = benefits.used_of(brand_id, source)
    return RuleStats(
        code=code,
        grants=grants,
        members=members,
        points=points,
        counted_grants=counted_grants,
        counted_points=counted_points,
        grants_max=limits.get("total_grants"),
        points_max=limits.get("total_points"),
    )


def _lock(
    brand_id: UUID, code: str, *, may_be_ended: bool = False
) -> tuple[RewardRule, RewardRuleVersion]:
    found = queries.find_rule(brand_id, code, lock=True)
    if found is None:
        raise RewardRuleNotFound(rule=code)
    if not may_be_ended:
        _refuse_ended(found[0])
    return found


def _refuse_ended(rule: RewardRule) -> None:
    if rule.state == "ended":
        raise RewardRuleEnded(rule=rule.code)


def _check_live(rule: RewardRule, definition: Mapping[str, Any], now: datetime) -> None:
    """Refuse what cannot be in force. Called before anything is written."""
    compiled = rules.rule_of(rule.code, rule.version, definition)
    if rules.status_at("live", compiled.starts_at, compiled.ends_at, now) == "ended":
        raise RewardScheduleOver(pointer="/ends_at")
    check(rule.brand_id, rule.code, definition)
    if rule.state != "live" and queries.count_live(rule.brand_id) >= LIVE_MAX:
        raise TooManyRewardRules(most=LIVE_MAX)


def _set_state(rule: RewardRule, state: str, *, actor: str, now: datetime) -> None:
    if rule.state == state:
        return
    before = rule.state
    rule.state = state
    rule.changed_at = now
    _record(rule, state, actor=actor, now=now, before={"state": before}, after={"state": state})


def _next_version(
    rule: RewardRule, stored: dict[str, Any], *, actor: str, now: datetime
) -> RewardRuleVersion:
    rule.version += 1
    rule.changed_at = now
    return _add_version(rule, stored, actor=actor, now=now)


def _add_version(
    rule: RewardRule, stored: dict[str, Any], *, actor: str, now: datetime
) -> RewardRuleVersion:
    said = RewardRuleVersion(
        brand_id=rule.brand_id,
        code=rule.code,
        version=rule.version,
        definition=stored,
        actor=actor,
        created_at=now,
    )
    db.session.add(said)
    return said


def _record(
    rule: RewardRule, action: str, *, actor: str, now: datetime, before: Any = None, after: Any
) -> None:
    """Write down the change, and give the programme a new number."""
    brands.record_audit(
        rule.brand_id,
        actor=actor,
        action=f"reward_rule.{action}",
        subject=f"reward_rule:{rule.code}",
        now=now,
        before=before,
        after=after,
    )
    brands.change_programme(rule.brand_id)  # flushes, too: autoflush is off


def _zone(brand_id: UUID) -> ZoneInfo:
    return ZoneInfo(brands.current_settings(brand_id).timezone)


def _version(said: RewardRuleVersion, zone: ZoneInfo) -> RuleVersion:
    compiled = rules.rule_of(said.code, said.version, said.definition)
    return RuleVersion(
        code=said.code,
        version=said.version,
        definition=said.definition,
        sentence=rules.sentence(compiled, zone),
        actor=said.actor,
        created_at=said.created_at,
    )


def _defined(rule: RewardRule, said: RewardRuleVersion, now: datetime) -> DefinedRule:
    compiled = rules.rule_of(said.code, said.version, said.definition)
    return DefinedRule(
        **vars(_version(said, _zone(rule.brand_id))),
        status=rules.status_at(rule.state, compiled.starts_at, compiled.ends_at, now),
        changed_at=rule.changed_at,
    )
