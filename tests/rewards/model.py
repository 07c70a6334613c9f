"""Rules, members and orders for tests of the engine: plain values with defaults."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits.services import MemberBenefits
from app.purchases import Purchase, PurchaseLine
from app.rewards.rules import Evaluation, Facts, Rule, evaluate, rule_of

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 5, 15, 3, tzinfo=UTC)  # a Friday, noon in Seoul
BRAND, MEMBER = UUID(int=1), UUID(int=2)
ORDER = ("order_paid", "nth_order", "repurchase")


class Product(NamedTuple):
    """What rules ask of the catalogue."""

    cost: int | None = None
    complements: frozenset[str] = frozenset()
    upgrades: frozenset[str] = frozenset()


def rule(code: str = "R", *effects: dict[str, Any], on: str = "order_paid", **parts: Any) -> Rule:
    """Return a rule; ``parts`` are those of a definition, ``trigger`` beside ``on`` too."""
    trigger = {"on": on, **parts.pop("trigger", {})}
    gives = list(effects) or [{"points": 1000}]
    return rule_of(code, 1, {"name": code, "trigger": trigger, "effects": gives, **parts})


def order(
    *amounts: int, number: int = 1, at: datetime = NOW, channel: str | None = None, **facts: Any
) -> Facts:
    """Return an order of lines with the SKUs A, B, … that cost so much, one piece each."""
    lines = [
        PurchaseLine(no, chr(64 + no), "goods", 1, amount) for no, amount in enumerate(amounts, 1)
    ]
    purchase = Purchase(lines, channel, at, at.astimezone(SEOUL).date())
    return Facts(
        BRAND, MEMBER, purchase=purchase, order_ref="order/1", order_number=number, **facts
    )


def ask(
    rules: Rule | list[Rule],
    facts: Facts,
    member: MemberBenefits | None = None,
    *,
    happened: Any = ORDER,
    holdout_percent: int = 0,
    now: datetime = NOW,
) -> Evaluation:
    return evaluate(
        rules if isinstance(rules, list) else [rules],
        happened,
        facts,
        member or MemberBenefits(),
        holdout_percent=holdout_percent,
        now=now,
        zone=SEOUL,
    )


def points(evaluation: Evaluation) -> dict[str, int]:
    """Return the points granted by the code of the rule."""
    return {grant.source.removeprefix("rule:"): grant.points for grant in evaluation.grants}


def reasons(evaluation: Evaluation) -> dict[str, str]:
    """Return why rules gave nothing, by their code."""
    return {skip.rule: skip.reason for skip in evaluation.skipped}
