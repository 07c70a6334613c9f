"""What a rule gives that fits: benefits, the arithmetic in words, the terms for a refund."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.benefits.services import Benefit, Text, sentence_of
from app.purchases import PurchaseLine
from app.rewards.rules.definitions import ORDER_TRIGGERS, Rule, Share
from app.rewards.rules.facts import Facts


class Gift(NamedTuple):
    """What one rule would give: all decided, nothing granted yet."""

    benefits: tuple[Benefit, ...]
    reason: Text
    terms: dict[str, Any]
    guarded: bool  # the spending guard left fewer points than the rule says

    @property
    def points(self) -> int:
        return sum(benefit.points for benefit in self.benefits)


def gift_of(rule: Rule, facts: Facts, lines: Sequence[PurchaseLine]) -> Gift:
    """Return what the rule gives for ``lines`` (none: for what is no purchase).

    The terms let a refund tell what is still deserved: see ``benefits.deserved``.
    """
    on = rule.trigger.on
    amount = sum(line.amount for line in lines)
    benefits: list[Benefit] = []
    parts: list[dict[str, Any]] = []
    words: list[Text] = []
    for effect in rule.effects:
        if isinstance(effect, Share):
            benefit, part, said = _share(effect, facts, lines)
        else:
            benefit, part, said = effect, {"fixed": effect.points}, sentence_of(effect)
        if benefit.kind != "points":
            benefits.append(benefit)
        elif benefit.points:
            benefits.append(benefit)
            parts.append(part)
        words.append(said)
    points = sum(benefit.points for benefit in benefits)
    cap = spending_cap(rule, facts, lines)
    guarded = cap is not None and cap < points
    if cap is not None and guarded:
        benefits = _within(benefits, cap)
        # In proportion to the goods, so that a refund takes its part of what was left.
        parts = [{"numerator": cap, "denominator": amount, "maximum": None}] if cap else []
        words.append(Text(f"마진 한도까지 {cap:,}P", f"{cap:,} points by the spending guard"))
    terms: dict[str, Any] = {"kind": "referral" if on == "referral_qualified" else on}
    if on in ORDER_TRIGGERS:
        terms = {
            "kind": "order",
            "line_nos": [line.line_no for line in lines],
            "minimum_amount": rule.conditions.minimum_amount,
            "points": parts,
        }
    return Gift(tuple(benefits), _reason(rule, words), terms, guarded)


def spending_cap(rule: Rule, facts: Facts, lines: Sequence[PurchaseLine]) -> int | None:
    """Return the most points that the rule may give by its spending guard, None: any.

    The margin is what was paid in money less what the goods cost; goods whose cost
    is not in the catalogue have none.
    """
    percent = rule.limits.maximum_margin_percent
    if percent is None:
        return None
    margin = 0
    for line in lines:
        product = facts.products.get(line.sku)
        if product is not None and product.cost is not None:
            margin += line.amount - product.cost * line.quantity
    return max(margin, 0) * percent // 100


def _within(benefits: Sequence[Benefit], cap: int) -> list[Benefit]:
    """Return ``benefits`` with at most ``cap`` points, the first ones first."""
    kept = []
    for benefit in benefits:
        if benefit.kind == "points":
            given = min(benefit.points, cap)
            cap -= given
            if not given:
                continue
            benefit = Benefit("points", points=given, expires_in_days=benefit.expires_in_days)
        kept.append(benefit)
    return kept


def _share(
    effect: Share, facts: Facts, lines: Sequence[PurchaseLine]
) -> tuple[Benefit, dict[str, Any], Text]:
    """Return the points of a share, its part of the terms, and the arithmetic in words."""
    if effect.kind == "percent":
        numerator, denominator = effect.size, 10_000
        times = f"{percent_of(effect.size)}"
        counted = list(lines)
        part: dict[str, Any] = {}
    else:
        numerator, denominator = facts.rate_basis_points * (effect.size - 100), 1_000_000
        times = f"{percent_of(facts.rate_basis_points)} × {effect.size - 100}%"
        counted = [
            line for line in lines if facts.accruing is None or line.line_no in facts.accruing
        ]
        part = {"line_nos": [line.line_no for line in counted]} if counted != list(lines) else {}
    amount = sum(line.amount for line in counted)
    points = amount * numerator // denominator
    capped = effect.maximum_points is not None and points > effect.maximum_points
    if capped and effect.maximum_points is not None:
        points = effect.maximum_points
    part |= {
        "numerator": numerator, "denominator": denominator, "maximum": effect.maximum_points,
    }  # fmt: skip
    sum_ = f"{amount:,} × {times}"
    return (
        Benefit("points", points=points, expires_in_days=effect.expires_in_days),
        part,
        Text(
            f"{sum_} → 최대 {points:,}P" if capped else f"{sum_} = {points:,}P",
            f"{sum_} → at most {points:,} points" if capped else f"{sum_} = {points:,} points",
        ),
    )


def percent_of(basis_points: int) -> str:
    """
    >>> percent_of(150), percent_of(500), percent_of(1)
    ('1.5%', '5%', '0.01%')
    """
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def _reason(rule: Rule, words: Sequence[Text]) -> Text:
    return Text(
        f"{rule.name}: " + ", ".join(said.ko for said in words),
        f"{rule.name}: " + ", ".join(said.en for said in words),
    )
