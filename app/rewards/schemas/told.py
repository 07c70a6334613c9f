"""Reward rules as they are told: with their sentence, their status and what they gave."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from app.benefits.services import Text
from app.rewards.schemas.rules import (
    ConditionsIn,
    EffectIn,
    LimitsIn,
    ScheduleIn,
    StackingIn,
    TriggerIn,
)
from app.rewards.services import DefinedRule, RuleDiff, RuleStats, RuleVersion
from app.web.responses import show_instant


class SentenceOut(Schema):
    ko = fields.String()
    en = fields.String()


class RewardRuleVersionOut(Schema):
    object = fields.String()
    code = fields.String()
    version = fields.Integer()
    name = fields.String()
    sentence = fields.Nested(SentenceOut)
    trigger = fields.Nested(TriggerIn)
    conditions = fields.Nested(ConditionsIn)
    effects = fields.List(fields.Nested(EffectIn))
    limits = fields.Nested(LimitsIn)
    stacking = fields.Nested(StackingIn)
    schedule = fields.Nested(ScheduleIn)
    holdout_percent = fields.Integer()
    actor = fields.String()
    created_at = fields.String()


class RewardRuleOut(RewardRuleVersionOut):
    status = fields.String()
    changed_at = fields.String()


class DifferenceOut(Schema):
    path = fields.String(metadata={"description": "JSON pointer"})
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class RewardRuleDiffOut(Schema):
    object = fields.String()
    code = fields.String()
    version = fields.Integer()
    against = fields.Integer(allow_none=True)
    changes = fields.List(fields.Nested(DifferenceOut))
    sentence = fields.Nested(SentenceOut)
    sentence_before = fields.Nested(SentenceOut, allow_none=True)


class UsedOut(Schema):
    used = fields.Integer()
    limit = fields.Integer(allow_none=True)
    left = fields.Integer(allow_none=True)


class RewardRuleStatsOut(Schema):
    object = fields.String()
    code = fields.String()
    grants = fields.Integer(metadata={"description": "In force."})
    members = fields.Integer()
    points = fields.Integer(metadata={"description": "Given and not taken back."})
    total_grants = fields.Nested(UsedOut)
    total_points = fields.Nested(UsedOut)


def show_definition(
    code: str, version: int, told: Text, definition: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "code": code,
        "version": version,
        "sentence": {"ko": told.ko, "en": told.en},
        "conditions": {},
        "limits": {},
        "stacking": {},
        "schedule": {},
        "holdout_percent": 0,
        **definition,
    }


def show_rule(rule: DefinedRule) -> dict[str, Any]:
    return {
        "object": "reward_rule",
        "status": rule.status,
        **show_definition(rule.code, rule.version, rule.sentence, rule.definition),
        "actor": rule.actor,
        "created_at": show_instant(rule.created_at),
        "changed_at": show_instant(rule.changed_at),
    }


def show_rule_version(version: RuleVersion) -> dict[str, Any]:
    return {
        "object": "reward_rule_version",
        **show_definition(version.code, version.version, version.sentence, version.definition),
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }


def show_diff(diff: RuleDiff) -> dict[str, Any]:
    before = diff.sentence_before
    return {
        "object": "reward_rule_diff",
        "code": diff.code,
        "version": diff.version,
        "against": diff.against,
        "changes": [change._asdict() for change in diff.changes],
        "sentence": diff.sentence._asdict(),
        "sentence_before": before and before._asdict(),
    }


def show_stats(stats: RuleStats) -> dict[str, Any]:
    return {
        "object": "reward_rule_stats",
        "code": stats.code,
        "grants": stats.grants,
        "members": stats.members,
        "points": stats.points,
        "total_grants": _used(stats.counted_grants, stats.grants_max),
        "total_points": _used(stats.counted_points, stats.points_max),
    }


def _used(used: int, limit: int | None) -> dict[str, int | None]:
    return {"used": used, "limit": limit, "left": None if limit is None else max(0, limit - used)}
