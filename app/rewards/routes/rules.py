"""Reward rules over JSON: parse, call one use case in one transaction, render."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from app import clock
from app.brands import services as brands
from app.db import transact, transaction
from app.rewards import services
from app.rewards.schemas.rules import DiffQuery, RewardRuleIn, RollbackIn, RulesQuery, ScheduleIn
from app.rewards.schemas.told import (
    RewardRuleDiffOut,
    RewardRuleOut,
    RewardRuleStatsOut,
    RewardRuleVersionOut,
    show_diff,
    show_rule,
    show_rule_version,
    show_stats,
)
from app.rewards.services import DefinedRule
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint(
    "reward_rules", __name__, url_prefix="/v1", description="Rules that reward by themselves"
)

VERSION = "<int(max=1000000):version>"


@blp.put("/reward-rules/<string:rule>")
@requires("programme:write")
@blp.arguments(RewardRuleIn)
@blp.response(200, RewardRuleOut)
@blp.alt_response(201, schema=RewardRuleOut, description="The rule is new, and a draft.")
def put_rule(body: dict[str, Any], rule: str) -> Response:
    """Write a rule: a new one as a draft, a known one as its next version.

    A rule that is live goes on as the new version. Safe to repeat and needs no
    Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    code = code_of(rule)

    def use_case() -> Response:
        defined, outcome = services.put_rule(
            principal.brand_id,
            code,
            body,
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return json_response(show_rule(defined), 201 if outcome == "created" else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/reward-rules/<string:rule>")
@requires("programme:read")
@blp.response(200, RewardRuleOut)
def show(rule: str) -> Response:
    """Show a rule as it is now, and the sentence that says it."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        defined = services.get_rule(brand_id, rule, now=now)
    return json_response(show_rule(defined))


@blp.get("/reward-rules")
@requires("programme:read")
@blp.arguments(RulesQuery, location="query")
@blp.response(200, page_schema(RewardRuleOut))
def list_rules(query: dict[str, Any]) -> Response:
    """List rules by code, of one status if it is named."""
    brand_id = current_principal().brand_id
    filters = {"status": query["status"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_rules(
            brand_id,
            status=query["status"],
            after=position[0] if position else None,
            limit=query["limit"] + 1,
            now=brands.brand_now(brand_id, clock.now()),
        )
    return json_response(page(found, query["limit"], lambda each: [each.code], show_rule, filters))


@blp.get("/reward-rules/<string:rule>/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(RewardRuleVersionOut))
def list_rule_versions(query: dict[str, Any], rule: str) -> Response:
    """List what a rule said and who changed it, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, rule, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_rule_version, {})
    )


@blp.get(f"/reward-rules/<string:rule>/versions/{VERSION}")
@requires("programme:read")
@blp.response(200, RewardRuleVersionOut)
def show_version(rule: str, version: int) -> Response:
    """Show what a rule said in one version."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_version(brand_id, rule, version)
    return json_response(show_rule_version(found))


@blp.get(f"/reward-rules/<string:rule>/versions/{VERSION}/diff")
@requires("programme:read")
@blp.arguments(DiffQuery, location="query")
@blp.response(200, RewardRuleDiffOut)
def show_version_diff(query: dict[str, Any], rule: str, version: int) -> Response:
    """Show what a version changed, field by field, against the one before or `against`."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.diff(brand_id, rule, version, against=query["against"])
    return json_response(show_diff(found))


@blp.get("/reward-rules/<string:rule>/stats")
@requires("programme:read")
@blp.response(200, RewardRuleStatsOut)
def show_rule_stats(rule: str) -> Response:
    """Show what a rule has given, and how much of its limits is used and left."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        now = brands.brand_now(brand_id, clock.now())
        found = services.stats(brand_id, rule, now=now)
    return json_response(show_stats(found))


@blp.post("/reward-rules/<string:rule>/activate")
@requires("programme:write")
@idempotent
@blp.response(200, RewardRuleOut)
def activate_rule(rule: str) -> Response:
    """Put a rule in force: at once, or at the start of its schedule."""
    return _change(rule, services.activate_rule)


@blp.post("/reward-rules/<string:rule>/schedule")
@requires("programme:write")
@idempotent
@blp.arguments(ScheduleIn)
@blp.response(200, RewardRuleOut)
def schedule_rule(body: dict[str, Any], rule: str) -> Response:
    """Give a rule another schedule, as a new version, and put it in force for it."""
    return _change(rule, services.schedule_rule, body, body=request.get_json())


@blp.post("/reward-rules/<string:rule>/pause")
@requires("programme:write")
@idempotent
@blp.response(200, RewardRuleOut)
def pause_rule(rule: str) -> Response:
    """Take a rule out of force for a while; activate it to go on."""
    return _change(rule, services.pause_rule)


@blp.post("/reward-rules/<string:rule>/end")
@requires("programme:write")
@idempotent
@blp.response(200, RewardRuleOut)
def end_rule(rule: str) -> Response:
    """End a rule for good. What it gave stays."""
    return _change(rule, services.end_rule)


@blp.post("/reward-rules/<string:rule>/rollback")
@requires("programme:write")
@idempotent
@blp.arguments(RollbackIn)
@blp.response(200, RewardRuleOut)
def roll_back_rule(body: dict[str, Any], rule: str) -> Response:
    """Let a rule say again what an earlier version said, as a new version."""
    return _change(rule, services.roll_back_rule, body["version"], body=request.get_json())


def _change(
    rule: str, change: Callable[..., DefinedRule], *given: Any, body: Any = None
) -> Response:
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        defined = change(
            principal.brand_id,
            rule,
            *given,
            actor=principal.actor,
            now=brands.brand_now(principal.brand_id, clock.now()),
        )
        return show_rule(defined), 200

    return execute_once(body, use_case)
