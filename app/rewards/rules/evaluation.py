"""The engine: from what happened to what is granted, in one pass over the rules."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from app.benefits.services import Grant, Limit, MemberBenefits
from app.rewards.rules import fitting
from app.rewards.rules.definitions import ORDER_TRIGGERS, Rule
from app.rewards.rules.facts import Facts, Skip
from app.rewards.rules.giving import Gift, gift_of


@dataclass(frozen=True)
class Evaluation:
    """What is granted; ``stamps`` by programme are among the grants' benefits too."""

    grants: list[Grant] = field(default_factory=list)
    stamps: Mapping[str, int] = field(default_factory=dict)
    skipped: list[Skip] = field(default_factory=list)


def evaluate(
    rules: Sequence[Rule],
    happened: str | Collection[str],
    facts: Facts,
    member: MemberBenefits,
    *,
    holdout_percent: int,
    now: datetime,
    zone: ZoneInfo,
) -> Evaluation:
    """Return what ``rules`` grant for what ``happened``, and why the others do not.

    Triggers that one thing sets off (an order that is paid may also be the third, or
    buy something again) are asked together, so that they share exclusive groups.
    Schedules and windows are asked at the time of the purchase, if there is one.
    Rules that wait for something else (another tier, another number) are not told of.
    ``holdout_percent`` is the brand's own.
    """
    kinds = {happened} if isinstance(happened, str) else set(happened)
    at = facts.purchase.at if facts.purchase else now
    occasion = occasion_of(kinds, facts)
    fits: list[tuple[Rule, Gift]] = []
    skipped: list[Skip] = []
    for rule in rules:
        if rule.trigger.on not in kinds or not fitting.concerns(rule.trigger, facts):
            continue
        lines = fitting.chosen_lines(rule, facts, zone)
        if rule.trigger.on == "repurchase" and not lines:
            continue
        if member.has(rule.source, occasion) or fitting.has_counted(rule, facts, member):
            skipped.append(_given_already(rule))
            continue
        why = fitting.refusal(rule, facts, member, lines, at=at, zone=zone)
        if why is None:
            gift = gift_of(rule, facts, lines)
            why = (
                _nothing(rule, gift)
                or fitting.totals_refusal(rule, gift.points, member)
                or fitting.holdout_refusal(rule, facts, holdout_percent)
            )
        if why is None:
            fits.append((rule, gift))
        else:
            skipped.append(why)
    chosen, beaten = _stacked(fits, _closed_groups(rules, member, occasion))
    grants = [_grant(rule, gift, occasion) for rule, gift in chosen]
    return Evaluation(grants, stamps_of(grants), skipped + beaten)


def occasion_of(triggers: Collection[str], facts: Facts) -> str:
    """Return what makes it happen only once: a rule gives a member once for it."""
    if facts.occasion is not None:
        return facts.occasion
    if facts.order_ref is not None and ORDER_TRIGGERS.issuperset(triggers):
        return facts.order_ref
    if set(triggers) == {"member_joined"}:
        return "joined"
    raise ValueError(f"{sorted(triggers)} need an occasion")


def _stacked(
    fits: Sequence[tuple[Rule, Gift]], closed: Mapping[str, str]
) -> tuple[list[tuple[Rule, Gift]], list[Skip]]:
    """Return what is given when exclusive groups let one of theirs through, and the rest.

    ``best`` is the one with most points, then of the higher priority; ``priority``
    the one of the highest. Equal ones: the first by code.
    """
    groups: dict[str, list[tuple[Rule, Gift]]] = defaultdict(list)
    for rule, gift in fits:
        if group := _exclusive_group(rule):
            groups[group].append((rule, gift))
    winners = dict(closed)
    for group, members in groups.items():
        winners.setdefault(group, min(members, key=_rank)[0].code)
    chosen, beaten = [], []
    for rule, gift in fits:
        group = _exclusive_group(rule)
        if group is None or winners[group] == rule.code:
            chosen.append((rule, gift))
        else:
            beaten.append(
                fitting.skip(
                    rule,
                    "not_stackable",
                    f"함께 받을 수 없는 다른 혜택({winners[group]})을 받아요",
                    f"Another one of its group is given ({winners[group]})",
                )
            )
    return chosen, beaten


def _rank(fit: tuple[Rule, Gift]) -> tuple[int, int, str]:
    rule, gift = fit
    points = gift.points if rule.stacking.mode == "best" else 0
    return -points, -rule.stacking.priority, rule.code


def _exclusive_group(rule: Rule) -> str | None:
    return None if rule.stacking.mode == "all" else rule.stacking.group


def _closed_groups(rules: Sequence[Rule], member: MemberBenefits, occasion: str) -> dict[str, str]:
    """Return the groups that have given for this occasion already, and which rule did."""
    return {
        group: rule.code
        for rule in rules
        if (group := _exclusive_group(rule)) and member.has(rule.source, occasion)
    }


def _given_already(rule: Rule) -> Skip:
    return fitting.skip(rule, "already_given", "이미 받았어요", "Already received")


def _nothing(rule: Rule, gift: Gift) -> Skip | None:
    if gift.guarded and not gift.points:
        return fitting.skip(
            rule, "spending_guard", "마진 한도 때문에 줄 수 없어요", "The margin leaves no room"
        )
    if gift.benefits:
        return None
    return fitting.skip(
        rule, "nothing_to_give", "계산한 포인트가 1P보다 적어요", "It comes to less than one point"
    )


def _grant(rule: Rule, gift: Gift, occasion: str) -> Grant:
    limits = rule.limits
    return Grant(
        source=rule.source,
        version=rule.version,
        occasion=occasion,
        benefits=gift.benefits,
        reason=gift.reason,
        terms=gift.terms,
        limit=Limit(limits.total_grants, limits.total_points) if limits.is_shared else None,
    )


def stamps_of(grants: Sequence[Grant]) -> dict[str, int]:
    """Return the stamps among what is granted, by programme."""
    stamps: Counter[str] = Counter()
    for grant in grants:
        stamps.update(grant.stamps)
    return dict(stamps)
