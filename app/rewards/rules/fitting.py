"""Whether a rule fits what happened, and if not, why."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.benefits.services import MemberBenefits
from app.purchases import PurchaseLine
from app.rewards.rules.definitions import NO_TIER, Conditions, Limits, Rule, Trigger, Window
from app.rewards.rules.facts import Facts, Skip, is_held_out

GLOBAL_HOLDOUT = "rewards"


def concerns(trigger: Trigger, facts: Facts) -> bool:
    """Whether what happened is what the trigger waits for: this order, tier, card, event."""
    if trigger.on == "nth_order":
        number = facts.order_number or 0
        return number == trigger.n or (
            trigger.every is not None and number > 0 and number % trigger.every == 0
        )
    if not trigger.about:
        return True
    happened = {
        "tier_reached": facts.tier,
        "stamp_card_completed": facts.programme,
        "event": facts.event,
        "referral_qualified": facts.side,
    }
    return happened.get(trigger.on) in trigger.about


def has_counted(rule: Rule, facts: Facts, member: MemberBenefits) -> bool:
    """Whether the n-th order was rewarded, be it another one.

    When earlier orders are given back, later ones move up: the next is the n-th again.
    """
    if rule.trigger.on != "nth_order":
        return False
    reached = (facts.order_number or 0) // rule.trigger.every if rule.trigger.every else 1
    return member.times(rule.source, None) >= reached


def chosen_lines(rule: Rule, facts: Facts, zone: ZoneInfo) -> list[PurchaseLine]:
    """Return the lines that the rule is about: the chosen goods, of them those bought again."""
    if facts.purchase is None:
        return []
    chosen = [line for line in facts.purchase.lines if rule.conditions.selection.has(line)]
    if rule.trigger.on == "repurchase":
        today = facts.purchase.on
        chosen = [line for line in chosen if _is_repurchase(line, rule.trigger, facts, today, zone)]
    return chosen


def _is_repurchase(
    line: PurchaseLine, trigger: Trigger, facts: Facts, today: date, zone: ZoneInfo
) -> bool:
    """Whether the line follows from an earlier purchase that is recent enough."""
    earlier = {line.sku}
    if trigger.kind != "same_product":
        product = facts.products.get(line.sku)
        if product is None:
            return False
        earlier = set(product.complements if trigger.kind == "add_on" else product.upgrades)
    days = [
        (today - facts.purchases[sku].astimezone(zone).date()).days
        for sku in earlier
        if sku in facts.purchases
    ]
    return any(trigger.within_days is None or each <= trigger.within_days for each in days)


def refusal(
    rule: Rule,
    facts: Facts,
    member: MemberBenefits,
    lines: list[PurchaseLine],
    *,
    at: datetime,
    zone: ZoneInfo,
) -> Skip | None:
    """Return why the rule does not fit, or None if it does. Totals are looked at later."""
    if not _in_schedule(rule, at):
        return skip(rule, "outside_schedule", "진행 기간이 아니에요", "It is not running now")
    return _conditions_refusal(rule, facts, member, lines, at, zone) or _limits_refusal(
        rule, member
    )


def _in_schedule(rule: Rule, at: datetime) -> bool:
    return (rule.starts_at is None or rule.starts_at <= at) and (
        rule.ends_at is None or at < rule.ends_at
    )


def _conditions_refusal(
    rule: Rule,
    facts: Facts,
    member: MemberBenefits,
    lines: list[PurchaseLine],
    at: datetime,
    zone: ZoneInfo,
) -> Skip | None:
    wanted = rule.conditions
    if wanted.window is not None and not in_window(wanted.window, at, zone):
        return skip(rule, "outside_window", "혜택 시간이 아니에요", "Not within its hours")
    channel = facts.purchase.channel if facts.purchase else None
    if wanted.channels and channel not in wanted.channels:
        return skip(rule, "not_for_channel", "이 채널에서는 받을 수 없어요", "Not for this channel")
    if wanted.tiers and (facts.tier or NO_TIER) not in wanted.tiers:
        return skip(rule, "not_for_tier", "이 등급은 대상이 아니에요", "Not for this tier")
    if (wanted.tags_any and not wanted.tags_any & member.tags) or wanted.tags_none & member.tags:
        return skip(rule, "not_for_tags", "대상 회원이 아니에요", "Not for this group of members")
    if wanted.first_order_only and facts.order_number != 1:
        return skip(rule, "not_first_order", "첫 주문이 아니에요", "Not the first order")
    if not _last_order_fits(wanted, facts, at, zone):
        return skip(
            rule,
            "last_order_days",
            "지난 주문과의 간격이 맞지 않아요",
            "The order before does not lie as far back as it should",
        )
    return _amount_refusal(rule, facts, lines)


def _amount_refusal(rule: Rule, facts: Facts, lines: list[PurchaseLine]) -> Skip | None:
    if facts.purchase is None:
        return None
    if not lines:
        return skip(rule, "no_chosen_goods", "대상 상품이 없어요", "None of its goods")
    amount = sum(line.amount for line in lines)
    wanted = rule.conditions
    if amount < wanted.minimum_amount:
        missing = wanted.minimum_amount - amount
        return skip(
            rule,
            "minimum_not_met",
            f"{missing:,}원을 더 사면 받을 수 있어요",
            f"{missing:,} won more are needed",
        )
    if wanted.maximum_amount is not None and amount > wanted.maximum_amount:
        return skip(
            rule,
            "maximum_exceeded",
            f"{wanted.maximum_amount:,}원 이하일 때만 받을 수 있어요",
            f"Only up to {wanted.maximum_amount:,} won",
        )
    return None


def _last_order_fits(wanted: Conditions, facts: Facts, at: datetime, zone: ZoneInfo) -> bool:
    if wanted.days_at_least is None and wanted.days_at_most is None:
        return True
    if facts.last_order_at is None:
        return False
    days = (at.astimezone(zone).date() - facts.last_order_at.astimezone(zone).date()).days
    return (wanted.days_at_least or 0) <= days and (
        wanted.days_at_most is None or days <= wanted.days_at_most
    )


def in_window(window: Window, at: datetime, zone: ZoneInfo) -> bool:
    """Whether ``at`` lies in the window. Hours that run over midnight belong to the day
    on which they begin.

    >>> from datetime import UTC, time
    >>> night = Window(weekdays=frozenset({4}), from_time=time(22), to_time=time(2))
    >>> [in_window(night, datetime(2026, 5, day, hour, tzinfo=UTC), ZoneInfo("UTC"))
    ...  for day, hour in ((1, 23), (2, 1), (2, 2), (2, 23))]  # 1 May 2026 is a Friday
    [True, True, False, False]
    """
    if (window.starts_at is not None and at < window.starts_at) or (
        window.ends_at is not None and window.ends_at <= at
    ):
        return False
    local = at.astimezone(zone)
    day, hour = local.date(), local.time()
    start, end = window.from_time, window.to_time
    if start is not None and end is not None and end <= start:
        if end <= hour < start:
            return False
        if hour < end:
            day -= timedelta(days=1)
    elif (start is not None and hour < start) or (end is not None and end <= hour):
        return False
    return not window.weekdays or day.weekday() in window.weekdays


_TIMES: dict[str | None, Callable[[int], tuple[str, str]]] = {
    None: lambda n: (f"이미 {n}번 받았어요", f"Already received {n} times"),
    "year": lambda n: (f"올해 {n}번 받았어요", f"Already received {n} times this year"),
    "month": lambda n: (f"이번 달에 {n}번 받았어요", f"Already received {n} times this month"),
    "day": lambda n: (f"오늘 {n}번 받았어요", f"Already received {n} times today"),
}


def _limits_refusal(rule: Rule, member: MemberBenefits) -> Skip | None:
    limits = rule.limits
    if limits.times is not None and member.times(rule.source, limits.period) >= limits.times:
        return skip(rule, "member_limit_reached", *_TIMES[limits.period](limits.times))
    return None


def totals_refusal(rule: Rule, points: int, member: MemberBenefits) -> Skip | None:
    """Return why the rule has no room left for a grant of so many points, or None."""
    limits: Limits = rule.limits
    if not limits.is_shared:
        return None
    grants_used, points_used = member.used(rule.source)
    if limits.total_grants is not None and grants_used >= limits.total_grants:
        return skip(
            rule, "used_up", "선착순 수량이 모두 나갔어요", "As many as there were are given"
        )
    if limits.total_points is not None and points_used + points > limits.total_points:
        return skip(rule, "budget_used_up", "준비한 예산을 모두 썼어요", "Its budget is used up")
    return None


def holdout_refusal(rule: Rule, facts: Facts, holdout_percent: int) -> Skip | None:
    """Return the skip of a member who is kept out to be compared with."""
    for scope, percent in (
        (GLOBAL_HOLDOUT, holdout_percent),
        (rule.source, rule.holdout_percent),
    ):
        if is_held_out(facts.brand_id, scope, facts.member_id, percent):
            return skip(
                rule, "holdout", "효과를 비교하려고 혜택에서 뺀 회원이에요", "Kept out to compare"
            )
    return None


def skip(rule: Rule, reason: str, ko: str, en: str) -> Skip:
    return Skip(rule.code, reason, ko, en)
