"""Reward rules: what each says in a sentence, tried on past orders, put in force, taken back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect
from werkzeug.wrappers import Response as AnyResponse

from app.backtests import services as backtests
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.rules.navigation import Entry
from app.errors import DomainError
from app.rewards import services as rewards
from app.web.pages import read_form, render
from app.web.problems import language

NAV = Entry("console.rules", "보상 규칙", "Reward rules", "programme:read", "room", 10, "gift")
STATUSES = {
    "draft": ("초안", "draft"),
    "scheduled": ("예약됨", "scheduled"),
    "active": ("적용 중", "in force"),
    "paused": ("멈춤", "paused"),
    "ended": ("끝남", "ended"),
}
DONE = {
    "rule_activated": ("규칙을 적용했어요", "The rule is in force"),
    "rule_paused": ("규칙을 멈췄어요", "The rule is paused"),
    "rule_ended": ("규칙을 끝냈어요. 준 것은 그대로예요", "The rule has ended; what it gave stays"),
    "rule_scheduled": ("규칙을 예약했어요", "The rule is scheduled"),
    "rule_rolled_back": (
        "예전 내용을 새 버전으로 되살렸어요", "What it said before is a new version",
    ),
}  # fmt: skip
SHOWN = 100
TRIED_DAYS = 90
DEEDS: dict[str, tuple[Callable[..., Any], str]] = {
    "activate": (rewards.activate_rule, "rule_activated"),
    "pause": (rewards.pause_rule, "rule_paused"),
    "end": (rewards.end_rule, "rule_ended"),
}


@pages.get("/rules")
@permitted("programme:read")
def rules() -> AnyResponse:
    """Show every rule as the sentence that it says."""

    def use_case(desk: Desk) -> AnyResponse:
        found = rewards.list_rules(
            desk.brand_id, status=None, after=None, limit=SHOWN, now=desk.now
        )
        return render("console/rules.html", rules=found, statuses=STATUSES)

    return on_desk(use_case)


@pages.get("/rules/<code>")
@permitted("programme:read")
def rule(code: str) -> AnyResponse:
    """Show one rule: its sentence, what it has given, and what each version changed."""
    return on_desk(lambda desk: _drawn(desk, code))


@pages.post("/rules/<code>/try")
@permitted("programme:read")
def try_rule(code: str) -> AnyResponse:
    """Tell what the rule would have given in a period; nothing is given."""
    values = read_form("from", "to")

    def use_case(desk: Desk) -> AnyResponse:
        first, last = _day(values["from"]), _day(values["to"])
        if first is None or last is None or last < first:
            fault = ("기간을 확인해 주세요.", "Check the period.")
            return _drawn(desk, code, fault=fault, period=values)
        try:
            done = backtests.backtest(
                desk.brand_id, code, version=None, first=first, last=last, now=desk.now
            )
        except DomainError as refusal:
            fault = (refusal.sentence("ko"), refusal.sentence("en"))
            return _drawn(desk, code, fault=fault, period=values)
        return _drawn(desk, code, tried=backtests.summary_of(done), period=values)

    return on_desk(use_case)


@pages.post("/rules/<code>/<any(activate, pause, end):deed>")
@permitted("programme:edit")
def move_rule(code: str, deed: str) -> AnyResponse:
    """Put a rule in force, pause it, or end it for good."""
    act, told = DEEDS[deed]

    def use_case(desk: Desk) -> AnyResponse:
        act(desk.brand_id, code, actor=desk.actor, now=desk.now)
        return redirect(f"/console/rules/{code}?done={told}", 303)

    return on_desk(use_case)


@pages.post("/rules/<code>/schedule")
@permitted("programme:edit")
def schedule_rule(code: str) -> AnyResponse:
    """Let a rule be in force from one day to another, both included."""
    values = read_form("from", "to")

    def use_case(desk: Desk) -> AnyResponse:
        first, last = _day(values["from"]), _day(values["to"])
        schedule = {}
        if first is not None:
            schedule["starts_at"] = datetime.combine(first, datetime.min.time(), desk.zone)
        if last is not None:
            ends = last + timedelta(days=1)
            schedule["ends_at"] = datetime.combine(ends, datetime.min.time(), desk.zone)
        rewards.schedule_rule(desk.brand_id, code, schedule, actor=desk.actor, now=desk.now)
        return redirect(f"/console/rules/{code}?done=rule_scheduled", 303)

    return on_desk(use_case)


@pages.post("/rules/<code>/versions/<int(max=1000000):version>/restore")
@permitted("programme:edit")
def roll_back_rule(code: str, version: int) -> AnyResponse:
    """Let a rule say again what it said before."""

    def use_case(desk: Desk) -> AnyResponse:
        rewards.roll_back_rule(desk.brand_id, code, version, actor=desk.actor, now=desk.now)
        return redirect(f"/console/rules/{code}?done=rule_rolled_back", 303)

    return on_desk(use_case)


def _drawn(
    desk: Desk,
    code: str,
    *,
    tried: object = None,
    fault: tuple[str, str] | None = None,
    period: dict[str, str] | None = None,
) -> AnyResponse:
    found = rewards.get_rule(desk.brand_id, code, now=desk.now)
    versions = rewards.list_versions(desk.brand_id, code, before=None, limit=SHOWN)
    asked = period or {
        "from": (desk.today - timedelta(days=TRIED_DAYS)).isoformat(),
        "to": desk.today.isoformat(),
    }
    return render(
        "console/rule.html",
        422 if fault else 200,
        rule=found,
        sentence=found.sentence.ko if language() == "ko" else found.sentence.en,
        statuses=STATUSES,
        stats=rewards.stats(desk.brand_id, code, now=desk.now),
        versions=[
            (each, rewards.diff(desk.brand_id, code, each.version).changes) for each in versions
        ],
        tried=tried,
        fault=fault,
        period=asked,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
