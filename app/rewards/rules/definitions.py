"""What a rule says, compiled from what is stored once per version.

*When* (:class:`Trigger`) – *if* (:class:`Conditions`) – *then* (effects) – *within*
(:class:`Limits`, stacking, schedule, holdout).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from app.benefits.services import Benefit, benefit_of
from app.purchases import Selection, selection_of

ORDER_TRIGGERS = frozenset({"order_paid", "order_confirmed", "nth_order", "repurchase"})
TRIGGERS = (
    "member_joined", "order_paid", "order_confirmed", "nth_order", "tier_reached",
    "stamp_card_completed", "birthday", "signup_anniversary", "referral_qualified",
    "repurchase", "warranty_registered", "event",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NO_TIER = "NONE"


@dataclass(frozen=True)
class Trigger:
    """``about``: the tiers, stamp programmes, type of event or side it waits for; none: any."""

    on: str
    about: frozenset[str] = frozenset()
    n: int | None = None
    every: int | None = None
    days_before: int = 0
    valid_days: int | None = None
    kind: str | None = None  # of repurchase: same_product | add_on | upgrade
    within_days: int | None = None


@dataclass(frozen=True)
class Window:
    """A span of time, days of the week and hours. Hours may run over midnight."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekdays: frozenset[int] = frozenset()  # 0 is Monday; none: every day
    from_time: time | None = None
    to_time: time | None = None


@dataclass(frozen=True)
class Conditions:
    minimum_amount: int = 0
    maximum_amount: int | None = None
    selection: Selection = field(default_factory=Selection)
    channels: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    tags_any: frozenset[str] = frozenset()
    tags_none: frozenset[str] = frozenset()
    first_order_only: bool = False
    days_at_least: int | None = None  # since the order before
    days_at_most: int | None = None
    window: Window | None = None


@dataclass(frozen=True)
class Share:
    """Points in proportion to what the chosen goods cost."""

    kind: str  # percent | multiplier
    size: int  # basis points, or percent of the usual accrual
    maximum_points: int | None = None
    expires_in_days: int | None = None


@dataclass(frozen=True)
class Limits:
    times: int | None = None
    period: str | None = None  # year | month | day; None: in all
    total_grants: int | None = None
    total_points: int | None = None
    maximum_margin_percent: int | None = None

    @property
    def is_shared(self) -> bool:
        """Whether all members together can use it up."""
        return self.total_grants is not None or self.total_points is not None


@dataclass(frozen=True)
class Stacking:
    """Of the rules of one group only one gives: the ``best``, or the one with priority."""

    group: str | None = None
    mode: str = "all"  # all | best | priority
    priority: int = 0


@dataclass(frozen=True)
class Rule:
    """One version of a rule, ready to be evaluated."""

    code: str
    version: int
    name: str
    trigger: Trigger
    effects: tuple[Benefit | Share, ...]
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    stacking: Stacking = Stacking()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    holdout_percent: int = 0
    source: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", source_of(self.code))


def source_of(code: str) -> str:
    """Return how grants name a rule."""
    return f"rule:{code}"


def rule_of(code: str, version: int, stored: Mapping[str, Any]) -> Rule:
    """Return the rule that a version stores.

    >>> rule_of("HI", 1, {"name": "환영", "trigger": {"on": "member_joined"},
    ...                   "effects": [{"points": 1000}]}).effects[0].points
    1000
    """
    trigger = _trigger_of(stored["trigger"])
    schedule = stored.get("schedule", {})
    return Rule(
        code=code,
        version=version,
        name=stored["name"],
        trigger=trigger,
        effects=tuple(_effect_of(each, trigger.valid_days) for each in stored["effects"]),
        conditions=_conditions_of(stored.get("conditions", {})),
        limits=_limits_of(stored.get("limits", {})),
        stacking=Stacking(**stored.get("stacking", {})),
        starts_at=_instant(schedule.get("starts_at")),
        ends_at=_instant(schedule.get("ends_at")),
        holdout_percent=stored.get("holdout_percent", 0),
    )


def status_at(
    state: str, starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> str:
    """Return the status to show: of a rule that is live its schedule decides.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> [status_at("live", noon, None, noon.replace(hour=hour)) for hour in (11, 12)]
    ['scheduled', 'active']
    """
    if state != "live":
        return state
    if starts_at is not None and now < starts_at:
        return "scheduled"
    return "ended" if ends_at is not None and ends_at <= now else "active"


def _trigger_of(stored: Mapping[str, Any]) -> Trigger:
    about = {*stored.get("tiers", ()), *stored.get("programmes", ())}
    if stored["on"] == "event":
        about = {stored["type"]}
    if stored["on"] == "referral_qualified" and stored.get("to", "both") != "both":
        about = {stored["to"]}
    return Trigger(
        on=stored["on"],
        about=frozenset(about),
        n=stored.get("n"),
        every=stored.get("every"),
        days_before=stored.get("days_before", 0),
        valid_days=stored.get("valid_days"),
        kind=stored.get("kind"),
        within_days=stored.get("within_days"),
    )


def _conditions_of(stored: Mapping[str, Any]) -> Conditions:
    since = stored.get("days_since_last_order", {})
    return Conditions(
        minimum_amount=stored.get("minimum_amount", 0),
        maximum_amount=stored.get("maximum_amount"),
        selection=selection_of(stored.get("selection")),
        channels=frozenset(stored.get("channels", ())),
        tiers=frozenset(stored.get("tiers", ())),
        tags_any=frozenset(stored.get("tags_any", ())),
        tags_none=frozenset(stored.get("tags_none", ())),
        first_order_only=stored.get("first_order_only", False),
        days_at_least=since.get("at_least"),
        days_at_most=since.get("at_most"),
        window=_window_of(stored["window"]) if stored.get("window") else None,
    )


def _window_of(stored: Mapping[str, Any]) -> Window:
    return Window(
        starts_at=_instant(stored.get("starts_at")),
        ends_at=_instant(stored.get("ends_at")),
        weekdays=frozenset(WEEKDAYS.index(day) for day in stored.get("weekdays", ())),
        from_time=_time(stored.get("from_time")),
        to_time=_time(stored.get("to_time")),
    )


def _effect_of(stored: Mapping[str, Any], valid_days: int | None) -> Benefit | Share:
    for kind, name in (("percent", "percent_basis_points"), ("multiplier", "multiplier_percent")):
        if name in stored:
            return Share(
                kind,
                stored[name],
                stored.get("maximum_points"),
                stored.get("expires_in_days", valid_days),
            )
    if "points" in stored and valid_days is not None:
        return benefit_of({"expires_in_days": valid_days, **stored})
    return benefit_of(stored)


def _limits_of(stored: Mapping[str, Any]) -> Limits:
    each = stored.get("per_member", {})
    period = each.get("period", "total")
    return Limits(
        times=each.get("times"),
        period=None if period == "total" else period,
        total_grants=stored.get("total_grants"),
        total_points=stored.get("total_points"),
        maximum_margin_percent=stored.get("maximum_margin_percent"),
    )


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)


def _time(stored: str | None) -> time | None:
    return None if stored is None else time.fromisoformat(stored)
